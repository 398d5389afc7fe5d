/*
 * Why things fail, and what follows. A change that is to blame is quarantined; infrastructure is tried again, and after some
 * rounds the hub counts as blocked.
 */

/** Whose fault a failure is. */
export type FaultClass = 'product' | 'infrastructure';

/** Rounds of failing infrastructure before a hub counts as blocked. */
export const INFRASTRUCTURE_ROUNDS = 3;
/** Crashes with the same end before a rollout counts as failed. */
export const CRASHES = 3;
/** Seconds that a pod may wait for a node. Source: the bound that operators give to autoscalers, which announce themselves earlier. */
export const NO_ROOM_SECONDS = 120;

/** Seconds that a hub or proxy may run without being ready. Source: 3-6 s measured; hubs of thousands of users need tens. */
export const NOT_READY_SECONDS = 120;

interface Cause {
  says: RegExp;
  fault: FaultClass;
  /** Whether asking again may help at once. */
  again: boolean;
}

/** The API server does not know us, or not any more. */
const LOGIN = /Unauthorized|token.*expired|provide credentials/iu;

/** What the API server and Helm say, first match first. */
const CALLS: readonly Cause[] = [
  { says: LOGIN, fault: 'infrastructure', again: false },
  { says: /was killed by|did not end within/iu, fault: 'infrastructure', again: false },
  {
    says: /TooManyRequests|too many requests|connection refused|connection reset|EOF|i\/o timeout|TLS handshake timeout|Internal ?Error|an error on the server|ServiceUnavailable|currently unable to handle|http2: |etcdserver|no route to host|no such host|context deadline exceeded|leader changed/iu,
    fault: 'infrastructure',
    again: true,
  },
  { says: /^/u, fault: 'product', again: false }, // what nobody knows is shown, and not tried for ever
];

/** What a registry says of an image: gone or refused is the change's fault, anything else the way to it. */
const PULLS: readonly Cause[] = [
  {
    says: /not found|manifest unknown|denied|unauthorized|forbidden|\b40[134]\b|InvalidImageName|invalid reference/iu,
    fault: 'product',
    again: false,
  },
  { says: /^/u, fault: 'infrastructure', again: true },
];

const causeOf = (causes: readonly Cause[], message: string): Cause | undefined =>
  causes.find(({ says }) => says.test(message));

/** A call to the cluster failed with this message. */
export function callFault(message: string): FaultClass {
  return causeOf(CALLS, message)?.fault ?? 'product';
}

export function mayPass(message: string): boolean {
  return causeOf(CALLS, message)?.again === true;
}

export function loginRefused(message: string): boolean {
  return LOGIN.test(message);
}

/** An image could not be pulled. */
export function pullFault(message: string): FaultClass {
  return causeOf(PULLS, message)?.fault ?? 'infrastructure';
}
