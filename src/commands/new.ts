import { join } from 'node:path';
import { SCAFFOLDS, scaffold } from '../core/show/scaffold.ts';
import type { Scaffold } from '../core/show/scaffold.ts';
import { exists, writeWhole } from '../edges/files.ts';
import { Failure, UsageError } from '../failure.ts';
import { gatherPlatform } from '../gather/platform.ts';
import { outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';

/** `new hub|image|cluster NAME`: a commented file that passes `check`. */
export async function createFile(root: string, [kind, name]: readonly string[]): Promise<Outcome> {
  const known = SCAFFOLDS.find((one): one is Scaffold => one === kind);
  if (known === undefined || name === undefined) throw new UsageError('new needs a kind and a name', `glaciocloud new ${SCAFFOLDS.join('|')} NAME`);
  const pattern = known === 'image' ? /^[a-z0-9]([-.]?[a-z0-9])*$/u : /^[a-z](-?[a-z0-9])*$/u;
  if (!pattern.test(name) || name.length > (known === 'image' ? 63 : 32)) throw new UsageError(`"${name}" cannot be a name`, 'use lower-case letters, digits and single hyphens');
  const { platform, findings } = await gatherPlatform(root);
  if (!platform) return refused(findings);
  const { path, text } = scaffold(known, name, platform);
  if (await exists(join(root, path))) throw new Failure(`${path} exists already`, { hint: 'choose another name' });
  await writeWhole(join(root, path), text);
  return outcome({ exit: 0, text: `${path} written. Read it through, then: glaciocloud check\n`, json: { schema_version: 1, file: path } });
}
