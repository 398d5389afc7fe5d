import type { EnvironmentFile } from '../model/types.ts';

/** What a supplied certificate and key are to each other, as a program that knows X.509 reads them. */
export type CertificateFacts =
  | { kind: 'unread'; secret: 'cert' | 'key' }
  | {
      kind: 'read';
      /** Where in the chain the certificate of the key stands, from 0; undefined where it does not. */
      place: number | undefined;
      /** Names of the hub that the first certificate does not hold for. */
      without: readonly string[];
      /** From when until when the first certificate is good, in milliseconds since 1970. */
      from: number;
      until: number;
    };

/** Host name of an address; what is none stands for itself. */
export function hostOf({ url }: Pick<EnvironmentFile, 'url'>): string {
  return /^https?:\/\/([^/:]+)/u.exec(url)?.[1] ?? url;
}

/** Names by which people reach the hub, that of its address first. */
export function hostsOf(environment: Pick<EnvironmentFile, 'url' | 'hosts'>): string[] {
  return [hostOf(environment), ...environment.hosts];
}

/** Why browsers would refuse the hub's own certificate, by the name of the secret that is wrong. */
export function certificateFaults(
  { cert, key }: NonNullable<EnvironmentFile['certificate']>,
  facts: CertificateFacts,
  now: number,
): { secret: string; fault: string }[] {
  const of = (secret: string, fault: string): { secret: string; fault: string } => ({
    secret,
    fault,
  });
  if (facts.kind === 'unread')
    return facts.secret === 'cert'
      ? [of(cert, 'no certificate that can be read')]
      : [of(key, 'no private key that can be read')];
  const { place, without, from, until } = facts;
  const day = (time: number): string => new Date(time).toISOString().slice(0, 10);
  if (place === undefined) return [of(key, `not the key of the certificate in ${cert}`)];
  if (place > 0)
    return [of(cert, `a chain that begins with another certificate than that of ${key}`)];
  return [
    ...(until < now ? [of(cert, `a certificate that has ended on ${day(until)}`)] : []),
    ...(from > now ? [of(cert, `a certificate that begins on ${day(from)}`)] : []),
    ...(without.length > 0 ? [of(cert, `a certificate without ${without.join(', ')}`)] : []),
  ];
}
