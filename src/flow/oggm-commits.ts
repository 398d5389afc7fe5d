import type { CommitRange, OggmCommits } from '../core/images/oggm-commits.ts';
import { Failure } from '../failure.ts';
import type { Upstream } from '../ports/upstream.ts';

/** What GitHub lists between two builds; what it refuses keeps nothing else back. */
export async function oggmCommits(
  github: Upstream,
  range: CommitRange | undefined,
): Promise<OggmCommits | undefined> {
  if (!range) return undefined;
  try {
    return { range, list: await github.commitsBetween(range) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { range, list: undefined };
  }
}
