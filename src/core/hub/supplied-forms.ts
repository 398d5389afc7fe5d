import type { JsonObject } from '../json.ts';
import { isObject } from '../json.ts';
import type { EnvironmentFile } from '../model/types.ts';
import { fields, readerOf } from '../shape.ts';
import { suppliedFor, useOf } from './values/supplied.ts';
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

type Form = (text: string) => string | undefined;

const CERTIFICATE = /^-----BEGIN CERTIFICATE-----\r?\n[^-]*\w[^-]*^-----END CERTIFICATE-----\r?$/mu;
const KEY = /^-----BEGIN ((RSA |EC )?PRIVATE KEY)-----\r?\n[^-]*\w[^-]*^-----END \1-----\r?$/mu;

/** A key beside the certificate would be taken for a part of what everybody gets. */
function certificateFault(text: string): string | undefined {
  if (text.includes('PRIVATE KEY')) return 'a certificate with a private key in it';
  return CERTIFICATE.test(text) ? undefined : 'no certificate in PEM';
}

function keyFault(text: string): string | undefined {
  if (/ENCRYPTED/u.test(text)) return 'a private key with a passphrase, which nobody could type in';
  if (text.includes('BEGIN CERTIFICATE')) return 'a private key with a certificate in it';
  return KEY.test(text) ? undefined : 'no private key in PEM';
}

/** What a secret has to look like beyond one line of text; undefined where that is all. */
export function formOf(environment: EnvironmentFile, name: string): Form | undefined {
  const use = useOf(environment, name);
  if (use === 'pull') return pullFault;
  if (use !== 'certificate') return undefined;
  return name === environment.certificate?.key ? keyFault : certificateFault;
}

/** What is wrong with what was supplied for a hub, with the name of each. */
export function suppliedFaults(environment: EnvironmentFile, secrets: Supplied): string[] {
  const faults = [...secrets].flatMap(([name, text]) => {
    const fault = formOf(environment, name)?.(text);
    return fault === undefined ? [] : [`${name} is ${fault}`];
  });
  if (faults.length > 0) return faults;
  const pull = suppliedFor(environment, 'pull').filter((name) => secrets.has(name));
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
export function contentOf(
  { certificate }: Pick<EnvironmentFile, 'certificate'>,
  use: Use,
  secrets: Supplied,
): JsonObject {
  const text = (name: string | undefined): string => secrets.get(name ?? '') ?? '';
  if (use === 'certificate')
    return {
      type: 'kubernetes.io/tls',
      stringData: { 'tls.crt': text(certificate?.cert), 'tls.key': text(certificate?.key) },
    };
  if (use !== 'pull') return { stringData: Object.fromEntries(secrets) };
  const auths: JsonObject = {};
  for (const one of secrets.values()) Object.assign(auths, authsOf(one));
  return {
    type: 'kubernetes.io/dockerconfigjson',
    stringData: { '.dockerconfigjson': JSON.stringify({ auths }) },
  };
}
