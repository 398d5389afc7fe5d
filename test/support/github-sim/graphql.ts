import type { Body } from './contract.ts';
import type { Organization, State, Team, Token } from './state.ts';

/** What is answered to a question in GraphQL, with its status. */
export interface GraphqlAnswer {
  status: number;
  body: Body;
}

type Variables = Record<string, string | null>;

/** As `src/edges/github/directory.ts` asks; GitHub's own schema accepts it. */
const TEAM =
  /t(\d+): organization\(login: \$o\1\) \{ team\(slug: \$s\1\) \{ members\(first: (\d+), after: \$c\1, membership: (ALL|IMMEDIATE)\) \{ totalCount pageInfo \{ hasNextPage endCursor \} nodes \{ databaseId login \} \} \} \}/gu;

/** As `src/edges/github/accounts.ts` asks; GitHub's own schema accepts it. */
const USER = /u(\d+): user\(login: \$l\1\) \{ databaseId login name createdAt \}/gu;

/** The questions that we ask, and no others: a double of GitHub's GraphQL. */
export function graphql(state: State, token: Token, body: Body): GraphqlAnswer {
  const query = String(body['query']);
  if (query === '{ viewer { databaseId } }')
    return { status: 200, body: { data: { viewer: { databaseId: token.user.id } } } };
  const users = [...query.matchAll(USER)];
  if (
    users.length > 0 &&
    !/[^{}\s]/u.test(query.replaceAll(USER, '').replace(/^query\([^)]*\)/u, ''))
  )
    return usersAnswer(state, users, (body['variables'] ?? {}) as Variables);
  const asked = [...query.matchAll(TEAM)];
  const rest = query.replaceAll(TEAM, '').replace(/^query\([^)]*\)/u, '');
  if (asked.length === 0 || /[^{}\s]/u.test(rest))
    return { status: 501, body: { message: 'github-sim does not know this query' } };
  return teamsAnswer(state, token, asked, (body['variables'] ?? {}) as Variables);
}

/** A login that nobody has, or has no longer, is null beside an error; the others are there. */
function usersAnswer(
  state: State,
  asked: readonly RegExpMatchArray[],
  variables: Variables,
): GraphqlAnswer {
  const data: Body = {};
  const errors: Body[] = [];
  for (const [, index = ''] of asked) {
    const login = variables[`l${index}`] ?? '';
    const user = [...state.users.values()].find(
      (one) => one.type === 'User' && one.login.toLowerCase() === login.toLowerCase(),
    );
    data[`u${index}`] = user
      ? {
          databaseId: user.id,
          login: user.login,
          name: user.name ?? null,
          createdAt: user.created_at ?? '2020-01-01T00:00:00Z',
        }
      : null;
    const message = `Could not resolve to a User with the login of '${login}'.`;
    if (!user) errors.push({ type: 'NOT_FOUND', path: [`u${index}`], message });
  }
  return { status: 200, body: errors.length > 0 ? { data, errors } : { data } };
}

function teamsAnswer(
  state: State,
  token: Token,
  asked: readonly RegExpMatchArray[],
  variables: Variables,
): GraphqlAnswer {
  const data: Body = {};
  const errors: Body[] = [];
  for (const [, index = '', first = '', membership = ''] of asked) {
    const text = (name: string): string => variables[`${name}${index}`] ?? '';
    const organization = state.organizations.get(text('o').toLowerCase());
    if (!organization || token.members !== true) {
      data[`t${index}`] = null;
      const message = `Could not resolve to an Organization with the login of '${text('o')}'.`;
      errors.push({ type: 'NOT_FOUND', path: [`t${index}`], message });
      continue;
    }
    const team = organization.teams.get(text('s'));
    const members = team && membersOf(state, organization, team, membership === 'ALL');
    const page = members && pageOf(members, Number(first), text('c'), team.hides);
    data[`t${index}`] = { team: page ? { members: page } : null };
  }
  return { status: 200, body: errors.length > 0 ? { data, errors } : { data } };
}

function membersOf(
  state: State,
  organization: Organization,
  team: Team,
  withChildren: boolean,
): Body[] {
  const ids = new Set(team.members);
  const add = (above: Team): void => {
    for (const child of organization.teams.values()) {
      if (child.parent !== above.slug) continue;
      for (const id of child.members) ids.add(id);
      add(child);
    }
  };
  if (withChildren) add(team);
  return [...ids].map((id) => ({ databaseId: id, login: state.users.get(id)?.login ?? '' }));
}

/** `hides`: so many members are counted and not given, as by a page that is cut off. */
function pageOf(members: readonly Body[], first: number, after: string, hides: number): Body {
  const from = after === '' ? 0 : Number(after);
  const to = Math.min(members.length, from + first);
  return {
    totalCount: members.length,
    pageInfo: { hasNextPage: to < members.length, endCursor: String(to) },
    nodes: members.slice(from, to).slice(hides),
  };
}
