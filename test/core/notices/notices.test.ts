import { expect, test } from '@jest/globals';
import { firstNotices, noticesMap, noticesText } from '../../../src/core/notices/notices.ts';
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
