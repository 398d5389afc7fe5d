import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { at, isObject, textAt } from '../core/json.ts';
import type { JsonObject } from '../core/json.ts';
import { SYSTEM_NAMESPACE } from '../core/cluster/objects.ts';
import type { Kube } from '../edges/kube.ts';
import { KubeFailure } from '../edges/kube.ts';
import { Failure } from '../failure.ts';

/** Seconds after which a holder that says nothing is taken for dead. */
const DURATION = 30;
const RENEW_MS = 10_000;
const LOOK_MS = 1000;

export class LeaseHeld extends Failure {}

/** Fails where the Lease is not ours any more: asked before every step that cannot be undone. */
export type Held = () => void;

/**
 * Does the work while holding the unit's Lease, so that two runs never meet. A Lease that another run renews is refused; one that
 * nobody renews is taken over once it has expired, by our own clock, as the clients of Kubernetes do.
 */
export async function withLease<T>(
  kube: Kube,
  name: string,
  work: (held: Held) => Promise<T>,
): Promise<T> {
  const seen: Seen = new Map();
  return holding(kube, name, work, async (holder) => {
    for (;;) {
      const lease = await attempt(kube, name, holder, seen);
      if (lease) return { name, lease };
      const other = seen.get(name);
      if (other?.alive === true)
        throw new LeaseHeld(`another deployment holds ${name} (${other.owner})`, {
          hint: 'wait for it; what it leaves is caught up by the next run',
          exit: 3,
        });
      await sleep(LOOK_MS);
    }
  });
}

/** Does the work on one of the cluster's `seats`; waits while others sit on all of them, whichever machine they run on. */
export async function withSeat<T>(
  kube: Kube,
  seats: number,
  waiting: (owners: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  const seen: Seen = new Map();
  const names = Array.from({ length: seats }, (_, index) => `slot-${index}`);
  return holding(kube, 'a seat', work, async (holder) => {
    for (let round = 0; ; round += 1) {
      for (const name of names) {
        const lease = await attempt(kube, name, holder, seen);
        if (lease) return { name, lease };
      }
      if (round === 2) waiting([...seen.values()].map(({ owner }) => owner).join(', '));
      await sleep(LOOK_MS);
    }
  });
}

interface Mine {
  name: string;
  lease: JsonObject;
}

async function holding<T>(
  kube: Kube,
  what: string,
  work: (held: Held) => Promise<T>,
  acquire: (holder: string) => Promise<Mine>,
): Promise<T> {
  const holder = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  const mine = await acquire(holder);
  let renewed = Date.now();
  let taken = false;
  const timer = setInterval(() => {
    const begun = Date.now();
    renew(kube, mine.lease, holder).then(
      (next) => {
        mine.lease = next;
        renewed = begun;
      },
      (error: unknown) => {
        taken ||= error instanceof KubeFailure && error.conflict;
      },
    );
  }, RENEW_MS);
  try {
    return await work(() => {
      if (taken || Date.now() > renewed + DURATION * 1000)
        throw new LeaseHeld(
          `${what} could not be held: this run was too slow, or the cluster did not answer`,
          { hint: 'the next run goes on from here', exit: 3 },
        );
    });
  } finally {
    clearInterval(timer);
    await release(kube, mine.name, holder);
  }
}

/** What we have seen of Leases of others: whoever changes it is alive, whoever does not for as long as it lasts is taken for dead. */
type Seen = Map<string, { owner: string; mark: string; since: number; alive: boolean }>;

async function attempt(
  kube: Kube,
  name: string,
  holder: string,
  seen: Seen,
): Promise<JsonObject | undefined> {
  const found = await kube.get('lease', name, SYSTEM_NAMESPACE);
  try {
    if (!found)
      return await kube.create({
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name, namespace: SYSTEM_NAMESPACE },
        spec: spec(holder),
      });
    const owner = textAt(found, '/spec/holderIdentity');
    const mark = `${owner} ${textAt(found, '/spec/renewTime')}`;
    const known = seen.get(name);
    if (owner === '' || (known?.mark === mark && Date.now() > known.since + DURATION * 1000))
      return await kube.replace({ ...found, spec: spec(holder) });
    if (known?.mark !== mark)
      seen.set(name, { owner, mark, since: Date.now(), alive: known !== undefined });
    return undefined;
  } catch (error) {
    if (!(error instanceof KubeFailure) || !error.conflict) throw error;
    return undefined; // somebody else was faster
  }
}

function spec(holder: string): JsonObject {
  const now = new Date().toISOString().replace('Z', '000Z');
  return {
    holderIdentity: holder,
    leaseDurationSeconds: DURATION,
    acquireTime: now,
    renewTime: now,
  };
}

async function renew(kube: Kube, lease: JsonObject, holder: string): Promise<JsonObject> {
  const old = isObject(lease['spec']) ? lease['spec'] : {};
  return kube.replace({
    ...lease,
    spec: { ...spec(holder), acquireTime: old['acquireTime'] ?? null },
  });
}

async function release(kube: Kube, name: string, holder: string): Promise<void> {
  const found = await kube.get('lease', name, SYSTEM_NAMESPACE);
  if (found && at(found, '/spec/holderIdentity') === holder) {
    await kube
      .replace({ ...found, spec: { leaseDurationSeconds: DURATION } })
      .catch((error: unknown) => {
        if (!(error instanceof KubeFailure)) throw error; // it expires by itself
      });
  }
}
