import { describe, expect, test } from '@jest/globals';
import { runRules } from '../../../src/core/check/run.ts';
import { NOW, platformWith, said } from '../../support/written.ts';

const IMAGE = 'images/science/image.yaml';
const LOCK = 'images/science/image.lock.yaml';
const base = 'registry.example.org/base';
const digest = `sha256:${'a'.repeat(64)}`;
const hint =
  '"glaciocloud image build science --push" builds it and writes its lock; or remove what is added';
const bare = (keys: object, more: Parameters<typeof said>[1] = {}) =>
  said('image-additions', { [IMAGE]: { from: { image: base, tag: 'v1' }, ...keys }, ...more });
const adds = (what: string, reference = `${base}:v1`) =>
  `hubs run ${reference} as it is, without what this file adds: ${what}`;
const build = '2026-11-01-aaaaaa';
const lock = (channels: object) => ({
  recipe: 'b'.repeat(40),
  builds: { [build]: { digest, tests: { oggm: 'passed' } } },
  channels,
});

describe('image-additions', () => {
  test.each<[string, object, string]>([
    ['oggm', { oggm: { git: 'OGGM/oggm', ref: 'master' } }, 'oggm'],
    ['conda', { conda: ['xarray'] }, 'conda'],
    ['pip', { pip: ['oggm-edu'] }, 'pip'],
    ['apt', { apt: ['graphviz'] }, 'apt'],
    ['bake', { bake: ['salem'] }, 'bake'],
    ['files', { files: ['a.txt'] }, 'files'],
    ['postBuild', { postBuild: 'postBuild' }, 'postBuild'],
    ['env', { env: { A: '1' } }, 'env'],
    ['conda', { bake: ['salem'], conda: ['xarray'], env: { A: '1' } }, 'conda, bake, env'],
  ])('at %s, with everything that is added: %j', (key, keys, what) => {
    expect(bare(keys)).toEqual([[expect.stringContaining(`${IMAGE} ${key}:`), adds(what), hint]]);
  });

  test.each<[string, object, string]>([
    ['a tag', { image: base, tag: 'v1' }, `${base}:v1`],
    ['what moves', { image: base, track: 'main' }, `${base}:main`],
    ['a digest', { image: base, digest }, `${base}@${digest}`],
  ])('names what is run instead: %s', (_, from, reference) => {
    expect(bare({ from, pip: ['x'] }).map(([, message]) => message)).toEqual([
      adds('pip', reference),
    ]);
  });

  test.each<[string, object]>([
    ['nothing is added', { env: {}, pip: [] }],
    ['the image must have the version already', { oggm: { version: '1.6.3' } }],
  ])('says nothing where %s', (_, keys) => {
    expect(bare(keys)).toEqual([]);
  });

  test.each<[string, object]>([
    ['promoted', { candidate: build, stable: build }],
    ['not promoted, and so not offered', { candidate: build }],
  ])('says nothing of an image with a lock: %s', (_, channels) => {
    expect(bare({ pip: ['x'] }, { [LOCK]: lock(channels) })).toEqual([]);
  });

  test('says nothing of one that is never there before it is built, or that no hub has', () => {
    expect(bare({ from: undefined, pip: ['x'] })).toEqual([]);
    const spare = { title: 'Spare', from: { image: base, tag: 'v1' }, pip: ['x'] };
    expect(said('image-additions', { 'images/spare/image.yaml': spare })).toEqual([]);
  });

  test('stands above a plan; others do not', () => {
    const from = { image: base, track: 'main' };
    const platform = platformWith({ [IMAGE]: { from, pip: ['x'] } });
    const found = runRules({ platform, now: NOW, defaults: undefined });
    expect(found.map(({ rule, upFront }) => [rule, upFront])).toEqual([
      ['image-unlocked', undefined],
      ['image-additions', true],
    ]);
  });
});
