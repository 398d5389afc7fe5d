import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { GithubClient } from '../../src/edges/github/client.ts';
import { GithubSetup } from '../../src/edges/github/setup.ts';
import { githubStage } from '../support/github-sim/stage.ts';
import type { GithubStage } from '../support/github-sim/stage.ts';

let stage: GithubStage;
beforeEach(async () => {
  stage = await githubStage();
});
afterEach(() => stage.sim.close());

function setup(token = 'admin'): GithubSetup {
  const settings = { api: stage.sim.url, token, owner: 'example', repo: 'hubs' };
  return new GithubSetup(new GithubClient(settings, 1));
}

const names = (count: number): string[] =>
  Array.from({ length: count }, (_one, index) => `NAME_${index}`);

describe('names of secrets and variables', () => {
  beforeEach(() => {
    stage.repository.environments.set('lab', {
      branches: undefined,
      reviewers: undefined,
      secrets: ['KUBECONFIG'],
      variables: ['GKE'],
    });
    stage.repository.secrets = ['OF_ALL'];
    stage.repository.variables = ['PLACE'];
  });

  test('are those of an environment', async () => {
    expect(await setup().secretNames('lab')).toEqual(['KUBECONFIG']);
    expect(await setup().variableNames('lab')).toEqual(['GKE']);
  });

  test('are those of the repository where no environment is named', async () => {
    expect(await setup().secretNames()).toEqual(['OF_ALL']);
    expect(await setup().variableNames()).toEqual(['PLACE']);
  });

  test.each([
    [
      'secretNames',
      'lab',
      'GitHub refused names of secrets: Resource not accessible by integration',
    ],
    [
      'variableNames',
      undefined,
      'GitHub refused names of variables: Resource not accessible by integration',
    ],
  ] as const)(
    '%s of %s are refused to a token that may not see them',
    async (call, of, message) => {
      await expect(setup('bot')[call](of)).rejects.toMatchObject({ message, status: 403 });
    },
  );

  test('of an environment that is not there are no empty list', async () => {
    await expect(setup().secretNames('other')).rejects.toMatchObject({ status: 404 });
  });
});

test('labels are read to the last page', async () => {
  stage.repository.labels = names(101);
  expect(await setup('weak').labels()).toEqual(names(101));
});

test('rules are those of the branch', async () => {
  stage.repository.rules.set('deployed', ['deletion', 'non_fast_forward', 'update']);
  stage.repository.rules.set('main', ['pull_request']);
  expect(await setup('weak').branchRules('deployed')).toEqual([
    'deletion',
    'non_fast_forward',
    'update',
  ]);
  expect(await setup('weak').branchRules('other')).toEqual([]);
});

test('rules of merges are those of the default branch, with whom they ask', async () => {
  const review = (more: object): { type: string; parameters: Record<string, unknown> } => ({
    type: 'pull_request',
    parameters: {
      dismiss_stale_reviews_on_push: false,
      require_code_owner_review: false,
      require_last_push_approval: false,
      required_approving_review_count: 0,
      required_review_thread_resolution: false,
      ...more,
    },
  });
  stage.repository.rules.set('main', [
    'update',
    review({}),
    review({ required_approving_review_count: 1 }),
    review({ require_code_owner_review: true }),
    review({ require_last_push_approval: true }),
  ]);
  expect(await setup('weak').mergeRules()).toEqual({
    branch: 'main',
    rules: [
      { type: 'update', review: false },
      { type: 'pull_request', review: false },
      { type: 'pull_request', review: true },
      { type: 'pull_request', review: true },
      { type: 'pull_request', review: true },
    ],
  });
});

test('an environment is the same as deployments see it', async () => {
  stage.repository.environments.set('lab', { branches: 'protected', reviewers: [stage.owner] });
  expect(await setup().environment('lab')).toEqual(await stage.forge.environment('lab'));
});

describe('settings of Actions', () => {
  test.each([
    [
      { enabled: true, allowed: 'all', mayOpenPulls: true },
      { enabled: true, localOnly: false, mayOpenPulls: true },
    ],
    [
      { enabled: true, allowed: 'selected', mayOpenPulls: false },
      { enabled: true, localOnly: false, mayOpenPulls: false },
    ],
    [
      { enabled: true, allowed: 'local_only', mayOpenPulls: false },
      { enabled: true, localOnly: true, mayOpenPulls: false },
    ],
    [
      { enabled: false, allowed: 'all', mayOpenPulls: false },
      { enabled: false, localOnly: false, mayOpenPulls: false },
    ],
  ] as const)('%o', async (given, expected) => {
    stage.repository.actions = given;
    expect(await setup().actionsSettings()).toEqual(expected);
  });

  test('are refused to a token that may not see them', async () => {
    await expect(setup('bot').actionsSettings()).rejects.toMatchObject({
      message: 'GitHub refused settings of Actions: Resource not accessible by integration',
    });
  });
});

describe('a file of the default branch', () => {
  /** A double of GitHub that has one file; the simulator has no contents. */
  const server = createServer((request, response) => {
    const isThere = request.url === '/repos/example/people/contents/.github/workflows/dispatch.yml';
    response.writeHead(isThere ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isThere ? { type: 'file' } : { message: 'Not Found' }));
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  test('is found by its path', async () => {
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('there is a port');
    const api = `http://127.0.0.1:${address.port}`;
    const settings = { api, token: 'x', owner: 'example', repo: 'people' };
    const people = new GithubSetup(new GithubClient(settings, 1));
    expect(await people.hasFile('.github/workflows/dispatch.yml')).toBe(true);
    expect(await people.hasFile('.github/workflows/other.yml')).toBe(false);
  });
});
