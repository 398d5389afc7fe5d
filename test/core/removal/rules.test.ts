import { describe, expect, test } from '@jest/globals';
import { said } from '../../support/written.ts';

const removal = { hub: 'gone', cluster: 'main', reason: 'the course is over' };
const removals = (id: string, entries: object[]) =>
  said(id, {
    'platform.yaml': { removals: entries.map((entry) => ({ ...removal, ...entry })) },
  });
const platform = (text: string) => `platform.yaml ${text}`;

describe('removal', () => {
  test('the file of the hub is gone first', () => {
    expect(removals('removal', [{}])).toEqual([]);
    expect(removals('removal', [{}, { hub: 'hub', homes: 'delete' }])).toEqual([
      [platform('hub'), 'environments/hub.yaml is still there', 'remove the file, or this entry'],
    ]);
  });

  test.each([{ homes: 'delete' }, { database: 'delete' }, { homes: 'delete', database: 'delete' }])(
    '%j needs the number of homes',
    (what) => {
      expect(removals('removal', [what])).toEqual([
        [
          platform('gone'),
          'deleting needs the number of homes',
          'add "count:" with the number that the plan shows',
        ],
      ]);
      expect(removals('removal', [{ ...what, count: 0 }])).toEqual([]);
      expect(removals('removal', [{ ...what, count: 12 }])).toEqual([]);
    },
  );

  test.each([
    { homes: 'keep', database: 'keep' },
    { homes: 'archive', bucket: 's3://homes' },
  ])('%j needs none', (what) => {
    expect(removals('removal', [what])).toEqual([]);
  });
});

describe('archive-place', () => {
  test.each([
    [{ homes: 'archive' }],
    [{ database: 'archive' }],
    [{ homes: 'archive', database: 'archive' }],
    [{ homes: 'archive', endpoint: 'https://s3.example.org' }],
  ])('%j has no place', (what) => {
    expect(removals('archive-place', [{}, what])).toEqual([
      [platform('archive'), 'an archive needs a place', 'add "bucket: s3://NAME/PREFIX"'],
    ]);
  });

  test.each([
    ['bucket', 's3://homes/p'],
    ['endpoint', 'https://s3.example.org'],
    ['region', 'eu-central-1'],
  ])('%s without an archive', (key, value) => {
    for (const homes of ['keep', 'delete']) {
      expect(removals('archive-place', [{ homes, count: 1, [key]: value }])).toEqual([
        [
          platform(value),
          `"${key}" does nothing, because nothing is archived`,
          'write "homes: archive" or "database: archive", or remove it',
        ],
      ]);
    }
  });

  test.each([
    [{}],
    [{ homes: 'archive', bucket: 's3://homes' }],
    [{ database: 'archive', bucket: 's3://homes', region: 'eu-central-1' }],
  ])('%j is right', (what) => {
    expect(removals('archive-place', [what])).toEqual([]);
  });
});

describe('archive-endpoint', () => {
  const at = (endpoint: string) =>
    removals('archive-endpoint', [{ bucket: 's3://homes', endpoint }]);

  test.each([
    [
      'https://key@s3.example.org',
      'the address holds credentials',
      'remove them, and change them; ARCHIVE_ACCESS_KEY_ID and ARCHIVE_SECRET_ACCESS_KEY are their place',
    ],
    ['http://s3.example.org', 'the address is not https', 'write https://s3.example.org'],
    ['http://11.0.0.1:9000', 'the address is not https', 'write https://11.0.0.1'],
    [
      'https://s3.example.org/bucket',
      'the address has a path',
      'the bucket and its prefix belong into "bucket:"',
    ],
    [
      'https://s3.example.org?x',
      'the address has a path',
      'the bucket and its prefix belong into "bucket:"',
    ],
    ['https://:9000', 'this is not an address', 'write https:// and a host name'],
  ])('%s', (endpoint, message, hint) => {
    expect(at(endpoint)).toEqual([[platform(endpoint), message, hint]]);
  });

  test.each([
    'https://s3.example.org',
    'https://s3.example.org/',
    'https://s3.example.org:9000',
    'http://127.0.0.1:9000',
    'http://10.1.2.3/',
  ])('%s is right', (endpoint) => {
    expect(at(endpoint)).toEqual([]);
  });

  test('each entry is looked at', () => {
    expect(
      removals('archive-endpoint', [
        {},
        { endpoint: 'http://a.example.org' },
        { endpoint: 'http://b.example.org' },
      ]).map(([place]) => place),
    ).toEqual([platform('http://a.example.org'), platform('http://b.example.org')]);
  });
});
