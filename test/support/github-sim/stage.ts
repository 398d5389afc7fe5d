import { strToU8, zipSync } from 'fflate';
import { githubForge } from '../../../src/edges/github/forge.ts';
import { startGithubSim } from './server.ts';
import type { Fault, GithubSim } from './server.ts';
import type { Artifact, Issue, Repository, Run, User } from './state.ts';

type GithubForge = ReturnType<typeof githubForge>;

/** A repository on a simulated GitHub, seen by our real client, for which a second lasts a millisecond. */
export interface GithubStage {
  sim: GithubSim;
  repository: Repository;
  owner: User;
  /** Who the tokens `bot` (may write all) and `weak` (may read) belong to; `admin` is the owner's, and sees settings. */
  bot: User;
  stranger: User;
  forge: GithubForge;
  as(token: string): GithubForge;
  /** Requests so far, as `POST /issues`, without what reads. */
  writes(): string[];
  /** The next request that matches is answered so. */
  answerOnce(method: string, path: RegExp, answer: Fault['answer']): void;
  /** What a run has uploaded; where nothing else is said, the plan workflow of the default branch. */
  artifact(
    name: string,
    files: Readonly<Record<string, string>>,
    given?: Partial<Run & Pick<Artifact, 'expired'>>,
  ): Artifact;
  issue(given: Partial<Issue>): Issue;
  pull(given?: Partial<{ ref: string; sha: string; mergeSha: string; merged: boolean }>): Issue;
}

export async function githubStage(): Promise<GithubStage> {
  const sim = await startGithubSim();
  const owner = sim.state.addUser('example');
  const stranger = sim.state.addUser('stranger');
  const bot = sim.state.addUser('github-actions[bot]', 'Bot');
  const repository = sim.state.addRepository(owner, 'hubs');
  sim.state.addToken('bot', bot, ['contents', 'issues', 'pull-requests', 'deployments', 'actions']);
  sim.state.addToken('weak', bot, []);
  sim.state.addToken('admin', owner, ['settings']);
  const as = (token: string): GithubForge =>
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
    artifact: (name, files, { expired = false, ...run } = {}) => {
      const zip = zipSync(
        Object.fromEntries(Object.entries(files).map(([path, text]) => [path, strToU8(text)])),
      );
      const artifact: Artifact = {
        id: sim.state.nextId(),
        name,
        run: {
          id: sim.state.nextId(),
          event: 'workflow_run',
          path: '.github/workflows/plan.yml',
          branch: 'main',
          headRepository: repository.id,
          ...run,
        },
        expired,
        zip,
      };
      repository.artifacts.push(artifact);
      return artifact;
    },
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
