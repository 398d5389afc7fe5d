import type { Removal } from '../model/types.ts';
import { archivePlace, placeText } from '../removal/archive.ts';
import { unitId } from '../unit.ts';
import type { PresentRelease, Unit, WantedRelease } from '../unit.ts';
import type { ReleaseStep } from './step.ts';

export interface Decision {
  /** Installs and upgrades, in the order of waves. */
  changed: { to: WantedRelease; from: PresentRelease | undefined }[];
  unchanged: Unit[];
  removals: Extract<ReleaseStep, { kind: 'remove' }>[];
  /** Deployed, named by no file, and no reviewed removal says what to do. */
  orphans: Unit[];
}

/** Wanted against deployed, by digest alone. Never by what a push touched. */
export function decide(
  wanted: readonly WantedRelease[],
  present: readonly PresentRelease[],
  removals: readonly Removal[],
): Decision {
  const deployed = new Map(present.map((one) => [unitId(one.unit), one]));
  const decision: Decision = { changed: [], unchanged: [], removals: [], orphans: [] };
  for (const to of wanted) {
    const from = deployed.get(unitId(to.unit));
    deployed.delete(unitId(to.unit));
    if (from?.digest === to.digest) decision.unchanged.push(to.unit);
    else decision.changed.push({ to, from });
  }
  for (const { unit } of deployed.values()) {
    const removal =
      unit.kind === 'hub'
        ? removals.find((one) => one.hub === unit.name && one.cluster === unit.cluster)
        : undefined;
    const place = removal && archivePlace(removal);
    if (removal)
      decision.removals.push({
        kind: 'remove',
        unit,
        homes: removal.homes,
        database: removal.database,
        archive: place && placeText(place),
        why: removal.reason,
      });
    else decision.orphans.push(unit);
  }
  return decision;
}
