import { expect, test } from '@jest/globals';
import type { Audience } from '../../src/commands/drift.ts';
import { driftExit, lookAtEach, unreadableText } from '../../src/commands/drift.ts';
import { showState } from '../../src/commands/state.ts';
import type { ReleaseState } from '../../src/core/hub/state.ts';
import { HelmFailure } from '../../src/failure.ts';
import { Bench } from '../support/apply-bench.ts';

test('`state` shows the others, and fails, where a state cannot be read', async () => {
  const bench = new Bench();
  const damaged = (namespace: string, text: string): void => {
    bench.kube.add({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'glaciocloud-release',
        namespace,
        labels: { 'glaciocloud.org/state': 'hub' },
      },
      data: { 'state.json': text },
    });
  };
  damaged('bad', '{"v": 2}');
  damaged(
    'good',
    '{"v":1,"wanted":"d","infrastructure":0,"last":{"at":"t","outcome":"x","reason":""}}',
  );
  const why =
    'its state cannot be read: it is of format 2, which this version of glaciocloud does not ' +
    'know; use the version that deployed it last';
  expect(await showState('', [], bench.kube)).toMatchObject({
    exit: 1,
    text: `good has never been healthy\n  last: x at t\nbad is left alone: ${why}\n`,
    json: { hubs: { good: { wanted: 'd' } }, unreadable: { bad: why } },
  });
  expect(await showState('', ['good'], bench.kube)).toMatchObject({
    exit: 0,
    json: { unreadable: {} },
  });
});

// A double: only whether there is somebody who tells issues counts here.
const github = { openIssue: () => Promise.resolve(1), closeIssue: () => Promise.resolve() };
const ME: Audience = { kind: 'who-asked', whenDrifted: 1 };
const ASKS: Audience = { kind: 'who-asked', whenDrifted: 4 };
const LOG: Audience = { kind: 'everybody', github: undefined };
const ISSUES: Audience = { kind: 'everybody', github };

test.each<[boolean, boolean, Audience, 0 | 1 | 4]>([
  [false, false, ME, 0],
  [false, false, ASKS, 0],
  [true, false, ME, 1],
  [true, false, ASKS, 4],
  [true, true, ASKS, 1],
  [true, false, LOG, 1],
  [true, false, ISSUES, 0],
  [false, true, ME, 1],
  [false, true, ISSUES, 1],
])('drift %s, unseen %s, for %j: exit %s', (drifted, unseen, audience, exit) => {
  expect(driftExit(drifted, unseen, audience)).toBe(exit);
});

test('drift names what it could not look at', () => {
  expect(unreadableText(['bad', 'its state\u001b cannot be read'])).toMatch(
    /^bad: not looked at: its state.* cannot be read\n$/u,
  );
});

test('drift looks at every healthy hub, whatever keeps it from one', async () => {
  const healthy = { digest: 'd', revision: 1, since: 't', release: {} };
  const state = (more: object): ReleaseState => more as ReleaseState;
  const known = new Map([
    ['bad', state({ healthy })],
    ['new', state({})],
    ['good', state({ healthy })],
  ]);
  const look = (hub: string) =>
    hub === 'bad'
      ? Promise.reject(new HelmFailure('its manifest cannot be read', { hint: 'look at it' }))
      : Promise.resolve({ hub, drift: [], foreign: [] });
  const { found, failed } = await lookAtEach(known, look);
  expect(found.map(({ hub }) => hub)).toEqual(['good']);
  expect([...failed]).toEqual([['bad', 'its manifest cannot be read; look at it']]);
  const broken = (): Promise<never> => Promise.reject(new Error('a mistake of ours'));
  await expect(lookAtEach(known, broken)).rejects.toThrow('a mistake of ours');
});
