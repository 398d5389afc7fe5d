/** The time, and waiting for it: the machine's own, or one that a test moves. */
export interface Clock {
  now(): Date;
  sleep(milliseconds: number): Promise<void>;
}

/** The run of the check workflow that a `workflow_run` job follows, as its event tells. */
export interface CheckRun {
  headOwner: string;
  headBranch: string;
  headSha: string;
}

/** A pull request whose files are to be looked at: verified to be the one that a commit belongs to. */
export interface PullRequest {
  number: number;
  head: string;
  /** What merging would give: the commit whose files are planned. */
  merge: string | undefined;
}

/** What came of bringing a comment up to date. */
export type CommentChange = 'created' | 'updated' | 'unchanged';

/** Pull requests, what is said on them, and who may push. */
export interface PullRequests {
  /**
   * The open pull request from `owner:branch` whose head is exactly this commit. A run can claim any number;
   * the forge says which it is.
   */
  pullRequestOf(run: CheckRun): Promise<PullRequest | undefined>;
  /** The pull request by whose merge a commit came to be; the newest, where there are several. */
  mergedPull(commit: string): Promise<number | undefined>;
  headOf(pull: number): Promise<string>;
  /** One comment that is kept up to date: found by its marker and its author, because anybody can write the marker. */
  stickyComment(pull: number, marker: string, body: string): Promise<CommentChange>;
  /** Text of our comment with this marker, if there is one. */
  botComment(pull: number, marker: string): Promise<string | undefined>;
  /** Whether somebody may push to this repository. */
  mayWrite(login: string): Promise<boolean>;
}

/** Issues that are kept up to date, each found by its labels. Only who may triage can set labels. */
export interface TrackingIssues {
  /** Opens our one issue with these labels, or brings the open one up to date. */
  openIssue(labels: readonly string[], title: string, body: string): Promise<number>;
  /** Closes our open issues with these labels, if there are any, and says why. */
  closeIssue(labels: readonly string[], why: string): Promise<void>;
  /** What open issues with these labels say, newest first, whoever opened them. */
  issueTexts(labels: readonly string[]): Promise<string[]>;
}

/** How a deployment is shown. */
export interface DeploymentStatus {
  commit: string;
  environment: string;
  state: 'success' | 'failure';
  description: string;
  url: string;
  run: string | undefined;
}

/** Branches, and what is kept of deployments. */
export interface DeploymentRecord {
  /** Newest commit of a branch. */
  branchHead(branch: string): Promise<string>;
  /**
   * Adds files to a branch that only this tool writes, or takes them away (null), in one commit; makes the branch
   * if need be. Somebody else's commit in between is built upon.
   */
  commitFiles(
    branch: string,
    files: ReadonlyMap<string, string | null>,
    message: string,
  ): Promise<void>;
  /** For display only: nothing is decided by it. */
  deployment(status: DeploymentStatus): Promise<void>;
}

/** Where the repository lives: GitHub. */
export interface Forge extends PullRequests, TrackingIssues, DeploymentRecord {}
