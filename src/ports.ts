import type { Readable } from 'node:stream';
import type { Need } from './core/cluster/rights.ts';
import type { DeployEnvironment } from './core/hub/protection.ts';
import type { JsonObject } from './core/json.ts';
import type { ArchivePlace } from './core/removal/archive.ts';
import type { Answer } from './core/watch/outside.ts';
import type { Releases } from './ports/releases.ts';

/*
 * What we need of the outside, as interfaces only. `src/edges` implements them, `src/compose.ts` makes them for
 * deployments, and tests give their own. Every call fails with an error of `failure.ts`.
 */

/** How a program ended. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** A program that says more than memory holds. */
export interface Streaming {
  /** stdout, as fast as it is read. */
  output: Readable;
  /** What it said on stderr, and its exit code. */
  ended: Promise<Pick<Ended, 'code' | 'stderr'>>;
  kill: () => void;
}

export interface ListOptions {
  /** Everywhere, where none is named. */
  namespace?: string;
  /** Of labels: `a=b`, `a in (b,c)`, `a`, with commas between. */
  selector?: string;
  /** Of fields: `metadata.name=x`. */
  fields?: string;
}

export interface PythonRequest {
  script: string;
  args: readonly string[];
  /** Called for each line that is not empty, as it comes. */
  onLine: (line: string) => void;
  timeoutMs: number;
}

/** One Kubernetes cluster. Fails with KubeFailure, or with TimedOut. */
export interface Cluster {
  /** Undefined where there is none. */
  get(kind: string, name: string, namespace?: string): Promise<JsonObject | undefined>;
  /** Objects of some kinds, `deployments,pods`. */
  list(kinds: string, options?: ListOptions): Promise<JsonObject[]>;
  /**
   * What of these objects there is, with who owns which field. Those without a namespace are in the one that is
   * named.
   */
  liveOf(objects: readonly JsonObject[], namespace: string): Promise<JsonObject[]>;
  /**
   * Server-side apply: ours wins, and what others own besides stays. What a manager applied before and leaves out now
   * goes, so whoever writes a part of an object bears a name of its own.
   */
  apply(objects: readonly JsonObject[], manager?: string): Promise<void>;
  /** What applying objects as Helm does would make of the live ones. Changes nothing. */
  wouldApply(applied: readonly JsonObject[], namespace: string): Promise<JsonObject[]>;
  /** Fails with `conflict` where the object exists. */
  create(made: JsonObject): Promise<JsonObject>;
  /** Fails with `conflict` where somebody changed the object since it was read. */
  replace(changed: JsonObject): Promise<JsonObject>;
  /** Does not wait until it is gone. What is gone already is no error. */
  delete(kind: string, name: string, namespace?: string): Promise<void>;
  deleteBy(kinds: string, selector: string, namespace: string): Promise<void>;
  /** `annotation` is `name=value`. */
  annotate(kind: string, selector: string, namespace: string, annotation: string): Promise<void>;
  scale(deployment: string, replicas: number, namespace: string): Promise<void>;
  /** Of the container that runs, or of the one that crashed before it; empty where there is none. */
  logs(pod: string, namespace: string, which?: 'current' | 'previous'): Promise<string>;
  /** The API server's version, such as `v1.35.4`. */
  version(): Promise<string>;
  /** Whether these credentials may do each of these, everywhere. */
  mayI(needs: readonly Need[]): Promise<boolean[]>;
  /** Runs a Python script inside the hub's pod, line by line. */
  python(namespace: string, request: PythonRequest): Promise<Ended>;
  /** The same in any pod, where the script's output is too much to keep. */
  pythonStream(namespace: string, pod: string, script: string, args: readonly string[]): Streaming;
}

/** Secrets that people supply, encrypted in the repository. Fails with SecretsFailure. */
export interface Secrets {
  /** Exactly the declared ones of a hub, in clear. */
  supplied(hub: string, declared: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

/** One folder of a bucket. Fails with BucketFailure. */
export interface StoreFolder {
  /** A small object; undefined where there is none. */
  readText(key: string): Promise<string | undefined>;
  writeText(key: string, text: string): Promise<void>;
  /** Where it fails, nothing is left in the bucket; where `body` fails, that is the error. */
  send(key: string, body: Readable): Promise<void>;
  read(key: string): Promise<Readable>;
  /** In bytes; undefined where there is no such object. */
  size(key: string): Promise<number | undefined>;
  close(): void;
}

/** Where archives go. */
export interface Store {
  open(place: ArchivePlace): Promise<StoreFolder>;
}

/** Hubs as anybody on the internet finds them. Never fails: what does not answer is an answer too. */
export interface Internet {
  /** What an address answers, asked once. */
  ask(address: string): Promise<Answer>;
  /** IP addresses of a host name; none where it does not resolve. Fails where that cannot be asked. */
  resolve(host: string): Promise<string[]>;
}

export interface Clock {
  now(): Date;
  /** Milliseconds, evenly, whatever the wall says: of this process; of the machine, with its sleep. */
  elapsed(): number;
  uptime(): number;
  sleep(ms: number): Promise<void>;
  /** Calls once, after so long; what it returns calls it off. */
  after(ms: number, call: () => void): () => void;
}

export interface Random {
  uuid(): string;
  /** So many random bytes, two digits for each. */
  hex(bytes: number): string;
}

export interface Ports {
  kube: Cluster;
  releases: Releases;
  secrets: Secrets;
  store: Store;
  internet: Internet;
  clock: Clock;
  random: Random;
  /** What other runs know this one by: host name and process. */
  self: string;
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
  /** Commit of the branch that it is to be merged into. */
  base: string;
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
  /** Whether somebody may push to this repository. */
  mayWrite(login: string): Promise<boolean>;
}

/** What plans showed: kept where only the platform's own run writes. */
export interface ReviewedArtifacts {
  /**
   * A file of the newest artifact of this name that the plan workflow of the default branch made. Undefined where
   * there is none any more, or none that can be read.
   */
  reviewedFile(artifact: string, file: string): Promise<string | undefined>;
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

/** Who gets at environments. Needs the permission `actions: read`. */
export interface DeployEnvironments {
  environment(name: string): Promise<DeployEnvironment>;
  /** Whether a person has approved, in this run, a job of this environment. */
  isApprovedIn(run: number, environment: string): Promise<boolean>;
}

/** Where the repository lives: GitHub. */
export interface Forge
  extends PullRequests, ReviewedArtifacts, TrackingIssues, DeploymentRecord, DeployEnvironments {}
