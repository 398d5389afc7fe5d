import { at, compareText, isObject, parentOf, pointer, segmentsOf } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { SPAWNER_SECTIONS, meant } from '../values/meant.ts';
import type { Problem, Rule, ValuesFacts } from '../../rule.ts';
import { replaced } from '../values/ownership.ts';
import { LAST_CONFIG } from '../values/hub.ts';
import { byName, inFile } from '../values/named-lists.ts';

export const valuesReserved: Rule = {
  id: 'values-reserved',
  severity: 'error',
  title: 'Raw values add to what the platform writes, and replace none of it.',
  why: 'A list that takes the place of ours takes away the login’s secrets, the hub’s code or people’s homes, and nothing says so.',
  on: 'values',
  *check({ hub, ours, place, field }) {
    const own = hub.data.values;
    yield* wholesale(own, place);
    yield* takenNames(own, place);
    const { values, written: back } = meant(byName(own));
    for (const { path, instead } of replaced(ours, values)) {
      const written = writtenAt(hub.has, inFile(own, back(path)));
      if (isWholesale(written)) continue; // said already
      const by = field(path);
      yield {
        at: place(written),
        message: `"${segmentsOf(written).join('.')}" is what the platform writes`,
        hint: by === undefined ? instead : `remove it, and use ${by}:`,
      };
    }
  },
};

/** Settings that take the place of all of their kind, whatever is in them, and where one more is written. */
const OF_SERVERS: readonly (readonly [trait: string, instead: string])[] = [
  ['environment', 'singleuser.extraEnv'],
  ['init_containers', 'singleuser.initContainers'],
  ['volumes', 'singleuser.storage.extraVolumes'],
  ['volume_mounts', 'singleuser.storage.extraVolumeMounts'],
];
const WHOLESALE: readonly (readonly [setting: string, instead: string])[] = [
  ...SPAWNER_SECTIONS.flatMap((section) =>
    OF_SERVERS.map(([trait, instead]) => [`${section}/${trait}`, instead] as const),
  ),
  ['JupyterHub/load_roles', 'hub.loadRoles'],
  ['JupyterHub/services', 'hub.services'],
];

function* wholesale(own: JsonObject, place: ValuesFacts['place']): Generator<Problem> {
  for (const [trait, instead] of WHOLESALE) {
    const path = `/hub/config/${trait}`;
    if (at(own, path) === undefined) continue;
    const name = path.slice(1).replaceAll('/', '.');
    yield {
      at: place(path),
      message: `"${name}" takes the place of all that the platform writes there`,
      hint: `write it below ${instead}`,
    };
  }
}

function isWholesale(path: string): boolean {
  return WHOLESALE.some(([trait]) => path === `/hub/config/${trait}`);
}

/** Code of others under a name of ours, or under one that would run after ours and over it. */
function* takenNames(own: JsonObject, place: ValuesFacts['place']): Generator<Problem> {
  const code = at(own, '/hub/extraConfig');
  for (const name of Object.keys(isObject(code) ? code : {})) {
    if (name === LAST_CONFIG) continue;
    const isOurs = /^~?glaciocloud/u.test(name);
    if (!isOurs && compareText(name, LAST_CONFIG) < 0) continue;
    yield {
      at: place(pointer('hub', 'extraConfig', name)),
      message: isOurs
        ? `"hub.extraConfig.${name}" is a name of the platform's own code`
        : `"hub.extraConfig.${name}" would run after the platform's own code`,
      hint: isOurs
        ? 'choose another name for your code'
        : 'begin its name with a letter from a to z: the last name runs last',
    };
  }
}

/** The nearest path that the file itself has: what it replaces may lie below. */
function writtenAt(has: (path: string) => boolean, path: string): string {
  let here = path;
  while (here !== '' && !has(`/values${here}`)) here = parentOf(here);
  return here;
}
