import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import {
  branchOf,
  imageLabels,
  keepsStable,
  probeLabels,
  reachedHubs,
  titleMark,
} from '../../../src/core/images/asked.ts';
import type { ImageLockFile } from '../../../src/core/model/types.ts';
import { HUB, platformWith, textsWith } from '../../support/written.ts';

const hub = load(textsWith({}).get(HUB) ?? '') as Record<string, unknown>;

test('names that others rely on', () => {
  const build = '2026-11-20-aaaaaa';
  expect(branchOf('refresh', 'igm', build)).toBe('glaciocloud/refresh-igm');
  expect(branchOf('promote', 'igm', null)).toBe('glaciocloud/promote-igm');
  expect(branchOf('yank', 'igm', build)).toBe('glaciocloud/yank-igm-2026-11-20-aaaaaa');
  expect(branchOf('yank', 'igm', null)).toBe('glaciocloud/yank-igm');
  expect(titleMark('igm')).toBe('Image igm: ');
  expect(imageLabels('igm')).toEqual(['glaciocloud-image', 'image:igm']);
  expect(probeLabels('alps')).toEqual(['glaciocloud-probe', 'hub:alps']);
});

test('who gets an image, by the channel of the wave', () => {
  const platform = platformWith({
    'images/other/image.yaml': { title: 'O', from: { image: 'x.example.org/y', tag: '1' } },
    'environments/zoo.yaml': { ...hub, url: 'https://zoo.example.org', wave: 'staging' },
    'environments/alps.yaml': { ...hub, url: 'https://a.example.org', wave: 'staging' },
    'environments/bern.yaml': { ...hub, url: 'https://b.example.org', images: ['other'] },
  });
  expect(reachedHubs(platform, 'science')).toEqual({ candidate: ['alps', 'zoo'], stable: ['hub'] });
  expect(reachedHubs(platform, 'other')).toEqual({ candidate: [], stable: ['bern'] });
});

describe('a change that stable waves do not see', () => {
  const [one, two] = ['2026-11-20-aaaaaa', '2026-11-21-bbbbbb'];
  const lock = (channels: ImageLockFile['channels'], letter = 'a'): ImageLockFile => ({
    recipe: '1'.repeat(40),
    builds: {
      [one]: { digest: `sha256:${letter.repeat(64)}` },
      [two]: { digest: `sha256:${'b'.repeat(64)}` },
    },
    channels,
  });
  test.each<[string, ImageLockFile | undefined, ImageLockFile | undefined, boolean]>([
    ['the first candidate', undefined, lock({ candidate: one }), true],
    ['the next one', lock({ stable: one }), lock({ stable: one, candidate: two }), true],
    ['stable moves', lock({ stable: one }), lock({ stable: two }), false],
    ['stable goes', lock({ stable: one }), lock({}), false],
    ['stable comes', undefined, lock({ stable: one }), false],
    ['stable is something else', lock({ stable: one }), lock({ stable: one }, 'c'), false],
    ['no lock that can be read', lock({ stable: one }), undefined, false],
  ])('%s', (_what, before, after, keeps) => {
    expect(keepsStable(before, after)).toBe(keeps);
  });
});
