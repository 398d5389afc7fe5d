import { describe, expect, test } from '@jest/globals';
import { contentOf, pullFault, suppliedFaults } from '../../../src/core/hub/supplied-forms.ts';
import type { EnvironmentFile } from '../../../src/core/model/types.ts';

const config = (...registries: string[]): string =>
  JSON.stringify({ auths: Object.fromEntries(registries.map((one) => [one, { auth: 'canary' }])) });
const environment = {
  secrets: {
    login: { use: 'login', for: 'hub' },
    here: { use: 'images', for: 'pull' },
    there: { use: 'images', for: 'pull' },
  },
} as unknown as EnvironmentFile; // nothing else is looked at
const given = (more: Record<string, string>): Map<string, string> =>
  new Map(Object.entries({ login: 'canary', ...more }));

describe('a secret by which images are pulled', () => {
  test.each([
    [config('a.example.org'), undefined],
    ['canary', 'no docker config: it is no JSON object'],
    ['{"auths": []}', 'no docker config: its field /auths is missing or is something else'],
    ['{"auths": {}}', 'a docker config without a registry'],
    ['{"auths": {"a": "canary"}}', 'a docker config with a registry that has no credentials'],
    ['{"auths": {"a": {}}}', 'a docker config with a registry that has no credentials'],
  ])('%s', (text, fault) => {
    expect(pullFault(text)).toBe(fault);
  });
});

test('what is wrong with each is told at once, and nothing of it is repeated', () => {
  const faults = suppliedFaults(environment, given({ here: 'canary', there: '{"canary": 1}' }));
  expect(faults).toEqual([
    'here is no docker config: it is no JSON object',
    'there is no docker config: its field /auths is missing or is something else',
  ]);
});

test('credentials of one registry are there once', () => {
  const [a, b] = [config('a.example.org'), config('b.example.org')];
  expect(suppliedFaults(environment, given({ here: a, there: b }))).toEqual([]);
  expect(suppliedFaults(environment, given({ here: a, there: a }))).toEqual([
    'here and there have credentials of one registry twice',
  ]);
});

test('others are kept as they are', () => {
  expect(contentOf({}, 'servers', given({}))).toEqual({ stringData: { login: 'canary' } });
});

describe('a certificate of one’s own', () => {
  const pem = (what: string): string =>
    `-----BEGIN ${what}-----\nY2FuYXJ5\n-----END ${what}-----\n`;
  const [chain, key] = [pem('CERTIFICATE') + pem('CERTIFICATE'), pem('PRIVATE KEY')];
  const own = {
    secrets: { chain: { use: 'entry', for: 'hub' }, private: { use: 'entry', for: 'hub' } },
    certificate: { cert: 'chain', key: 'private' },
  } as unknown as EnvironmentFile; // nothing else is looked at
  const faults = (cert: string, secret: string): string[] =>
    suppliedFaults(own, new Map(Object.entries({ chain: cert, private: secret })));

  test.each([
    [chain, key, []],
    [chain, pem('EC PRIVATE KEY').replaceAll('\n', '\r\n'), []],
    [chain, pem('RSA PRIVATE KEY'), []],
    ['canary', 'canary', ['chain is no certificate in PEM', 'private is no private key in PEM']],
    [
      chain,
      `-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----`,
      ['private is no private key in PEM'],
    ],
    [
      key,
      chain,
      [
        'chain is a certificate with a private key in it',
        'private is a private key with a certificate in it',
      ],
    ],
    [
      chain,
      pem('ENCRYPTED PRIVATE KEY'),
      ['private is a private key with a passphrase, which nobody could type in'],
    ],
  ])('%j with %j', (cert, secret, said) => {
    expect(faults(cert, secret)).toEqual(said);
  });

  test('becomes a Secret as entries read it', () => {
    const supplied = new Map(Object.entries({ private: key, chain }));
    expect(contentOf(own, 'certificate', supplied)).toEqual({
      type: 'kubernetes.io/tls',
      stringData: { 'tls.crt': chain, 'tls.key': key },
    });
  });
});
