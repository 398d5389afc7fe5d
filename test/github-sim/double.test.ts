import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Octokit } from '@octokit/rest';
import { startGithubSim } from '../support/github-sim/server.ts';
import type { GithubSim } from '../support/github-sim/server.ts';
import type { Issue, Repository } from '../support/github-sim/state.ts';

let sim: GithubSim;
let repository: Repository;
let pull: Issue;
const repo = { owner: 'example', repo: 'hubs' };
const HEAD = 'a'.repeat(40);

const client = (token: string): Octokit =>
  new Octokit({
    baseUrl: sim.url,
    auth: token,
    log: { debug() {}, info() {}, warn() {}, error() {} },
    request: { fetch: (...args: Parameters<typeof fetch>) => globalThis.fetch(...args) },
  });
const statusOf = (call: Promise<unknown>): Promise<number> =>
  call.then(
    () => 200,
    (error: unknown) => (error as { status: number }).status,
  );

beforeAll(async () => {
  sim = await startGithubSim();
  const owner = sim.state.addUser('example');
  const bot = sim.state.addUser('github-actions[bot]', 'Bot');
  sim.state.addToken('reader', bot, []);
  sim.state.addToken('bot', bot, ['pull-requests', 'issues', 'contents', 'deployments', 'checks']);
  sim.state.addToken('stranger', sim.state.addUser('stranger'), []);
  repository = sim.state.addRepository(owner, 'hubs');
  pull = sim.state.addPull(repository, {
    title: 'A change',
    user: owner,
    head: { ref: 'topic', sha: HEAD },
    base: { ref: 'main', sha: 'b'.repeat(40) },
    mergeSha: 'c'.repeat(40),
  });
});
afterAll(() => sim.close());

/* The double itself: what it refuses is what our own calls are held to in test/edges/github-*.test.ts. */
describe('the double behaves as GitHub describes itself', () => {
  test('tokens and permissions', async () => {
    expect(await statusOf(client('nobody').pulls.list(repo))).toBe(401);
    expect(
      await statusOf(
        client('reader').issues.createComment({ ...repo, issue_number: 1, body: 'x' }),
      ),
    ).toBe(403);
    expect(await statusOf(client('reader').pulls.get({ ...repo, pull_number: 1 }))).toBe(200);
    expect(await statusOf(client('bot').pulls.get({ ...repo, pull_number: 99 }))).toBe(404);
  });

  test('limits', async () => {
    expect(
      await statusOf(
        client('bot').issues.createComment({ ...repo, issue_number: 1, body: '🧊'.repeat(65_536) }),
      ),
    ).toBe(200);
    expect(
      await statusOf(
        client('bot').issues.createComment({ ...repo, issue_number: 1, body: '🧊'.repeat(65_537) }),
      ),
    ).toBe(422);
    const annotations = Array.from({ length: 51 }, (_, line) => ({
      path: 'x',
      start_line: line + 1,
      end_line: line + 1,
      annotation_level: 'failure' as const,
      message: 'm',
    }));
    const check = {
      ...repo,
      name: 'check',
      head_sha: HEAD,
      output: { title: 't', summary: 's', annotations },
    };
    expect(await statusOf(client('bot').checks.create(check))).toBe(422);
    expect(
      await statusOf(
        client('bot').checks.create({
          ...check,
          output: { ...check.output, annotations: annotations.slice(1) },
        }),
      ),
    ).toBe(200);
    pull.comments.length = 0;
  });

  test('pages', async () => {
    for (let index = 0; index < 45; index += 1)
      await client('bot').issues.create({ ...repo, title: `issue ${index}`, labels: ['many'] });
    const octokit = client('reader');
    expect((await octokit.issues.listForRepo({ ...repo, labels: 'many' })).data).toHaveLength(30);
    expect(
      (await octokit.issues.listForRepo({ ...repo, labels: 'many', page: 2 })).data,
    ).toHaveLength(15);
  });

  test('labels of people without write access are dropped in silence', async () => {
    const { data } = await client('stranger').issues.create({
      ...repo,
      title: 'mine',
      labels: ['approved'],
    });
    expect(data.labels).toEqual([]);
  });

  test('a branch moves only forward unless forced', async () => {
    const octokit = client('bot');
    const tree = await octokit.git.createTree({
      ...repo,
      tree: [{ path: 'a/x.json', mode: '100644', type: 'blob', content: '{}' }],
    });
    const first = await octokit.git.createCommit({
      ...repo,
      message: 'one',
      tree: tree.data.sha,
      parents: [],
    });
    const second = await octokit.git.createCommit({
      ...repo,
      message: 'two',
      tree: tree.data.sha,
      parents: [first.data.sha],
    });
    await octokit.git.createRef({ ...repo, ref: 'refs/heads/deployed', sha: second.data.sha });
    expect(
      await statusOf(
        octokit.git.updateRef({ ...repo, ref: 'heads/deployed', sha: first.data.sha }),
      ),
    ).toBe(422);
    expect(
      (await octokit.git.getTree({ ...repo, tree_sha: second.data.sha })).data.tree.map(
        ({ path }) => path,
      ),
    ).toEqual(['a/x.json']);
  });

  test('deployments need auto_merge off and their contexts named', async () => {
    const octokit = client('bot');
    expect(
      await statusOf(octokit.repos.createDeployment({ ...repo, ref: HEAD, task: 'glaciocloud' })),
    ).toBe(409);
    const { data } = await octokit.repos.createDeployment({
      ...repo,
      ref: HEAD,
      task: 'glaciocloud',
      environment: 'c',
      auto_merge: false,
      required_contexts: [],
    });
    if (!('id' in data)) throw new Error('no deployment');
    expect(
      await statusOf(
        octokit.repos.createDeploymentStatus({
          ...repo,
          deployment_id: data.id,
          state: 'success',
          description: 'x'.repeat(141),
        }),
      ),
    ).toBe(422);
    expect(
      await statusOf(
        octokit.repos.createDeploymentStatus({ ...repo, deployment_id: data.id, state: 'success' }),
      ),
    ).toBe(200);
  });

  test('an unknown route is loud', async () => {
    const response = await fetch(`${sim.url}/repos/example/hubs/teleport`, {
      headers: { authorization: 'token bot' },
    });
    expect(response.status).toBe(501);
    expect(await response.text()).toContain('does not know GET /repos/example/hubs/teleport');
  });
});
