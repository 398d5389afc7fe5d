import { describe, expect, test } from '@jest/globals';
import {
  runningSince,
  runsDigest,
  soakSeconds,
  trialHubs,
} from '../../../src/core/images/trials.ts';
import type { PresentRelease } from '../../../src/core/unit.ts';
import { HUB, platformWith, textsWith } from '../../support/written.ts';
import { load } from 'js-yaml';

const hub = load(textsWith({}).get(HUB) ?? '') as Record<string, unknown>;
const hubIn = (wave: string, name: string, images = ['science']): Record<string, unknown> => ({
  ...hub,
  url: `https://${name}.example.org`,
  wave,
  images,
});
const image = { title: 'Other', from: { image: 'registry.example.org/base', tag: '1' } };
const waves = [
  { name: 'early', images: 'candidate', soak: '5h' },
  { name: 'late', images: 'stable', soak: '30m' },
  { name: 'production', images: 'stable', soak: '2h' },
];

describe('who tries an image', () => {
  test('hubs of candidate waves that offer it, by name', () => {
    const platform = platformWith({
      'platform.yaml': { waves },
      'images/other/image.yaml': image,
      'environments/zoo.yaml': hubIn('early', 'zoo'),
      'environments/alps.yaml': hubIn('early', 'alps', ['other', 'science']),
      'environments/bern.yaml': hubIn('early', 'bern', ['other']),
      'environments/late.yaml': hubIn('late', 'late'),
    });
    expect(trialHubs(platform, 'science')).toEqual(['alps', 'zoo']);
    expect(trialHubs(platform, 'other')).toEqual(['alps', 'bern']);
  });

  test('the first stable wave says how long; none, no time', () => {
    expect(soakSeconds(platformWith({ 'platform.yaml': { waves } }))).toBe(1800);
    const one = [{ name: 'production', images: 'candidate', soak: '3h' }];
    expect(soakSeconds(platformWith({ 'platform.yaml': { waves: one } }))).toBe(0);
  });
});

describe('what runs', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const release = (reference: string, at?: string): PresentRelease => ({
    unit: { kind: 'hub', cluster: 'main', name: 'alps' },
    digest: 'd',
    release: {
      v: 1,
      unit: { kind: 'hub', cluster: 'main', name: 'alps' },
      namespace: 'alps',
      charts: [],
      values: {},
      images: [
        { name: 'other', reference: 'registry.example.org/x:1' },
        { name: 'science', reference },
      ],
      secrets: [],
    },
    status: at === undefined ? undefined : { at, commit: 'c' },
  });

  test.each<[string, boolean]>([
    [`registry.example.org/hubs/science@${digest}`, true],
    [`registry.example.org/hubs/science@sha256:${'b'.repeat(64)}`, false],
    ['registry.example.org/hubs/science:1', false],
  ])('%s', (reference, runs) => {
    expect(runsDigest(release(reference), digest)).toBe(runs);
  });

  test('since the oldest of those in a row', () => {
    const [newest, middle, oldest] = ['2026-11-26T12:00:00Z', '2026-11-25T12:00:00Z', undefined];
    expect(runningSince([])).toBeUndefined();
    expect(runningSince([release('r')])).toBeUndefined();
    expect(runningSince([release('r', newest), release('r', middle), release('r', oldest)])).toBe(
      Date.UTC(2026, 10, 25, 12),
    );
  });
});
