import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { githubAccounts } from '../../src/edges/github/accounts.ts';
import { failureOf } from '../support/program.ts';
import type { GithubSim } from '../support/github-sim/server.ts';
import { startGithubSim } from '../support/github-sim/server.ts';

let sim: GithubSim;
beforeEach(async () => {
  sim = await startGithubSim();
  sim.state.addToken('reads', sim.state.addUser('someone'), []);
});
afterEach(() => sim.close());

const ask = (logins: string[], token = 'reads') =>
  githubAccounts({ api: sim.url, token, owner: '', repo: '' }, 1).byLogin(logins);

test('accounts by login, whatever the letters; who is not there is left out', async () => {
  const ada = sim.state.addUser('Ada');
  Object.assign(ada, { name: 'Ada L.', created_at: '2026-01-02T03:04:05Z' });
  const bob = sim.state.addUser('bob');
  bob.name = '';
  const { found, requests } = await ask(['ADA', 'gone', 'bob', 'ada']);
  expect([...found]).toEqual([
    ['ada', { id: ada.id, login: 'Ada', name: 'Ada L.', createdAt: Date.UTC(2026, 0, 2, 3, 4, 5) }],
    ['bob', { id: bob.id, login: 'bob', name: undefined, createdAt: Date.UTC(2020, 0, 1) }],
  ]);
  expect([requests, sim.log.length]).toEqual([1, 1]);
});

test.each([
  [0, 0],
  [1, 1],
  [100, 1],
  [101, 2],
])('%i logins are %i questions', async (count, questions) => {
  const users = Array.from({ length: count }, (_, index) => sim.state.addUser(`p${index}`));
  const { found, requests } = await ask(users.map(({ login }) => login));
  expect([found.size, requests, sim.log.length]).toEqual([count, questions, questions]);
});

test('a login is no part of the question', async () => {
  const { found } = await ask(['x") { id } a: user(login: "someone', 'someone']);
  expect([...found.keys()]).toEqual(['someone']);
});

test('bots are nobody', async () => {
  sim.state.addUser('robot', 'Bot');
  expect((await ask(['robot'])).found.size).toBe(0);
});

test('without a proper token nothing is known', async () => {
  expect(await failureOf(ask(['someone'], 'wrong'))).toMatchObject({ exit: 1 });
});
