import { SYSTEM_NAMESPACE } from '../core/cluster/objects.ts';
import { at, isObject, textAt } from '../core/json.ts';
import type { JsonObject } from '../core/json.ts';
import type { Ending } from '../core/plan/result.ts';
import { Failure, KubeFailure } from '../failure.ts';
import type { Ports } from '../ports.ts';

/** Seconds after which a holder that says nothing is taken for dead. */
const DURATION = 30;
const RENEW_MS = 10_000;
const LOOK_MS = 1000;
/** Rounds of looking for a seat before people are told that we wait. */
const QUIET_ROUNDS = 2;

/** Another run holds what we need, or has taken it from us. */
export class LeaseHeld extends Failure {
  readonly code: 'lease-held' | 'lease-lost';

  constructor(code: LeaseHeld['code'], message: string, hint: string) {
    super(message, { hint, exit: 3 });
    this.code = code;
  }
}

/** What stopped a unit's work, as its end. */
export function endingOf(error: Failure): Ending {
  return error instanceof LeaseHeld
    ? { outcome: 'blocked', code: error.code, reason: error.message }
    : { outcome: 'failed', code: 'refused', reason: error.message };
}

/** Fails where the Lease is not ours any more: asked before every step that cannot be undone. */
export type Held = () => void;

/**
 * What Leases need of the outside. Ages are of the machine's uptime: it goes on while a machine
 * sleeps, and nobody can set it. The clock on the wall is only written down, for people.
 */
export type LeasePorts = Pick<Ports, 'kube' | 'clock' | 'random' | 'self'>;

/**
 * Does the work while holding the unit's Lease, so that two runs never meet. A Lease that another run renews is
 * refused; one that
 * nobody renews is taken over once it has expired, by our own clock, as the clients of Kubernetes do.
 */
export async function withLease<T>(
  ports: LeasePorts,
  name: string,
  work: (held: Held) => Promise<T>,
): Promise<T> {
  const claim = claimBy(ports);
  return holding(claim, name, work, async () => {
    for (;;) {
      const lease = await attempt(claim, name);
      if (lease) return { name, lease };
      const other = claim.seen.get(name);
      if (other?.alive === true)
        throw new LeaseHeld(
          'lease-held',
          `another deployment holds ${name} (${other.owner})`,
          'wait for it; what it leaves is caught up by the next run',
        );
      await ports.clock.sleep(LOOK_MS);
    }
  });
}

/**
 * Does the work on one of the cluster's `seats`; waits while others sit on all of them, whichever machine they
 * run on.
 */
export async function withSeat<T>(
  ports: LeasePorts,
  seats: number,
  waiting: (owners: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  const claim = claimBy(ports);
  const names = Array.from({ length: seats }, (_, index) => `slot-${index}`);
  return holding(claim, 'a seat', work, async () => {
    for (let round = 0; ; round += 1) {
      for (const name of names) {
        const lease = await attempt(claim, name);
        if (lease) return { name, lease };
      }
      if (round === QUIET_ROUNDS)
        waiting([...claim.seen.values()].map(({ owner }) => owner).join(', '));
      await ports.clock.sleep(LOOK_MS);
    }
  });
}

/** Milliseconds by which ages are told, each by its own machine alone. */
function time({ ports }: Claim): number {
  return ports.clock.uptime();
}

/** One of our attempts to hold something, under a name that nobody else bears. */
interface Claim {
  ports: LeasePorts;
  holder: string;
  /** Leases of others: whoever changes one is alive, whoever does not for as long as it lasts is taken for dead. */
  seen: Map<string, { owner: string; mark: string; since: number; alive: boolean }>;
}

interface Mine {
  name: string;
  lease: JsonObject;
}

function claimBy(ports: LeasePorts): Claim {
  const holder = `${ports.self}-${ports.random.uuid().slice(0, 8)}`;
  return { ports, holder, seen: new Map() };
}

async function holding<T>(
  claim: Claim,
  what: string,
  work: (held: Held) => Promise<T>,
  acquire: () => Promise<Mine>,
): Promise<T> {
  const mine = await acquire();
  const renewal = keepRenewing(claim, mine);
  try {
    return await work(() => {
      if (renewal.lost())
        throw new LeaseHeld(
          'lease-lost',
          `${what} could not be held: this run was too slow, or the cluster did not answer`,
          'the next run goes on from here',
        );
    });
  } finally {
    renewal.stop();
    await release(claim, mine.name);
  }
}

/** Renews a Lease now and then, whether or not the last answer has come. */
function keepRenewing(claim: Claim, mine: Mine): { lost: () => boolean; stop: () => void } {
  const { clock } = claim.ports;
  let { lease } = mine;
  let renewed = time(claim);
  let taken = false;
  const again = (): void => {
    stop = clock.after(RENEW_MS, again);
    const begun = time(claim);
    renew(claim, { ...mine, lease }).then(
      (next) => {
        if (next) [lease, renewed] = [next, Math.max(renewed, begun)];
        else taken = true;
      },
      () => undefined, // ours for as long as the last renewal that was answered says
    );
  };
  let stop = clock.after(RENEW_MS, again);
  return {
    lost: () => taken || time(claim) > renewed + DURATION * 1000,
    stop: () => stop(),
  };
}

/** The Lease where it is ours now; undefined where it is somebody else's. */
async function attempt(claim: Claim, name: string): Promise<JsonObject | undefined> {
  const { kube } = claim.ports;
  const found = await kube.get('lease', name, SYSTEM_NAMESPACE);
  try {
    if (!found)
      return await kube.create({
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name, namespace: SYSTEM_NAMESPACE },
        spec: leaseSpec(claim),
      });
    return isFree(claim, name, found)
      ? await kube.replace({ ...found, spec: leaseSpec(claim) })
      : undefined;
  } catch (error) {
    if (!isConflict(error)) throw error;
    return undefined; // somebody else was faster
  }
}

/** Whether nobody holds a Lease, or whoever did has said nothing for as long as it lasts. Remembers what it saw. */
function isFree(claim: Claim, name: string, lease: JsonObject): boolean {
  const owner = textAt(lease, '/spec/holderIdentity');
  if (owner === '') return true;
  const mark = `${owner} ${textAt(lease, '/spec/renewTime')}`;
  const known = claim.seen.get(name);
  if (known?.mark === mark) return time(claim) > known.since + DURATION * 1000;
  claim.seen.set(name, { owner, mark, since: time(claim), alive: known !== undefined });
  return false;
}

function leaseSpec(claim: Claim): JsonObject {
  const now = claim.ports.clock.now().toISOString().replace('Z', '000Z');
  return {
    holderIdentity: claim.holder,
    leaseDurationSeconds: DURATION,
    acquireTime: now,
    renewTime: now,
  };
}

/** Undefined where it is somebody else's. An earlier renewal of ours, answered late, is nobody else. */
async function renew(claim: Claim, { name, lease }: Mine): Promise<JsonObject | undefined> {
  const old = isObject(lease['spec']) ? lease['spec'] : {};
  try {
    return await claim.ports.kube.replace({
      ...lease,
      spec: { ...leaseSpec(claim), acquireTime: old['acquireTime'] ?? null },
    });
  } catch (error) {
    if (!isConflict(error)) throw error;
    const ours = await stillOurs(claim, name);
    return ours && renew(claim, { name, lease: ours });
  }
}

/** Gives a Lease back. Where the cluster does not answer it expires by itself, and what the work has done counts. */
async function release(claim: Claim, name: string): Promise<void> {
  try {
    const found = await stillOurs(claim, name);
    if (found)
      await claim.ports.kube.replace({ ...found, spec: { leaseDurationSeconds: DURATION } });
  } catch (error) {
    // The last renewal arrived in between: there is none after it.
    if (isConflict(error)) return release(claim, name);
    if (!(error instanceof Failure)) throw error;
  }
}

/** The Lease as it is now, where it is ours. */
async function stillOurs({ ports, holder }: Claim, name: string): Promise<JsonObject | undefined> {
  const found = await ports.kube.get('lease', name, SYSTEM_NAMESPACE);
  return found && at(found, '/spec/holderIdentity') === holder ? found : undefined;
}

function isConflict(error: unknown): boolean {
  return error instanceof KubeFailure && error.conflict;
}
