import { describe, expect, test } from '@jest/globals';
import { effectsOf } from '../../../src/core/hub/explain.ts';
import { reasonsOf } from '../../../src/core/hub/reasons.ts';
import { at } from '../../../src/core/json.ts';
import { wantedReleases } from '../../../src/core/hub/release.ts';
import { effectText, followsText, reasonText } from '../../../src/core/hub/words.ts';
import type { WantedRelease } from '../../../src/core/unit.ts';
import { aDiff } from '../../support/shown.ts';
import { HUB, platformWith } from '../../support/written.ts';
import type { Written } from '../../support/written.ts';

function hubOf(hub: Record<string, unknown>, more: Written = {}, codeDigest = 'c'): WantedRelease {
  const pins = [
    { name: 'oggm-hub', version: '1', digest: codeDigest, double: false, verified: true },
  ];
  const all = wantedReleases(platformWith({ ...more, [HUB]: hub }), { pins, codeDigest });
  const found = all.find(({ unit }) => unit.kind === 'hub');
  if (!found) throw new Error('there is no hub');
  return found;
}

/** Each reason, with what only follows from it. */
function told(from: WantedRelease, to: WantedRelease): [string, string[]][] {
  return reasonsOf(from.release, to.release, to.written).map((reason) => [
    reasonText(reason),
    followsText(reason),
  ]);
}

const busy = { max: '24h', warn: ['1h'] };
const sizes = (cpu: number, more: object = {}) => ({
  small: { cpu, memory: '4G', default: true, ...more },
});

describe('a reason is the field that was written, in its words', () => {
  test.each<[string, Record<string, unknown>, Record<string, unknown>, unknown]>([
    [
      'a duration that the chart has in seconds',
      { sessions: { idle: '30m' } },
      { sessions: { idle: '3h' } },
      [['sessions.idle 30m → 3h', ['cull.timeout 1800 → 10800', 'cull.every 450 → 600']]],
    ],
    [
      'in the unit of the new one',
      { sessions: { idle: '24h' } },
      { sessions: { idle: '36h' } },
      [['sessions.idle 24h → 36h', ['cull.timeout 86400 → 129600']]],
    ],
    [
      'a number that much follows from',
      { capacity: { maxServers: 40 } },
      { capacity: { maxServers: 400 } },
      [
        [
          'capacity.maxServers 40 → 400',
          expect.arrayContaining(['hub.activeServerLimit 40 → 400']),
        ],
      ],
    ],
    [
      'a size of one’s own name',
      { sizes: sizes(1) },
      { sizes: sizes(2) },
      [['sizes.small.cpu 1 → 2', expect.arrayContaining(['placeholders.cpu 250m → 500m'])]],
    ],
    [
      'a variable that comes and one that goes',
      { env: { A: '1', B: '1' } },
      { env: { A: '2', C: '1' } },
      [
        ['env.A 1 → 2', ['singleuser.extraEnv.A 1 → 2']],
        ['env: singleuser.extraEnv.B − 1', []],
        ['env.C + 1', ['singleuser.extraEnv.C + 1']],
      ],
    ],
    [
      'what no value tells of before',
      { sessions: { idle: '2h', keepBusy: busy } },
      { sessions: { idle: '2h' } },
      [
        ['sessions: singleuser.extraEnv.GLACIOCLOUD_BUSY_IDLE − 7200', []],
        [
          'sessions.keepBusy is gone',
          [
            'singleuser.extraEnv.GLACIOCLOUD_BUSY_MAX − 86400',
            'singleuser.extraEnv.GLACIOCLOUD_BUSY_WARN − 3600',
            'sessions.keepBusy true → false',
          ],
        ],
      ],
    ],
    [
      'below values:',
      { values: { hub: { extraConfig: { a: 'x' } } } },
      { values: { hub: { extraConfig: { a: 'y' } } } },
      [['values.hub.extraConfig.a x → y', []]],
    ],
    [
      'a section that comes whole',
      {},
      { scratch: { size: '5Gi' } },
      expect.arrayContaining([['scratch.size + 5Gi', expect.anything()]]),
    ],
  ])('%s', (_what, from, to, expected) => {
    expect(told(hubOf(from), hubOf(to))).toEqual(expected);
  });

  test('another encrypted file of secrets is one, and no word of it where none was recorded', () => {
    const sealed = (text: string): string => `ENC[AES256_GCM,data:${text}]`;
    const of = (text = ''): WantedRelease =>
      hubOf(
        {},
        text === ''
          ? {}
          : { 'secrets/hub.sops.yaml': { a: sealed(text), sops: { mac: sealed(text) } } },
      );
    expect(told(of('a'), of('b'))).toEqual([['secrets written anew', []]]);
    expect(told(of(), of('b'))).toEqual([]);
    const effects = (from: WantedRelease, to: WantedRelease): string[] =>
      effectsOf(from.release, to.release, aDiff()).map(effectText);
    expect(effects(of('a'), of('b'))).toEqual([
      'supplied secrets: where a value is another, hub restarts once, about 6 s without login; servers stay',
    ]);
    expect(effects(of('a'), of('a'))).toEqual(['nothing']);
  });

  test('our own code is the chart’s matter', () => {
    expect(told(hubOf({}), hubOf({}, {}, 'd'))).toEqual([
      ['chart oggm-hub: its content', ['hub.annotations.glaciocloud.org/code c → d']],
    ]);
  });

  const cluster = (more: object): Written => ({ 'clusters/main.yaml': { ...more } });
  const platform = (more: object): Written => ({ 'platform.yaml': { ...more } });
  const nodes = (pool: string): Written =>
    cluster({
      nodes: { user: { cpu: 8, memory: '32Gi', max: 4, startTime: '60s', selector: { pool } } },
    });
  const homes = (name: string): Written => cluster({ storage: { homes: { class: name } } });

  test('that the cluster’s file decides, and what follows from it', () => {
    expect(told(hubOf({}, homes('slow')), hubOf({}, homes('fast')))).toEqual([
      [
        'clusters/main.yaml: storage.homes.class slow → fast',
        [
          'hub.db.pvc.storageClassName slow → fast',
          'singleuser.storage.dynamic.storageClass slow → fast',
        ],
      ],
    ]);
  });

  test('of the hub where it gives way to that of its cluster: not the cluster’s file is why', () => {
    const home = { size: '20Gi', class: 'fast' };
    expect(
      told(hubOf({ home }, homes('slow')), hubOf({ home: { size: '20Gi' } }, homes('slow'))),
    ).toEqual([['singleuser.storage.dynamic.storageClass fast → slow', []]]);
  });

  test.each<[string, Written, Written, string]>([
    [
      'networks of the cluster',
      cluster({ networks: [] }),
      cluster({ networks: ['192.0.2.0/24'] }),
      'clusters/main.yaml: networks: now ["192.0.2.0/24"]',
    ],
    [
      'its issuer',
      cluster({ ingress: { class: 'nginx', issuer: 'a', email: null } }),
      cluster({ ingress: { class: 'nginx', issuer: 'b', email: null } }),
      'clusters/main.yaml: ingress.issuer a → b',
    ],
    [
      'its entry',
      cluster({ ingress: { class: 'nginx', issuer: 'a', email: null } }),
      cluster({ ingress: { class: 'traefik', issuer: 'a', email: null } }),
      'clusters/main.yaml: ingress.class nginx → traefik',
    ],
    [
      'labels of its nodes',
      nodes('a'),
      nodes('b'),
      'clusters/main.yaml: nodes.user.selector: now {"pool":"b"}',
    ],
    [
      'whom homes belong to',
      platform({ user: { name: 'jovyan', uid: 1000, gid: 100 } }),
      platform({ user: { name: 'jovyan', uid: 1001, gid: 100 } }),
      'platform.yaml: user.uid 1000 → 1001',
    ],
    [
      'links of the pages',
      platform({ pages: {} }),
      platform({ pages: { help: 'https://example.org' } }),
      'platform.yaml: pages.help "" → https://example.org',
    ],
  ])('of another file, which is named: %s', (_what, from, to, text) => {
    expect(told(hubOf({}, from), hubOf({}, to)).map(([one]) => one)).toContain(text);
  });

  test('of another file only for values that there are', () => {
    const place = { cpu: 8, memory: '32Gi', max: 4, startTime: '60s', selector: { pool: 'a' } };
    const pool = { ...place, taints: [{ key: 'k', effect: 'NoSchedule' }] };
    const { release, written } = hubOf({}, cluster({ nodes: { user: pool, core: pool } }));
    const paths = Object.keys(written?.besides ?? {});
    expect(paths.length).toBeGreaterThan(15);
    expect(paths.filter((path) => at(release.values, path) === undefined)).toEqual([
      '/glaciocloud/data/room',
    ]);
  });

  test('of the hub where a value has two fathers, and only its own has changed', () => {
    const pages = platform({ pages: { repository: 'o/r' } });
    const texts = told(hubOf({ title: 'A' }, pages), hubOf({ title: 'B' }, pages));
    expect(texts.map(([one]) => one)).toEqual(['title A → B']);
    const other = platform({ pages: { repository: 'o/s' } });
    expect(told(hubOf({}, pages), hubOf({}, other)).map(([one]) => one)).toEqual([
      'platform.yaml: pages.repository: now o/s',
    ]);
  });
});
