import type { RefusalKind } from '../refusals/refusal.ts';

/*
 * Why things fail, and what follows. A change that is to blame is quarantined; infrastructure is
 * tried again, and after some rounds the hub counts as blocked.
 */

/** Whose fault a failure is. */
export type FaultClass = 'product' | 'infrastructure';

/** Rounds of failing infrastructure before a hub counts as blocked. */
export const INFRASTRUCTURE_ROUNDS = 3;
/** Crashes with the same end before a rollout counts as failed. */
export const CRASHES = 3;
/**
 * Seconds that a pod may wait for a node. Source: the bound that operators give to autoscalers,
 * which announce themselves earlier.
 */
export const NO_ROOM_SECONDS = 120;

/**
 * Seconds that a hub or proxy may run without being ready. Source: 3-6 s measured; hubs of
 * thousands of users need tens.
 */
export const NOT_READY_SECONDS = 120;

interface Cause {
  /** Any of these in a message. */
  says: readonly RegExp[];
  fault: FaultClass;
  /** Whether asking again may help at once. */
  again: boolean;
}

/** The API server does not know us, or not any more. */
const LOGIN: readonly RegExp[] = [/Unauthorized/iu, /token.*expired/iu, /provide credentials/iu];

/** The API server does not answer for the moment. */
const UNAVAILABLE: readonly RegExp[] = [
  /TooManyRequests/iu,
  /too many requests/iu,
  /connection reset/iu,
  /EOF/iu,
  /Internal ?Error/iu,
  /an error on the server/iu,
  /ServiceUnavailable/iu,
  /currently unable to handle/iu,
  /http2: /iu,
  /etcdserver/iu,
  /context deadline exceeded/iu,
  /leader changed/iu,
];

/** Nobody answers at the address of the cluster. */
const UNREACHABLE: readonly RegExp[] = [
  /connection refused/iu,
  /was refused - did you specify/iu,
  /no connection to the cluster/iu,
  /i\/o timeout/iu,
  /TLS handshake timeout/iu,
  /no route to host/iu,
  /network is unreachable/iu,
  /no such host/iu,
];

/** What the API server and Helm say, first match first. */
const CALLS: readonly Cause[] = [
  { says: LOGIN, fault: 'infrastructure', again: false },
  {
    says: [/was killed by/iu, /did not end within/iu, /printed cannot be read/iu],
    fault: 'infrastructure',
    again: false,
  },
  { says: [...UNREACHABLE, ...UNAVAILABLE], fault: 'infrastructure', again: true },
];

/** What nobody knows is shown, and not tried for ever. */
const UNKNOWN_CALL: Omit<Cause, 'says'> = { fault: 'product', again: false };

/** What a registry says of an image that is gone or refused: the change's fault. */
const NO_SUCH_IMAGE: readonly RegExp[] = [
  /not found/iu,
  /manifest unknown/iu,
  /denied/iu,
  /unauthorized/iu,
  /forbidden/iu,
  /\b40[134]\b/iu,
  /InvalidImageName/iu,
  /invalid reference/iu,
];

/** What is no matter of the change: it may be right, and meets a place that cannot take it now. */
const OF_THE_PLACE: readonly RefusalKind[] = [
  'unreachable',
  'unavailable',
  'certificate',
  'login',
  'settings',
  'forbidden',
  'pending',
  'terminating',
  'webhook',
];

/** Whose fault a refusal is that was read; undefined where nobody has read it. */
export function refusalFault(kind: RefusalKind | undefined): FaultClass | undefined {
  if (kind === undefined || kind === 'unknown') return undefined;
  return OF_THE_PLACE.includes(kind) ? 'infrastructure' : 'product';
}

/** A call to the cluster failed with this message. */
export function callFault(message: string): FaultClass {
  return callCause(message).fault;
}

/** Whether the same call may succeed when it is made again at once. */
export function mayPass(message: string): boolean {
  return callCause(message).again;
}

/** Whether the API server refused who we are. */
export function loginRefused(message: string): boolean {
  return saysAny(LOGIN, message);
}

/** An image could not be pulled: what is not the image's fault lies on the way to it. */
export function pullFault(message: string): FaultClass {
  return saysAny(NO_SUCH_IMAGE, message) ? 'product' : 'infrastructure';
}

function callCause(message: string): Omit<Cause, 'says'> {
  return CALLS.find(({ says }) => saysAny(says, message)) ?? UNKNOWN_CALL;
}

function saysAny(says: readonly RegExp[], message: string): boolean {
  return says.some((one) => one.test(message));
}
