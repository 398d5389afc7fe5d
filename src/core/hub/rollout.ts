import { at, objectsIn, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { CRASHES, NOT_READY_SECONDS, NO_ROOM_SECONDS, pullFault } from './causes.ts';
import type { FaultClass } from './causes.ts';

export type Rollout =
  | { kind: 'done' }
  | { kind: 'waiting'; for: string }
  /** `crashed`: the pod whose log may say why. */
  | { kind: 'failed'; reason: string; fault: FaultClass; crashed?: string };

/** Deployments and pods of a hub as the API gives them → whether the rollout is done, goes on, or cannot heal. */
export function rolloutVerdict(
  deployments: readonly JsonObject[],
  pods: readonly JsonObject[],
  now: number,
): Rollout {
  for (const pod of pods) {
    const fault = podFault(pod, now);
    if (fault) return fault;
  }
  const refused = deployments.map(podsRefused).find((one) => one !== undefined);
  if (refused) return refused;
  const waiting = deployments
    .filter((one) => !isRolledOut(one))
    .map((one) => `${textAt(one, '/metadata/name')} (${podsOf(one, pods)})`);
  if (deployments.length === 0) return { kind: 'waiting', for: 'the hub to appear' };
  return waiting.length === 0 ? { kind: 'done' } : { kind: 'waiting', for: waiting.join(', ') };
}

/** A quota, or a rule of the cluster about pods, refuses before there is a pod that could say so. */
function podsRefused(deployment: JsonObject): Rollout | undefined {
  const failure = objectsIn(at(deployment, '/status/conditions')).find(
    (one) => one['type'] === 'ReplicaFailure' && one['status'] === 'True',
  );
  const message = textAt(failure, '/message');
  return /forbidden/iu.test(message)
    ? {
        kind: 'failed',
        reason: `${textAt(deployment, '/metadata/name')}: ${message.slice(0, 300)}`,
        fault: 'product',
      }
    : undefined;
}

function isRolledOut(deployment: JsonObject): boolean {
  const number = (path: string): number => Number(at(deployment, path) ?? 0);
  const wanted = number('/spec/replicas');
  return (
    number('/status/observedGeneration') >= number('/metadata/generation') &&
    number('/status/updatedReplicas') === wanted &&
    number('/status/availableReplicas') === wanted &&
    number('/status/replicas') === wanted
  );
}

function podsOf(deployment: JsonObject, pods: readonly JsonObject[]): string {
  const component = textAt(deployment, '/spec/selector/matchLabels/component');
  const mine = pods.filter((pod) => textAt(pod, '/metadata/labels/component') === component);
  return (
    mine
      .map(
        (pod) =>
          `${textAt(pod, '/status/phase').toLowerCase()}${at(pod, '/metadata/deletionTimestamp') === undefined ? '' : ', ending'}`,
      )
      .join('; ') || 'no pod yet'
  );
}

function podFault(pod: JsonObject, now: number): Rollout | undefined {
  if (at(pod, '/metadata/deletionTimestamp') !== undefined) return undefined;
  const name = textAt(pod, '/metadata/name');
  for (const status of objectsIn(at(pod, '/status/containerStatuses')).concat(
    objectsIn(at(pod, '/status/initContainerStatuses')),
  )) {
    const reason = textAt(status, '/state/waiting/reason');
    const message = textAt(status, '/state/waiting/message');
    if (/^(ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull)$/u.test(reason)) {
      if (pullFault(`${reason} ${message}`) === 'product')
        return {
          kind: 'failed',
          reason: `${name}: the image cannot be pulled: ${message.slice(0, 300)}`,
          fault: 'product',
        };
      if (reason === 'ImagePullBackOff')
        return {
          kind: 'failed',
          reason: `${name}: the registry does not answer: ${message.slice(0, 300)}`,
          fault: 'infrastructure',
        };
    }
    // A kubelet that has not heard of a new Secret yet says so, and tries again.
    if (
      /^CreateContainer(Config)?Error$/u.test(reason) &&
      !/failed to sync \w+ cache/u.test(message)
    )
      return { kind: 'failed', reason: `${name}: ${message.slice(0, 300)}`, fault: 'product' };
    const exit =
      at(status, '/lastState/terminated/exitCode') ?? at(status, '/state/terminated/exitCode');
    if (
      Number(at(status, '/restartCount') ?? 0) >= CRASHES - 1 &&
      typeof exit === 'number' &&
      exit !== 0
    ) {
      const out =
        textAt(status, '/lastState/terminated/reason') === 'OOMKilled' ? ' for want of memory' : '';
      return {
        kind: 'failed',
        reason: `${name} has ended ${CRASHES} times with code ${exit}${out}`,
        fault: 'product',
        crashed: name,
      };
    }
  }
  for (const status of objectsIn(at(pod, '/status/containerStatuses'))) {
    const running = Date.parse(textAt(status, '/state/running/startedAt'));
    if (status['ready'] === false && now - running > NOT_READY_SECONDS * 1000)
      return {
        kind: 'failed',
        reason: `${name} runs for ${NOT_READY_SECONDS} s and does not become ready`,
        fault: 'product',
      };
  }
  for (const condition of objectsIn(at(pod, '/status/conditions'))) {
    if (condition['type'] !== 'PodScheduled' || condition['status'] !== 'False') continue;
    const since = Date.parse(textAt(condition, '/lastTransitionTime'));
    const message = textAt(condition, '/message');
    if (now - since > NO_ROOM_SECONDS * 1000)
      return {
        kind: 'failed',
        reason: `${name} finds no node: ${message.slice(0, 300)}`,
        fault: 'infrastructure',
      };
  }
  return undefined;
}
