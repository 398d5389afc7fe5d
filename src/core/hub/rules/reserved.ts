import { at, parentOf } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { meant } from '../values/meant.ts';
import type { Problem, Rule, ValuesFacts } from '../../rule.ts';
import { replaced } from '../values/ownership.ts';
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
    const { values, written: back } = meant(byName(own));
    for (const { path, instead } of replaced(ours, values)) {
      const written = writtenAt(hub.has, inFile(own, back(path)));
      const by = field(path);
      yield {
        at: place(written),
        message: `"${written.slice(1).replaceAll('/', '.')}" is what the platform writes`,
        hint: by === undefined ? instead : `remove it, and use ${by}:`,
      };
    }
  },
};

/** Settings that take the place of all of their kind, whatever is in them, and where one more is written. */
const WHOLESALE: readonly (readonly [trait: string, instead: string])[] = [
  ['Spawner/environment', 'singleuser.extraEnv'],
  ['KubeSpawner/environment', 'singleuser.extraEnv'],
  ['KubeSpawner/init_containers', 'singleuser.initContainers'],
  ['KubeSpawner/volumes', 'singleuser.storage.extraVolumes'],
  ['KubeSpawner/volume_mounts', 'singleuser.storage.extraVolumeMounts'],
  ['JupyterHub/load_roles', 'hub.loadRoles'],
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

/** The nearest path that the file itself has: what it replaces may lie below. */
function writtenAt(has: (path: string) => boolean, path: string): string {
  let here = path;
  while (here !== '' && !has(`/values${here}`)) here = parentOf(here);
  return here;
}
