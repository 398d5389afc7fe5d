import type { AccessPlan, HubPlan } from '../../core/access/decide.ts';
import type { GivenName, NameBook } from '../../core/access/names.ts';
import type { AccessStep } from '../../core/access/plan.ts';
import {
  ACCESS_MANAGER,
  MOST_BYTES,
  accessSecret,
  doorText,
  isOldRun,
  owedAfter,
  runText,
} from '../../core/access/secret.ts';
import { sha256Hex } from '../../core/digest.ts';
import { Failure, messageOf } from '../../failure.ts';
import type { Clock } from '../../ports.ts';
import type { NameKeeper } from '../../ports/access.ts';
import { claimsIn, storedAccess } from './hub-people.ts';
import type { HubAccess } from './hub-people.ts';
import { touchHub } from '../touch.ts';
import { endPods, putOut } from './out.ts';
import type { Out } from './out.ts';

/** What applying access works with. */
export interface AccessWorld extends HubAccess {
  clock: Clock;
  names: NameKeeper;
  progress: (text: string) => void;
}

/** Somebody who should be out and is not seen to be. */
export interface Stuck {
  id: string | undefined;
  name: string;
  reason: string;
}

/** What became of one hub. Seconds since its turn began; undefined where that never came. */
export interface HubAccessResult {
  hub: string;
  /** Whether the hub has read what was written; undefined where nothing was to be done. */
  loaded: boolean | undefined;
  seconds: { write: number | undefined; loaded: number | undefined; out: number | undefined };
  /** Why it failed as a whole, for everybody in it; others' words, which may hold a name. */
  reason: string | undefined;
  stuck: Stuck[];
}

const NOTHING: Omit<HubAccessResult, 'hub'> = {
  loaded: undefined,
  seconds: { write: undefined, loaded: undefined, out: undefined },
  reason: undefined,
  stuck: [],
};

/** Each hub for itself, all at once: one that does not answer keeps nobody else in, or out. */
export async function applyAccess(
  plan: AccessPlan,
  world: AccessWorld,
  book: NameBook,
): Promise<HubAccessResult[]> {
  return Promise.all(
    plan.hubs.map((hub) =>
      applyHub(hub, { plan, world, book }).catch((error: unknown) => failed(hub, error)),
    ),
  );
}

function failed(hub: HubPlan, error: unknown): HubAccessResult {
  const reason = messageOf(error);
  const stuck = hub.steps.map((step) => stuckAt(step, reason));
  return { ...NOTHING, hub: hub.hub, loaded: false, reason, stuck };
}

interface Run {
  plan: AccessPlan;
  world: AccessWorld;
  book: NameBook;
}

/** Written, then read by the hub, then whoever is out is put out, and seen to be. */
async function applyHub(hub: HubPlan, run: Run): Promise<HubAccessResult> {
  const { world } = run;
  if (hub.steps.length === 0) {
    await sayAgain(hub, run);
    return { ...NOTHING, hub: hub.hub };
  }
  const began = world.clock.elapsed();
  const since = (): number => Math.round((world.clock.elapsed() - began) / 10) / 100;
  const digest = await writeDoor(hub, run);
  const write = since();
  const leaving = hub.steps.filter(({ kind }) => kind === 'revoke' || kind === 'expire');
  await keepClaims(hub.hub, leaving, run);
  const names = leaving.map(({ name }) => name);
  const out = await putOut(world, hub.hub, { digest, names });
  const loaded = out.loaded === undefined ? undefined : write + out.loaded;
  const stuck = leaving.flatMap((step) => stuckOf(step, out));
  // A hub that does not answer cannot stop servers: their pods end without it, and the rest stays owed.
  await endPods(world.kube, hub.hub, new Set(stuck.map(({ name }) => name)));
  return {
    hub: hub.hub,
    loaded: out.loaded !== undefined,
    seconds: { write, loaded, out: stuck.length === 0 ? since() : undefined },
    reason: out.why,
    stuck,
  };
}

function stuckOf(step: AccessStep, { left, why }: Out): Stuck[] {
  const reason = why ?? left.get(step.name);
  return reason === undefined ? [] : [stuckAt(step, reason)];
}

function stuckAt({ id, name }: AccessStep, reason: string): Stuck {
  return { id, name, reason };
}

/** That somebody compared, for the hub's page: where there is nothing else to write, some times a day. */
async function sayAgain(hub: HubPlan, { plan, world }: Run): Promise<void> {
  const { kube, clock } = world;
  const { access, run } = await storedAccess(kube, hub.hub);
  if (access !== '' && isOldRun(run, clock.now().getTime()))
    await writeSecret(hub, access, { plan, world });
}

/**
 * Gives the digest that the hub has to report. What is as it should be is not written again, but the hub is told again,
 * because a run may have ended between both.
 */
async function writeDoor(hub: HubPlan, run: Pick<Run, 'plan' | 'world'>): Promise<string> {
  const before = await storedAccess(run.world.kube, hub.hub);
  const access = doorText(hub.entries, before.access);
  if (access !== before.access) await writeSecret(hub, access, run);
  await touchHub(hub.hub, run.world);
  return sha256Hex(access);
}

async function writeSecret(
  hub: HubPlan,
  access: string,
  { plan, world }: Pick<Run, 'plan' | 'world'>,
): Promise<void> {
  const at = world.clock.now().toISOString();
  const run = runText({ at, plan: plan.digest, owed: owedAfter(hub) });
  const size = Buffer.byteLength(access) + Buffer.byteLength(run);
  if (size > MOST_BYTES)
    throw new Failure(`access.json would have ${Math.ceil(size / 1024)} KiB, of 900`, {
      hint: 'let fewer people into one hub',
    });
  const encode = (text: string): string => Buffer.from(text).toString('base64');
  const texts = { 'access.json': access, 'run.json': run };
  await world.kube.apply([accessSecret(hub.hub, texts, encode)], ACCESS_MANAGER);
}

/** KubeSpawner remembers the name of a home's claim in the record that goes: it is kept before. */
async function keepClaims(
  hub: string,
  leaving: readonly AccessStep[],
  { world, book }: Run,
): Promise<void> {
  if (leaving.length === 0) return;
  const homes = await claimsIn(world.kube, hub);
  const claims = new Map(homes.map(({ name, claim }) => [name, claim]));
  const kept = new Map<string, GivenName>();
  for (const { id, name } of leaving) {
    const [given, claim] = [book.get(id ?? ''), claims.get(name)];
    if (id === undefined || !given || claim === undefined || given.claims[hub] === claim) continue;
    kept.set(id, { ...given, claims: { ...given.claims, [hub]: claim } });
  }
  if (kept.size === 0) return;
  // A revocation never waits for this: the claim itself bears the name too.
  await world.names
    .keep(kept)
    .catch((error: unknown) => world.progress(`${hub}: ${messageOf(error)}`));
}
