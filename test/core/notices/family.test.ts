import { expect, test } from '@jest/globals';
import { noticesFamily } from '../../../src/core/notices/family.ts';
import type { ShownStep } from '../../../src/core/plan/family.ts';
import { HUB, platformWith } from '../../support/written.ts';
import type { Written } from '../../support/written.ts';

const PAGE = 'announcements/course.md';
const course = { until: '2026-12-02', text: 'A course.' };

function shown(from: Written | undefined, to: Written): ShownStep[] {
  const { changes, unchanged, orphans } = noticesFamily.decide({
    platform: platformWith(to),
    before: from && platformWith(from),
  });
  expect([unchanged, orphans]).toEqual([[], []]);
  return changes.map((change) => {
    const step = noticesFamily.show(noticesFamily.explain(change, undefined));
    expect(noticesFamily.idOf(change)).toBe(step.id);
    return step;
  });
}

test.each<[string, Written, Written, string[]]>([
  [
    'an announcement comes',
    {},
    { [PAGE]: course },
    ['+', 'announce/course', 'info, until 2026-12-02', 'every hub announces: A course. 1'],
  ],
  [
    'it changes, for two hubs',
    { [PAGE]: course },
    { [PAGE]: { ...course, hubs: ['hub', 'b'], severity: 'warning', from: '2026-12-01' } },
    [
      '~',
      'announce/course',
      'warning, from 2026-12-01 until 2026-12-02',
      'hub, b announces: A course. 1',
    ],
  ],
  [
    'it goes',
    { [PAGE]: course },
    {},
    ['−', 'announce/course', 'its file is gone', 'every hub no longer announces: A course. 1'],
  ],
  [
    'a pause',
    {},
    { [HUB]: { spawn: { state: 'paused', reason: 'disks' } } },
    ['~', 'spawn/hub', 'spawn: paused', 'nobody can start a server: disks 7'],
  ],
  [
    'administrators only',
    {},
    { [HUB]: { spawn: { state: 'admins', reason: 'disks' } } },
    ['~', 'spawn/hub', 'spawn: admins', 'only administrators can start a server: disks 6'],
  ],
  [
    'open again, in words',
    { [HUB]: { spawn: { state: 'paused', reason: 'disks' } } },
    { [HUB]: { spawn: { state: 'open', reason: '-' } } },
    ['~', 'spawn/hub', 'spawn: open', 'everybody can start servers 1'],
  ],
  [
    'open again, without words',
    { [HUB]: { spawn: { state: 'paused', reason: 'disks' } } },
    {},
    ['~', 'spawn/hub', 'spawn: open', 'everybody can start servers 1'],
  ],
])('%s', (_name, from, to, expected) => {
  const steps = shown(from, to);
  expect(
    steps.flatMap(({ marker, id, reasons, effects }) => [
      marker,
      id,
      ...reasons.map(({ text }) => text),
      ...effects.map(({ text, risk }) => `${text} ${risk}`),
    ]),
  ).toEqual(expected);
});

test.each([
  ['x'.repeat(100), 'x'.repeat(100)],
  ['x'.repeat(101), `${'x'.repeat(100)} …`],
  ['One line.\n\nAnother.', 'One line. …'],
])('a plan shows of %j one line', (text, line) => {
  const [step] = shown({}, { [PAGE]: { ...course, text } });
  expect(step?.effects.map((effect) => effect.text)).toEqual([`every hub announces: ${line}`]);
});

test('nothing changes, or nobody knows what was before', () => {
  const all = { [PAGE]: course, [HUB]: { spawn: { state: 'paused', reason: 'disks' } } };
  expect(shown(all, all)).toEqual([]);
  expect(shown(undefined, all)).toEqual([]);
});

test('a new hub says itself that nobody can start servers yet', () => {
  const { settings, ...rest } = platformWith({});
  const platform = platformWith({ [HUB]: { spawn: { state: 'paused', reason: 'disks' } } });
  const before = { ...rest, settings, environments: new Map() };
  expect(noticesFamily.decide({ platform, before }).changes).toEqual([]);
});

test('in a view: no restart, a step of its own, as risky as its effect', () => {
  const [pause] = shown({}, { [HUB]: { spawn: { state: 'paused', reason: 'disks' } } });
  expect(pause).toMatchObject({
    family: 'notices',
    title: 'spawn switch of hub',
    noun: 'hub',
    risk: 7,
    summary: 'spawn: paused',
    identity: ['spawn', 'hub', { state: 'paused', reason: 'disks' }],
    json: {
      kind: 'spawn-switch',
      unit: { kind: 'spawn-switch', name: 'hub' },
      restartsHub: false,
      why: ['spawn: paused'],
      effects: ['nobody can start a server: disks'],
    },
  });
  const [gone] = shown({ [PAGE]: course }, {});
  expect(gone).toMatchObject({
    title: 'announcement course',
    noun: 'announcement',
    identity: ['announce', 'course', null],
    json: { kind: 'announce', unit: { kind: 'announce', name: 'course' } },
  });
});
