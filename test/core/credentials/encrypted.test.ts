import { describe, expect, test } from '@jest/globals';
import {
  encryptionFindings,
  hubOfSecrets,
  sealedDigest,
} from '../../../src/core/credentials/encrypted.ts';

const FILE = 'secrets/hub.sops.yaml';
const ENC = 'ENC[AES256_GCM,data:q0c=,iv:/x+1=,tag:a==,type:str]';
/** As sops writes it. */
const META = `sops:
    age:
        - recipient: age1example
          enc: |
            -----BEGIN AGE ENCRYPTED FILE-----
            YWdlLWVuY3J5cHRpb24=
            -----END AGE ENCRYPTED FILE-----
    lastmodified: "2026-11-20T08:00:00Z"
    mac: ${ENC}
    unencrypted_suffix: _unencrypted
    version: 3.10.2
`;
const REVOKE = 'revoke what it holds: whoever can read this repository has it; write the new value';
const ENCRYPT =
  'then encrypt it: `sops encrypt --in-place secrets/hub.sops.yaml`, which needs the public key in .sops.yaml';

const said = (text: string): string[] =>
  encryptionFindings(FILE, text).map(
    ({ rule, severity, at, message, hint }) =>
      `${severity} ${rule} ${at.line}:${at.column} ${message} | ${hint}`,
  );
const plain = [`error secrets-file 1:1 this file is not encrypted | ${REVOKE}, ${ENCRYPT}`];

test.each([
  ['a: x\n', `before it is committed, ${ENCRYPT.replace('then ', '')}`],
  ['', `fill it in, ${ENCRYPT}`],
  [`a: x\n${META}`, `before it is committed, write it again with \`sops edit ${FILE}\``],
])('%j that git does not know: %s', (text, hint) => {
  expect(encryptionFindings(FILE, text, false).map((one) => one.hint)).toEqual([hint]);
});

test.each([
  ['secrets/hub.sops.yaml', 'hub'],
  ['secrets/hub.yaml', undefined],
  ['secrets/hub.sops.yml', undefined],
  ['secrets/a/hub.sops.yaml', undefined],
  ['hub.sops.yaml', undefined],
])('%s is for %s', (path, hub) => {
  expect(hubOfSecrets(path)).toBe(hub);
});

test('the digest is of what is encrypted, not of who can read it or when it was written', () => {
  const sealed = `a: ${ENC}\nb: ${ENC}\n`;
  const digest = sealedDigest(sealed + META);
  // As `sops updatekeys` leaves a file: recipients and their keys are others.
  const readers = META.replace('age1example', 'age1other').replace('YWdl', 'ZWdh');
  expect(readers).not.toBe(META);
  expect(sealedDigest(sealed + readers)).toBe(digest);
  expect(sealedDigest(`b: ${ENC}\na: ${ENC}\n${META}`)).toBe(digest);
  const another = ENC.replace('q0c=', 'q1c=');
  for (const text of [`a: ${another}\nb: ${ENC}\n${META}`, `a: ${ENC}\n${META}`, 'a: [x', 'a: [y'])
    expect(sealedDigest(text)).not.toBe(digest);
  expect(sealedDigest('a: [x')).not.toBe(sealedDigest('a: [y'));
});

describe('a file of secrets', () => {
  test('as sops writes it', () => {
    expect(
      said(`#${ENC}\ngithub-client-id: ${ENC}\nempty: ""\nnothing:\nlist:\n  - ${ENC}\n${META}`),
    ).toEqual([]);
  });

  test.each([
    ['in clear', 'github-client-secret: "0123456789"\n'],
    ['with a list in clear', 'a:\n  - x\n'],
    ['with a number', 'a: 12\n'],
    ['encrypted values, and nothing that decrypts them', `a: ${ENC}\n`],
    ['without the code that shows changes', `a: ${ENC}\nsops:\n  version: 3.10.2\n`],
    ['with a code in clear', `a: ${ENC}\nsops:\n  mac: x\n`],
    ['that is no YAML', 'a: [hunter2'],
    ['that is a text', 'hunter2\n'],
  ])('%s', (_what, text) => {
    expect(said(text)).toEqual(plain);
  });

  test.each(['', '# only a comment\n', 'a: ""\n', 'a:\n', 'a: {}\n'])(
    'not filled in yet: %j',
    (text) => {
      expect(said(text)).toEqual([
        `error secrets-file 1:1 this file holds no secrets yet | fill it in, ${ENCRYPT}`,
      ]);
    },
  );

  test('of which a part is in clear', () => {
    const open = (line: number, column: number, name: string): string =>
      `error secrets-file ${line}:${column} "${name}" is not encrypted | ${REVOKE} with \`sops edit ${FILE}\``;
    expect(said(`a: ${ENC}\nb: hunter2\nc:\n  d: x\n  e: 3\nf: true\n${META}`)).toEqual([
      open(2, 4, 'b'),
      open(4, 6, 'd'),
      open(5, 6, 'e'),
      open(6, 4, 'f'),
    ]);
    expect(said(`a: x ${ENC}\nb: ENC[]\nsops-like: y\n${META}`)).toHaveLength(3);
  });

  test('is never repeated', () => {
    const token = `ghp_${'a1B2c3'.repeat(6)}`;
    for (const text of [token, `a: ${token}`, `${token}: x\n${META}`, `a: [${token}`])
      expect(JSON.stringify(said(text))).not.toContain(token);
  });
});
