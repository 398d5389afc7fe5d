import { describe, expect, test } from '@jest/globals';
import { effectsOf, explainHub } from '../../../src/core/hub/explain.ts';
import { reasonsOf } from '../../../src/core/hub/reasons.ts';
import type { DataHeld, Effect, Reason } from '../../../src/core/hub/step.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { ObjectRef } from '../../../src/core/plan/types.ts';
import type { Release } from '../../../src/core/unit.ts';
import { aDiff, aRelease, presentHub, wantedHub } from '../../support/shown.ts';

const ref = (kind: string, name: string): ObjectRef => ({
  apiVersion: 'v1',
  kind,
  namespace: '',
  name,
});
const chart = (name: string, version: string, digest: string): Release['charts'][number] => ({
  name,
  version,
  digest,
});
const charts = (...list: Release['charts']): Release => aRelease({ charts: list });
const images = (...list: [string, string][]): Release =>
  aRelease({ images: list.map(([name, reference]) => ({ name, reference })) });
const values = (all: JsonObject): Release => aRelease({ values: all });
const ours = (glaciocloud: JsonObject): Release => values({ glaciocloud });
const sizes = (...list: JsonObject[]): Release => ours({ profiles: { sizes: list } });
const gpu = { pool: 'gpu', selector: { pool: 'gpu' }, tolerations: [] };
const onGpu = { cpu: 1, memory: '1G', nodes: gpu };
const menu = (...list: JsonObject[]): Release => ours({ profiles: { images: list } });
const onPool = (pool: string, ...list: JsonObject[]): Release =>
  values({
    jupyterhub: { singleuser: { nodeSelector: { pool } } },
    glaciocloud: { profiles: { sizes: list } },
  });

describe('why a hub changes', () => {
  test.each<[string, Release, Release, Reason[]]>([
    ['nothing differs', aRelease(), aRelease(), []],
    [
      'charts, by name',
      charts(chart('jupyterhub', '1', 'a'), chart('gone', '1', 'b'), chart('same', '1', 's')),
      charts(chart('same', '1', 's'), chart('came', '3', 'c'), chart('jupyterhub', '2', 'd')),
      [
        { kind: 'chart', name: 'jupyterhub', from: '1', to: '2' },
        { kind: 'chart', name: 'gone', from: '1', to: undefined },
        { kind: 'chart', name: 'came', from: undefined, to: '3' },
      ],
    ],
    [
      'the content of a chart of one version',
      charts(chart('a', '1', 'x')),
      charts(chart('a', '1', 'y')),
      [{ kind: 'chart', name: 'a', from: '1', to: '1' }],
    ],
    [
      'images',
      images(['a', 'r:1'], ['gone', 'g:1'], ['same', 's']),
      images(['a', 'r:2'], ['same', 's'], ['came', 'c:1']),
      [
        { kind: 'image', name: 'a', from: 'r:1', to: 'r:2' },
        { kind: 'image', name: 'gone', from: 'g:1', to: undefined },
        { kind: 'image', name: 'came', from: undefined, to: 'c:1' },
      ],
    ],
    [
      'secrets',
      aRelease({ secrets: ['gone', 'same'] }),
      aRelease({ secrets: ['came', 'same'] }),
      [
        { kind: 'secret', name: 'gone', change: 'removed' },
        { kind: 'secret', name: 'came', change: 'added' },
      ],
    ],
    [
      'values',
      values({ jupyterhub: { a: 1 } }),
      values({ jupyterhub: { a: 2 } }),
      [{ kind: 'value', path: '/jupyterhub/a', from: 1, to: 2 }],
    ],
  ])('%s', (_what, from, to, expected) => {
    expect(reasonsOf(from, to)).toEqual(expected);
  });

  test('an image is not once more a value', () => {
    const release = (reference: string, list: string[], other: string): Release => ({
      ...images(['a', reference]),
      values: { jupyterhub: { image: reference, pull: list, other } },
    });
    expect(reasonsOf(release('r:1', ['r:1'], 'x'), release('r:2', ['r:2', 'r:1'], 'x'))).toEqual([
      { kind: 'image', name: 'a', from: 'r:1', to: 'r:2' },
    ]);
    expect(reasonsOf(release('r:1', ['r:1'], 'x'), release('r:1', ['other'], 'r:1'))).toEqual([]);
    expect(reasonsOf(release('r:1', [], 'x'), release('r:1', [], 'y'))).toEqual([
      { kind: 'value', path: '/jupyterhub/other', from: 'x', to: 'y' },
    ]);
  });
});

describe('what people notice', () => {
  const url = (address: string): Release => ours({ hub: { url: address } });
  const home = (size: string): Release =>
    values({ jupyterhub: { singleuser: { storage: { capacity: size } } } });
  const idle = (seconds: number): Release => values({ jupyterhub: { cull: { timeout: seconds } } });
  const held = (digest: string): DataHeld => ({ files: 1, bytes: 2, digest });
  const holding = (sets: Record<string, DataHeld>): Release =>
    ours({ data: { sets: { ...sets } as unknown as JsonObject, room: '9Gi' } });
  const none = aDiff();
  test.each<[string, Release, Release, typeof none, Effect[]]>([
    ['nothing', aRelease(), aRelease(), none, [{ kind: 'none' }]],
    [
      'a volume that goes',
      aRelease(),
      aRelease(),
      aDiff({ removed: [ref('ConfigMap', 'a'), ref('PersistentVolumeClaim', 'db')] }),
      [{ kind: 'data-loss', what: 'volume claim db' }],
    ],
    [
      'a volume that comes',
      aRelease(),
      aRelease(),
      aDiff({ added: [ref('PersistentVolumeClaim', 'db')] }),
      [{ kind: 'none' }],
    ],
    ['an address', url('a'), url('b'), none, [{ kind: 'address', from: 'a', to: 'b' }]],
    ['the same address', url('a'), url('a'), none, [{ kind: 'none' }]],
    [
      'a hub that restarts',
      aRelease(),
      aRelease(),
      aDiff({ checksumOnly: [ref('Deployment', 'hub')] }),
      [{ kind: 'hub-restart', seconds: 6 }],
    ],
    [
      'a proxy that restarts',
      aRelease(),
      aRelease(),
      aDiff({ checksumOnly: [ref('Deployment', 'proxy')] }),
      [{ kind: 'proxy-restart' }],
    ],
    [
      'sizes',
      sizes(
        { slug: 's', cpu: 1, memory: '1G' },
        { slug: 'same', cpu: 1, memory: '1G' },
        { slug: 'gone', cpu: 2, memory: '2G' },
      ),
      sizes(
        { slug: 'came', cpu: 3, memory: '3G' },
        { slug: 'same', cpu: 1, memory: '1G' },
        { slug: 's', cpu: 1.5, memory: '1G' },
      ),
      none,
      [
        { kind: 'size', name: 's', from: '1 CPU, 1G', to: '1.5 CPU, 1G' },
        { kind: 'size', name: 'gone', from: '2 CPU, 2G', to: undefined },
        { kind: 'size', name: 'came', from: undefined, to: '3 CPU, 3G' },
      ],
    ],
    [
      'what a size has beside, and what of it is certain',
      sizes({ slug: 's', cpu: 2, memory: '4G' }),
      sizes({
        slug: 's',
        cpu: 2,
        memory: '4G',
        guarantee: { cpu: 1, memory: '2G' },
        gpu: { resource: 'nvidia.com/gpu', count: 1 },
      }),
      none,
      [
        {
          kind: 'size',
          name: 's',
          from: '2 CPU, 4G',
          to: '2 CPU (1 guaranteed), 4G (2G guaranteed), 1 GPU',
        },
      ],
    ],
    [
      'more memory',
      sizes({ slug: 's', cpu: 1, memory: '1G' }),
      sizes({ slug: 's', cpu: 1, memory: '2G' }),
      none,
      [{ kind: 'size', name: 's', from: '1 CPU, 1G', to: '1 CPU, 2G' }],
    ],
    [
      'a size on other machines',
      sizes(
        { slug: 's', cpu: 1, memory: '1G' },
        { slug: 'same', cpu: 1, memory: '1G', nodes: gpu },
        { slug: 'gone', cpu: 1, memory: '1G', nodes: gpu },
      ),
      sizes(
        { slug: 's', cpu: 1, memory: '1G', nodes: gpu },
        { slug: 'same', cpu: 1, memory: '1G', nodes: gpu },
        { slug: 'came', cpu: 1, memory: '1G', nodes: gpu },
      ),
      none,
      [
        { kind: 'size', name: 'gone', from: '1 CPU, 1G', to: undefined },
        { kind: 'size', name: 'came', from: undefined, to: '1 CPU, 1G' },
        { kind: 'size-nodes', names: ['s'] },
      ],
    ],
    [
      'other labels for all that say none',
      onPool('a', { slug: 's', cpu: 1, memory: '1G' }, { ...onGpu, slug: 'g' }),
      onPool('b', { slug: 's', cpu: 1, memory: '1G' }, { ...onGpu, slug: 'g' }),
      none,
      [{ kind: 'size-nodes', names: ['s'] }],
    ],
    [
      'sizes that are no list',
      ours({ profiles: { sizes: 1 } }),
      ours({}),
      none,
      [{ kind: 'none' }],
    ],
    [
      'an image',
      images(['a', 'r:1'], ['same', 's']),
      images(['a', 'r:2'], ['same', 's']),
      none,
      [{ kind: 'image', name: 'a', from: 'r:1', to: 'r:2' }],
    ],
    [
      'whom images are for, and with which sizes',
      menu({ slug: 'a', for: ['all'] }, { slug: 'b', for: ['x'], sizes: ['s'] }, { slug: 'gone' }),
      menu({ slug: 'a', for: ['x'], sizes: ['s'] }, { slug: 'b', for: ['x'] }, { slug: 'came' }),
      none,
      [
        { kind: 'image-offer', name: 'a', for: ['x'], sizes: ['s'] },
        { kind: 'image-offer', name: 'b', for: ['x'], sizes: undefined },
      ],
    ],
    ['homes', home('1Gi'), home('2Gi'), none, [{ kind: 'home-size', from: '1Gi', to: '2Gi' }]],
    [
      'sets of input data: one stays, one is other files, one comes, one goes',
      holding({ a: held('1'), b: held('1'), d: held('1') }),
      holding({ a: held('1'), b: held('2'), c: held('1') }),
      none,
      [
        { kind: 'data-set', name: 'b', from: held('1'), to: held('2'), room: '9Gi' },
        { kind: 'data-set', name: 'c', from: undefined, to: held('1'), room: '9Gi' },
        { kind: 'data-set', name: 'd', from: held('1'), to: undefined, room: '9Gi' },
      ],
    ],
    ['idle time', idle(60), idle(90), none, [{ kind: 'idle', from: '60', to: '90', like: '' }]],
    [
      'values of that name in another chart',
      values({ other: { cull: { timeout: 1 }, hub: { url: 'a' } } }),
      values({ other: { cull: { timeout: 2 }, hub: { url: 'b' } } }),
      none,
      [{ kind: 'none' }],
    ],
  ])('%s', (_what, from, to, diff, expected) => {
    expect(effectsOf(from, to, diff)).toEqual(expected);
  });

  test('of idle servers are said as the file writes such a time', () => {
    const written = { from: {}, besides: {}, file: { sessions: { idle: '24h' } } };
    expect(effectsOf(idle(60), idle(86_400), none, written)).toEqual([
      { kind: 'idle', from: '60', to: '86400', like: '24h' },
    ]);
  });

  test('all of it, from the worst to what only new servers see', () => {
    const release = (n: number): Release => ({
      ...images(['a', `r:${n}`]),
      values: {
        jupyterhub: { cull: { timeout: n }, singleuser: { storage: { capacity: `${n}Gi` } } },
        glaciocloud: {
          hub: { url: `u${n}` },
          profiles: { sizes: [{ slug: 's', cpu: n, memory: '1G' }] },
        },
      },
    });
    const diff = aDiff({
      removed: [ref('PersistentVolumeClaim', 'db')],
      checksumOnly: [ref('Deployment', 'proxy'), ref('Deployment', 'hub')],
    });
    expect(effectsOf(release(1), release(2), diff).map(({ kind }) => kind)).toEqual([
      'data-loss',
      'address',
      'hub-restart',
      'proxy-restart',
      'size',
      'image',
      'home-size',
      'idle',
    ]);
  });
});

describe('a step', () => {
  test('of a new hub names its address', () => {
    const to = wantedHub('h', 'd', ours({ hub: { url: 'https://h' } }));
    const diff = aDiff();
    expect(explainHub({ from: undefined, to }, diff)).toEqual({
      from: undefined,
      to,
      diff,
      effects: [{ kind: 'new-hub', url: 'https://h' }],
      why: [{ kind: 'new' }],
    });
  });

  test('of a hub that takes over a release says so, and calls it no new hub', () => {
    const to = wantedHub('h', 'd', ours({ hub: { url: 'https://h' } }));
    const written = { from: {}, besides: {}, file: { adopt: { release: 'h', people: {} } } };
    expect(explainHub({ from: undefined, to: { ...to, written } }, aDiff())).toMatchObject({
      effects: [{ kind: 'adopts', release: 'h', namespace: 'h', url: 'https://h' }],
      why: [{ kind: 'adopts' }],
    });
  });

  test('of a new hub names its data too', () => {
    const data = { sets: { a: { files: 1, bytes: 2, digest: 'd' } }, room: '' };
    const to = wantedHub('h', 'd', ours({ hub: { url: 'https://h' }, data }));
    expect(explainHub({ from: undefined, to }, aDiff()).effects).toEqual([
      { kind: 'new-hub', url: 'https://h' },
      { kind: 'data-set', name: 'a', from: undefined, to: data.sets.a, room: '' },
    ]);
  });

  test('of a new hub says that its results are lost with servers', () => {
    const image = { slug: 'a', env: { OGGM_WORKDIR: '/scratch/oggm-work' } };
    const to = wantedHub('h', 'd', ours({ profiles: { images: [image] } }));
    expect(explainHub({ from: undefined, to }, aDiff()).effects).toContainEqual({
      kind: 'workdir',
      from: undefined,
      to: '/scratch/oggm-work',
    });
  });

  test('of a hub that runs has reasons and effects', () => {
    const from = presentHub('h', 'old', images(['a', '1']));
    const to = wantedHub('h', 'new', images(['a', '2']));
    expect(explainHub({ from, to }, aDiff())).toMatchObject({
      effects: [{ kind: 'image', name: 'a' }],
      why: [{ kind: 'image', name: 'a' }],
    });
  });

  test('that was not rendered is a mistake of ours', () => {
    expect(() => explainHub({ from: undefined, to: wantedHub('h', 'd') }, undefined)).toThrow(
      'h was decided and not rendered',
    );
  });
});
