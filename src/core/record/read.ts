import { TEXT, fields, listOf, readerOf } from '../shape.ts';
import type { Reading } from '../shape.ts';
import { unitId } from '../unit.ts';
import type { Digest, PresentRelease, PresentStatus, Release, Unit } from '../unit.ts';

/** A unit of which it is recorded that it runs, but not readably what. */
export interface UnreadableRecord {
  unit: Unit;
  /** Which file, what is wrong with it, and what to do. */
  why: string;
}

export const RELEASE = fields(
  {
    v: { const: 1 },
    unit: fields({ kind: { enum: ['cluster', 'hub'] }, cluster: TEXT, name: TEXT }),
    namespace: TEXT,
    charts: listOf(fields({ name: TEXT, version: TEXT, digest: TEXT })),
    values: { type: 'object' },
    images: listOf(fields({ name: TEXT, reference: TEXT })),
    secrets: listOf(TEXT),
  },
  { encrypted: TEXT },
);

const readRelease = readerOf<{ digest: Digest; release: Release }>(
  fields({ digest: TEXT, release: RELEASE }),
  '/release/v',
);
const readStatus = readerOf<PresentStatus>(
  fields({ at: TEXT, commit: TEXT }, { identity: TEXT, tried: TEXT }),
  '/v',
);

export type RecordReading =
  { kind: 'read'; record: PresentRelease } | { kind: 'unreadable'; record: UnreadableRecord };

/** What a folder of the record says of its unit. `folder`: `alps` for a hub, `clusters/lab` for a cluster. */
export function readRecord(
  folder: string,
  release: string | undefined,
  status: string | undefined,
): RecordReading {
  if (release === undefined)
    return unreadable(folder, 'release.json', { kind: 'unreadable', reason: 'it is missing' });
  const found = readRelease(release);
  if (found.kind !== 'read') return unreadable(folder, 'release.json', found);
  const { unit } = found.value.release;
  if (unitId(unit) !== folder)
    return unreadable(folder, 'release.json', {
      kind: 'unreadable',
      reason: 'it is the record of something else',
    });
  const known = status === undefined ? undefined : readStatus(status);
  if (known !== undefined && known.kind !== 'read') return unreadable(folder, 'status.json', known);
  return { kind: 'read', record: { unit, ...found.value, status: known?.value } };
}

function unreadable(
  folder: string,
  file: string,
  { kind, reason }: Exclude<Reading<unknown>, { kind: 'read' }>,
): RecordReading {
  const unit = unitOf(folder);
  const cure = kind === 'other-version' ? 'use the version that deployed last' : cureOf(unit);
  return {
    kind: 'unreadable',
    record: {
      unit,
      why: `${folder}/${file} of the deployed record cannot be read: ${reason}; ${cure}`,
    },
  };
}

function cureOf({ kind, name }: Unit): string {
  const restore = 'restore it from the history of the branch `deployed`';
  return kind === 'cluster' ? restore : `${restore}, or run \`glaciocloud deploy ${name} --again\``;
}

/** The folder of a hub does not say on which cluster it runs. */
function unitOf(folder: string): Unit {
  const cluster = /^clusters\/(.*)$/su.exec(folder)?.[1];
  return cluster === undefined
    ? { kind: 'hub', cluster: '', name: folder }
    : { kind: 'cluster', cluster, name: cluster };
}
