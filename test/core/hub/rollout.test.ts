import { describe, expect, test } from '@jest/globals';
import { rolloutVerdict } from '../../../src/core/hub/rollout.ts';
import type { Rollout } from '../../../src/core/hub/rollout.ts';
import type { JsonObject } from '../../../src/core/json.ts';

const NOW = Date.UTC(2026, 10, 24, 12);
const ago = (seconds: number): string => new Date(NOW - seconds * 1000).toISOString();
const LONG = 'x'.repeat(401);
/** What is long keeps its beginning and its end. */
const quoted = (begin: string): string =>
  `Kubernetes says “${begin}${'x'.repeat(100 - begin.length)} … ${'x'.repeat(297)}”`;
const SHORT = quoted('');

const deployment = (status: JsonObject = {}, name = 'hub'): JsonObject => ({
  kind: 'Deployment',
  metadata: { name, generation: 2 },
  spec: { replicas: 1, selector: { matchLabels: { component: name } } },
  status: {
    observedGeneration: 2,
    replicas: 1,
    updatedReplicas: 1,
    availableReplicas: 1,
    ...status,
  },
});
const pod = (status: JsonObject, metadata: JsonObject = {}): JsonObject => ({
  kind: 'Pod',
  metadata: { name: 'hub-x', labels: { component: 'hub' }, ...metadata },
  status: { phase: 'Pending', ...status },
});
const container = (status: JsonObject): JsonObject => pod({ containerStatuses: [status] });
const waiting = (reason: string, message: string): JsonObject =>
  container({ state: { waiting: { reason, message } } });
const verdict = (one: JsonObject): Rollout => rolloutVerdict([deployment()], [one], NOW);

const DONE: Rollout = { kind: 'done' };
const product = (reason: string): Rollout => ({ kind: 'failed', reason, fault: 'product' });
const infrastructure = (reason: string): Rollout => ({
  kind: 'failed',
  reason,
  fault: 'infrastructure',
});
const crashed = (reason: string): Rollout => ({
  kind: 'failed',
  reason,
  fault: 'product',
  crashed: 'hub-x',
});

describe('an image', () => {
  test.each<[string, string, Rollout]>([
    [
      'ErrImagePull',
      'x: not found',
      product('hub-x: the image cannot be pulled: Kubernetes says “x: not found”'),
    ],
    [
      'ImagePullBackOff',
      'denied',
      product('hub-x: the image cannot be pulled: Kubernetes says “denied”'),
    ],
    ['InvalidImageName', 'no', product('hub-x: the image cannot be pulled: Kubernetes says “no”')],
    [
      'ErrImageNeverPull',
      'not found',
      product('hub-x: the image cannot be pulled: Kubernetes says “not found”'),
    ],
    [
      'ErrImagePull',
      `denied${LONG}`,
      product(`hub-x: the image cannot be pulled: ${quoted('denied')}`),
    ],
    ['ErrImagePull', 'connection refused', DONE],
    ['ErrImageNeverPull', 'connection refused', DONE],
    [
      'ImagePullBackOff',
      'connection refused',
      infrastructure('hub-x: the registry does not answer: Kubernetes says “connection refused”'),
    ],
    ['ImagePullBackOff', LONG, infrastructure(`hub-x: the registry does not answer: ${SHORT}`)],
    ['ContainerCreating', 'not found', DONE],
    ['MyImagePullBackOff', 'not found', DONE],
  ])('%s: %s', (reason, message, expected) => {
    expect(verdict(waiting(reason, message))).toEqual(expected);
  });

  test('of an init container counts as well', () => {
    const state = { waiting: { reason: 'ErrImagePull', message: 'not found' } };
    expect(verdict(pod({ initContainerStatuses: [{ state }] }))).toEqual(
      product('hub-x: the image cannot be pulled: Kubernetes says “not found”'),
    );
  });
});

describe('a container that cannot be made', () => {
  test.each<[string, string, Rollout]>([
    [
      'CreateContainerConfigError',
      'secret "x" not found',
      product('hub-x: secret x: it is not there'),
    ],
    ['CreateContainerError', LONG, product(`hub-x: ${SHORT}`)],
    [
      'CreateContainerConfigError',
      'failed to sync secret cache: timed out waiting for the condition',
      DONE,
    ],
    ['CreateContainerConfigErrors', 'x', DONE],
    ['NoCreateContainerError', 'x', DONE],
  ])('%s: %s', (reason, message, expected) => {
    expect(verdict(waiting(reason, message))).toEqual(expected);
  });
});

describe('a container that ends', () => {
  test.each<[string, JsonObject, Rollout]>([
    ['once', { restartCount: 1, lastState: { terminated: { exitCode: 1 } } }, DONE],
    [
      'a third time',
      { restartCount: 2, lastState: { terminated: { exitCode: 1 } } },
      crashed('hub-x has ended 3 times with code 1'),
    ],
    [
      'for want of memory',
      { restartCount: 7, lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } } },
      crashed('hub-x has ended 3 times with code 137 for want of memory'),
    ],
    [
      'and has not been started again yet',
      { restartCount: 2, state: { terminated: { exitCode: 2 } } },
      crashed('hub-x has ended 3 times with code 2'),
    ],
    [
      'and said another code before',
      {
        restartCount: 2,
        lastState: { terminated: { exitCode: 1 } },
        state: { terminated: { exitCode: 2 } },
      },
      crashed('hub-x has ended 3 times with code 1'),
    ],
    ['well', { restartCount: 2, lastState: { terminated: { exitCode: 0 } } }, DONE],
    ['without a code', { restartCount: 2 }, DONE],
    ['without a count', { lastState: { terminated: { exitCode: 1 } } }, DONE],
  ])('%s', (_what, status, expected) => {
    expect(verdict(container(status))).toEqual(expected);
  });

  test('is of no interest in a pod that is going away', () => {
    const ending = pod(
      { containerStatuses: [{ restartCount: 9, lastState: { terminated: { exitCode: 1 } } }] },
      { deletionTimestamp: ago(60) },
    );
    expect(verdict(ending)).toEqual(DONE);
  });
});

describe('a container that is not ready', () => {
  const running = (ready: boolean, seconds: number): JsonObject => ({
    ready,
    state: { running: { startedAt: ago(seconds) } },
  });

  test.each([
    ['after 120 s', running(false, 120), DONE],
    [
      'a moment after 120 s',
      running(false, 120.001),
      product('hub-x runs for 120 s and does not become ready'),
    ],
    ['but was for hours', running(true, 9999), DONE],
    ['and does not run', { ready: false }, DONE],
  ])('%s', (_what, status, expected) => {
    expect(verdict(container(status))).toEqual(expected);
  });

  test('is no fault of an init container, which is never ready while it works', () => {
    expect(verdict(pod({ initContainerStatuses: [running(false, 999)] }))).toEqual(DONE);
  });
});

describe('a pod without a node', () => {
  const condition = (more: JsonObject): JsonObject =>
    pod({
      conditions: [
        { type: 'Ready', status: 'False', lastTransitionTime: ago(999) },
        {
          type: 'PodScheduled',
          status: 'False',
          lastTransitionTime: ago(120.001),
          message: 'Insufficient memory',
          ...more,
        },
      ],
    });

  test.each<[string, JsonObject, Rollout]>([
    [
      'for a moment more than 120 s',
      {},
      infrastructure('hub-x finds no node: Kubernetes says “Insufficient memory”'),
    ],
    ['for 120 s', { lastTransitionTime: ago(120) }, DONE],
    ['with a long reason', { message: LONG }, infrastructure(`hub-x finds no node: ${SHORT}`)],
    ['no more', { status: 'True' }, DONE],
    ['but another condition', { type: 'Initialized' }, DONE],
  ])('%s', (_what, more, expected) => {
    expect(verdict(condition(more))).toEqual(expected);
  });
});

describe('a Deployment whose pods are refused', () => {
  const condition = {
    type: 'ReplicaFailure',
    status: 'True',
    message: 'pods "hub-x" is forbidden: exceeded quota: few',
  };
  const refused = (more: JsonObject): Rollout =>
    rolloutVerdict(
      [
        deployment({}, 'proxy'),
        deployment({
          conditions: [
            { type: 'Available', status: 'True' },
            { ...condition, ...more },
          ],
        }),
      ],
      [],
      NOW,
    );

  test.each<[string, JsonObject, Rollout]>([
    [
      'by a quota',
      {},
      product('hub: pod hub-x: the cluster does not allow it: “exceeded quota: few”'),
    ],
    ['at length', { message: `Forbidden${LONG}` }, product(`hub: ${quoted('Forbidden')}`)],
    ['no more', { status: 'False' }, DONE],
    ['for something that passes', { message: 'timeout' }, DONE],
    ['in another condition', { type: 'Progressing' }, DONE],
  ])('%s', (_what, more, expected) => {
    expect(refused(more)).toEqual(expected);
  });

  test('is told after what its pods say', () => {
    const quota = deployment({ conditions: [condition] });
    expect(rolloutVerdict([quota], [waiting('InvalidImageName', 'no')], NOW)).toEqual(
      product('hub-x: the image cannot be pulled: Kubernetes says “no”'),
    );
  });
});

describe('a rollout', () => {
  const running = pod({ phase: 'Running' });

  test.each<[string, JsonObject]>([
    ['the controller has not seen the change', { observedGeneration: 1 }],
    ['the controller has seen nothing', { observedGeneration: 0 }],
    ['no pod is new', { updatedReplicas: 0 }],
    ['no pod is available', { availableReplicas: 0 }],
    ['an old pod is still there', { replicas: 2 }],
  ])('is not done while %s', (_what, status) => {
    expect(rolloutVerdict([deployment(status)], [running], NOW)).toEqual({
      kind: 'waiting',
      for: 'hub (running)',
    });
  });

  test('is not done before the API says anything', () => {
    expect(rolloutVerdict([{ ...deployment(), status: {} }], [], NOW).kind).toBe('waiting');
  });

  test('is done when every replica is new and available', () => {
    expect(rolloutVerdict([deployment()], [running], NOW)).toEqual(DONE);
    expect(rolloutVerdict([deployment({ observedGeneration: 3 })], [running], NOW)).toEqual(DONE);
  });

  test('of nothing waits for the hub to appear', () => {
    expect(rolloutVerdict([], [], NOW)).toEqual({ kind: 'waiting', for: 'the hub to appear' });
  });

  test('waits for those that are not done, with the state of their own pods', () => {
    const late = { availableReplicas: 0 };
    const pods = [
      running,
      pod({}, { deletionTimestamp: ago(1) }),
      pod({}, { labels: { component: 'other' } }),
    ];
    expect(
      rolloutVerdict(
        [deployment(late), deployment({}, 'done'), deployment(late, 'proxy')],
        pods,
        NOW,
      ),
    ).toEqual({ kind: 'waiting', for: 'hub (running; pending, ending), proxy (no pod yet)' });
  });

  test('fails with the first pod that cannot become ready', () => {
    expect(
      rolloutVerdict(
        [],
        [running, waiting('InvalidImageName', 'a'), waiting('InvalidImageName', 'b')],
        NOW,
      ),
    ).toEqual(product('hub-x: the image cannot be pulled: Kubernetes says “a”'));
  });
});
