import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { digestOf } from '../../../src/core/digest.ts';
import { valuesOf, wantedReleases } from '../../../src/core/hub/release.ts';
import type { ChartFacts } from '../../../src/core/hub/release.ts';
import { WAVES, waveRows } from '../../../src/core/hub/wave-rows.ts';
import type { Json } from '../../../src/core/json.ts';
import { readPlatform } from '../../../src/core/model/platform.ts';
import type { Text } from '../../../src/core/model/platform.ts';
import type { Platform } from '../../../src/core/model/types.ts';
import type { PresentRelease } from '../../../src/core/unit.ts';

const FOLDER = join(import.meta.dirname, '../rules/_base');
const BASE = new Map<string, string>(
  readdirSync(FOLDER, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path.slice(FOLDER.length + 1), readFileSync(path, 'utf8')]),
);
const text = (path: string): string => BASE.get(path) ?? '';
const hubText = text('environments/hub.yaml');
const clusterText = text('clusters/main.yaml');

function platformOf(more: Record<string, string>): Platform {
  const files = new Map<string, Text>(
    [...BASE, ...Object.entries(more)].map(([path, one]) => [path, { kind: 'text', text: one }]),
  );
  const { platform } = readPlatform(files);
  if (!platform) throw new Error('the platform cannot be read');
  return platform;
}

const charts: ChartFacts = {
  pins: [
    { name: 'z', version: '2', digest: 'dz', double: true, verified: false },
    { name: 'a', version: '1', digest: 'da', double: false, verified: true },
  ],
  codeDigest: 'code',
};
const hub = (url: string, more: [string, string][] = []): string =>
  more.reduce(
    (one, [from, to]) => one.replace(from, to),
    hubText.replace('hub.example.org', `${url}.example.org`),
  );

describe('the releases that files ask for', () => {
  test('stand by wave and name, clusters that are used first', () => {
    const platform = platformOf({
      'clusters/unused.yaml': clusterText,
      'clusters/a.yaml': clusterText,
      'environments/b.yaml': hub('b'),
      'environments/s.yaml': hub('s', [
        ['wave: production', 'wave: staging'],
        ['cluster: main', 'cluster: a'],
      ]),
    });
    expect(
      wantedReleases(platform, charts).map(({ unit, wave, order }) => [
        unit.kind,
        unit.name,
        wave,
        order,
      ]),
    ).toEqual([
      ['cluster', 'a', 'clusters', 0],
      ['cluster', 'main', 'clusters', 0],
      ['hub', 's', 'staging', 1],
      ['hub', 'b', 'production', 2],
      ['hub', 'hub', 'production', 2],
    ]);
  });

  test('hold everything that decides how a hub runs', () => {
    const platform = platformOf({});
    const [, one] = wantedReleases(platform, charts);
    expect(one?.release).toEqual({
      v: 1,
      unit: { kind: 'hub', cluster: 'main', name: 'hub' },
      namespace: 'hub',
      charts: [
        { name: 'a', version: '1', digest: 'da' },
        { name: 'z', version: '2', digest: 'dz' },
      ],
      values: valuesOf(platform, platform.environments.get('hub')!, charts)?.values,
      images: [{ name: 'science', reference: expect.stringContaining(':') as unknown }],
      secrets: ['github-client-id', 'github-client-secret'],
    });
    expect(one?.digest).toBe(digestOf(one?.release as unknown as Json));
  });

  test('keep the image that a hub runs until a build is promoted, in the values too', () => {
    const lock = `recipe: ${'b'.repeat(40)}
builds: {2026-11-01-aaaaaa: {digest: "sha256:${'c'.repeat(64)}"}}
channels: {candidate: 2026-11-01-aaaaaa}
`;
    const platform = platformOf({ 'images/science/image.lock.yaml': lock });
    const images = [{ name: 'science', reference: 'registry.example.org/base:old' }];
    const ran = (name: string, kind: 'hub' | 'cluster' = 'hub') => {
      const [, one] = wantedReleases(platformOf({}), charts);
      if (!one) throw new Error('there is no hub');
      const unit = { kind, cluster: 'main', name };
      return { unit, release: { ...one.release, unit, images } };
    };
    const [, kept] = wantedReleases(platform, charts, [ran('other'), ran('hub')]);
    expect(kept?.release.images).toEqual(images);
    expect(JSON.stringify(kept?.release.values)).toContain('registry.example.org/base:old');
    for (const present of [[], [ran('other')], [ran('hub', 'cluster')]])
      expect(wantedReleases(platform, charts, present)[1]?.release.images).toEqual([]);
  });

  test('names of secrets are sorted', () => {
    const platform = platformOf({
      'environments/hub.yaml': hubText.replace(
        'secrets:',
        'secrets:\n  zz: {use: x}\n  aa: {use: x}',
      ),
    });
    expect(wantedReleases(platform, charts)[1]?.release.secrets).toEqual([
      'aa',
      'github-client-id',
      'github-client-secret',
      'zz',
    ]);
  });

  test('another encrypted file of its secrets is another release, and of a hub without secrets none', () => {
    const file = 'secrets/hub.sops.yaml';
    const sealed = (text: string): string =>
      `a: "ENC[AES256_GCM,data:${text}]"\nsops: {mac: "ENC[AES256_GCM,data:${text}]"}\n`;
    const of = (more: Record<string, string>) => wantedReleases(platformOf(more), charts)[1];
    const [none, one, two] = [of({}), of({ [file]: sealed('a') }), of({ [file]: sealed('b') })];
    expect(none?.release).not.toHaveProperty('encrypted');
    expect(one?.release.encrypted).toMatch(/^[0-9a-f]{40}$/u);
    expect(new Set([none?.digest, one?.digest, two?.digest]).size).toBe(3);
    expect(of({ 'secrets/other.sops.yaml': sealed('a') })?.digest).toBe(none?.digest);
    const bare = hubText.replace(/secrets:\n(?: {2}.*\n)+/u, '');
    expect(bare).not.toBe(hubText);
    const without = of({ [file]: sealed('a'), 'environments/hub.yaml': bare });
    expect(without?.release).not.toHaveProperty('encrypted');
  });

  test('are none for a hub whose cluster or wave is not known', () => {
    for (const [from, to] of [
      ['cluster: main', 'cluster: other'],
      ['wave: production', 'wave: other'],
    ] as const) {
      const platform = platformOf({ 'environments/hub.yaml': hubText.replace(from, to) });
      expect(wantedReleases(platform, charts)).toEqual([]);
    }
  });
});

describe('waves for a workflow', () => {
  const platformText = text('platform.yaml');
  const platform = platformOf({
    'platform.yaml': platformText
      .replace('images: stable}', 'images: stable, approval: true}')
      .replace(
        'removals: []',
        'removals: [{hub: x, cluster: only, homes: keep, database: keep, reason: r}, {hub: y, cluster: nowhere, homes: keep, database: keep, reason: r}]',
      ),
    'clusters/only.yaml': clusterText,
    'clusters/a.yaml': clusterText,
    'environments/b.yaml': hub('b', [['cluster: main', 'cluster: a']]),
    'environments/s.yaml': hub('s', [['wave: production', 'wave: staging']]),
  });
  const wanted = wantedReleases(platform, charts);
  const present = (...changed: string[]): PresentRelease[] =>
    wanted.map(({ unit, digest, release }) => ({
      unit,
      digest: changed.includes(unit.name) ? 'old' : digest,
      release,
      status: undefined,
    }));

  test('reach their clusters; removals belong to the first', () => {
    expect(waveRows(platform, wanted, present())).toEqual({
      rows: [
        { name: 'staging', clusters: ['main', 'only'], waiting: [], approve: [] },
        { name: 'production', clusters: ['a', 'main'], waiting: [], approve: [] },
      ],
      clusters: ['a', 'main', 'only'],
    });
  });

  test('have something to do where the record is not what is wanted, and where somebody is to be removed', () => {
    const waiting = (list: PresentRelease[]): string[][] =>
      waveRows(platform, wanted, list).rows.map((row) => row.waiting);
    const gone = present().find(({ unit }) => unit.name === 's')!;
    expect(waiting(present('b'))).toEqual([[], ['a']]);
    expect(waiting(present('s'))).toEqual([['main'], []]);
    // What hubs of a cluster share comes with whichever wave reaches it first.
    expect(waiting(present('main'))).toEqual([['main'], ['main']]);
    expect(waiting([...present(), { ...gone, unit: { ...gone.unit, name: 'x' } }])).toEqual([
      ['only'],
      [],
    ]);
    expect(waiting([])).toEqual([['main'], ['a', 'main']]);
    const tried = present().map((one) =>
      one.unit.name === 's'
        ? { ...one, status: { at: 't', commit: 'c', tried: '2026-11-24T14:00:00.000Z' } }
        : one,
    );
    expect(waiting(tried)).toEqual([['main'], []]);
  });

  test('ask where something changes, if they want it', () => {
    const approve = (list: PresentRelease[]): string[][] =>
      waveRows(platform, wanted, list).rows.map((row) => row.approve);
    expect(approve(present('s', 'hub'))).toEqual([[], ['main']]);
    expect(approve(present('main'))).toEqual([[], []]);
    expect(approve([])).toEqual([[], ['a', 'main']]);
  });

  test('are four at most', () => {
    const { settings } = platformOf({});
    const [wave] = settings.data.waves;
    const waves = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ ...wave!, name }));
    // A double: no file may say so.
    const many = {
      ...platformOf({}),
      settings: { ...settings, data: { ...settings.data, waves } },
    };
    expect(waveRows(many, [], []).rows.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
    expect(WAVES).toBe(4);
  });
});
