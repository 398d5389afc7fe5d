import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { TeamList } from '../../src/core/access/teams.ts';
import { githubDirectory } from '../../src/edges/github/directory.ts';
import type { GithubSim } from '../support/github-sim/server.ts';
import { startGithubSim } from '../support/github-sim/server.ts';
import type { User } from '../support/github-sim/state.ts';

const USERS = 'team:OGGM/users';
let sim: GithubSim;

beforeEach(async () => {
  sim = await startGithubSim();
  const app = sim.state.addUser('access-app', 'Bot');
  sim.state.addToken('reads-members', app, []);
  sim.state.tokens.set('reads-members', { user: app, write: [], members: true });
});
afterEach(() => sim.close());

async function read(wanted: readonly string[], token = 'reads-members') {
  const settings = { api: sim.url, token, owner: '', repo: '' };
  return githubDirectory(settings, 1).teams(wanted);
}

function people(count: number): User[] {
  return Array.from({ length: count }, (_, index) => sim.state.addUser(`person-${index}`));
}

const size = (list: TeamList | undefined) =>
  list?.kind === 'complete' ? list.members.length : list?.why;

describe('a team', () => {
  test('by id and login, whatever the letters', async () => {
    const ada = sim.state.addUser('Ada');
    sim.state.addTeam('OGGM', 'users', [ada]);
    const { lists, requests } = await read(['team:oggm/Users', 'team:OGGM/users']);
    expect([...lists]).toEqual([
      ['team:oggm/users', { kind: 'complete', members: [{ id: String(ada.id), login: 'Ada' }] }],
    ]);
    expect(requests).toBe(1);
  });

  test.each([
    [0, 1],
    [100, 1],
    [101, 2],
    [250, 3],
  ])('of %i people takes %i requests', async (count, expected) => {
    sim.state.addTeam('OGGM', 'users', people(count));
    const { lists, requests } = await read([USERS]);
    expect([size(lists.get('team:oggm/users')), requests]).toEqual([count, expected]);
  });

  test('has the people of the teams below it', async () => {
    const [ada, bob, eva] = people(3);
    if (!ada || !bob || !eva) throw new Error('three people were made');
    sim.state.addTeam('OGGM', 'users', [ada]);
    sim.state.addTeam('OGGM', 'model', [bob, ada], 'users');
    sim.state.addTeam('OGGM', 'ice', [eva], 'model');
    const { lists } = await read([USERS, 'team:OGGM/ice']);
    expect([size(lists.get('team:oggm/users')), size(lists.get('team:oggm/ice'))]).toEqual([3, 1]);
  });

  test('60 teams are three questions', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `t${index}`);
    for (const name of names) sim.state.addTeam('OGGM', name, []);
    const { lists, requests } = await read(names.map((name) => `team:OGGM/${name}`));
    expect([lists.size, requests, sim.log.length]).toEqual([60, 3, 3]);
  });
});

describe('is not known in full', () => {
  test('where a page is cut off', async () => {
    sim.state.addTeam('OGGM', 'users', people(150)).hides = 1;
    const { lists } = await read([USERS]);
    expect(size(lists.get('team:oggm/users'))).toBe('GitHub gave 148 of 150 members');
  });

  test('where there is no such team, and the others are known', async () => {
    sim.state.addTeam('OGGM', 'users', people(2));
    const { lists } = await read([USERS, 'team:OGGM/other']);
    expect(size(lists.get('team:oggm/users'))).toBe(2);
    expect(size(lists.get('team:oggm/other'))).toMatch(/^GitHub knows no such team/u);
  });

  test('where there is no such organisation, and the others are asked alone', async () => {
    sim.state.addTeam('OGGM', 'users', people(2));
    const { lists, requests } = await read([USERS, 'team:gone/users']);
    expect(size(lists.get('team:oggm/users'))).toBe(2);
    expect(size(lists.get('team:gone/users'))).toMatch(/Could not resolve to an Organization/u);
    expect(requests).toBe(3);
  });

  test('where the token may not read members', async () => {
    sim.state.addTeam('OGGM', 'users', people(2));
    sim.state.addToken('poor', sim.state.addUser('poor'), []);
    expect(size((await read([USERS], 'poor')).lists.get('team:oggm/users'))).toMatch(
      /^GitHub refused teams/u,
    );
  });

  test.each<[string, object]>([
    ['a member without an id', { nodes: [{ databaseId: null, login: 'ghost' }] }],
    ['no number of all', { totalCount: null }],
    ['no list', { nodes: null }],
  ])('where an answer has %s', async (_what, wrong) => {
    const page = { hasNextPage: false, endCursor: null };
    const members = { totalCount: 1, pageInfo: page, nodes: [], ...wrong };
    const body = { data: { t0: { team: { members } } } };
    sim.faults.push({ method: 'POST', path: /graphql/u, times: 9, answer: { status: 200, body } });
    expect(size((await read([USERS])).lists.get('team:oggm/users'))).toMatch(
      /^GitHub answered teams without a proper/u,
    );
  });

  test('where pages do not end', async () => {
    const page = { hasNextPage: true, endCursor: 'again' };
    const node = { databaseId: 1, login: 'a' };
    const members = { totalCount: 1, pageInfo: page, nodes: [node] };
    const body = { data: { t0: { team: { members } } } };
    sim.faults.push({ method: 'POST', path: /graphql/u, times: 9, answer: { status: 200, body } });
    const { lists, requests } = await read([USERS]);
    expect(size(lists.get('team:oggm/users'))).toBe('GitHub’s pages do not end');
    expect(requests).toBe(2);
  });

  test('but an outage that passes is waited for', async () => {
    sim.state.addTeam('OGGM', 'users', people(2));
    sim.faults.push({ method: 'POST', path: /graphql/u, times: 2, answer: { status: 502 } });
    expect(size((await read([USERS])).lists.get('team:oggm/users'))).toBe(2);
  });
});
