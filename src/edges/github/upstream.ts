import { MOST_COMMITS } from '../../core/images/oggm-commits.ts';
import type { CommitList, CommitRange } from '../../core/images/oggm-commits.ts';
import type { Upstream } from '../../ports/upstream.ts';
import type { GithubClient } from './client.ts';

export class GithubUpstream implements Upstream {
  readonly #client: GithubClient;

  constructor(client: GithubClient) {
    this.#client = client;
  }

  async commitsBetween({ repository, from, to }: CommitRange): Promise<CommitList | undefined> {
    const [owner, repo] = repository.split('/');
    const fields = { owner, repo, range: `${from}...${to}`, per_page: MOST_COMMITS };
    const route = 'GET /compare/{range}';
    const answer = await this.#client.askMaybe('commits between two builds', route, fields);
    return (
      answer && {
        total: answer.count('/total_commits'),
        first: answer.list('/commits').map((one) => ({
          sha: one.sha('/sha'),
          subject: one.text('/commit/message').split('\n', 1).join(''),
        })),
      }
    );
  }
}
