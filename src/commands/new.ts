import { join } from 'node:path';
import { dottedNameProblem, unitNameProblem } from '../core/check/names.ts';
import { SCAFFOLDS, scaffold, schemaBase } from '../core/init/scaffold.ts';
import type { Scaffold } from '../core/init/scaffold.ts';
import { exists, writeNew } from '../edges/files.ts';
import { Failure, UsageError } from '../failure.ts';
import { gatherPlatform } from '../gather/platform.ts';
import { outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';

/** `new hub|image|cluster NAME`: a commented file that passes `check`. */
export async function createFile(root: string, [kind, name]: readonly string[]): Promise<Outcome> {
  const known = SCAFFOLDS.find((one): one is Scaffold => one === kind);
  if (known === undefined || name === undefined)
    throw new UsageError(
      'new needs a kind and a name',
      `glaciocloud new ${SCAFFOLDS.join('|')} NAME`,
    );
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
    text: `${path} written. Read it through, then: glaciocloud check\n`,
    json: { schema_version: 1, file: path },
  });
}
