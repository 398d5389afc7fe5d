import { commitMessage, oneLine, short } from '../../core/escape.ts';
import type { DeploymentRecord, DeploymentStatus } from '../../ports.ts';
import { GithubRefused } from './answer.ts';
import type { GithubClient } from './client.ts';

/** So often somebody else's commit may come in between. */
const ROUNDS = 5;
/** GitHub: description of a deployment's status. */
const DESCRIPTION_LIMIT = 140;

type Files = ReadonlyMap<string, string | null>;

interface TreeEntry {
  path: string;
  mode: '100644';
  type: 'blob';
  content?: string;
  sha?: null;
}

export class GithubRecord implements DeploymentRecord {
  readonly #client: GithubClient;

  constructor(client: GithubClient) {
    this.#client = client;
  }

  async branchHead(branch: string): Promise<string> {
    const ref = `heads/${branch}`;
    const answer = await this.#client.ask('the branch', 'GET /git/ref/{ref}', { ref });
    return answer.sha('/object/sha');
  }

  async commitFiles(branch: string, files: Files, message: string): Promise<void> {
    for (let round = 1; ; round += 1) {
      const parent = await this.#branchMaybe(branch);
      const sha = await this.#commit(parent, files, message);
      if (sha === undefined) return;
      try {
        await this.#moveBranch(branch, parent, sha);
        return;
      } catch (error) {
        const moved = error instanceof GithubRefused && error.status === 422;
        if (round === ROUNDS || !moved) throw error;
      }
    }
  }

  async deployment(given: DeploymentStatus): Promise<void> {
    const made = await this.#client.ask('a deployment', 'POST /deployments', {
      ref: given.commit,
      task: 'glaciocloud',
      environment: given.environment,
      auto_merge: false,
      required_contexts: [],
    });
    await this.#client.ask('a deployment', 'POST /deployments/{deployment}/statuses', {
      deployment: made.id('/id'),
      state: given.state,
      description: short(oneLine(given.description), DESCRIPTION_LIMIT),
      environment_url: given.url,
      ...(given.run === undefined ? {} : { log_url: given.run }),
    });
  }

  async #branchMaybe(branch: string): Promise<string | undefined> {
    const ref = `heads/${branch}`;
    const answer = await this.#client.askMaybe('the branch', 'GET /git/ref/{ref}', { ref });
    return answer?.sha('/object/sha');
  }

  /** A commit upon `parent` that no branch holds yet; undefined where it would change nothing. */
  async #commit(
    parent: string | undefined,
    files: Files,
    message: string,
  ): Promise<string | undefined> {
    const base = parent === undefined ? undefined : await this.#treeOf(parent);
    const tree = await this.#entries(base, files);
    if (tree.length === 0) return undefined;
    const made = await this.#client.ask('a tree', 'POST /git/trees', {
      tree,
      ...(base === undefined ? {} : { base_tree: base }),
    });
    const sha = made.sha('/sha');
    if (sha === base) return undefined;
    const commit = await this.#client.ask('a commit', 'POST /git/commits', {
      message: commitMessage(message),
      tree: sha,
      parents: parent === undefined ? [] : [parent],
    });
    return commit.sha('/sha');
  }

  /** Never by force: what somebody else committed meanwhile stays. */
  async #moveBranch(branch: string, from: string | undefined, sha: string): Promise<void> {
    const ref = `heads/${branch}`;
    if (from === undefined)
      await this.#client.ask('the branch', 'POST /git/refs', { ref: `refs/${ref}`, sha });
    else await this.#client.ask('the branch', 'PATCH /git/refs/{ref}', { ref, sha, force: false });
  }

  async #treeOf(commit: string): Promise<string> {
    const route = 'GET /git/commits/{commit}';
    return (await this.#client.ask('the branch', route, { commit })).sha('/tree/sha');
  }

  /** GitHub refuses to take away a file that is not there. */
  async #entries(base: string | undefined, files: Files): Promise<TreeEntry[]> {
    const removes = [...files.values()].includes(null);
    const known = removes && base !== undefined ? await this.#paths(base) : new Set<string>();
    const file = { mode: '100644', type: 'blob' } as const;
    const entries: TreeEntry[] = [];
    for (const [path, content] of files) {
      if (content !== null) entries.push({ ...file, path, content });
      else if (known.has(path)) entries.push({ ...file, path, sha: null });
    }
    return entries;
  }

  async #paths(tree: string): Promise<Set<string>> {
    const answer = await this.#client.ask('the branch', 'GET /git/trees/{tree}', {
      tree,
      recursive: 'true',
    });
    if (answer.flag('/truncated'))
      throw new GithubRefused('the record has more files than GitHub lists', {
        hint: 'take away by hand what nobody needs in the branch',
      });
    return new Set(answer.list('/tree').map((one) => one.text('/path')));
  }
}
