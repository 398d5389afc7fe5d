import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import { Octokit } from '@octokit/rest';
import { Failure, messageOf } from '../failure.ts';

export class GithubRefused extends Failure {}

export interface GithubSettings {
  /** Address of the API; GitHub's own, or that of an enterprise server. */
  api: string;
  token: string;
  owner: string;
  repo: string;
}

/** A pull request whose files are to be looked at: verified to be the one that a commit belongs to. */
export interface PullRequest {
  number: number;
  head: string;
  /** What merging would give: the commit whose files are planned. */
  merge: string | undefined;
}

const Client = Octokit.plugin(retry, throttling);

/** The calls of the platform to GitHub, each one named for what it is for. Waits and retries as GitHub asks. */
export class Github {
  readonly #client: InstanceType<typeof Client>;
  readonly #repo: { owner: string; repo: string };

  constructor({ api, token, owner, repo }: GithubSettings) {
    this.#repo = { owner, repo };
    this.#client = new Client({
      baseUrl: api,
      auth: token,
      request: { fetch: (...given: Parameters<typeof fetch>) => globalThis.fetch(...given) },
      throttle: { onRateLimit: (after, _options, _client, count) => after <= 300 && count < 3, onSecondaryRateLimit: (after, _options, _client, count) => after <= 300 && count < 3 },
      log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    });
  }

  /** The open pull request from `owner:branch` whose head is exactly this commit. A run can claim any number; GitHub says which it is. */
  async pullRequestOf(run: { headOwner: string; headBranch: string; headSha: string }): Promise<PullRequest | undefined> {
    const { data } = await this.#ask('pull requests', () => this.#client.pulls.list({ ...this.#repo, state: 'open', head: `${run.headOwner}:${run.headBranch}`, per_page: 100 }));
    const pull = data.find(({ head }) => head.sha === run.headSha);
    if (!pull) return undefined;
    const { data: full } = await this.#ask('the pull request', () => this.#client.pulls.get({ ...this.#repo, pull_number: pull.number }));
    return { number: full.number, head: full.head.sha, merge: full.merge_commit_sha ?? undefined };
  }

  async headOf(number: number): Promise<string> {
    const { data } = await this.#ask('the pull request', () => this.#client.pulls.get({ ...this.#repo, pull_number: number }));
    return data.head.sha;
  }

  /** One comment that is kept up to date: found by its marker and by being a bot's, because anybody can write the marker. */
  async stickyComment(number: number, marker: string, body: string): Promise<'created' | 'updated' | 'unchanged'> {
    const comments = await this.#ask('comments', () => this.#client.paginate(this.#client.issues.listComments, { ...this.#repo, issue_number: number, per_page: 100 }));
    const mine = comments.find(({ user, body: text }) => user?.type === 'Bot' && text?.startsWith(marker) === true);
    if (!mine) {
      await this.#ask('a comment', () => this.#client.issues.createComment({ ...this.#repo, issue_number: number, body }));
      return 'created';
    }
    if (mine.body === body) return 'unchanged';
    await this.#ask('a comment', () => this.#client.issues.updateComment({ ...this.#repo, comment_id: mine.id, body }));
    return 'updated';
  }

  async #ask<T>(what: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (cause) {
      const status = typeof cause === 'object' && cause !== null && 'status' in cause ? cause.status : undefined;
      const hints: Record<string, string> = { 401: 'the token is wrong or has expired', 403: 'the token may not do this: look at `permissions:` of the job', 404: 'it does not exist, or the token may not see it', 422: 'GitHub refused the content' };
      throw new GithubRefused(`GitHub refused ${what}: ${messageOf(cause).split(' - ')[0] ?? ''}`, { hint: hints[String(status)] ?? 'try again later; githubstatus.com knows of outages', cause });
    }
  }
}
