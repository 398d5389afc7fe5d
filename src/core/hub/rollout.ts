import { at, objectsIn, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { messageText } from '../refusals/words.ts';
import { CRASHES, NOT_READY_SECONDS, NO_ROOM_SECONDS, pullFault } from './causes.ts';
import type { FaultClass } from './causes.ts';

export interface RolloutFailure {
  kind: 'failed';
  reason: string;
  fault: FaultClass;
  /** The pod whose log may say why. */
  crashed?: string;
}

export type Rollout = { kind: 'done' } | { kind: 'waiting'; for: string } | RolloutFailure;

/** Deployments and pods of a hub as the API gives them: is the rollout done, or can it not heal? */
export function rolloutVerdict(
  deployments: readonly JsonObject[],
  pods: readonly JsonObject[],
  now: number,
): Rollout {
  const judged = deployments.every(isObserved) ? pods : [];
  const failure = firstOf(judged, (pod) => podFault(pod, now)) ?? firstOf(deployments, podsRefused);
  if (failure !== undefined) return failure;
  if (deployments.length === 0) return { kind: 'waiting', for: 'the hub to appear' };
  const waiting = deployments.filter((one) => !isRolledOut(one));
  if (waiting.length === 0) return { kind: 'done' };
  const named = waiting.map((one) => `${textAt(one, '/metadata/name')} (${podsOf(one, pods)})`);
  return { kind: 'waiting', for: named.join(', ') };
}

function firstOf<One, Found>(
  list: readonly One[],
  find: (one: One) => Found | undefined,
): Found | undefined {
  return list.map(find).find((found) => found !== undefined);
}

/**
 * A quota, or a rule of the cluster about pods, refuses before there is a pod that could say so.
 */
function podsRefused(deployment: JsonObject): RolloutFailure | undefined {
  const failure = objectsIn(at(deployment, '/status/conditions')).find(
    (one) => one['type'] === 'ReplicaFailure' && one['status'] === 'True',
  );
  const message = textAt(failure, '/message');
  return /forbidden/iu.test(message)
    ? productFault(`${textAt(deployment, '/metadata/name')}: ${messageText(message)}`)
    : undefined;
}

/** Until its controller has seen a change, a Deployment's pods are those of before. */
function isObserved(deployment: JsonObject): boolean {
  const number = (path: string): number => Number(at(deployment, path) ?? 0);
  return number('/status/observedGeneration') >= number('/metadata/generation');
}

function isRolledOut(deployment: JsonObject): boolean {
  const number = (path: string): number => Number(at(deployment, path) ?? 0);
  const wanted = number('/spec/replicas');
  return (
    isObserved(deployment) &&
    number('/status/updatedReplicas') === wanted &&
    number('/status/availableReplicas') === wanted &&
    number('/status/replicas') === wanted
  );
}

/** The phases of a Deployment's pods, for people. */
function podsOf(deployment: JsonObject, pods: readonly JsonObject[]): string {
  const component = textAt(deployment, '/spec/selector/matchLabels/component');
  const phases = pods
    .filter((pod) => textAt(pod, '/metadata/labels/component') === component)
    .map((pod) => {
      const phase = textAt(pod, '/status/phase').toLowerCase();
      return isEnding(pod) ? `${phase}, ending` : phase;
    });
  return phases.join('; ') || 'no pod yet';
}

function isEnding(pod: JsonObject): boolean {
  return at(pod, '/metadata/deletionTimestamp') !== undefined;
}

/** Why a pod cannot become ready by waiting; undefined for a pod that is going away. */
function podFault(pod: JsonObject, now: number): RolloutFailure | undefined {
  if (isEnding(pod)) return undefined;
  const name = textAt(pod, '/metadata/name');
  const main = objectsIn(at(pod, '/status/containerStatuses'));
  const first = objectsIn(at(pod, '/status/initContainerStatuses'));
  const conditions = objectsIn(at(pod, '/status/conditions'));
  return (
    firstOf([...main, ...first], (status) => containerFault(name, status)) ??
    firstOf(main, (status) => notReady(name, status, now)) ??
    firstOf(conditions, (condition) => noNode(name, condition, now))
  );
}

function containerFault(pod: string, status: JsonObject): RolloutFailure | undefined {
  return imageFault(pod, status) ?? configurationFault(pod, status) ?? crashes(pod, status);
}

const IMAGE_REASONS = ['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull'];

function imageFault(pod: string, status: JsonObject): RolloutFailure | undefined {
  const { reason, message } = waitingFor(status);
  if (!IMAGE_REASONS.includes(reason)) return undefined;
  if (pullFault(`${reason} ${message}`) === 'product')
    return productFault(`${pod}: the image cannot be pulled: ${messageText(message)}`);
  // The first failure may be an accident; Kubernetes backs off after the second.
  if (reason !== 'ImagePullBackOff') return undefined;
  return infrastructureFault(`${pod}: the registry does not answer: ${messageText(message)}`);
}

/** A Secret or ConfigMap that is not there, or a container that cannot be made. */
function configurationFault(pod: string, status: JsonObject): RolloutFailure | undefined {
  const { reason, message } = waitingFor(status);
  if (!/^CreateContainer(Config)?Error$/u.test(reason)) return undefined;
  // A kubelet that has not heard of a new Secret yet says so, and tries again.
  if (/failed to sync \w+ cache/u.test(message)) return undefined;
  return productFault(`${pod}: ${messageText(message)}`);
}

function waitingFor(status: JsonObject): { reason: string; message: string } {
  return {
    reason: textAt(status, '/state/waiting/reason'),
    message: textAt(status, '/state/waiting/message'),
  };
}

function crashes(pod: string, status: JsonObject): RolloutFailure | undefined {
  const restarts = Number(at(status, '/restartCount') ?? 0);
  const exit =
    at(status, '/lastState/terminated/exitCode') ?? at(status, '/state/terminated/exitCode');
  if (restarts < CRASHES - 1 || typeof exit !== 'number' || exit === 0) return undefined;
  const outOfMemory = textAt(status, '/lastState/terminated/reason') === 'OOMKilled';
  const why = outOfMemory ? ' for want of memory' : '';
  return {
    ...productFault(`${pod} has ended ${CRASHES} times with code ${exit}${why}`),
    crashed: pod,
  };
}

function notReady(pod: string, status: JsonObject, now: number): RolloutFailure | undefined {
  const running = Date.parse(textAt(status, '/state/running/startedAt'));
  return status['ready'] === false && now - running > NOT_READY_SECONDS * 1000
    ? productFault(`${pod} runs for ${NOT_READY_SECONDS} s and does not become ready`)
    : undefined;
}

function noNode(pod: string, condition: JsonObject, now: number): RolloutFailure | undefined {
  if (condition['type'] !== 'PodScheduled' || condition['status'] !== 'False') return undefined;
  const since = Date.parse(textAt(condition, '/lastTransitionTime'));
  return now - since > NO_ROOM_SECONDS * 1000
    ? infrastructureFault(`${pod} finds no node: ${messageText(textAt(condition, '/message'))}`)
    : undefined;
}

function productFault(reason: string): RolloutFailure {
  return { kind: 'failed', reason, fault: 'product' };
}

function infrastructureFault(reason: string): RolloutFailure {
  return { kind: 'failed', reason, fault: 'infrastructure' };
}
