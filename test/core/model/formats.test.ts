import { expect, test } from '@jest/globals';
import type { Json } from '../../../src/core/json.ts';
import { FORMATS, explainMemory, quoted } from '../../../src/core/model/formats.ts';

const MEMORY = 'write a number with K, M, G or T, such as 4G (1024-based)';

const CASES: [format: string, value: Json, rule: string, message: string, hint: string][] = [
  [
    'memory',
    4,
    'memory-suffix',
    '4 is bytes, or a mistake',
    MEMORY.replace('K, M, G or T', 'a unit'),
  ],
  [
    'memory',
    '4Gi',
    'memory-suffix',
    '"4Gi" is not understood by JupyterHub',
    'write 4G (1024-based)',
  ],
  ['cpu', '500m', 'cpu-number', '"500m" is not a number of cores', 'write 0.5'],
  [
    'cpu',
    '500mi',
    'cpu-number',
    '"500mi" is not a number of cores',
    'write a number above 0, such as 2 or 0.5, without quotes',
  ],
  [
    'cpu',
    'x500m',
    'cpu-number',
    '"x500m" is not a number of cores',
    'write a number above 0, such as 2 or 0.5, without quotes',
  ],
  [
    'cpu',
    0,
    'cpu-number',
    '0 is not a number of cores',
    'write a number above 0, such as 2 or 0.5, without quotes',
  ],
  [
    'name',
    'A b',
    'name',
    '"A b" cannot be a name',
    'write a-b: use lower-case letters, digits and single hyphens, at most 32, starting with a letter',
  ],
  [
    'dottedName',
    'A b',
    'name',
    '"A b" cannot be a name',
    'write a-b: use lower-case letters, digits, single hyphens and dots',
  ],
  [
    'envName',
    'A b',
    'name',
    '"A b" cannot be the name of an environment variable',
    'use letters, digits and underscores',
  ],
  ['duration', '1 h', 'duration', '"1 h" is not a duration', 'write 1h'],
  [
    'quantity',
    20,
    'quantity',
    '20 is not a Kubernetes quantity',
    'write it with a unit, such as 20Gi',
  ],
  ['instant', 'today', 'time', '"today" is not a moment in UTC', 'write it like 2026-11-30T08:00Z'],
  ['date', 'today', 'time', '"today" is not a day', 'write it like 2027-02-28'],
  [
    'when',
    'soon',
    'time',
    '"soon" is neither a day nor a moment in UTC',
    'write it like 2026-11-30 or 2026-11-30T08:00Z',
  ],
  ['hours', '8-18', 'time', '"8-18" is not a span of hours', 'write it like 08:00-18:00'],
  [
    'who',
    'me',
    'who',
    '"me" names nobody',
    'write team:<org>/<slug>, tier:<tier>, cohort:<slug>, user:<GitHub id> or all',
  ],
  [
    'sha256',
    'a',
    'digest',
    '"a" is not a SHA-256',
    'write 64 hex digits, or null until the archive was first seen',
  ],
  ['digest', 'a', 'digest', '"a" is not a registry digest', 'write sha256: and 64 hex digits'],
  [
    'image',
    'a:b',
    'image-reference',
    '"a:b" is not an image address',
    'write registry/name without tag or digest; those have keys of their own',
  ],
  ['httpsUrl', 'hub', 'url', '"hub" is not an address', 'write it with https://'],
  [
    'mirrorUrl',
    'ftp://x',
    'url',
    '"ftp://x" is not the address of a mirror',
    'write it like https://mirror.example.org/pypi/simple, without a name or password',
  ],
  [
    'mirrorUrl',
    'https://s3kr1t@m.example.org/x',
    'url',
    '"https://(hidden)@m.example.org/x" is not the address of a mirror',
    'write it like https://mirror.example.org/pypi/simple, without a name or password',
  ],
  [
    'mirrorUrl',
    'https://m.example.org/x?token=s3kr1t&a=b',
    'url',
    '"https://m.example.org/x?(hidden)" is not the address of a mirror',
    'write it like https://mirror.example.org/pypi/simple, without a name or password',
  ],
  [
    'bucket',
    's3:/x',
    'bucket',
    '"s3:/x" is not a bucket',
    'write s3://NAME or s3://NAME/PREFIX, without a slash at the end',
  ],
  ['region', 'E U', 'region', '"E U" is not a region', 'write it like eu-central-1'],
  ['repository', 'x', 'repository', '"x" is not a repository', 'write owner/name, without .git'],
  [
    'repository',
    'ssh://git@github.com/OGGM/oggm',
    'repository',
    '"ssh://git@github.com/OGGM/oggm" is not a repository',
    'write owner/name, without .git',
  ],
  [
    'githubId',
    'ada',
    'github-id',
    '"ada" is not a GitHub id',
    'write the numeric id; api.github.com/users/<login> shows it',
  ],
  [
    'buildName',
    'one',
    'build-name',
    '"one" is not the name of a build',
    'builds are named by the platform, such as 2026-11-21-9c1b77: restore the file',
  ],
  [
    'condaPackage',
    '-x',
    'package-name',
    '"-x" is not a package of conda',
    'write rioxarray, rioxarray=0.19 or conda-forge::rioxarray',
  ],
  [
    'pipPackage',
    'x=1',
    'package-name',
    '"x=1" is not a package of pip',
    'write motuclient, motuclient==3.0, or "NAME @ git+https://HOST/OWNER/REPO@COMMIT" with all 40 digits',
  ],
  [
    'aptPackage',
    'git-',
    'package-name',
    '"git-" is not a package of the distribution',
    'write graphviz or graphviz=2.42.2-7',
  ],
  [
    'condaChannel',
    'defaults',
    'channel',
    '"defaults" is not a channel',
    'write its name, such as conda-forge; "defaults" needs a licence and is not taken',
  ],
  [
    'envValue',
    'a\nb',
    'env-value',
    '"a·b" cannot be the value of an environment variable',
    'write one line of text, in quotes',
  ],
  [
    'gitRef',
    '-x',
    'git-ref',
    '"-x" is not a branch, tag or commit',
    'use letters, digits, dots, hyphens, underscores and slashes',
  ],
  ['path', '', 'path', '"" is not a path', 'name a file of this folder'],
  ['title', '', 'title', '"" is not a title', 'write one line of 1 to 80 characters'],
];

test.each(CASES)('%s: %j', (format, value, ...expected) => {
  const [rule, message, hint] = expected;
  expect(FORMATS[format]?.(value)).toEqual({ rule, message, hint });
});

test('no format without words', () => {
  expect([...new Set(CASES.map(([format]) => format))].sort()).toEqual(Object.keys(FORMATS).sort());
});

test.each([
  ['4Gi', 'write 4G (1024-based)'],
  ['16Gi', 'write 16G (1024-based)'],
  ['0.5 gib', 'write 0.5G (1024-based)'],
  ['512mb', 'write 512M (1024-based)'],
  ['1k', 'write 1K (1024-based)'],
  ['2TB', 'write 2T (1024-based)'],
  ['4', MEMORY],
  ['4Gix', MEMORY],
  ['x4Gi', MEMORY],
  ['4P', MEMORY],
  ['.5G', MEMORY],
])('memory %j: %s', (value, hint) => {
  expect(explainMemory(value).hint).toBe(hint);
});

test.each<[Json, string]>([
  ['plain', '"plain"'],
  ['a\u001Bb\u007Fc\u009Fd\u202Ee\u2066f\ng', '"a·b·c·d·e·f·g"'],
  ['x'.repeat(60), `"${'x'.repeat(60)}"`],
  ['x'.repeat(61), `"${'x'.repeat(57)}..."`],
  [null, 'nothing'],
  [{ a: [1] }, '{"a":[1]}'],
  ['x'.repeat(50).split(''), JSON.stringify('x'.repeat(50).split('')).slice(0, 60)],
])('shown to people: %j', (value, expected) => {
  expect(quoted(value)).toBe(expected);
});
