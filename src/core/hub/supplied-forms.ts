import type { JsonObject } from '../json.ts';
import { isObject } from '../json.ts';
import type { EnvironmentFile } from '../model/types.ts';
import { fields, readerOf } from '../shape.ts';
import { suppliedFor } from './values/supplied.ts';
import type { Use } from './values/supplied.ts';

/** Supplied secrets by their names, in clear. Nothing here repeats a part of one. */
type Supplied = ReadonlyMap<string, string>;

interface DockerConfig {
  auths: JsonObject;
}
const readDockerConfig = readerOf<DockerConfig>(fields({ auths: { type: 'object' } }));

/** Why this is no `.dockerconfigjson`; undefined where it is one. */
export function pullFault(text: string): string | undefined {
  const reading = readDockerConfig(text);
  if (reading.kind !== 'read') return `no docker config: ${reading.reason}`;
  const entries = Object.values(reading.value.auths);
  if (entries.length === 0) return 'a docker config without a registry';
  return entries.every((one) => isObject(one) && Object.keys(one).length > 0)
    ? undefined
    : 'a docker config with a registry that has no credentials';
}

/** What is wrong with what was supplied for a hub, with the name of each. */
export function suppliedFaults(environment: EnvironmentFile, secrets: Supplied): string[] {
  const pull = suppliedFor(environment, 'pull').filter((name) => secrets.has(name));
  const faults = pull.flatMap((name) => {
    const fault = pullFault(secrets.get(name) ?? '');
    return fault === undefined ? [] : [`${name} is ${fault}`];
  });
  if (faults.length > 0) return faults;
  const registries = pull.flatMap((name) => Object.keys(authsOf(secrets.get(name))));
  return new Set(registries).size < registries.length
    ? [`${pull.join(' and ')} have credentials of one registry twice`]
    : [];
}

function authsOf(text: string | undefined): JsonObject {
  const reading = readDockerConfig(text ?? '');
  return reading.kind === 'read' ? reading.value.auths : {};
}

/** The content of the Secret for one use, as Kubernetes wants it. */
export function contentOf(use: Use, secrets: Supplied): JsonObject {
  if (use !== 'pull') return { stringData: Object.fromEntries(secrets) };
  const auths: JsonObject = {};
  for (const text of secrets.values()) Object.assign(auths, authsOf(text));
  return {
    type: 'kubernetes.io/dockerconfigjson',
    stringData: { '.dockerconfigjson': JSON.stringify({ auths }) },
  };
}
