import { schema as published } from '@octokit/graphql-schema';
import { GraphQLError, buildSchema, graphql as execute } from 'graphql';
import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql';
import type { Body } from './contract.ts';
import type { Organization, State, Team, Token, User } from './state.ts';
import { nodeId, userByLogin } from './state.ts';

/** What is answered to a question in GraphQL, with its status. */
export interface GraphqlAnswer {
  status: number;
  body: Body;
}

/** GitHub gives no more of a list at once. */
const PAGE = 100;

let built: GraphQLSchema | undefined;

/** GitHub's own published schema: a field that it does not have is refused as GitHub refuses it. */
function schema(): GraphQLSchema {
  built ??= buildSchema(published.idl, { assumeValid: true, noLocation: true });
  return built;
}

/**
 * A double of GitHub's GraphQL: GitHub's schema, executed on what the simulated GitHub knows. A field that the schema has
 * and the double has not is an error of its own, and no null.
 */
export async function graphql(state: State, token: Token, body: Body): Promise<GraphqlAnswer> {
  const { data, errors } = await execute({
    schema: schema(),
    source: String(body['query']),
    variableValues: (body['variables'] ?? {}) as Body,
    rootValue: root(state, token),
    fieldResolver: known,
  });
  const told = errors?.map(({ message, path, extensions }) => ({ ...extensions, path, message }));
  return { status: 200, body: { ...(data ? { data } : {}), ...(told ? { errors: told } : {}) } };
}

const known: GraphQLFieldResolver<unknown, unknown> = (source, args: Body, _context, info) => {
  const field = (source as Body)[info.fieldName];
  if (field === undefined)
    throw new Error(`github-sim does not know ${info.parentType.name}.${info.fieldName}`);
  return typeof field === 'function' ? (field as (given: Body) => unknown)(args) : field;
};

function notFound(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { type: 'NOT_FOUND' } });
}

function root(state: State, token: Token): Body {
  return {
    viewer: () => userNode(token.user),
    user: ({ login }: { login: string }) => {
      const user = userByLogin(state, login);
      if (user?.type === 'User') return userNode(user);
      throw notFound(`Could not resolve to a User with the login of '${login}'.`);
    },
    organization: ({ login }: { login: string }) => {
      const organization = state.organizations.get(login.toLowerCase());
      if (organization && token.members === true) return organizationNode(state, organization);
      throw notFound(`Could not resolve to an Organization with the login of '${login}'.`);
    },
    // A deleted account is null in the list, beside an error.
    nodes: ({ ids }: { ids: string[] }) =>
      ids.map((id) => {
        const user = [...state.users.values()].find((one) => nodeId(one) === id);
        if (user) return userNode(user);
        return notFound(`Could not resolve to a node with the global id of '${id}'`);
      }),
  };
}

function userNode(user: User): Body {
  return {
    __typename: user.type,
    id: nodeId(user),
    databaseId: user.id,
    login: user.login,
    name: user.name ?? null,
    createdAt: user.created_at ?? '2020-01-01T00:00:00Z',
  };
}

function organizationNode(state: State, organization: Organization): Body {
  const person = (id: number): Edge => ({ node: userNode(found(state.users.get(id))) });
  const team = (one: Team): Edge => ({ node: teamNode(state, organization, one) });
  return {
    __typename: 'Organization',
    login: organization.login,
    team: ({ slug }: { slug: string }) => {
      const one = organization.teams.get(slug);
      return one ? team(one).node : null;
    },
    teams: (page: Page) => connection([...organization.teams.values()], page, team),
    membersWithRole: (page: Page) => connection([...organization.members.keys()], page, person),
    // Who was invited by e-mail has no account yet, and is not here.
    pendingMembers: (page: Page) => {
      const waiting = organization.invitations.filter(({ failed }) => failed === undefined);
      return connection(
        waiting.flatMap(({ user }) => user?.id ?? []),
        page,
        person,
      );
    },
  };
}

function teamNode(state: State, organization: Organization, team: Team): Body {
  return {
    __typename: 'Team',
    slug: team.slug,
    name: team.slug,
    parentTeam: () => {
      const parent = team.parent === undefined ? undefined : organization.teams.get(team.parent);
      return parent ? teamNode(state, organization, parent) : null;
    },
    members: ({ membership, ...page }: Page & { membership: string }) => {
      const ids = membersOf(organization, team, membership !== 'IMMEDIATE');
      if (membership === 'CHILD_TEAM') for (const id of team.members) ids.delete(id);
      const edge = (id: number): Edge => ({
        node: userNode(found(state.users.get(id))),
        role: roleIn(organization, team, id),
      });
      return connection([...ids], page, edge, team.hides);
    },
  };
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('github-sim lost an account');
  return value;
}

/** Owners of the organisation are shown as maintainers of each team that they are in. */
function roleIn(organization: Organization, team: Team, id: number): 'MAINTAINER' | 'MEMBER' {
  const isOwner = organization.members.get(id) === 'admin';
  return isOwner || team.maintainers.has(id) ? 'MAINTAINER' : 'MEMBER';
}

/** Ids of the members of a team and, where asked, of those below it. */
export function membersOf(
  organization: Organization,
  team: Team,
  withChildren: boolean,
): Set<number> {
  const ids = new Set(team.members);
  const add = (above: Team): void => {
    for (const child of organization.teams.values()) {
      if (child.parent !== above.slug) continue;
      for (const id of child.members) ids.add(id);
      add(child);
    }
  };
  if (withChildren) add(team);
  return ids;
}

interface Page {
  first?: number;
  after?: string | null;
}

interface Edge {
  node: Body;
  role?: string;
}

/** `hides`: so many of each page are counted and not given, as by a page that is cut off. */
function connection<T>(
  all: readonly T[],
  { first, after }: Page,
  edgeOf: (item: T) => Edge,
  hides = 0,
): Body {
  if (first === undefined || first < 1 || first > PAGE)
    throw new GraphQLError(`You must provide a \`first\` value from 1 to ${PAGE}`);
  const from = Number(after ?? 0);
  const to = Math.min(all.length, from + first);
  const edges = all.slice(from, to).slice(hides).map(edgeOf);
  return {
    totalCount: all.length,
    pageInfo: { hasNextPage: to < all.length, endCursor: String(to) },
    nodes: edges.map(({ node }) => node),
    edges,
  };
}
