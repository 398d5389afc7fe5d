import { describe, expect, test } from '@jest/globals';
import { secretsChecks } from '../../../src/core/doctor/secrets.ts';
import type { Opened, SecretsFacts } from '../../../src/core/doctor/secrets.ts';
import type { SecretFinding } from '../../../src/core/hub/secrets.ts';
import type { Edit } from '../../support/apply-bench.ts';
import { NOT_ASKED, answered, brief, platformOf, withId } from '../../support/doctor.ts';

const KEY = `age1${'q'.repeat(58)}`;
const OTHER = `age1${'z'.repeat(58)}`;
const FILE = 'secrets/one.sops.yaml';
const SOPS = `creation_rules:\n  - path_regex: secrets/\n    age: ${KEY}\n`;
const encrypted = (...keys: string[]): string =>
  `a: ENC[AES256_GCM,data:x]\nsops:\n  age:\n${keys.map((key) => `    - recipient: ${key}\n`).join('')}  mac: ENC[AES256_GCM,data:x]\n`;
const secret = (state: SecretFinding['state'], name: string = state): SecretFinding => ({
  secret: name,
  state,
  note: '',
});
const bare = ['two', 'late'].map((name): Edit => [
  `environments/${name}.yaml`,
  'secrets: {github-client-id: {use: login}, github-client-secret: {use: login}}\n',
  '',
]);
/** Only the hub `one` has secrets. */
const platform = platformOf(...bare);
const WELL: SecretsFacts = {
  sops: SOPS,
  files: new Map([['one', encrypted(KEY)]]),
  opened: new Map([['one', answered<Opened>({ kind: 'open', secrets: [secret('fine')] })]]),
};
const found = (facts: Partial<SecretsFacts>): string[] =>
  secretsChecks(platform, { ...WELL, ...facts }).flatMap(brief);
const opened = (value: Opened): Partial<SecretsFacts> => ({
  opened: new Map([['one', answered(value)]]),
});

describe('secrets', () => {
  test('that are encrypted, complete and fresh are well', () => {
    expect(found({})).toEqual([
      '✓ .sops.yaml: names 1 key',
      `✓ ${FILE}: is encrypted`,
      `✓ ${FILE}: can be decrypted`,
      `✓ ${FILE}: holds what is declared`,
      `✓ ${FILE}: nothing is due for renewal`,
    ]);
  });

  test('need nothing where no hub has any', () => {
    const one: Edit = [`environments/one.yaml`, bare[0]?.[1] ?? '', ''];
    const none = platformOf(...bare, one);
    const facts = { sops: undefined, files: new Map<string, string>(), opened: new Map() };
    expect(secretsChecks(none, facts)).toEqual([]);
    expect(secretsChecks(none, { ...facts, files: WELL.files })).not.toEqual([]);
  });

  test('of a hub without a file are written', () => {
    expect(found({ files: new Map(), opened: new Map() }).slice(1)).toEqual([
      `✗ ${FILE}: is not there: one declares github-client-id, github-client-secret`,
      `mkdir -p secrets && glaciocloud secrets template one > ${FILE} && "\${EDITOR:-vi}" ${FILE} && sops encrypt --in-place ${FILE}`,
    ]);
  });

  test('in clear are said by line, without a value', () => {
    const text = encrypted(KEY).replace('a: ENC[AES256_GCM,data:x]', 'a: canary');
    const [, what = '', ...fix] = found({ files: new Map([['one', text]]) });
    expect(what).toContain(`✗ ${FILE}:1: "a" is not encrypted; `);
    expect(what).not.toContain('canary');
    expect(fix).toEqual([`sops encrypt --in-place ${FILE}`]);
  });

  test('that nobody can decrypt here are unknown, and that a key refuses are missing', () => {
    expect(found({ opened: new Map([['one', NOT_ASKED]]) }).slice(2)).toEqual([
      `? ${FILE}: not asked: nobody is there`,
      'do this',
    ]);
    expect(found(opened({ kind: 'refused', why: 'no key fits' })).slice(2)).toEqual([
      `✗ ${FILE}: no key fits`,
      'export SOPS_AGE_KEY_FILE=FILE # the key of a recipient',
    ]);
    expect(found({ opened: new Map() }).slice(2)).toEqual([]);
  });

  test.each<[SecretFinding[], string]>([
    [[secret('missing', 'a'), secret('missing', 'b')], 'has no a, b'],
    [[secret('malformed', 'a')], 'holds no proper a'],
    [[secret('unused', 'a')], 'holds what is not declared: a'],
    [
      [secret('unused', 'c'), secret('malformed', 'b'), secret('missing', 'a'), secret('exempt')],
      'has no a; holds no proper b; holds what is not declared: c',
    ],
  ])('that are not as declared: %j', (secrets, what) => {
    expect(found(opened({ kind: 'open', secrets })).slice(3, 5)).toEqual([
      `✗ ${FILE}: ${what}`,
      `sops edit ${FILE} # glaciocloud secrets audit one shows each`,
    ]);
  });

  test('that are due are named, and are no fault of completeness', () => {
    const secrets = [secret('due', 'a'), secret('due', 'b'), secret('fine', 'c')];
    expect(found(opened({ kind: 'open', secrets })).slice(3)).toEqual([
      `✓ ${FILE}: holds what is declared`,
      `✗ ${FILE}: a, b: due for renewal`,
      `sops edit ${FILE} # glaciocloud secrets audit one shows each`,
    ]);
  });
});

describe('recipients', () => {
  const recipients = (sops: string | undefined, text = encrypted(KEY)): string[] =>
    withId(
      secretsChecks(platform, { ...WELL, sops, files: new Map([['one', text]]) }),
      'secrets/recipients',
    );

  test('are made where there is no file', () => {
    expect(recipients(undefined)).toEqual([
      '✗ .sops.yaml: is not there',
      String.raw`age-keygen -o hubs.agekey && printf 'creation_rules:\n  - path_regex: secrets/[^/]+[.]sops[.]yaml$\n    age: %s\n' "$(age-keygen -y hubs.agekey)" > .sops.yaml # hubs.agekey is never committed`,
    ]);
  });

  test.each([
    ['', 'nothing'],
    ['creation_rules:\n  - age: PUBLIC-KEY\n', 'the words of `init`'],
    [`keys: [${KEY}]\n`, 'keys that no rule uses'],
    ['creation_rules:\n  - age: ""\n', 'an empty text'],
    [`creation_rules:\n  - path_regex: ${KEY}\n`, 'a key in the wrong place'],
  ])('are none in %j: %s', (text) => {
    expect(recipients(text)).toEqual([
      '✗ .sops.yaml: names no key, so nothing can be encrypted',
      'age-keygen -o hubs.agekey # then its public key after `age:` in .sops.yaml; hubs.agekey is never committed',
    ]);
  });

  test.each([
    [`creation_rules:\n  - age: "${KEY}, ${OTHER}"\n`, 2],
    [`creation_rules:\n  - age: [${KEY}, ${KEY}]\n`, 1],
    [`creation_rules:\n  - key_groups: [{age: [${KEY}], pgp: [ABC]}]\n`, 2],
    [`keys:\n  - &me ${KEY}\ncreation_rules:\n  - age: *me\n`, 1],
  ])('are counted in %j', (text, count) => {
    expect(recipients(text)).toEqual([
      `✓ .sops.yaml: names ${count} ${count === 1 ? 'key' : 'keys'}`,
    ]);
  });

  test('that .sops.yaml no longer names still read a file', () => {
    expect(recipients(SOPS, encrypted(OTHER, KEY))).toEqual([
      '✓ .sops.yaml: names 1 key',
      `✗ ${FILE}: is encrypted for ${OTHER}, which .sops.yaml does not name`,
      `sops updatekeys ${FILE}`,
    ]);
  });

  test('of a file are no word where .sops.yaml names nobody', () => {
    expect(recipients('')).toHaveLength(2);
  });
});
