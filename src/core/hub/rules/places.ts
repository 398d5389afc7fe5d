import { at, isObject, isWithin, pointer, textAt } from '../../json.ts';
import type { Json, JsonObject } from '../../json.ts';
import { plainPath } from '../../paths.ts';
import type { Problem, Rule, ValuesFacts } from '../../rule.ts';
import { CODE_PLACES } from '../values/servers.ts';
import { demand } from './values.ts';

/** Where the chart mounts the hub's database and its configuration. Source: jupyterhub 4.4.0. */
const OF_CHART = [
  '/srv/jupyterhub',
  ...['jupyterhub_config.py', 'z2jh.py', 'config', 'secret', 'existing-secret'].map(
    (name) => `/usr/local/etc/jupyterhub/${name}`,
  ),
];

export const ownPlaces: Rule = {
  id: 'own-places',
  severity: 'error',
  title: 'Nothing lies over what the platform mounts.',
  why: 'A file over the access file says who may enter, one over the hub’s code does as it likes, and a folder over the home hides people’s work, while all of it runs on elsewhere.',
  on: 'values',
  *check({ hub, values, ours, place }) {
    const own = hub.data.values;
    const mounts = at(ours, '/hub/extraVolumeMounts');
    const named = Object.keys(isObject(mounts) ? mounts : {});
    const over = (path: string): string | undefined =>
      [...OF_CHART, ...named].find((one) => hides(path, one));
    yield* placed(own, '/hub', { over, place });
    const home = textAt(values, '/singleuser/storage/homeMountPath');
    const inServers = (path: string): string | undefined =>
      isWithin(home, path) ? home : CODE_PLACES.find((one) => hides(path, one));
    yield* placed(own, '/singleuser', { over: inServers, place });
  },
};

/** Whether what is mounted at a path lies over a place, or within it. */
function hides(path: string, one: string): boolean {
  return isWithin(path, one) || isWithin(one, path);
}

interface Looked {
  /** What of ours is hidden by a mount there. */
  over: (path: string) => string | undefined;
  place: ValuesFacts['place'];
}

/** Mounts and files below `/hub` or `/singleuser`, a list or by name. */
function* placed(own: JsonObject, base: string, { over, place }: Looked): Generator<Problem> {
  const storage = base === '/hub' ? base : `${base}/storage`;
  for (const list of [`${storage}/extraVolumeMounts`, `${base}/extraFiles`])
    for (const [name, entry] of entriesOf(at(own, list))) {
      // The root is empty, so that everything lies within it.
      const path = plainPath(textAt(entry, '/mountPath'));
      const hidden = isObject(entry) && entry['mountPath'] !== undefined ? over(path) : undefined;
      if (hidden === undefined) continue;
      yield {
        at: place(list + pointer(name)),
        message: `what is mounted at ${path || '/'} would lie over ${hidden}`,
        hint: 'choose another place',
      };
    }
}

export function entriesOf(value: Json | undefined): [string, Json][] {
  return isObject(value) || Array.isArray(value) ? Object.entries(value) : [];
}

/** Names of KubeSpawner that no two people share. */
export const OF_A_PERSON =
  /\{(userid|pod_name|((un|)escaped_|safe_)?username|(escaped_|safe_)?user_server)\}/u;

export const ownHome = demand({
  id: 'own-home',
  title: 'Everybody has a home of their own, and it is made.',
  why: 'With one name for all claims people read and delete one another’s work; a claim that nobody makes lets no server start.',
  paths: [
    '/singleuser/storage/dynamic/pvcNameTemplate',
    '/hub/config/KubeSpawner/storage_pvc_ensure',
  ],
  bad: (value) => {
    // Where the chart has no value, KubeSpawner's own names the person.
    if (value === null || value === true) return undefined;
    if (typeof value === 'string' && OF_A_PERSON.test(value)) return undefined;
    return typeof value === 'string'
      ? {
          message: 'everybody would have the same home',
          hint: 'remove it, or name the person: claim-{user_server}',
        }
      : { message: 'homes of new people would not be made', hint: 'remove it' };
  },
});
