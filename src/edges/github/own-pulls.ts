import { commitMessage, oneLine, short } from '../../core/escape.ts';
import type { OwnPulls, Proposal } from '../../ports/own-pulls.ts';
import { GithubRefused } from './answer.ts';
import type { Answer } from './answer.ts';
import type { GithubClient } from './client.ts';
import { comment } from './pulls.ts';

/** GitHub: title of a pull request. */
const TITLE_LIMIT = 256;
/** The checks do not let it, it conflicts, or its head is another one by now. */
const NOT_MERGED = [405, 409];

export class GithubOwnPulls implements OwnPulls {
  readonly #client: GithubClient;

  constructor(client: GithubClient) {
    this.#client = client;
  }

  async propose(proposal: Proposal): Promise<{ number: number; head: string }> {
    const home = await this.#client.ask('the repository', 'GET ');
    const head = await this.#branch(proposal);
    const title = short(oneLine(proposal.title), TITLE_LIMIT);
    const { branch, body } = proposal;
    const [open] = await this.#open(branch, home);
    if (!open) {
      const base = home.text('/default_branch');
      const made = await this.#create({ title, body, head: branch, base });
      return { number: made.id('/number'), head };
    }
    const number = open.id('/number');
    if (open.text('/title') !== title || open.textOrNone('/body') !== body)
      await this.#change(number, { title, body });
    return { number, head };
  }

  async withdraw(branch: string, why: string): Promise<void> {
    const home = await this.#client.ask('the repository', 'GET ');
    for (const open of await this.#open(branch, home)) {
      await comment(this.#client, open.id('/number'), why);
      await this.#change(open.id('/number'), { state: 'closed' });
    }
  }

  async openFrom(branch: string): Promise<Answer | undefined> {
    const home = await this.#client.ask('the repository', 'GET ');
    return (await this.#open(branch, home))[0];
  }

  async merge(pull: number, head: string, message?: string): Promise<string | undefined> {
    try {
      const once = { request: { retries: 0 } };
      const said = message === undefined ? {} : { commit_message: message };
      const fields = { pull, sha: head, merge_method: 'squash', ...said, ...once };
      await this.#client.ask('the merge', 'PUT /pulls/{pull}/merge', fields);
      return undefined;
    } catch (error) {
      if (error instanceof GithubRefused && NOT_MERGED.includes(error.status ?? 0))
        return error.message;
      throw error;
    }
  }

  /** Pull requests from a branch of this very repository; forks have branches of the same names. */
  async #open(branch: string, home: Answer): Promise<Answer[]> {
    const head = `${home.text('/owner/login')}:${branch}`;
    const listed = await this.#client.all('pull requests', 'GET /pulls', { state: 'open', head });
    return listed.filter((one) => one.idOrNone('/head/repo/id') === home.id('/id'));
  }

  async #create(fields: Readonly<Record<string, string>>): Promise<Answer> {
    try {
      return await this.#client.ask('a pull request', 'POST /pulls', fields);
    } catch (error) {
      if (!(error instanceof GithubRefused) || error.status !== 403) throw error;
      throw new GithubRefused(error.message, {
        hint: 'allow it: Settings, Actions, General, “Allow GitHub Actions to create and approve pull requests”',
        status: 403,
        cause: error,
      });
    }
  }

  async #change(pull: number, fields: Readonly<Record<string, string>>): Promise<void> {
    await this.#client.ask('a pull request', 'PATCH /pulls/{pull}', { pull, ...fields });
  }

  /** The branch as one commit upon its base; by force, because a newer night takes the place of an older one. */
  async #branch({ branch, base, mark, title, files }: Proposal): Promise<string> {
    const ref = `heads/${branch}`;
    const before = await this.#client.askMaybe('the branch', 'GET /git/ref/{ref}', { ref });
    const known = before?.sha('/object/sha');
    const last = known === undefined ? undefined : await this.#commit(known);
    if (last && !last.text('/message').startsWith(mark))
      throw new GithubRefused(`somebody has pushed to the branch ${branch}`, {
        hint: 'only this tool writes there: move the work to another branch, and delete this one',
      });
    const tree = await this.#tree((await this.#commit(base)).sha('/tree/sha'), files);
    if (known !== undefined && last?.sha('/tree/sha') === tree && isUpon(last, base)) return known;
    const message = commitMessage(title);
    const commit = { message, tree, parents: [base] };
    const made = await this.#client.ask('a commit', 'POST /git/commits', commit);
    const sha = made.sha('/sha');
    if (known === undefined)
      await this.#client.ask('the branch', 'POST /git/refs', { ref: `refs/${ref}`, sha });
    else await this.#client.ask('the branch', 'PATCH /git/refs/{ref}', { ref, sha, force: true });
    return sha;
  }

  #commit(commit: string): Promise<Answer> {
    return this.#client.ask('the branch', 'GET /git/commits/{commit}', { commit });
  }

  async #tree(base: string, files: Proposal['files']): Promise<string> {
    const tree = [...files].map(([path, content]) => ({
      path,
      mode: '100644',
      type: 'blob',
      ...(content === null ? { sha: null } : { content }),
    }));
    const made = await this.#client.ask('a tree', 'POST /git/trees', { base_tree: base, tree });
    return made.sha('/sha');
  }
}

function isUpon(commit: Answer, base: string): boolean {
  const parents = commit.list('/parents').map((one) => one.sha('/sha'));
  return parents.length === 1 && parents[0] === base;
}
