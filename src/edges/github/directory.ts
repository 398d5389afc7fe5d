import { teamKey, teamParts } from '../../core/access/teams.ts';
import type { Account, TeamList, TeamLists } from '../../core/access/teams.ts';
import type { Who } from '../../core/model/types.ts';
import { messageOf } from '../../failure.ts';
import type { Directory } from '../../ports/access.ts';
import type { Answer } from './answer.ts';
import { GithubRefused } from './answer.ts';
import { GithubClient } from './client.ts';
import type { GithubSettings, Second } from './client.ts';
import { append } from '../../core/lists.ts';

/** Teams in one question, each with a page of its members: 2,500 nodes, of the 500,000 that GitHub allows. */
const TEAMS_AT_ONCE = 25;
/** GitHub gives no more at once. */
const PAGE = 100;
/** Seconds between two questions: they write nothing, and cost one or two of the 2,000 points that a minute has. */
const PAUSE = 0.1;

/** A team that is being read, page by page. */
interface Reading {
  who: Who;
  members: Account[];
  cursor: string | null;
}

/** Teams of organisations on GitHub. Needs an App or token that may read members. */
export function githubDirectory(settings: GithubSettings, second: Second = 1000): Directory {
  const client = new GithubClient(settings, second, PAUSE);
  return { teams: (wanted) => new TeamReader(client).read(wanted) };
}

class TeamReader {
  readonly #client: GithubClient;
  readonly #lists = new Map<string, TeamList>();
  #requests = 0;

  constructor(client: GithubClient) {
    this.#client = client;
  }

  async read(wanted: readonly Who[]): Promise<{ lists: TeamLists; requests: number }> {
    const named = new Map(wanted.map((who) => [teamKey(who), who]));
    let open = [...named.values()].map((who): Reading => ({ who, members: [], cursor: null }));
    while (open.length > 0) {
      const batch = open.slice(0, TEAMS_AT_ONCE);
      open = [...(await this.#pages(batch)), ...open.slice(TEAMS_AT_ONCE)];
    }
    return { lists: this.#lists, requests: this.#requests };
  }

  /** The next page of each; gives those that have more. Where one of them fails, the others are asked alone. */
  async #pages(batch: readonly Reading[]): Promise<Reading[]> {
    try {
      this.#requests += 1;
      const answer = await this.#client.graphql('teams', questionOf(batch), variablesOf(batch));
      return batch.flatMap((one, index) => this.#take(one, answer, index));
    } catch (error) {
      if (batch.length === 1) {
        for (const { who } of batch) this.#unknown(who, messageOf(error));
        return [];
      }
    }
    const more: Reading[] = [];
    for (const one of batch) append(more, await this.#pages([one]));
    return more;
  }

  #take(reading: Reading, answer: Answer, index: number): Reading[] {
    const team = `/t${index}/team`;
    if (!answer.has(team)) {
      this.#unknown(reading.who, 'GitHub knows no such team, or the token may not see it');
      return [];
    }
    try {
      return this.#takePage(reading, answer, `${team}/members`);
    } catch (error) {
      if (!(error instanceof GithubRefused)) throw error;
      this.#unknown(reading.who, error.message);
      return [];
    }
  }

  #takePage({ who, members, cursor }: Reading, answer: Answer, path: string): Reading[] {
    const page = answer.list(`${path}/nodes`).map(accountOf);
    const all = [...members, ...page];
    if (answer.flag(`${path}/pageInfo/hasNextPage`)) {
      const next = answer.text(`${path}/pageInfo/endCursor`);
      if (page.length > 0 && next !== cursor) return [{ who, members: all, cursor: next }];
      this.#unknown(who, 'GitHub’s pages do not end');
      return [];
    }
    const total = answer.count(`${path}/totalCount`);
    const found = new Set(all.map(({ id }) => id)).size;
    if (found === total) this.#lists.set(teamKey(who), { kind: 'complete', members: all });
    else this.#unknown(who, `GitHub gave ${found} of ${total} members`);
    return [];
  }

  #unknown(who: Who, why: string): void {
    this.#lists.set(teamKey(who), { kind: 'unknown', why });
  }
}

function accountOf(node: Answer): Account {
  return { id: String(node.id('/databaseId')), login: node.text('/login') };
}

/** Members of child teams are among them: `ALL`. */
function questionOf(batch: readonly Reading[]): string {
  const names = batch.flatMap((_one, i) => [
    `$o${i}: String!`,
    `$s${i}: String!`,
    `$c${i}: String`,
  ]);
  const teams = batch.map(
    (_one, i) =>
      `t${i}: organization(login: $o${i}) { team(slug: $s${i}) { members(first: ${PAGE}, after: $c${i}, membership: ALL) ` +
      '{ totalCount pageInfo { hasNextPage endCursor } nodes { databaseId login } } } }',
  );
  return `query(${names.join(', ')}) { ${teams.join(' ')} }`;
}

function variablesOf(batch: readonly Reading[]): Record<string, string | null> {
  const variables: Record<string, string | null> = {};
  for (const [index, { who, cursor }] of batch.entries()) {
    const { organization, slug } = teamParts(who);
    variables[`o${index}`] = organization;
    variables[`s${index}`] = slug.toLowerCase();
    variables[`c${index}`] = cursor;
  }
  return variables;
}
