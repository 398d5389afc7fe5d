import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startGithubSim } from '../support/github-sim/server.ts';
import type { GithubSim } from '../support/github-sim/server.ts';
import type { Organization, User } from '../support/github-sim/state.ts';

/* The double's organisations, by plain HTTP: each answer is held to GitHub's description. */
let sim: GithubSim;
let organization: Organization;
let owner: User;
let bob: User;
let eva: User;

beforeEach(async () => {
  sim = await startGithubSim();
  const { state } = sim;
  [owner, bob, eva] = [state.addUser('owner'), state.addUser('Bob'), state.addUser('eva')];
  state.addTeam('OGGM', 'users', [owner, bob]);
  state.addTeam('OGGM', 'model', [], 'users');
  const found = state.organizations.get('oggm');
  if (!found) throw new Error('the organisation was made');
  organization = found;
  organization.members.set(owner.id, 'admin');
  const app = state.addUser('app', 'Bot');
  state.tokens.set('reads', { user: app, write: [], members: true });
  state.tokens.set('writes', { user: app, write: ['members'], members: true });
  state.addToken('none', app, ['issues']);
});
afterEach(() => sim.close());

interface Told {
  status: number;
  body: unknown;
}

async function ask(line: string, body?: object, token = 'writes'): Promise<Told> {
  const [method = '', path = ''] = line.split(' ');
  const response = await fetch(`${sim.url}/orgs/oggm${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

const lists = async (path: string, field = 'login'): Promise<unknown[]> =>
  ((await ask(`GET ${path}`)).body as Record<string, unknown>[]).map((one) => one[field]);

describe('members', () => {
  test.each([
    ['GET /members', 'none', 403],
    ['GET /members', 'reads', 200],
    ['PUT /memberships/bob', 'reads', 403],
    ['DELETE /teams/users/memberships/bob', 'reads', 403],
    ['GET /memberships/nobody', 'reads', 404],
    ['GET /memberships/eva', 'reads', 404],
    ['GET /teams/none/members', 'reads', 404],
  ])('%s with the token %s: %i', async (line, token, status) => {
    expect((await ask(line, undefined, token)).status).toBe(status);
  });

  test('who is in is active at once, whatever the letters', async () => {
    expect(await ask('PUT /memberships/BOB', { role: 'admin' })).toMatchObject({
      status: 200,
      body: { state: 'active', role: 'admin', user: { login: 'Bob' } },
    });
    expect(await lists('/members?role=admin')).toEqual(['owner', 'Bob']);
  });

  test('who is not is asked once, and is nowhere before they answer', async () => {
    for (let times = 0; times < 3; times += 1)
      expect(await ask('PUT /teams/users/memberships/eva', {})).toMatchObject({
        body: { state: 'pending', role: 'member' },
      });
    expect(await lists('/invitations')).toEqual(['eva']);
    expect(await lists('/teams/users/invitations', 'team_count')).toEqual([1]);
    expect(await lists('/teams/users/members')).toEqual(['owner', 'Bob']);
    expect((await ask('GET /teams/users/memberships/eva')).body).toMatchObject({
      state: 'pending',
    });
    expect((await ask('GET /teams/model/memberships/eva')).status).toBe(404);
    expect(organization.invitationsLeft).toBe(499);
    await ask('DELETE /teams/users/memberships/eva');
    expect(await lists('/invitations', 'team_count')).toEqual([0]);
    await ask('DELETE /memberships/eva');
    expect(await lists('/invitations')).toEqual([]);
  });

  test('invitations that failed, by e-mail too, are in a list of their own', async () => {
    const [waiting, failed] = [undefined, 'Invitation expired'];
    const one = { user: undefined, email: 'eva@example.net', teams: [] };
    organization.invitations.push({ ...one, id: 1, failed: waiting }, { ...one, id: 2, failed });
    expect(await lists('/invitations', 'login')).toEqual([null]);
    expect(await lists('/failed_invitations', 'failed_reason')).toEqual(['Invitation expired']);
    expect((await ask('DELETE /invitations/2')).status).toBe(204);
    expect((await ask('DELETE /invitations/2')).status).toBe(404);
  });

  test('who is blocked, and a day’s last invitation', async () => {
    organization.blocked.add(eva.id);
    expect(await ask('PUT /memberships/eva')).toMatchObject({ status: 403 });
    organization.blocked.clear();
    organization.invitationsLeft = 0;
    expect(await ask('PUT /memberships/eva')).toMatchObject({ status: 422 });
  });

  test('the last owner stays; who leaves is in no team', async () => {
    expect((await ask('DELETE /memberships/owner')).status).toBe(403);
    expect((await ask('DELETE /memberships/bob')).status).toBe(204);
    expect(await lists('/teams/users/members')).toEqual(['owner']);
  });
});

describe('teams', () => {
  test('have those of the teams below, marked; owners are maintainers', async () => {
    organization.members.set(eva.id, 'member');
    await ask('PUT /teams/model/memberships/eva', { role: 'maintainer' });
    expect((await ask('GET /teams/users/members')).body).toMatchObject([
      { login: 'owner', role: 'maintainer', inherited: false },
      { login: 'Bob', role: 'member', inherited: false },
      { login: 'eva', role: 'member', inherited: true },
    ]);
    expect(await lists('/teams/model/members?role=maintainer')).toEqual(['eva']);
    expect(await ask('DELETE /teams/users/memberships/eva')).toMatchObject({ status: 404 });
  });

  test('are made, found and listed', async () => {
    expect((await ask('POST /teams', { name: 'New Ice' })).body).toMatchObject({ slug: 'new-ice' });
    expect((await ask('POST /teams', { name: 'new ice' })).status).toBe(422);
    expect(await lists('/teams', 'slug')).toEqual(['users', 'model', 'new-ice']);
    expect(await lists('/teams/users/teams', 'slug')).toEqual(['model']);
    expect((await ask('GET /teams/model')).body).toMatchObject({ parent: { slug: 'users' } });
  });
});
