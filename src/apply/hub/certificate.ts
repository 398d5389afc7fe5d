import { X509Certificate, createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { certificateFaults, hostsOf } from '../../core/hub/certificate.ts';
import type { CertificateFacts } from '../../core/hub/certificate.ts';
import type { EnvironmentFile } from '../../core/model/types.ts';

const BLOCKS = /^-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/gmu;

/** What is wrong with a hub's own certificate as it was supplied, in clear; nothing of it is repeated. */
export function suppliedCertificateFaults(
  environment: EnvironmentFile,
  secrets: ReadonlyMap<string, string>,
  now: number,
): { secret: string; fault: string }[] {
  const { certificate } = environment;
  const [chain, key] = [certificate?.cert, certificate?.key].map((name) => secrets.get(name ?? ''));
  if (!certificate || chain === undefined || key === undefined) return [];
  return certificateFaults(certificate, factsOf(chain, key, hostsOf(environment)), now);
}

function factsOf(chain: string, key: string, hosts: readonly string[]): CertificateFacts {
  const certificates = (chain.match(BLOCKS) ?? []).map((text) =>
    tried(() => new X509Certificate(text)),
  );
  const [first] = certificates;
  if (!first || certificates.includes(undefined)) return { kind: 'unread', secret: 'cert' };
  const secret = tried((): KeyObject => createPrivateKey(key));
  if (!secret) return { kind: 'unread', secret: 'key' };
  const place = certificates.findIndex((one) => one?.checkPrivateKey(secret));
  return {
    kind: 'read',
    place: place === -1 ? undefined : place,
    without: hosts.filter((host) => first.checkHost(host) === undefined),
    from: Date.parse(first.validFrom),
    until: Date.parse(first.validTo),
  };
}

/** OpenSSL says in an error what it read: it goes no further. */
function tried<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
