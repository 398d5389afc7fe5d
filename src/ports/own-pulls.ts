/** Files upon a commit, as a pull request to the default branch. */
export interface Proposal {
  /** A branch that only this tool writes. */
  branch: string;
  /** What the files were made from. */
  base: string;
  /** What the title, and so the commit, begins with: a branch whose last commit does not is somebody else's. */
  mark: string;
  title: string;
  body: string;
  /** Texts by path; null takes a file away. */
  files: ReadonlyMap<string, string | null>;
}

/** Pull requests that the platform opens itself: one for each branch, kept up to date in place. */
export interface OwnPulls {
  propose(proposal: Proposal): Promise<{ number: number; head: string }>;
  /** Closes what is open from a branch of ours, and says why. */
  withdraw(branch: string, why: string): Promise<void>;
  /** Merges exactly this head; undefined, or why GitHub does not. `message`: what the commit says below its title. */
  merge(pull: number, head: string, message?: string): Promise<string | undefined>;
}
