import type { CommitList, CommitRange } from '../core/images/oggm-commits.ts';

/** Repositories on GitHub that images are made from. */
export interface Upstream {
  /** Undefined where GitHub does not know one of the commits. */
  commitsBetween(range: CommitRange): Promise<CommitList | undefined>;
}
