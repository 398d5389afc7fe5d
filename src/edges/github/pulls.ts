import type { CheckRun, CommentChange, PullRequest, PullRequests } from '../../ports.ts';
import type { Answer } from './answer.ts';
import type { GithubClient } from './client.ts';
import { greatest } from '../../core/lists.ts';

const PERMITTED = ['admin', 'write'];

export class GithubPulls implements PullRequests {
  readonly #client: GithubClient;

  constructor(client: GithubClient) {
    this.#client = client;
  }

  async pullRequestOf(run: CheckRun): Promise<PullRequest | undefined> {
    const open = await this.#client.all('pull requests', 'GET /pulls', {
      state: 'open',
      head: `${run.headOwner}:${run.headBranch}`,
    });
    const found = open.find((one) => one.sha('/head/sha') === run.headSha);
    if (!found) return undefined;
    const pull = await this.#pull(found.id('/number'));
    // It may have moved on since it was listed.
    if (pull.sha('/head/sha') !== run.headSha) return undefined;
    return {
      number: pull.id('/number'),
      head: run.headSha,
      base: pull.sha('/base/sha'),
      merge: pull.shaOrNone('/merge_commit_sha'),
    };
  }

  async mergedPull(commit: string): Promise<number | undefined> {
    const pulls = await this.#client.all('pull requests', 'GET /commits/{commit}/pulls', {
      commit,
    });
    const merged = pulls
      .filter((one) => one.has('/merged_at') && one.textOrNone('/merge_commit_sha') === commit)
      .map((one) => one.id('/number'));
    return merged.length === 0 ? undefined : greatest(merged);
  }

  async headOf(pull: number): Promise<string> {
    return (await this.#pull(pull)).sha('/head/sha');
  }

  /** What our own comment that begins with this marker says. */
  async markedText(pull: number, marker: string): Promise<string | undefined> {
    return (await this.#marked(pull, marker))?.text('/body');
  }

  async stickyComment(pull: number, marker: string, body: string): Promise<CommentChange> {
    const mine = await this.#marked(pull, marker);
    if (!mine) {
      await comment(this.#client, pull, body);
      return 'created';
    }
    if (mine.text('/body') === body) return 'unchanged';
    await this.#client.ask('a comment', 'PATCH /issues/comments/{comment}', {
      comment: mine.id('/id'),
      body,
    });
    return 'updated';
  }

  async mayWrite(login: string): Promise<boolean> {
    const route = 'GET /collaborators/{login}/permission';
    const answer = await this.#client.ask('a permission', route, { login });
    return PERMITTED.includes(answer.text('/permission'));
  }

  #pull(pull: number): Promise<Answer> {
    return this.#client.ask('the pull request', 'GET /pulls/{pull}', { pull });
  }

  /** Our own comment that begins with this marker: the oldest, where there are several. */
  async #marked(pull: number, marker: string): Promise<Answer | undefined> {
    const route = 'GET /issues/{pull}/comments';
    const marked = (await this.#client.all('comments', route, { pull })).filter((one) =>
      (one.textOrNone('/body') ?? '').startsWith(marker),
    );
    if (marked.length === 0) return undefined;
    const me = await this.#client.me();
    return marked.find((one) => isBy(one, me));
  }
}

/** Says something on an issue or a pull request. */
export async function comment(client: GithubClient, issue: number, body: string): Promise<void> {
  await client.ask('a comment', 'POST /issues/{issue}/comments', { issue, body });
}

/** Whether this is somebody's own. The author of an account that is gone is null. */
export function isBy(item: Answer, author: number): boolean {
  return item.has('/user') && item.id('/user/id') === author;
}
