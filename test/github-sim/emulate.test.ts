import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEmulator } from 'emulate';
import { expect, test } from '@jest/globals';
import { SCENARIO, client } from '../support/github-sim/scenario.ts';
import type { Github, Seen } from '../support/github-sim/scenario.ts';
import { startGithubSim } from '../support/github-sim/server.ts';

/*
 * The same scenario on our simulated GitHub and on `emulate`, which others wrote from GitHub's documentation: where both
 * say the same it is likely to be true. Where they differ is listed, with why; a difference that is not listed fails, and
 * one that is gone too.
 */
interface Difference {
  ours: Seen;
  theirs: Seen;
  why: string;
}

const DIFFERENCES: Readonly<Record<string, Difference>> = {
  'a token that nobody has': { ours: [401], theirs: [200], why: 'it takes any token' },
  'an account in other letters': {
    ours: [200, 'bob'],
    theirs: [404],
    why: 'to it, letters of logins differ',
  },
  'labels of somebody who may not write': {
    ours: [201, []],
    theirs: [201, ['approved']],
    why: 'it keeps labels that GitHub drops',
  },
  'a label that there is': { ours: [422], theirs: [201], why: 'to it, letters of labels differ' },
  'a label by somebody who may not write': {
    ours: [403],
    theirs: [200],
    why: 'it lets everybody write labels',
  },
  'a comment that is too long': { ours: [422], theirs: [201], why: 'it has no limit' },
  'a comment of somebody else, changed': {
    ours: [403],
    theirs: [200],
    why: 'it lets everybody change comments',
  },
  'a reaction': { ours: [201], theirs: [404], why: 'it has no reactions' },
  'a branch that is gone, taken away': {
    ours: [422],
    theirs: [404],
    why: 'GitHub says 422: reference does not exist',
  },
  'files of a pull request': {
    ours: [200, ['new.txt']],
    theirs: [200, []],
    why: 'it lists no files',
  },
  'a merge of another head': {
    ours: [409],
    theirs: [422],
    why: 'GitHub describes 409: head branch was modified',
  },
  'a merge once more': { ours: [405], theirs: [422], why: 'GitHub describes 405: not mergeable' },
  'a merge by somebody who may not write': {
    ours: [403],
    theirs: [422],
    why: 'it looks at the state before the right',
  },
  'a team that there is': {
    ours: [422],
    theirs: [201],
    why: 'it makes a second team of that name',
  },
  'somebody of no organisation, added': {
    ours: [200, 'pending'],
    theirs: [200, 'active'],
    why: 'it knows no invitations',
  },
  'members of a team': {
    ours: [200, ['bob', 'eva']],
    theirs: [200, ['bob', 'eva', 'guest']],
    why: 'so its guest is in at once',
  },
  'a member in other letters': {
    ours: [200, 'active'],
    theirs: [404],
    why: 'to it, letters of logins differ',
  },
  'an organisation in other letters': {
    ours: [200, ['bob', 'eva', 'example']],
    theirs: [404],
    why: 'to it, letters of organisations differ',
  },
};

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function githubAt(url: string): Github {
  const [owner, bob, nobody] = ['owner', 'bob', 'wrong'].map((token) => client(url, token));
  if (!owner || !bob || !nobody) throw new Error('three clients were made');
  return { owner, bob, nobody, kept: new Map() };
}

async function played(url: string): Promise<Record<string, Seen>> {
  const github = githubAt(url);
  const seen: Record<string, Seen> = {};
  for (const [name, step] of Object.entries(SCENARIO)) seen[name] = await step(github);
  return seen;
}

async function onOurs(): Promise<Record<string, Seen>> {
  const sim = await startGithubSim();
  const { state } = sim;
  const [example, bob, eva] = ['example', 'bob', 'eva', 'guest'].map((login) =>
    state.addUser(login),
  );
  if (!example || !bob || !eva) throw new Error('accounts were made');
  const repository = state.addRepository(example, 'hubs');
  state.addTeam('OGGM', 'all', [example, bob, eva]);
  const write = ['contents', 'issues', 'pull-requests', 'members'] as const;
  state.tokens.set('owner', { user: example, write, members: true });
  state.addToken('bob', bob, []);
  const tree = 'tree-of-nothing';
  const commit = 'd'.repeat(40);
  repository.objects.set(tree, { type: 'tree', entries: new Map() });
  repository.objects.set(commit, { type: 'commit', tree, parents: [], message: 'first' });
  repository.refs.set('refs/heads/main', commit);
  try {
    return await played(sim.url);
  } finally {
    await sim.close();
  }
}

async function onTheirs(): Promise<Record<string, Seen>> {
  const logins = ['example', 'bob', 'eva', 'guest'];
  const emulator = await createEmulator({
    service: 'github',
    port: await freePort(),
    seed: {
      tokens: {
        owner: { login: 'example', scopes: ['repo', 'admin:org'] },
        bob: { login: 'bob', scopes: ['repo'] },
      },
      github: {
        users: logins.map((login) => ({ login })),
        orgs: [{ login: 'OGGM' }],
        repos: [{ owner: 'example', name: 'hubs', auto_init: true }],
      },
    },
  });
  try {
    return await played(emulator.url);
  } finally {
    await emulator.close();
  }
}

test('pitfall 35: ours and the other one differ where it is said, and nowhere else', async () => {
  const [ours, theirs] = [await onOurs(), await onTheirs()];
  const differences = Object.keys(SCENARIO).flatMap((name): [string, Omit<Difference, 'why'>][] => {
    const one = { ours: ours[name] ?? [0], theirs: theirs[name] ?? [0] };
    return JSON.stringify(one.ours) === JSON.stringify(one.theirs) ? [] : [[name, one]];
  });
  const expected = Object.entries(DIFFERENCES).map(([name, one]) => [
    name,
    { ours: one.ours, theirs: one.theirs },
  ]);
  expect(Object.fromEntries(differences)).toEqual(Object.fromEntries(expected));
  for (const { why } of Object.values(DIFFERENCES)) expect(why).not.toBe('');
}, 60_000);
