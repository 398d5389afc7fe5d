import { digestOf } from '../digest.ts';
import type { Json, JsonObject } from '../json.ts';
import { unitId, unitTitle } from '../unit.ts';
import type { PresentRelease, Release, Unit, WantedRelease } from '../unit.ts';
import type { Decision, ShownUnit } from './family.ts';
import type { Diff, ObjectRef } from './types.ts';

/** A release that is to come, or to follow another. */
export interface ReleaseChange {
  from: PresentRelease | undefined;
  to: WantedRelease;
}

/** Wanted and present releases of all kinds. */
export interface ReleaseFacts {
  wanted: readonly WantedRelease[];
  present: readonly PresentRelease[];
}

/** A release with its digest, in its wave. */
export function wantedRelease(wave: string, order: number, release: Release): WantedRelease {
  // A release is JSON by construction; its interfaces only lack the index signature.
  return { unit: release.unit, wave, order, release, digest: digestOf(release as unknown as Json) };
}

/** Wanted against present, by digest alone; never by what a push touched. */
export function decideReleases(
  kind: Unit['kind'],
  { wanted, present }: ReleaseFacts,
): Decision<ReleaseChange> {
  const deployed = new Map(present.map((one) => [unitId(one.unit), one]));
  const decision: Decision<ReleaseChange> = { changes: [], unchanged: [], orphans: [] };
  for (const to of wanted) {
    if (to.unit.kind !== kind) continue;
    const from = deployed.get(unitId(to.unit));
    if (from?.digest === to.digest) decision.unchanged.push(shownUnit(to.unit));
    else decision.changes.push({ from, to });
  }
  return decision;
}

export function shownUnit(unit: Unit): ShownUnit {
  return { id: unitId(unit), title: unitTitle(unit), noun: unit.kind, json: unitJson(unit) };
}

function unitJson({ kind, cluster, name }: Unit): JsonObject {
  return { kind, cluster, name };
}

/** A diff in `plan --json`: objects as `Kind/name`. */
export function diffJson({ added, removed, changed }: Diff): JsonObject {
  const text = ({ kind, name }: ObjectRef): string => `${kind}/${name}`;
  const stayed = changed.filter(({ kind }) => kind === 'changed' || kind === 'renamed');
  return {
    added: added.map(text),
    removed: removed.map(text),
    changed: stayed.map(({ object }) => text(object)),
  };
}

/** What every step of a release has in common, in the order in which `plan --json` prints it. */
export function releaseJson({ from, to }: ReleaseChange): JsonObject {
  return {
    kind: from ? 'upgrade' : 'install',
    unit: unitJson(to.unit),
    wave: to.wave,
    from: from?.digest ?? null,
    to: to.digest,
  };
}

/** What the digest of a plan knows of a release's step. */
export function releaseIdentity({ from, to }: ReleaseChange): Json {
  return [from ? 'upgrade' : 'install', unitId(to.unit), from?.digest ?? null, to.digest];
}
