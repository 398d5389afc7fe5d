import { beforeEach, describe, expect, test } from '@jest/globals';
import { graphql } from '../support/github-sim/graphql.ts';
import { State, nodeId } from '../support/github-sim/state.ts';
import type { Token, User } from '../support/github-sim/state.ts';

/* The double answers by GitHub's published schema: what GitHub refuses, it refuses. */
let state: State;
let token: Token;
let ada: User;
let bob: User;

beforeEach(() => {
  state = new State();
  ada = state.addUser('Ada');
  bob = state.addUser('bob');
  token = { user: ada, write: [], members: true };
  state.addTeam('OGGM', 'users', [ada]).maintainers.add(ada.id);
  state.addTeam('OGGM', 'model', [bob], 'users');
});

async function ask(query: string, variables: object = {}) {
  return (await graphql(state, token, { query, variables })).body;
}

const members = (how: string) =>
  `{ organization(login: "oggm") { team(slug: "users") { members(${how}) { totalCount nodes { login } edges { role } } } } }`;

describe('a question', () => {
  test.each([
    [
      '{ organization(login: "oggm") { teem(slug: "users") { slug } } }',
      /Cannot query field "teem"/u,
    ],
    ['{ viewer { databaseId(x: 1) } }', /Unknown argument "x"/u],
    ['query($l: String!) { user(login: $l) { login } }', /Variable "\$l" of required type/u],
    [members('first: 101'), /`first` value from 1 to 100/u],
    [members('membership: ALL'), /`first` value from 1 to 100/u],
    ['{ viewer { bio } }', /github-sim does not know User.bio/u],
  ])('%s is refused', async (query, message) => {
    const { errors } = await ask(query);
    expect(errors).toEqual([expect.objectContaining({ message: expect.stringMatching(message) })]);
  });

  test.each([
    ['first: 9, membership: ALL', ['Ada', 'bob'], ['MAINTAINER', 'MEMBER']],
    ['first: 9, membership: IMMEDIATE', ['Ada'], ['MAINTAINER']],
    ['first: 9, membership: CHILD_TEAM', ['bob'], ['MEMBER']],
  ])('of members (%s)', async (how, logins, roles) => {
    expect(await ask(members(how))).toEqual({
      data: {
        organization: {
          team: {
            members: {
              totalCount: logins.length,
              nodes: logins.map((login) => ({ login })),
              edges: roles.map((role) => ({ role })),
            },
          },
        },
      },
    });
  });

  test('an owner is shown as a maintainer of a team that they are only a member of', async () => {
    state.organizations.get('oggm')?.members.set(bob.id, 'admin');
    const { data } = await ask(members('first: 9, membership: CHILD_TEAM'));
    expect(JSON.stringify(data)).toContain('"role":"MAINTAINER"');
  });
});

describe('accounts', () => {
  const byId = 'query($ids: [ID!]!) { nodes(ids: $ids) { ... on User { login databaseId } } }';

  test('renamed: the id finds the new login, and the old one is somebody else’s', async () => {
    state.renameUser(ada, 'ada-2');
    const other = state.addUser('ada');
    expect(await ask(byId, { ids: [nodeId(ada)] })).toEqual({
      data: { nodes: [{ login: 'ada-2', databaseId: ada.id }] },
    });
    expect(await ask('{ user(login: "ADA") { databaseId } }')).toEqual({
      data: { user: { databaseId: other.id } },
    });
    expect(() => state.renameUser(bob, 'ADA')).toThrow('ADA is taken');
  });

  test('deleted: null beside an error, and in no team', async () => {
    state.deleteUser(bob);
    expect(await ask(byId, { ids: [nodeId(bob), nodeId(ada)] })).toEqual({
      data: { nodes: [null, { login: 'Ada', databaseId: ada.id }] },
      errors: [
        {
          type: 'NOT_FOUND',
          path: ['nodes', 0],
          message: `Could not resolve to a node with the global id of '${nodeId(bob)}'`,
        },
      ],
    });
    expect(JSON.stringify(await ask(members('first: 9, membership: ALL')))).toContain(
      '"totalCount":1',
    );
  });

  test('that nobody has', async () => {
    expect(await ask('{ user(login: "gone") { login } }')).toEqual({
      data: { user: null },
      errors: [
        {
          type: 'NOT_FOUND',
          path: ['user'],
          message: "Could not resolve to a User with the login of 'gone'.",
        },
      ],
    });
  });

  test('invited ones are pending until the invitation fails', async () => {
    const organization = state.organizations.get('oggm');
    const invitation = { id: 1, user: state.addUser('eva'), email: undefined, teams: [] };
    organization?.invitations.push({ ...invitation, failed: undefined });
    organization?.invitations.push({ ...invitation, failed: 'Invitation expired' });
    const query =
      '{ organization(login: "oggm") { pendingMembers(first: 9) { nodes { login } } } }';
    expect((await ask(query))['data']).toEqual({
      organization: { pendingMembers: { nodes: [{ login: 'eva' }] } },
    });
  });
});
