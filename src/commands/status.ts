import { readStates } from '../apply/cluster.ts';
import { heldByOthers } from '../apply/hub/others.ts';
import { wantedReleases } from '../core/hub/release.ts';
import { takeoverOf } from '../core/hub/adoption.ts';
import { statusJson, statusText } from '../core/hub/status-text.ts';
import { statusOf } from '../core/hub/status.ts';
import type { HubDrifted } from '../core/hub/status.ts';
import { statesOnly } from '../core/hub/state-text.ts';
import type { States } from '../core/hub/state.ts';
import { unitId, unitTitle } from '../core/unit.ts';
import type { WantedRelease } from '../core/unit.ts';
import { deployedFrom } from '../edges/deployed.ts';
import type { Report } from '../edges/report.ts';
import { confirmHubs } from '../flow/choose.ts';
import { Failure } from '../failure.ts';
import { gatherCharts } from '../gather/charts.ts';
import { gatherPlatform } from '../gather/platform.ts';
import { SCHEMA_VERSION, outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import type { Cluster } from '../ports.ts';
import type { Looked } from './drift.ts';

export interface StatusInputs {
  root: string;
  chartsFrom: string | undefined;
  present: string | undefined;
  /** Only these; all, where none is named. */
  hubs: readonly string[];
  now: number;
}

/** A cluster that is asked: what it knows of its hubs, and what somebody changed in them. */
export interface AskedCluster {
  kube: Cluster;
  drift: (known: States['known']) => Promise<Looked>;
}

/** Every hub in a line: what runs by the branch `deployed`, or by a cluster that is asked, and what it waits for. */
export async function status(
  { root, chartsFrom, present, hubs, now }: StatusInputs,
  asked: AskedCluster | undefined,
  report: Report,
): Promise<Outcome> {
  const { platform, findings } = await gatherPlatform(root);
  if (!platform) return refused(findings);
  const { releases, unreadable, looked: place } = await deployedFrom(present, root);
  if (place !== undefined) report.progress(place);
  for (const { unit, why } of unreadable) report.progress(`⚠ ${unitTitle(unit)}: ${why}`);
  const charts = await gatherCharts(platform, { root, chartsFrom, releases, report });
  const states = asked && (await readStates(asked.kube));
  const wanted = wantedReleases(platform, charts, releases);
  const all = statusOf({
    platform,
    wanted,
    present: releases,
    unreadable: new Map(unreadable.map(({ unit, why }) => [unitId(unit), why])),
    states,
    held: asked && states ? await othersIn(asked.kube, wanted, states) : new Map(),
    drift: asked && states ? await driftOf(asked, statesOnly(states, hubs)) : new Map(),
    now,
  });
  confirmHubs(
    platform,
    hubs,
    all.map(({ hub }) => hub),
  );
  const shown = all.filter(({ hub }) => hubs.length === 0 || hubs.includes(hub));
  return outcome({
    exit: 0,
    text: statusText(shown, now),
    json: { schema_version: SCHEMA_VERSION, hubs: statusJson(shown) },
  });
}

/** Where a hub was never deployed, others may have one; of a hub that takes that over the file says so. */
async function othersIn(
  kube: Cluster,
  wanted: readonly WantedRelease[],
  { known, unreadable }: States,
): Promise<Map<string, string>> {
  const absent = wanted.filter(
    (one) =>
      one.unit.kind === 'hub' &&
      !known.has(one.unit.name) &&
      !unreadable.has(one.unit.name) &&
      takeoverOf(one) === undefined,
  );
  return heldByOthers(kube, absent);
}

/** Without Helm, say, nobody can look: the rest of a line is known all the same. */
async function driftOf(
  { drift }: AskedCluster,
  { known }: States,
): Promise<Map<string, HubDrifted>> {
  try {
    const { found, failed } = await drift(known);
    const seen = found.map(({ hub, drift: { length } }) => [hub, looked(length)] as const);
    return new Map([...seen, ...[...failed].map(([hub, why]) => [hub, unseen(why)] as const)]);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const why = `${error.message} (${error.hint})`;
    return new Map([...known.keys()].map((hub) => [hub, unseen(why)]));
  }
}

function looked(objects: number): HubDrifted {
  return { kind: 'looked', objects };
}

function unseen(why: string): HubDrifted {
  return { kind: 'unseen', why };
}
