import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
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

const called = (ids: string[], token = 'reads') =>
  githubAccounts({ api: sim.url, token, owner: '', repo: '' }, 1).byId(ids);

test('what ids are called now; accounts that are gone, and organisations, are left out', async () => {
  const ada = sim.state.addUser('Ada');
  const bob = sim.state.addUser('bob');
  bob.login = 'robert';
  const asked = [ada.id, 999_999, bob.id].map(String);
  const { found, requests } = await called(asked);
  expect([...found]).toEqual([
    [String(ada.id), 'Ada'],
    [String(bob.id), 'robert'],
  ]);
  expect([requests, sim.log.length]).toEqual([1, 1]);
});

test.each([
  [0, 0],
  [100, 1],
  [101, 2],
])('%i ids are %i questions', async (count, questions) => {
  const users = Array.from({ length: count }, (_, index) => sim.state.addUser(`p${index}`));
  const { found, requests } = await called(users.map(({ id }) => String(id)));
  expect([found.size, requests]).toEqual([count, questions]);
});

test('ids without a proper token', async () => {
  expect(await failureOf(called(['1'], 'wrong'))).toMatchObject({ exit: 1 });
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

/** What a double of GitHub answers to any question. */
async function answered(body: object): Promise<unknown> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const settings = { api: `http://127.0.0.1:${port}`, token: 'x', owner: '', repo: '' };
  try {
    return await githubAccounts(settings, 1)
      .byLogin(['a'])
      .catch((error: unknown) => error);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

test.each([
  [{ data: { u0: null }, errors: [{ type: 'FORBIDDEN', message: 'no' }] }, /: no$/u],
  [
    {
      data: { u0: null },
      errors: [
        { type: 'NOT_FOUND', message: 'gone' },
        { type: 'SERVICE', message: 'broken' },
      ],
    },
    /: gone$/u,
  ],
  [{ errors: [{ type: 'NOT_FOUND', message: 'gone' }] }, /: gone$/u],
  [
    { data: { u0: { databaseId: 7, login: 'a', name: null, createdAt: 'soon' } } },
    /gave a time that is none in \/u0\/createdAt$/u,
  ],
  [
    {
      data: { u0: { databaseId: null, login: 'a', name: null, createdAt: '2020-01-01T00:00:00Z' } },
    },
    /without a proper \/u0\/databaseId$/u,
  ],
])('an answer that is no such thing is refused: %j', async (body, message) => {
  expect(await answered(body)).toMatchObject({ message: expect.stringMatching(message) });
});
