import { join } from 'node:path';
import { dottedNameProblem, unitNameProblem } from '../core/check/names.ts';
import { SCAFFOLDS, scaffold, schemaBase } from '../core/init/scaffold.ts';
import type { Scaffold } from '../core/init/scaffold.ts';
import { nextAfter, numbered } from '../core/init/next-steps.ts';
import { didYouMean } from '../core/model/nearest.ts';
import { exists, writeNew } from '../edges/files.ts';
import { Failure, UsageError } from '../failure.ts';
import { gatherPlatform } from '../gather/platform.ts';
import { outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';

/** `new hub|image|cluster NAME`: a commented file that passes `check`. */
export async function createFile(root: string, words: readonly string[]): Promise<Outcome> {
  const { known, name } = asked(words);
  const wrong = known === 'image' ? dottedNameProblem(name) : unitNameProblem(name);
  if (wrong) throw new UsageError(wrong.message, wrong.hint);
  const { platform, findings, sources } = await gatherPlatform(root);
  if (!platform) return refused(findings);
  const { path, text } = scaffold(
    known,
    name,
    platform,
    schemaBase(sources.get('platform.yaml')?.text ?? ''),
  );
  if (await exists(join(root, path)))
    throw new Failure(`${path} exists already`, { hint: 'choose another name' });
  await writeNew(root, new Map([[path, text]]));
  return outcome({
    exit: 0,
    text: [`${path} written. Next:`, ...numbered(nextAfter(known, name))]
      .map((line) => `${line}\n`)
      .join(''),
    json: { schema_version: 1, file: path },
  });
}

/** What is to be made, or what is missing or too much. */
function asked([kind, name, more]: readonly string[]): { known: Scaffold; name: string } {
  const usage = `write: glaciocloud new ${SCAFFOLDS.join('|')} NAME`;
  if (kind === undefined) throw new UsageError('new needs a kind and a name', usage);
  const known = SCAFFOLDS.find((one) => one === kind);
  if (known === undefined) {
    throw new UsageError(`new cannot make "${kind}"`, didYouMean(kind, SCAFFOLDS, usage));
  }
  if (name === undefined)
    throw new UsageError(`new ${known} needs a name`, `write: glaciocloud new ${known} NAME`);
  if (more !== undefined)
    throw new UsageError(`new ${known} takes one name, and no "${more}"`, 'run it once for each');
  return { known, name };
}
