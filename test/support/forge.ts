import type { DeployEnvironment, Protection } from '../../src/core/hub/protection.ts';
import { Failure } from '../../src/failure.ts';
import type { CommentChange, DeploymentStatus, Forge, PullRequest } from '../../src/ports.ts';

/** A double of GitHub that writes down what it is told, and answers what it is given. */
export class ForgeDouble implements Forge {
  head = '';
  pull: number | undefined;
  /** What the reviewed plan showed: the text of its record. */
  reviewed: string | undefined;
  /** Calls that it refuses. */
  refuses: readonly string[] = [];
  isPrivate = false;
  /** What protects environments, by name; of others there are none. */
  readonly environments = new Map<string, Protection>();
  /** `run environment` that people have approved. */
  readonly approved: string[] = [];
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
    return Promise.resolve(this.pullHead);
  }

  stickyComment(pull: number, marker: string, body: string): Promise<CommentChange> {
    return this.#unlessRefused('stickyComment', () => {
      this.comments.push({ pull, marker, body });
      return 'created' as const;
    });
  }

  /** Commit of the merged pull request. */
  pullHead = '';

  reviewedFile(): Promise<string | undefined> {
    return this.#unlessRefused('reviewedFile', () => this.reviewed);
  }

  mayWrite(): Promise<boolean> {
    return Promise.resolve(true);
  }

  openIssue(labels: readonly string[], title: string, body: string): Promise<number> {
    return this.#unlessRefused('openIssue', () => {
      this.opened.push({ labels: labels.join(' '), title, body });
      return 7;
    });
  }

  closeIssue(labels: readonly string[], why: string): Promise<void> {
    return this.#unlessRefused('closeIssue', () => {
      this.closed.push({ labels: labels.join(' '), why });
    });
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
    return this.#unlessRefused('commitFiles', () => {
      this.commits.push({ branch, files: new Map(files), message });
    });
  }

  deployment(status: DeploymentStatus): Promise<void> {
    return this.#unlessRefused('deployment', () => {
      this.deployments.push(status);
    });
  }

  environment(name: string): Promise<DeployEnvironment> {
    return this.#unlessRefused('environment', () => ({
      name,
      defaultBranch: 'main',
      isPrivate: this.isPrivate,
      protection: this.environments.get(name),
    }));
  }

  isApprovedIn(run: number, environment: string): Promise<boolean> {
    return this.#unlessRefused('isApprovedIn', () =>
      this.approved.includes(`${run} ${environment}`),
    );
  }

  #unlessRefused<T>(call: string, answer: () => T): Promise<T> {
    return this.refuses.includes(call)
      ? Promise.reject(new Failure(`${call} is refused`, { hint: '' }))
      : Promise.resolve(answer());
  }
}
