import { at, isWithin, pointer, segmentsOf, textAt, walk } from '../../json.ts';
import type { Json } from '../../json.ts';
import { namesCredential } from '../../credentials/names.ts';
import type { Problem, Rule, ValuesFacts } from '../../rule.ts';
import { SPAWNER_SECTIONS } from '../values/meant.ts';
import { SECRETS_NAME } from '../values/supplied.ts';
import { isOfHub } from '../values/secret-names.ts';

/** What of the values comes into the pods of servers. */
const OF_SERVERS = ['/singleuser', ...SPAWNER_SECTIONS.map((name) => `/hub/config/${name}`)];
/** Fields of a pod that refer to a Secret, and the key that names it. */
const REFERENCES: Readonly<Record<string, string>> = {
  secretKeyRef: 'name',
  secretRef: 'name',
  secret_key_ref: 'name',
  secret_ref: 'name',
  secret: 'secretName',
};

export const secretOfHub: Rule = {
  id: 'secret-of-hub',
  severity: 'error',
  title: 'Servers get no Secret of the hub.',
  why: 'Whoever has a server reads what it is given: with the hub’s own keys anybody becomes anybody. What is supplied to the hub lies under a name that changes with it, so that a server which asks for it waits for ever; `for: servers` is how they get one.',
  on: 'values',
  *check({ hub, place, ours, values }) {
    yield* keptVariables({ ours, values, place });
    for (const { path, value } of walk(at(hub.data.values, '/hub') ?? null)) {
      const isServers = OF_SERVERS.some((base) => isWithin(`/hub${path}`, base));
      if (isServers || path.startsWith('/extraEnv/') || secretNamed(path, value) !== SECRETS_NAME)
        continue;
      yield {
        at: place(`/hub${path}`),
        message: `the hub would wait for the Secret "${SECRETS_NAME}", whose name changes with what it holds`,
        hint: 'remove it: each name below secrets: is a variable of the hub',
      };
    }
    for (const base of OF_SERVERS)
      for (const { path, value } of walk(at(hub.data.values, base) ?? null)) {
        const name = secretNamed(path, value);
        if (name === undefined || !isOfHub(name)) continue;
        yield {
          at: place(base + path),
          message:
            name === SECRETS_NAME
              ? `servers would wait for the Secret "${name}", which is for the hub alone`
              : `every user could read the Secret "${name}", which is the hub’s`,
          hint: `declare it below secrets: with "for: servers", or make one of your own (kubectl create secret generic NAME --namespace ${hub.name} …); every user of the hub can read it`,
        };
      }
  },
};

const KEPT = '/hub/config/KubeSpawner/env_keep';

/** Variables of the hub that each server would get as they are. */
function* keptVariables({
  ours,
  values,
  place,
}: Pick<ValuesFacts, 'ours' | 'values' | 'place'>): Generator<Problem> {
  const kept = at(values, KEPT);
  for (const [index, name] of Array.isArray(kept) ? kept.entries() : []) {
    if (typeof name !== 'string') continue;
    const isSecret = at(ours, pointer('hub', 'extraEnv', name)) !== undefined;
    if (!isSecret && !namesCredential(name)) continue;
    yield {
      at: place(KEPT + pointer(index)),
      message: `every user could read ${name}, which is the hub’s`,
      hint: 'take it out of the list',
    };
  }
}

/** The Secret that a part of a pod refers to. In a projected volume it is named as in a variable. */
function secretNamed(path: string, value: Json): string | undefined {
  const field = segmentsOf(path).at(-1) ?? '';
  const key = Object.hasOwn(REFERENCES, field) ? REFERENCES[field] : undefined;
  if (key === undefined) return undefined;
  const name = textAt(value, pointer(key)) || textAt(value, '/name');
  return name === '' ? undefined : name;
}
