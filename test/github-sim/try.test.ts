import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { tryOut } from '../../src/commands/try.ts';
import { githubForge } from '../../src/edges/github/forge.ts';
import type { Forge } from '../../src/ports.ts';
import { testClock } from '../support/clock.ts';
import { startGithubSim } from '../support/github-sim/server.ts';
import type { GithubSim } from '../support/github-sim/server.ts';
import { ROOT } from '../support/sample.ts';

const HEAD = 'b'.repeat(40);
let sim: GithubSim;
let github: Forge;
let pull: number;

beforeAll(async () => {
  sim = await startGithubSim();
  const owner = sim.state.addUser('maintainer');
  sim.state.addUser('stranger');
  sim.state.addToken('bot', sim.state.addUser('github-actions[bot]', 'Bot'), []);
  const repository = sim.state.addRepository(owner, 'hubs');
  pull = sim.state.addPull(repository, {
    title: 'A change',
    user: owner,
    head: { ref: 'change', sha: HEAD },
    base: { ref: 'main', sha: 'c'.repeat(40) },
    mergeSha: 'd'.repeat(40),
  }).number;
  github = githubForge(
    { api: sim.url, token: 'bot', owner: 'maintainer', repo: 'hubs' },
    testClock(),
  );
});
afterAll(() => sim.close());

test('who may push tries exactly the head of a pull request, on the clusters of the first wave', async () => {
  const { outputs } = await tryOut(ROOT, { pull, login: 'maintainer', commit: HEAD }, github);
  expect(outputs).toEqual({
    commit: HEAD,
    pull: String(pull),
    clusters: '["bremen"]',
    reason: `/try of pull request ${pull} by maintainer`,
  });
});

test.each([
  ['somebody who may not push', 'stranger', HEAD, 'stranger may not push here'],
  [
    'a commit that is not the head any more',
    'maintainer',
    'e'.repeat(40),
    'eeeeeee is not the head',
  ],
  ['no commit', 'maintainer', undefined, '/try needs the whole commit'],
])('%s is refused', async (_what, login, commit, message) => {
  await expect(tryOut(ROOT, { pull, login, commit }, github)).rejects.toThrow(message);
});
