import { expect, test } from '@jest/globals';
import { lockChecksum } from '../../../src/core/images/lock.ts';
import { firstNotices, noticesMap, noticesText } from '../../../src/core/notices/notices.ts';
import type { ImageBuild } from '../../../src/core/model/types.ts';
import { HUB, platformWith } from '../../support/written.ts';
import type { Written } from '../../support/written.ts';

const page = (text: string, more: object = {}) => ({ until: '2026-12-02', text, ...more });
const read = (written: Written): unknown => JSON.parse(noticesText(platformWith(written), 'hub'));
const open = { open: true };

test.each<[string, object, object]>([
  ['nothing', {}, open],
  ['open', { spawn: { state: 'open', reason: 'x' } }, open],
  [
    'admins',
    { spawn: { state: 'admins', reason: 'disks' } },
    { open: false, admins: true, reason: 'disks' },
  ],
  [
    'paused',
    { spawn: { state: 'paused', reason: 'disks' } },
    { open: false, admins: false, reason: 'disks' },
  ],
])('the switch: %s', (_name, keys, spawning) => {
  expect(read({ [HUB]: { ...keys } })).toEqual({ v: 1, notices: [], spawning });
  const { spawn } = platformWith({ [HUB]: { ...keys } }).environments.get('hub')?.data ?? {};
  expect(JSON.parse(firstNotices(spawn))).toEqual({ v: 1, notices: [], spawning });
});

test('announcements for every hub, or for this one, by name, with their times', () => {
  expect(
    read({
      'announcements/b-all.md': page('For all'),
      'announcements/a-hub.md': page('For this', {
        hubs: ['hub', 'other'],
        severity: 'critical',
        from: '2026-12-01T08:00Z',
      }),
      'announcements/c-other.md': page('For another', { hubs: ['other'] }),
    }),
  ).toEqual({
    v: 1,
    notices: [
      { severity: 'critical', text: 'For this', from: '2026-12-01T08:00Z', until: '2026-12-02' },
      { severity: 'info', text: 'For all', from: null, until: '2026-12-02' },
    ],
    spawning: open,
  });
});

test.each([{ until: '2026-02-30' }, { from: '2026-02-29T08:00Z' }, { until: '0000-01-01' }])(
  'one that the hub cannot read is left out, because it would refuse all, and a pause: %j',
  (more) => {
    const pause = { spawn: { state: 'paused', reason: 'disks' } };
    const written = {
      [HUB]: pause,
      'announcements/a.md': page('x', more),
      'announcements/b.md': page('y'),
    };
    expect(read(written)).toEqual({
      v: 1,
      notices: [{ severity: 'info', text: 'y', from: null, until: '2026-12-02' }],
      spawning: { open: false, admins: false, reason: 'disks' },
    });
  },
);

test.each([
  [
    'Class: Glacier school, until 2026-12-03 18:00 UTC, each day 08:00-10:00 UTC. Choose the image “Science”.',
    { hours: '08:00-10:00', image: 'science' },
  ],
  ['Class: Glacier school, until 2026-12-03 18:00 UTC.', {}],
])('a class, from the beginning of its first day: %s', (text, more) => {
  const event = { name: 'Glacier school', from: '2026-12-01T08:00Z', until: '2026-12-03T18:00Z' };
  const capacity = { maxServers: 40, events: [{ ...event, users: 5, ...more }] };
  expect(
    read({
      [HUB]: { images: ['science'], capacity },
      'images/science/image.yaml': { title: 'Science' },
      'announcements/a.md': page('For all'),
    }),
  ).toMatchObject({
    notices: [
      { text: 'For all' },
      { severity: 'info', text, from: '2026-12-01', until: '2026-12-03T18:00Z' },
    ],
  });
});

test.each([
  ['stop yours and start it again to get the last good one', { stable: '2026-11-20-aaaaaa' }],
  ['until there is another, no server starts with this image', {}],
])('first, the image that was withdrawn: %s', (next, channels) => {
  const built = (letter: string): ImageBuild => ({
    digest: `sha256:${letter.repeat(64)}`,
    tests: { oggm: 'passed' },
    promoted: letter === 'a' ? '2026-11-21T02:00:00Z' : '2026-11-26T02:00:00Z',
  });
  const builds = {
    '2026-11-20-aaaaaa': built('a'),
    '2026-11-25-bbbbbb': { ...built('b'), yanked: 'numpy crashes' },
  };
  const lock = { recipe: '1'.repeat(40), builds, channels };
  const text = `The image “Science” of 2026-11-25 was withdrawn (numpy crashes): servers that run it go on; ${next}.`;
  expect(
    read({
      [HUB]: { wave: 'production', images: ['science'] },
      'images/science/image.yaml': { title: 'Science' },
      'images/science/image.lock.yaml': { ...lock, checksum: lockChecksum(lock) },
      'announcements/a.md': page('For all'),
    }),
  ).toMatchObject({ notices: [{ severity: 'warning', text, from: null, until: null }, {}] });
});

test('the ConfigMap is one that Helm leaves alone', () => {
  expect(noticesMap('hub', 'text')).toEqual({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'hub-notices',
      namespace: 'hub',
      annotations: { 'helm.sh/resource-policy': 'keep' },
    },
    data: { 'notices.json': 'text' },
  });
});
