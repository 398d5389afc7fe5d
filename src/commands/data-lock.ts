import { join } from 'node:path';
import { bytesOf, lockText } from '../core/data/lock.ts';
import { addressFindings } from '../core/data/rules.ts';
import { lockChange } from '../core/data/survey.ts';
import type { LockChange } from '../core/data/survey.ts';
import { recipeOf, wantedFiles } from '../core/data/wanted.ts';
import { gigabytes } from '../core/data/words.ts';
import type { DataFile } from '../core/model/data-types.ts';
import type { Doc, Platform } from '../core/model/types.ts';
import { writeWhole } from '../edges/files.ts';
import { UsageError } from '../failure.ts';
import { chooseSets } from '../flow/choose.ts';
import { surveySet } from '../flow/data-lock.ts';
import type { LockWorld } from '../flow/data-lock.ts';
import { gatherPlatform } from '../gather/platform.ts';
import { SCHEMA_VERSION, outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';

/** What came of a set's lock. */
interface LockResult extends LockChange {
  set: string;
  outcome: 'written' | 'unchanged' | 'failed';
  files: number;
  bytes: number;
  problems: string[];
  notes: string[];
}

/** `data lock SET…`: asks which files sets are, and writes it down. */
export async function lockData(
  root: string,
  names: readonly string[],
  world: LockWorld,
): Promise<Outcome> {
  if (names.length === 0)
    throw new UsageError('data lock needs a set', 'write: glaciocloud data lock SET…');
  const { platform, findings } = await gatherPlatform(root);
  if (!platform) return refused(findings);
  const sets = chooseSets(platform, names);
  const wrong = addressFindings(sets);
  if (wrong.length > 0) return refused(wrong);
  const results: LockResult[] = [];
  for (const set of sets) results.push(await lockSet(root, platform, set, world));
  return outcome({
    exit: results.some((one) => one.outcome === 'failed') ? 1 : 0,
    text: results.map(textOf).join(''),
    json: { schema_version: SCHEMA_VERSION, sets: results.map((one) => ({ ...one })) },
  });
}

async function lockSet(
  root: string,
  platform: Platform,
  set: Doc<DataFile>,
  world: LockWorld,
): Promise<LockResult> {
  const { name } = set;
  const wanted = wantedFiles(set.data);
  const { mirrors } = set.data;
  const { files, faults, notes } = await surveySet(name, { wanted, mirrors }, world);
  const before = platform.dataLocks.get(name)?.data;
  const of = (kind: LockResult['outcome']): LockResult => ({
    set: name,
    outcome: kind,
    files: files.length,
    bytes: bytesOf({ files }),
    ...lockChange(before?.files ?? [], files),
    problems: faults,
    notes,
  });
  if (faults.length > 0) return of('failed');
  const text = lockText({ recipe: recipeOf(set.data), files });
  if (before && text === lockText(before)) return of('unchanged');
  await writeWhole(join(root, 'data', `${name}.lock.yaml`), text);
  return of('written');
}

const MOST_SHOWN = 20;

function textOf(result: LockResult): string {
  const { set, files, bytes, problems, notes, added, removed, resized } = result;
  const sum = `${files} ${files === 1 ? 'file' : 'files'}, ${gigabytes(bytes)}`;
  const head: Record<LockResult['outcome'], string> = {
    written: `✓ ${set}: data/${set}.lock.yaml written, ${sum}`,
    unchanged: `✓ ${set}: nothing has changed, ${sum}`,
    failed: `✗ ${set}: no lock was written`,
  };
  const changes = [
    ...added.map((url) => `+ ${url}`),
    ...removed.map((url) => `- ${url}`),
    ...resized.map((url) => `~ ${url}`),
  ];
  const lines = result.outcome === 'failed' ? problems : [...changes, ...notes];
  const more = lines.length - MOST_SHOWN;
  const shown = more > 0 ? [...lines.slice(0, MOST_SHOWN), `and ${more} more`] : lines;
  return [head[result.outcome], ...shown.map((line) => `  ${line}`)]
    .map((line) => `${line}\n`)
    .join('');
}
