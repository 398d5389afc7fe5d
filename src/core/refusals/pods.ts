import { row } from './refusal.ts';
import type { Refusal, Row } from './refusal.ts';

const SEE = 'see why: `kubectl describe pod` and `kubectl logs --previous`; then run this again';

function notRunning(object: string, why: string): Refusal {
  return { kind: 'unavailable', object, field: '', text: `${object}: ${why}`, cure: SEE };
}

/** A pod in which nothing can be run, as `kubectl exec` says it. */
export const PODS: readonly Row[] = [
  row(/container not found \("(?<name>[^"]*)"\)/gu, (group) =>
    notRunning(`container ${group('name')}`, 'it does not run just now'),
  ),
  row(/cannot exec into a container in a completed pod; current phase is \w+/gu, () =>
    notRunning('the pod', 'it has ended, and nothing runs in it any more'),
  ),
  row(/unable to upgrade connection: pod does not exist/gu, () =>
    notRunning('the pod', 'its node does not know it (any more)'),
  ),
];
