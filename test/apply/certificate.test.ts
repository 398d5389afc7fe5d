import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { suppliedCertificateFaults } from '../../src/apply/hub/certificate.ts';
import { hostsOf } from '../../src/core/hub/certificate.ts';
import type { EnvironmentFile } from '../../src/core/model/types.ts';
import { ownCertificate } from '../support/certificate.ts';
import type { OwnCertificate } from '../support/certificate.ts';
import { temporary } from '../support/sample.ts';

/* Real certificates, made by openssl. */
const DAY = 86_400_000;
let folder: Awaited<ReturnType<typeof temporary>>;
let own: OwnCertificate;
let other: OwnCertificate;

const environment = (hosts: string[] = []): EnvironmentFile =>
  ({
    url: 'https://hub.example.org',
    hosts,
    certificate: { cert: 'chain', key: 'private' },
  }) as unknown as EnvironmentFile; // nothing else is looked at

function faults(
  { cert, key }: Pick<OwnCertificate, 'cert' | 'key'>,
  { hosts = [], later = 0 }: { hosts?: string[]; later?: number } = {},
): string[] {
  const supplied = new Map(Object.entries({ chain: cert, private: key }));
  return suppliedCertificateFaults(environment(hosts), supplied, Date.now() + later * DAY).map(
    ({ secret, fault }) => `${secret} is ${fault}`,
  );
}

beforeAll(async () => {
  folder = await temporary();
  const made = async (name: string, hosts: string[]): Promise<OwnCertificate> => {
    await mkdir(join(folder.path, name));
    return ownCertificate(join(folder.path, name), hosts);
  };
  own = await made('own', ['hub.example.org', '*.hubs.example.org']);
  other = await made('other', ['other.example.org']);
});
afterAll(() => folder.remove());

describe('a certificate of one’s own', () => {
  test('that belongs to its key, names the hub and is good has no fault, with what follows it', () => {
    expect(faults({ cert: own.cert + other.cert, key: own.key })).toEqual([]);
    expect(faults(own, { hosts: ['jupyter.hubs.example.org'] })).toEqual([]);
  });

  test('is held against its key', () => {
    expect(faults({ cert: own.cert, key: other.key })).toEqual([
      'private is not the key of the certificate in chain',
    ]);
    expect(faults({ cert: other.cert + own.cert, key: own.key })).toEqual([
      'chain is a chain that begins with another certificate than that of private',
    ]);
  });

  test('is held against the days and every name of the hub, all at once', () => {
    expect(faults(own, { hosts: ['a.example.org', 'x.y.hubs.example.org'], later: 31 })).toEqual([
      expect.stringMatching(/^chain is a certificate that has ended on \d{4}-\d\d-\d\d$/u),
      'chain is a certificate without a.example.org, x.y.hubs.example.org',
    ]);
    expect(faults(own, { later: -2 })).toEqual([
      expect.stringMatching(/^chain is a certificate that begins on \d{4}-\d\d-\d\d$/u),
    ]);
  });

  test('that OpenSSL cannot read is named, and nothing of it is repeated', () => {
    const broken = (text: string): string => text.replace(/\n[^\n]{20}/u, '\ncanary');
    expect(faults({ cert: broken(own.cert), key: own.key })).toEqual([
      'chain is no certificate that can be read',
    ]);
    expect(faults({ cert: own.cert + broken(other.cert), key: own.key })).toEqual([
      'chain is no certificate that can be read',
    ]);
    expect(faults({ cert: own.cert, key: broken(own.key) })).toEqual([
      'private is no private key that can be read',
    ]);
  });

  test('is not looked at where a part of it is missing, which is told elsewhere', () => {
    const half = new Map([['chain', own.cert]]);
    expect(suppliedCertificateFaults(environment(), half, 0)).toEqual([]);
  });
});

test('the names of a hub are its address and further hosts', () => {
  const of = (url: string, hosts: string[] = []): string[] => hostsOf({ url, hosts });
  expect(of('https://hub.example.org:8443/', ['a.example.org'])).toEqual([
    'hub.example.org',
    'a.example.org',
  ]);
});
