import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { at, isObject } from '../core/json.ts';
import type { JsonObject } from '../core/json.ts';
import { SYSTEM_NAMESPACE } from '../core/values/cluster.ts';
import type { Kube } from '../edges/kube.ts';
import { KubeFailure } from '../edges/kube.ts';
import { Failure } from '../failure.ts';

/** Seconds after which a holder that says nothing is taken for dead. */
const DURATION = 30;
const RENEW_MS = 10_000;

export class LeaseHeld extends Failure {}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Does the work while holding the unit's Lease, so that two runs never meet. A Lease that another run renews is refused; one that
 * nobody renews is taken over once it has expired, by our own clock, as the clients of Kubernetes do.
 */
export async function withLease<T>(kube: Kube, name: string, work: () => Promise<T>): Promise<T> {
  const holder = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  let lease = await acquire(kube, name, holder);
  const timer = setInterval(() => {
    renew(kube, lease, holder).then((renewed) => (lease = renewed), () => undefined); // the next renewal, or the expiry, decides
  }, RENEW_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    await release(kube, name, holder);
  }
}

function spec(holder: string): JsonObject {
  const now = new Date().toISOString().replace('Z', '000Z');
  return { holderIdentity: holder, leaseDurationSeconds: DURATION, acquireTime: now, renewTime: now };
}

async function acquire(kube: Kube, name: string, holder: string): Promise<JsonObject> {
  for (;;) {
    const found = await kube.get('lease', name, SYSTEM_NAMESPACE);
    try {
      if (!found) return await kube.create({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, namespace: SYSTEM_NAMESPACE }, spec: spec(holder) });
      const owner = at(found, '/spec/holderIdentity');
      if (typeof owner !== 'string' || owner === '') return await kube.replace({ ...found, spec: spec(holder) });
      const renewed = at(found, '/spec/renewTime');
      const end = Date.now() + DURATION * 1000;
      for (;;) {
        await sleep(1000);
        const again = await kube.get('lease', name, SYSTEM_NAMESPACE);
        if (!again || at(again, '/spec/holderIdentity') !== owner) break;
        if (at(again, '/spec/renewTime') !== renewed) throw new LeaseHeld(`another deployment holds ${name} (${owner})`, { hint: 'wait for it; what it leaves is caught up by the next run', exit: 3 });
        if (Date.now() > end) return await kube.replace({ ...again, spec: spec(holder) });
      }
    } catch (error) {
      if (!(error instanceof KubeFailure) || !error.conflict) throw error;
    }
  }
}

async function renew(kube: Kube, lease: JsonObject, holder: string): Promise<JsonObject> {
  const old = isObject(lease['spec']) ? lease['spec'] : {};
  return kube.replace({ ...lease, spec: { ...spec(holder), acquireTime: old['acquireTime'] ?? null } });
}

async function release(kube: Kube, name: string, holder: string): Promise<void> {
  const found = await kube.get('lease', name, SYSTEM_NAMESPACE);
  if (found && at(found, '/spec/holderIdentity') === holder) {
    await kube.replace({ ...found, spec: { leaseDurationSeconds: DURATION } }).catch((error: unknown) => {
      if (!(error instanceof KubeFailure)) throw error; // it expires by itself
    });
  }
}
