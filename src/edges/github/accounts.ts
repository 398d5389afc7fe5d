import { loginKey } from '../../core/access/class/roster.ts';
import type { FoundAccount } from '../../core/access/class/roster.ts';
import type { Accounts, Logins } from '../../ports/access.ts';
import type { Answer } from './answer.ts';
import { GithubClient } from './client.ts';
import type { GithubSettings, Second } from './client.ts';
import { timeIn } from './time.ts';

/** Accounts in one question. */
const AT_ONCE = 100;

/** Accounts of GitHub by their logins. Any token may ask. */
export function githubAccounts(settings: GithubSettings, second: Second = 1000): Accounts & Logins {
  const client = new GithubClient(settings, second);
  return {
    byLogin: (logins) => inBatches([...new Set(logins.map(loginKey))], askedFor),
    byId: (ids) => inBatches(ids, calledNow),
  };

  async function inBatches<T>(
    wanted: readonly string[],
    ask: (client: GithubClient, batch: readonly string[]) => Promise<[string, T][]>,
  ): Promise<{ found: Map<string, T>; requests: number }> {
    const found = new Map<string, T>();
    let requests = 0;
    for (let from = 0; from < wanted.length; from += AT_ONCE) {
      requests += 1;
      for (const [key, value] of await ask(client, wanted.slice(from, from + AT_ONCE)))
        found.set(key, value);
    }
    return { found, requests };
  }
}

/** GitHub still takes ids of its first kind, which hold the number; an account that is gone is null. */
async function calledNow(
  client: GithubClient,
  ids: readonly string[],
): Promise<[string, string][]> {
  const query = 'query($ids: [ID!]!) { nodes(ids: $ids) { ... on User { databaseId login } } }';
  const nodes = ids.map((id) => Buffer.from(`04:User${id}`).toString('base64'));
  const answer = await client.graphqlMaybe('accounts', query, { ids: nodes });
  return ids.flatMap((id, index): [string, string][] => {
    const node = `/nodes/${index}`;
    return answer.has(`${node}/login`) && String(answer.id(`${node}/databaseId`)) === id
      ? [[id, answer.text(`${node}/login`)]]
      : [];
  });
}

/** Logins are variables: nothing in one of them becomes a part of the question. */
async function askedFor(
  client: GithubClient,
  logins: readonly string[],
): Promise<[string, FoundAccount][]> {
  const names = logins.map((_login, index) => `$l${index}: String!`).join(', ');
  const users = logins.map(
    (_login, index) => `u${index}: user(login: $l${index}) { databaseId login name createdAt }`,
  );
  const variables = Object.fromEntries(logins.map((login, index) => [`l${index}`, login]));
  const query = `query(${names}) { ${users.join(' ')} }`;
  const answer = await client.graphqlMaybe('accounts', query, variables);
  return logins.flatMap((login, index): [string, FoundAccount][] =>
    answer.has(`/u${index}`) ? [[login, accountAt(answer, `/u${index}`)]] : [],
  );
}

function accountAt(answer: Answer, path: string): FoundAccount {
  const name = answer.textOrNone(`${path}/name`);
  return {
    id: answer.id(`${path}/databaseId`),
    login: answer.text(`${path}/login`),
    name: name === '' ? undefined : name,
    createdAt: timeIn(answer, `${path}/createdAt`),
  };
}
