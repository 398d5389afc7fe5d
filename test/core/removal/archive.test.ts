import { describe, expect, test } from '@jest/globals';
import { pretty } from '../../../src/core/json.ts';
import type { Json } from '../../../src/core/json.ts';
import type { Removal } from '../../../src/core/model/types.ts';
import {
  archivePlace,
  difference,
  manifestFor,
  manifestKey,
  megabytes,
  notArchived,
  parseCounted,
  parseManifest,
  placeText,
  volumeKey,
  volumeName,
} from '../../../src/core/removal/archive.ts';
import type { ArchiveManifest, Volume } from '../../../src/core/removal/archive.ts';

const removal: Removal = {
  hub: 'old',
  cluster: 'lab',
  homes: 'archive',
  database: 'archive',
  bucket: 's3://archive/hubs',
  reason: 'over',
};
const home: Volume = { claim: 'claim-ada', uid: '1', what: 'home' };
const database: Volume = { claim: 'hub-db-dir', uid: '2', what: 'database' };
const counted = { sha256: 'a'.repeat(64), bytes: 10, files: 2 };
const manifest = (more: Partial<ArchiveManifest> = {}): ArchiveManifest => ({
  v: 1,
  hub: 'old',
  cluster: 'lab',
  removal: 'mine',
  complete: null,
  objects: [],
  ...more,
});

describe('the place of an archive', () => {
  test.each([
    ['s3://archive', 'old/'],
    ['s3://archive/', 'old/'],
    ['s3://archive/hubs', 'hubs/old/'],
    ['s3://archive/a/b', 'a/b/old/'],
  ])('in %s is a folder of the hub’s own, and every key lies below it', (bucket, folder) => {
    const place = archivePlace({
      ...removal,
      bucket,
      endpoint: 'https://s3.example.org',
      region: 'x',
    })!;
    expect(place).toEqual({
      bucket: 'archive',
      folder,
      endpoint: 'https://s3.example.org',
      region: 'x',
    });
    expect(placeText(place)).toBe(`s3://archive/${folder}`);
    expect([manifestKey(place), volumeKey(place, home), volumeKey(place, database)]).toEqual([
      `${folder}manifest.json`,
      `${folder}homes/claim-ada.tar.gz`,
      `${folder}database.tar.gz`,
    ]);
  });

  test.each<[Partial<Removal>, boolean]>([
    [{ homes: 'archive', database: 'keep' }, true],
    [{ homes: 'keep', database: 'archive' }, true],
    [{ homes: 'keep', database: 'delete' }, false],
    [{ bucket: 'archive' }, false],
    [{ bucket: 'https://archive/hubs' }, false],
    [{ bucket: 's3:///hubs' }, false],
  ])('is there with %j: %j', (more, there) => {
    expect(archivePlace({ ...removal, ...more }) !== undefined).toBe(there);
  });

  test('is nowhere without a bucket', () => {
    const named = Object.entries(removal).filter(([key]) => key !== 'bucket');
    expect(archivePlace(Object.fromEntries(named) as unknown as Removal)).toBeUndefined();
  });
});

test('in public a home is called by its volume, not by its owner', () => {
  expect([volumeName(home), volumeName(database)]).toEqual(['the home pvc-1', 'the database']);
});

describe('a manifest', () => {
  const volume = { claim: 'a', uid: 'u', key: 'k', ...counted };

  test.each([
    manifest({ complete: '2026-11-24T12:00:00Z', objects: [volume] }),
    manifest({ objects: [volume, { ...volume, claim: 'b' }] }),
    manifest(),
  ])('is read as it was written', (written) => {
    expect(parseManifest(pretty(written as unknown as Json))).toEqual(written);
  });

  test.each([
    '',
    '{',
    '[]',
    '{"v": 1}',
    '{"v": 1, "objects": {}}',
    '{"v": 2, "objects": []}',
    '{"v": "1", "objects": []}',
    '{"manifest_version": 3, "objects": []}',
  ])('is not %s', (text) => {
    expect(parseManifest(text)).toBeUndefined();
  });

  test.each([
    ['hub', 1],
    ['cluster', null],
    ['removal', {}],
    ['complete', true],
    ['complete', undefined],
    ['objects', undefined],
  ])('is none where %s is %j: nothing is written over what it may describe', (field, value) => {
    expect(parseManifest(JSON.stringify({ ...manifest(), [field]: value }))).toBeUndefined();
  });

  test('does not count a volume of which it does not say what was counted', () => {
    const objects = [
      { ...volume, sha256: 1 },
      { ...volume, bytes: '10' },
      { ...volume, files: null },
      'text',
      volume,
    ];
    const read = parseManifest(JSON.stringify({ ...manifest(), objects }));
    expect(read?.objects).toEqual([volume]);
  });

  const mine = manifest({ objects: [{ ...volume }] });
  const other = { ...mine, removal: 'other' };
  test.each<[string, ArchiveManifest | undefined, unknown]>([
    ['begins where there is none', undefined, { kind: 'begin', manifest: manifest() }],
    ['goes on where it is of the same removal', mine, { kind: 'go-on', manifest: mine }],
    [
      'goes on where the same removal has completed it',
      { ...mine, complete: 't' },
      { kind: 'go-on', manifest: { ...mine, complete: 't' } },
    ],
    [
      'begins anew where another removal has not completed it',
      other,
      { kind: 'begin', manifest: manifest() },
    ],
    [
      'is never written over where another removal has completed it',
      { ...other, complete: 't' },
      { kind: 'taken', since: 't' },
    ],
  ])('%s', (_what, found, expected) => {
    expect(manifestFor(found, manifest())).toEqual(expected);
  });

  test('has a volume by its claim and uid: another may bear its name once', () => {
    const one = manifest({ objects: [{ ...volume, claim: 'claim-ada', uid: '1' }] });
    const again = { ...home, uid: '9' };
    const renamed = { ...home, claim: 'claim-eve' };
    expect(notArchived([home, database, again, renamed], one)).toEqual([database, again, renamed]);
  });
});

test.each<[Json, boolean]>([
  [counted, true],
  [{ ...counted, more: 1 }, true],
  [{ ...counted, sha256: 1 }, false],
  [{ ...counted, bytes: '1' }, false],
  [{ ...counted, files: null }, false],
  [{}, false],
])('what a script says at its end, %j, is a count: %j', (said, expected) => {
  const value = parseCounted(said as Parameters<typeof parseCounted>[0]);
  expect(value).toEqual(expected ? counted : undefined);
});

test('a script that says nothing has counted nothing', () => {
  expect(parseCounted(undefined)).toBeUndefined();
});

test.each([
  [{}, undefined],
  [{ bytes: 9, sha256: 'b', files: 1 }, '9 bytes came back, and 10 were sent'],
  [{ bytes: 11 }, '11 bytes came back, and 10 were sent'],
  [{ sha256: 'b', files: 1 }, 'what came back has another SHA-256 than what was sent'],
  [{ files: 1 }, '1 files came back, and 2 were sent'],
])('an archive that comes back with %j', (other, expected) => {
  expect(difference(counted, { ...counted, ...other })).toBe(expected);
});

test.each([
  [0, '0.0 MB'],
  [1_250_000, '1.3 MB'],
  [9_940_000, '9.9 MB'],
  [9_999_999, '10.0 MB'],
  [10_000_000, '10 MB'],
  [10_500_001, '11 MB'],
])('%i bytes are %s', (bytes, text) => {
  expect(megabytes(bytes)).toBe(text);
});
