import { expect, test } from '@jest/globals';
import {
  bytesOf,
  isCurrent,
  lockChecksum,
  lockDigest,
  lockText,
  lockedSets,
  viewOf,
} from '../../../src/core/data/lock.ts';
import { recipeOf } from '../../../src/core/data/wanted.ts';
import { readPlatform } from '../../../src/core/model/platform.ts';
import { readDoc } from '../../../src/core/model/read.ts';
import type { LockedFile } from '../../../src/core/model/data-types.ts';
import { readSource } from '../../../src/core/source.ts';

const recipe = '1'.repeat(40);
const zip: LockedFile = { url: 'https://a.example.org/rgi62.zip', bytes: 5, unpack: 'RGIV62' };
const plain: LockedFile = { url: 'https://a.example.org/cru.nc', bytes: 7 };

function read(text: string) {
  return readDoc('data-lock', 'set', readSource('data/set.lock.yaml', text));
}

test('a lock is read as it was written, a line for each file, sorted', () => {
  const text = lockText({ recipe, files: [zip, plain] });
  const { doc, findings } = read(text);
  expect(findings).toEqual([]);
  expect(doc?.data).toEqual({
    checksum: lockChecksum({ recipe, files: [plain, zip] }),
    recipe,
    files: [plain, zip],
  });
  expect(text.split('\n').filter((line) => line.startsWith('  - '))).toHaveLength(2);
  expect(lockText({ recipe, files: [plain, zip] })).toBe(text);
  expect(read(lockText({ recipe, files: [] })).doc?.data.files).toEqual([]);
});

test('whatever somebody changes changes the checksum; what is filled only by files', () => {
  const before = lockChecksum({ recipe, files: [plain] });
  expect(lockChecksum({ recipe: '2'.repeat(40), files: [plain] })).not.toBe(before);
  expect(lockChecksum({ recipe, files: [{ ...plain, bytes: 8 }] })).not.toBe(before);
  expect(lockDigest({ files: [plain] })).toMatch(/^[0-9a-f]{64}$/u);
  expect(lockDigest({ files: [{ ...plain, bytes: 8 }] })).not.toBe(lockDigest({ files: [plain] }));
  expect(bytesOf({ files: [plain, zip] })).toBe(12);
});

function platformWith(files: Record<string, string>) {
  const texts = { 'platform.yaml': PLATFORM, ...files };
  const { platform, findings } = readPlatform(
    new Map(Object.entries(texts).map(([path, text]) => [path, { kind: 'text', text }])),
  );
  expect(findings).toEqual([]);
  if (!platform) throw new Error('no platform');
  return platform;
}

const PLATFORM = `glaciocloud: 1
organization: example
registry: ghcr.io/example
charts: {jupyterhub: {version: 4.4.0, repository: 'https://charts.example.org'}}
waves:
  - {name: production}
tiers: {}
`;
const SET = 'title: Set\nfiles: [https://a.example.org/cru.nc]\nsize: 1Gi\n';

test('a view is the same whatever the order of its sets, and another where one changes', () => {
  const lock = lockText({ recipe, files: [plain] });
  const platform = platformWith({
    'data/b.yaml': SET,
    'data/b.lock.yaml': lock,
    'data/a.yaml': SET,
    'data/a.lock.yaml': lockText({ recipe, files: [zip] }),
    'data/c.yaml': SET,
  });
  const view = viewOf(lockedSets(platform, ['b', 'a', 'c', 'b']));
  expect(view).toMatch(/^[0-9a-f]{40}$/u);
  expect(viewOf(lockedSets(platform, ['a', 'b']))).toBe(view);
  expect(viewOf(lockedSets(platform, ['a']))).not.toBe(view);
  expect(viewOf(lockedSets(platform, ['c', 'unknown']))).toBeUndefined();
});

test('a lock is current as long as its set asks for the same', () => {
  const set = platformWith({ 'data/a.yaml': SET }).data.get('a')?.data;
  if (!set) throw new Error('no set');
  expect(isCurrent(set, { recipe: recipeOf(set), files: [] })).toBe(true);
  expect(isCurrent({ ...set, files: [] }, { recipe: recipeOf(set), files: [] })).toBe(false);
});
