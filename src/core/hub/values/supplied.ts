import { at, isObject } from '../../json.ts';
import type { Json, JsonObject } from '../../json.ts';
import type { EnvironmentFile } from '../../model/types.ts';
import { put } from './named-lists.ts';

type Environment = Pick<EnvironmentFile, 'secrets' | 'certificate'>;
/** Whom supplied secrets are for: each gets a Secret of its own, and nothing of the others. */
export type Use = EnvironmentFile['secrets'][string]['for'] | 'certificate';

/** Their names in values and chart; `deploy` puts the names of immutable Secrets in their place. */
export const SECRETS_NAME = 'hub-secrets';
export const SUPPLIED: Readonly<Record<Use, string>> = {
  hub: SECRETS_NAME,
  servers: 'server-secrets',
  pull: 'pull-secrets',
  certificate: 'hub-certificate',
};
export const USES = Object.keys(SUPPLIED) as Use[];

/** Whom a secret is for: `for:` says it, and of those that `certificate:` names that. */
export function useOf({ secrets, certificate }: Environment, name: string): Use | undefined {
  if (name === certificate?.cert || name === certificate?.key) return 'certificate';
  return secrets[name]?.for;
}

/** Names of the secrets of one use. */
export function suppliedFor(environment: Environment, use: Use): string[] {
  return Object.keys(environment.secrets).filter((name) => useOf(environment, name) === use);
}

/** Variables by reference, never as a value: `[variable, name of the secret]`. */
export function variablesFrom(
  use: Use,
  pairs: readonly (readonly [variable: string, secret: string])[],
): JsonObject {
  const name = SUPPLIED[use];
  return Object.fromEntries(
    pairs.map(([variable, key]) => [variable, { valueFrom: { secretKeyRef: { name, key } } }]),
  );
}

/** What servers get: each secret that is for them as the variable that it names. */
export function serverVariables({ secrets }: Environment): [variable: string, secret: string][] {
  return Object.entries(secrets).flatMap(([name, one]) =>
    one.for === 'servers' && one.env !== undefined ? [[one.env, name]] : [],
  );
}

/** Fields by which objects and values refer to a Secret, and the key that names it. */
const REFERENCES: Readonly<Record<string, string>> = {
  secretKeyRef: 'name',
  imagePullSecrets: 'name',
  tls: 'secretName',
};

/** The same with real names of Secrets in place of ours; one that others have made keeps its name. */
export function withRealNames<T extends Json>(value: T, names: ReadonlyMap<string, string>): T {
  return renamed(value, undefined, names) as T;
}

function renamed(value: Json, key: string | undefined, names: ReadonlyMap<string, string>): Json {
  if (Array.isArray(value)) return value.map((one) => renamed(one, key, names));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([field, inner]) => {
      if (key !== undefined && field === key && typeof inner === 'string')
        return [field, names.get(inner) ?? inner];
      return [field, renamed(inner, REFERENCES[field], names)];
    }),
  );
}

/** Where values below `jupyterhub:` name Secrets of ours. */
const PLACES = ['/hub/extraEnv', '/singleuser/extraEnv', '/imagePullSecrets', '/ingress/tls'];

/** Of values below `jupyterhub:` what names a Secret of ours, with its real name. */
export function realNamesIn(
  jupyterhub: JsonObject,
  names: ReadonlyMap<string, string>,
): JsonObject {
  return PLACES.reduce((all, path) => {
    const [written, real] = [at(jupyterhub, path), at(withRealNames(jupyterhub, names), path)];
    if (written === undefined || real === undefined) return all;
    const changed = differing(written, real);
    return changed === undefined ? all : put(all, path, changed);
  }, {});
}

/** The entries of the second that are not those of the first; of a list, which is one value, all. */
function differing(written: Json, real: Json): Json | undefined {
  const same = (one: Json | undefined, other: Json): boolean =>
    JSON.stringify(one) === JSON.stringify(other);
  if (same(written, real)) return undefined;
  if (!isObject(written) || !isObject(real)) return real;
  return Object.fromEntries(Object.entries(real).filter(([key, one]) => !same(written[key], one)));
}
