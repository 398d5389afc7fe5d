import { join } from 'node:path';
import { pretty } from '../core/json.ts';
import { unitId } from '../core/plan/types.ts';
import type { WantedRelease } from '../core/plan/types.ts';
import { writeFolder } from '../edges/files.ts';
import { headCommit } from '../edges/git.ts';
import { releaseFiles } from './render.ts';

/** What runs, for everybody to read: masked, in the shape that `render` writes and `plan --present` reads. */
export async function recordUnit(folder: string, to: WantedRelease, manifests: string, { at, root }: { at: string; root: string }): Promise<void> {
  const status = { at, commit: (await headCommit(root)) ?? '' };
  await writeFolder(join(folder, unitId(to.unit)), new Map([...releaseFiles(to, manifests), ['status.json', pretty(status)]]));
}
