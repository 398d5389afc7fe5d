import { pretty } from '../core/json.ts';
import type { Json } from '../core/json.ts';
import type { Platform } from '../core/model/types.ts';
import { unitId } from '../core/unit.ts';
import type { Instant, PresentRelease, PresentStatus, Unit, WantedRelease } from '../core/unit.ts';
import type { Charts } from '../edges/charts.ts';
import { deployedInFolder, deployedOnBranch } from '../edges/deployed.ts';
import { exists, writeFolders } from '../edges/files.ts';
import type { Report } from '../edges/report.ts';
import { Failure } from '../failure.ts';
import type { Forge } from '../ports.ts';
import type { Recorded } from './deployment.ts';
import { renderAll } from './render.ts';

/** What runs, for everybody to read: masked, in the shape that `render` writes and `plan --present` reads. */
export function recordFiles(
  to: WantedRelease,
  manifests: string,
  status: PresentStatus,
): Map<string, string> {
  return new Map([...releaseFiles(to, manifests), ['status.json', pretty({ ...status })]]);
}

/** The files that `render` writes and the branch `deployed` keeps. */
export function releaseFiles(wanted: WantedRelease, manifests: string): Map<string, string> {
  return new Map([
    ['values.json', pretty(wanted.release.values)],
    ['manifests.yaml', manifests],
    ['release.json', pretty({ digest: wanted.digest, release: wanted.release as unknown as Json })],
  ]);
}

/** Where the public record is read and kept: a folder, the branch `deployed`, or both. */
export interface RecordPlaces {
  root: string;
  record: string | undefined;
  actions: { github: Pick<Forge, 'commitFiles'> } | undefined;
}

/** What runs, as far as anybody may know: this cluster and others. */
export async function publicReleases({
  record,
  root,
}: Pick<RecordPlaces, 'record' | 'root'>): Promise<Recorded> {
  if (record === undefined) return deployedOnBranch(root);
  return (await exists(record)) ? deployedInFolder(record) : { releases: [], unreadable: [] };
}

/** Into the folder that was named, and onto the branch `deployed`; returns why GitHub refused that. */
export async function keepRecord(
  { record, actions }: Pick<RecordPlaces, 'record' | 'actions'>,
  { unit, files, message }: { unit: Unit; files: ReadonlyMap<string, string>; message: string },
  report: Pick<Report, 'progress'>,
): Promise<string | undefined> {
  if (record !== undefined) await writeFolders(record, new Map([[unitId(unit), files]]), 'record');
  try {
    await actions?.github.commitFiles('deployed', inRecord(unit, files), message);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    report.progress(`record: ${error.message}`); // the next run tries again
    return error.message;
  }
  return undefined;
}

/** Before anything is tried, so that what is recorded comes back even where the run that tries is killed. */
export async function markTried(
  { actions }: Pick<RecordPlaces, 'actions'>,
  chosen: readonly WantedRelease[],
  present: ReadonlyMap<string, PresentRelease>,
  until: Instant,
): Promise<void> {
  const files = chosen.flatMap(({ unit }) => {
    const status = present.get(unitId(unit))?.status;
    if (status === undefined) return [];
    const marked = new Map([['status.json', pretty({ ...status, tried: until })]]);
    return [...inRecord(unit, marked)];
  });
  if (files.length === 0) return;
  await actions?.github.commitFiles('deployed', new Map(files), `a trial until ${until}`);
}

/** A unit's files by their paths on the branch. */
export function inRecord(unit: Unit, files: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...files].map(([path, text]) => [`${unitId(unit)}/${path}`, text]));
}

export interface RecordFrame extends PresentStatus {
  platform: Platform;
  charts: Charts;
  report: Report;
}

/** Rendered with placeholders, as everywhere. */
export async function publicRecord(
  to: WantedRelease,
  { platform, charts, report, ...status }: RecordFrame,
): Promise<Map<string, string>> {
  const [rendered] = await renderAll({
    wanted: [to],
    platform,
    charts,
    report,
    use: ({ manifests }) => manifests,
  });
  if (rendered?.kind !== 'rendered') throw rendered?.failure ?? new Error('nothing was rendered');
  return recordFiles(to, rendered.result, status);
}
