import { expect, test } from '@jest/globals';
import type { Json } from '../../../src/core/json.ts';
import { personMeant, withoutSpaces } from '../../../src/core/model/entries.ts';
import { FORMATS } from '../../../src/core/model/formats.ts';

const USUAL = 'usual';
const LONG = `a ${'b'.repeat(198)}`;

test.each<[Json, string]>([
  ['oggm == 1.6.3', 'write it without spaces: oggm==1.6.3'],
  [' oggm', 'write it without spaces: oggm'],
  ['oggm[full] >= 1.6 , < 2', 'write it without spaces: oggm[full]>=1.6,<2'],
  ['conda-forge::oggm = 1.6', 'write it without spaces: conda-forge::oggm=1.6'],
  [
    'numpy xarray==2026.1\tsalem',
    'write each as an entry of its own: numpy, xarray==2026.1, salem',
  ],
  [LONG, `write each as an entry of its own: a, ${'b'.repeat(198)}`],
  [`${LONG}b`, USUAL],
  ['x=1', USUAL],
  ['a; rm', USUAL],
  ['a $(b)', USUAL],
  ['-r requirements.txt', USUAL],
  ['oggm @ git+https://example.org/a/b', USUAL],
  [' ', USUAL],
  [1, USUAL],
])('a package %j: %s', (value, hint) => {
  expect(withoutSpaces(value, USUAL)).toBe(hint);
});

const byId = (login: string): string =>
  `write user: and a number, because a login may pass to somebody else: "id" at api.github.com/users/${login}`;

test.each<[Json, string]>([
  ['@alice', byId('alice')],
  ['user:alice', byId('alice')],
  ['user:@al-ice', byId('al-ice')],
  [`@${'a'.repeat(39)}`, byId('a'.repeat(39))],
  [`@${'a'.repeat(40)}`, USUAL],
  ['@OGGM/Hub_Users', 'write team:OGGM/hub_users'],
  ['OGGM/users', 'write team:OGGM/users'],
  ['alice', USUAL],
  ['@', USUAL],
  ['@-a', USUAL],
  ['mail@alice', USUAL],
  ['a/b/c', USUAL],
  ['team:OGGM/users!', USUAL],
  [7, USUAL],
])('somebody %j: %s', (value, hint) => {
  expect(personMeant(value, USUAL)).toBe(hint);
});

test.each([
  ['who', '@alice', byId('alice')],
  ['pipPackage', 'a == 1', 'write it without spaces: a==1'],
  ['condaPackage', 'a = 1', 'write it without spaces: a=1'],
  ['aptPackage', 'git curl', 'write each as an entry of its own: git, curl'],
])('is said of %s %s', (format, value, hint) => {
  expect(FORMATS[format]?.(value).hint).toBe(hint);
});
