import { githubForge } from '../../../src/edges/github/forge.ts';
import type { Forge } from '../../../src/ports.ts';
import { startGithubSim } from './server.ts';
import type { Fault, GithubSim } from './server.ts';
import type { Issue, Repository, User } from './state.ts';

/** A repository on a simulated GitHub, seen by our real client, for which a second lasts a millisecond. */
export interface GithubStage {
  sim: GithubSim;
  repository: Repository;
  owner: User;
  /** Who the tokens `bot` (may write all) and `weak` (may read) belong to. */
  bot: User;
  stranger: User;
  forge: Forge;
  as(token: string): Forge;
  /** Requests so far, as `POST /issues`, without what reads. */
  writes(): string[];
  /** The next request that matches is answered so. */
  answerOnce(method: string, path: RegExp, answer: Fault['answer']): void;
  issue(given: Partial<Issue>): Issue;
  pull(given?: Partial<{ ref: string; sha: string; mergeSha: string; merged: boolean }>): Issue;
}

export async function githubStage(): Promise<GithubStage> {
  const sim = await startGithubSim();
  const owner = sim.state.addUser('example');
  const stranger = sim.state.addUser('stranger');
  const bot = sim.state.addUser('github-actions[bot]', 'Bot');
  const repository = sim.state.addRepository(owner, 'hubs');
  sim.state.addToken('bot', bot, ['contents', 'issues', 'pull-requests', 'deployments']);
  sim.state.addToken('weak', bot, []);
  const as = (token: string): Forge =>
    githubForge({ api: sim.url, token, owner: 'example', repo: 'hubs' }, 1);
  return {
    sim,
    repository,
    owner,
    bot,
    stranger,
    forge: as('bot'),
    as,
    writes: () =>
      sim.log
        .filter(({ method, path }) => method !== 'GET' && path !== '/graphql')
        .map(({ method, path }) => `${method} ${path.replace('/repos/example/hubs', '')}`),
    answerOnce: (method, path, answer) => sim.faults.push({ method, path, times: 1, answer }),
    issue: (given) => {
      const issue: Issue = {
        number: repository.issues.size + 1,
        title: 'an issue',
        body: '',
        state: 'open',
        user: bot,
        labels: [],
        comments: [],
        pull: undefined,
        ...given,
      };
      repository.issues.set(issue.number, issue);
      return issue;
    },
    pull: ({ ref = 'topic', sha = 'a'.repeat(40), mergeSha = 'c'.repeat(40), merged } = {}) => {
      const pull = sim.state.addPull(repository, {
        title: 'A change',
        user: owner,
        head: { ref, sha },
        base: { ref: 'main', sha: 'b'.repeat(40) },
        mergeSha,
      });
      if (pull.pull && merged === true) pull.pull.merged = true;
      return pull;
    },
  };
}
