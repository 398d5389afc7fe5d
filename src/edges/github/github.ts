import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import { Octokit } from '@octokit/rest';
import { Failure, messageOf } from '../../failure.ts';

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
      throttle: {
        onRateLimit: (after, _options, _client, count) => after <= 300 && count < 3,
        onSecondaryRateLimit: (after, _options, _client, count) => after <= 300 && count < 3,
      },
      log: {
        debug: () => undefined,
        info: () => undefined,
        warn: () => undefined,
        error: () => undefined,
      },
    });
  }

  /** The open pull request from `owner:branch` whose head is exactly this commit. A run can claim any number; GitHub says which it is. */
  async pullRequestOf(run: {
    headOwner: string;
    headBranch: string;
    headSha: string;
  }): Promise<PullRequest | undefined> {
    const { data } = await this.#ask('pull requests', () =>
      this.#client.pulls.list({
        ...this.#repo,
        state: 'open',
        head: `${run.headOwner}:${run.headBranch}`,
        per_page: 100,
      }),
    );
    const pull = data.find(({ head }) => head.sha === run.headSha);
    if (!pull) return undefined;
    const { data: full } = await this.#ask('the pull request', () =>
      this.#client.pulls.get({ ...this.#repo, pull_number: pull.number }),
    );
    return { number: full.number, head: full.head.sha, merge: full.merge_commit_sha ?? undefined };
  }

  /** The pull request by whose merge a commit came to be; the newest, where there are several. */
  async mergedPull(commit: string): Promise<number | undefined> {
    const { data } = await this.#ask('pull requests', () =>
      this.#client.repos.listPullRequestsAssociatedWithCommit({
        ...this.#repo,
        commit_sha: commit,
      }),
    );
    return data
      .filter(
        ({ merged_at, merge_commit_sha }) => merged_at !== null && merge_commit_sha === commit,
      )
      .map(({ number }) => number)
      .sort((a, b) => b - a)[0];
  }

  /** Newest commit of a branch. */
  async branchHead(branch: string): Promise<string> {
    const { data } = await this.#ask('the branch', () =>
      this.#client.git.getRef({ ...this.#repo, ref: `heads/${branch}` }),
    );
    return data.object.sha;
  }

  /** Whether somebody may push to this repository. */
  async mayWrite(login: string): Promise<boolean> {
    const { data } = await this.#ask('a permission', () =>
      this.#client.repos.getCollaboratorPermissionLevel({ ...this.#repo, username: login }),
    );
    return data.permission === 'admin' || data.permission === 'write';
  }

  async headOf(number: number): Promise<string> {
    const { data } = await this.#ask('the pull request', () =>
      this.#client.pulls.get({ ...this.#repo, pull_number: number }),
    );
    return data.head.sha;
  }

  /** One comment that is kept up to date: found by its marker and by being a bot's, because anybody can write the marker. */
  async stickyComment(
    number: number,
    marker: string,
    body: string,
  ): Promise<'created' | 'updated' | 'unchanged'> {
    const mine = await this.#marked(number, marker);
    if (!mine) {
      await this.comment(number, body);
      return 'created';
    }
    if (mine.body === body) return 'unchanged';
    await this.#ask('a comment', () =>
      this.#client.issues.updateComment({ ...this.#repo, comment_id: mine.id, body }),
    );
    return 'updated';
  }

  /** Text of that comment, if there is one. */
  async botComment(number: number, marker: string): Promise<string | undefined> {
    return (await this.#marked(number, marker))?.body;
  }

  async comment(number: number, body: string): Promise<void> {
    await this.#ask('a comment', () =>
      this.#client.issues.createComment({ ...this.#repo, issue_number: number, body }),
    );
  }

  async #marked(
    number: number,
    marker: string,
  ): Promise<{ id: number; body?: string } | undefined> {
    const comments = await this.#ask('comments', () =>
      this.#client.paginate(this.#client.issues.listComments, {
        ...this.#repo,
        issue_number: number,
        per_page: 100,
      }),
    );
    return comments.find(
      ({ user, body: text }) => user?.type === 'Bot' && text?.startsWith(marker) === true,
    );
  }

  /** Adds files to a branch that only this tool writes, or takes them away (null), in one commit; makes the branch if need be. Somebody else's commit in between is built upon. */
  async commitFiles(
    branch: string,
    files: ReadonlyMap<string, string | null>,
    message: string,
  ): Promise<void> {
    const ref = `heads/${branch}`;
    const file = { mode: '100644', type: 'blob' } as const;
    for (let round = 1; ; round += 1) {
      const parent = await this.#ask('the branch', () =>
        this.#client.git.getRef({ ...this.#repo, ref }).then(({ data }) => data.object.sha, absent),
      );
      const base =
        parent === undefined
          ? undefined
          : (
              await this.#ask('the branch', () =>
                this.#client.git.getCommit({ ...this.#repo, commit_sha: parent }),
              )
            ).data.tree.sha;
      const known =
        [...files.values()].includes(null) && base !== undefined
          ? await this.#paths(base)
          : new Set<string>();
      const tree = [...files].flatMap(
        ([path, content]): {
          path: string;
          mode: '100644';
          type: 'blob';
          content?: string;
          sha?: null;
        }[] =>
          content !== null
            ? [{ ...file, path, content }]
            : known.has(path)
              ? [{ ...file, path, sha: null }]
              : [],
      );
      if (tree.length === 0) return;
      const made = await this.#ask('a tree', () =>
        this.#client.git.createTree({
          ...this.#repo,
          tree,
          ...(base === undefined ? {} : { base_tree: base }),
        }),
      );
      if (made.data.sha === base) return;
      const commit = await this.#ask('a commit', () =>
        this.#client.git.createCommit({
          ...this.#repo,
          message,
          tree: made.data.sha,
          parents: parent === undefined ? [] : [parent],
        }),
      );
      const { sha } = commit.data;
      try {
        if (parent === undefined)
          await this.#ask('the branch', () =>
            this.#client.git.createRef({ ...this.#repo, ref: `refs/${ref}`, sha }),
          );
        else
          await this.#ask('the branch', () =>
            this.#client.git.updateRef({ ...this.#repo, ref, sha, force: false }),
          );
        return;
      } catch (error) {
        if (round === 5 || !(error instanceof GithubRefused) || statusOf(error.cause) !== 422)
          throw error;
      }
    }
  }

  async #paths(tree: string): Promise<Set<string>> {
    const { data } = await this.#ask('the branch', () =>
      this.#client.git.getTree({ ...this.#repo, tree_sha: tree, recursive: 'true' }),
    );
    return new Set(data.tree.map(({ path }) => path));
  }

  /** Opens the one issue with these labels, or brings the open one up to date. */
  async openIssue(labels: readonly string[], title: string, body: string): Promise<number> {
    const open = (await this.#issueWith(labels))?.number;
    if (open === undefined)
      return (
        await this.#ask('an issue', () =>
          this.#client.issues.create({ ...this.#repo, title, body, labels: [...labels] }),
        )
      ).data.number;
    await this.#ask('an issue', () =>
      this.#client.issues.update({ ...this.#repo, issue_number: open, title, body }),
    );
    return open;
  }

  /** Closes the open issue with these labels, if there is one, and says why. */
  async closeIssue(labels: readonly string[], why: string): Promise<void> {
    const open = (await this.#issueWith(labels))?.number;
    if (open === undefined) return;
    await this.comment(open, why);
    await this.#ask('an issue', () =>
      this.#client.issues.update({ ...this.#repo, issue_number: open, state: 'closed' }),
    );
  }

  /** What the open issue with these labels says, if there is one. Labels are set by those who may write, and by nobody else. */
  async issueText(labels: readonly string[]): Promise<string | undefined> {
    return (await this.#issueWith(labels))?.body ?? undefined;
  }

  async #issueWith(
    labels: readonly string[],
  ): Promise<{ number: number; body?: string | null | undefined } | undefined> {
    const { data } = await this.#ask('issues', () =>
      this.#client.issues.listForRepo({ ...this.#repo, state: 'open', labels: labels.join(',') }),
    );
    return data[0];
  }

  /** For display only: nothing is decided by it. */
  async deployment(given: {
    commit: string;
    environment: string;
    state: 'success' | 'failure';
    description: string;
    url: string;
    run: string | undefined;
  }): Promise<void> {
    const { data } = await this.#ask('a deployment', () =>
      this.#client.repos.createDeployment({
        ...this.#repo,
        ref: given.commit,
        task: 'glaciocloud',
        environment: given.environment,
        auto_merge: false,
        required_contexts: [],
      }),
    );
    if (!('id' in data)) return;
    const description = Array.from(given.description).slice(0, 140).join('');
    await this.#ask('a deployment', () =>
      this.#client.repos.createDeploymentStatus({
        ...this.#repo,
        deployment_id: data.id,
        state: given.state,
        description,
        environment_url: given.url,
        ...(given.run === undefined ? {} : { log_url: given.run }),
      }),
    );
  }

  async #ask<T>(what: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (cause) {
      const status = statusOf(cause);
      const hints: Record<string, string> = {
        401: 'the token is wrong or has expired',
        403: 'the token may not do this: look at `permissions:` of the job',
        404: 'it does not exist, or the token may not see it',
        422: 'GitHub refused the content',
      };
      throw new GithubRefused(`GitHub refused ${what}: ${messageOf(cause).split(' - ')[0] ?? ''}`, {
        hint: hints[String(status)] ?? 'try again later; githubstatus.com knows of outages',
        cause,
      });
    }
  }
}

function statusOf(cause: unknown): unknown {
  return typeof cause === 'object' && cause !== null && 'status' in cause
    ? cause.status
    : undefined;
}

/** What does not exist is no error where it may be missing. */
function absent(cause: unknown): undefined {
  if (statusOf(cause) !== 404) throw cause;
  return undefined;
}
