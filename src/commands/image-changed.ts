import { imagesChanged } from '../core/images/changed.ts';
import { compareText } from '../core/json.ts';
import { mergeBase } from '../edges/default-branch.ts';
import { pathsChangedSince } from '../edges/git.ts';
import type { Report } from '../edges/report.ts';
import { UsageError } from '../failure.ts';
import { gatherPlatform } from '../gather/platform.ts';
import { SCHEMA_VERSION, outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';

export interface ChangedInputs {
  root: string;
  /**
   * Commit to compare with what is checked out, all zeros where there was none before; without one it is where that
   * left the default branch.
   */
  base: string | undefined;
  names: readonly string[];
}

/** `image changed`: for the workflow, images that a change touches. All of them where nobody can say which. */
export async function changed(
  { root, base: named, names }: ChangedInputs,
  report: Report,
): Promise<Outcome> {
  if (names.length > 0)
    throw new UsageError(`image changed takes no "${names[0] ?? ''}"`, 'it finds the images');
  const base = named === undefined || named === '' ? ((await mergeBase(root)) ?? '') : named;
  if (!/^[0-9a-f]{40}$/u.test(base))
    throw new UsageError('image changed needs --base SHA', 'it compares with that commit');
  const { platform, findings } = await gatherPlatform(root);
  if (!platform) return refused(findings);
  const all = platform.names.get('image') ?? new Set<string>();
  const paths = await pathsChangedSince(root, base, 'images');
  if (!paths)
    report.progress(`commit ${base.slice(0, 7)} is not in this clone: every image counts`);
  const images = paths ? imagesChanged(all, paths) : [...all].sort(compareText);
  return outcome({
    exit: 0,
    text: images.length === 0 ? 'no image\n' : images.map((name) => `${name}\n`).join(''),
    json: { schema_version: SCHEMA_VERSION, images },
    outputs: { images: JSON.stringify(images) },
  });
}
