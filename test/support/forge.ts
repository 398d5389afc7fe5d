import { Failure } from '../../src/failure.ts';
import type { CommentChange, DeploymentStatus, Forge, PullRequest } from '../../src/ports.ts';

/** A double of GitHub that writes down what it is told, and answers what it is given. */
export class ForgeDouble implements Forge {
  head = '';
  pull: number | undefined;
  /** Of our comment with the plan. */
  plan: string | undefined;
  /** Calls that it refuses. */
  refuses: readonly string[] = [];
  readonly commits: { branch: string; files: Map<string, string | null>; message: string }[] = [];
  readonly opened: { labels: string; title: string; body: string }[] = [];
  readonly closed: { labels: string; why: string }[] = [];
  readonly comments: { pull: number; marker: string; body: string }[] = [];
  readonly deployments: DeploymentStatus[] = [];

  pullRequestOf(): Promise<PullRequest | undefined> {
    return Promise.resolve(undefined);
  }

  mergedPull(): Promise<number | undefined> {
    return Promise.resolve(this.pull);
  }

  headOf(): Promise<string> {
    return Promise.resolve(this.head);
  }

  stickyComment(pull: number, marker: string, body: string): Promise<CommentChange> {
    this.#refuse('stickyComment');
    this.comments.push({ pull, marker, body });
    return Promise.resolve('created');
  }

  botComment(): Promise<string | undefined> {
    return Promise.resolve(this.plan);
  }

  mayWrite(): Promise<boolean> {
    return Promise.resolve(true);
  }

  openIssue(labels: readonly string[], title: string, body: string): Promise<number> {
    this.#refuse('openIssue');
    this.opened.push({ labels: labels.join(' '), title, body });
    return Promise.resolve(7);
  }

  closeIssue(labels: readonly string[], why: string): Promise<void> {
    this.#refuse('closeIssue');
    this.closed.push({ labels: labels.join(' '), why });
    return Promise.resolve();
  }

  issueTexts(): Promise<string[]> {
    return Promise.resolve([]);
  }

  branchHead(): Promise<string> {
    return Promise.resolve(this.head);
  }

  commitFiles(
    branch: string,
    files: ReadonlyMap<string, string | null>,
    message: string,
  ): Promise<void> {
    this.#refuse('commitFiles');
    this.commits.push({ branch, files: new Map(files), message });
    return Promise.resolve();
  }

  deployment(status: DeploymentStatus): Promise<void> {
    this.#refuse('deployment');
    this.deployments.push(status);
    return Promise.resolve();
  }

  #refuse(call: string): void {
    if (this.refuses.includes(call)) throw new Failure(`${call} is refused`, { hint: '' });
  }
}
