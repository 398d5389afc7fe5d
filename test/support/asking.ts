import { join } from 'node:path';
import { dayOf } from '../../src/core/access/days.ts';
import { githubForge } from '../../src/edges/github/forge.ts';
import { githubDirectory } from '../../src/edges/github/directory.ts';
import { githubRequestDesk, githubRequestPulls } from '../../src/edges/github/requests.ts';
import { requestAccess } from '../../src/flow/access-request.ts';
import type { Requesting } from '../../src/flow/access-request.ts';
import { checkOut, filesOnMain } from './github-sim/clone.ts';
import type { GithubSim } from './github-sim/server.ts';
import type { Issue, Repository, User } from './github-sim/state.ts';
import { BUNDLE } from './sample.ts';
import { runAction } from './workflow.ts';

const MAIN = 'refs/heads/main';

/** An event of GitHub by its name, and what it says. */
export interface AskEvent {
  name: 'issues' | 'issue_comment';
  payload: { action: string; issue: { number: number }; comment?: { id: number; body: string } };
}

/** What `access request` says of it. */
export interface Heard {
  state: string | null;
  refused: { code: string; reason: string } | null;
  pull: number | null;
}

/** The repository in which people ask, the private one with their files, and clones of both. */
interface AskingPlace {
  sim: GithubSim;
  hubs: Repository;
  /** The platform’s files, in a clone. */
  root: string;
  /** For the clone with people’s files, and for what runs leave. */
  folder: string;
}

/**
 * People who ask for access in issues, and who answers: the bundle of our action, as the workflow `request` runs it.
 * GitHub is simulated. Tokens: `here` for issues, `there` for people’s files, `owner` for who merges by hand.
 */
export class Asking {
  readonly sim: GithubSim;
  readonly hubs: Repository;
  readonly access: Repository;
  readonly people: string;
  readonly #root: string;
  readonly #folder: string;
  #runs = 0;

  constructor({ sim, hubs, root, folder }: AskingPlace) {
    const { state } = sim;
    const bot = state.addUser('github-actions[bot]', 'Bot');
    this.sim = sim;
    this.hubs = hubs;
    this.access = state.addRepository(hubs.owner, 'access');
    this.access.private = true;
    this.access.actions.mayOpenPulls = true;
    this.people = join(folder, 'people');
    this.#root = root;
    this.#folder = folder;
    // A workflow is started on a branch that is there.
    if (!hubs.refs.has(MAIN)) hubs.refs.set(MAIN, '0'.repeat(40));
    state.tokens.set('here', { user: bot, write: ['issues', 'actions'], repositories: ['hubs'] });
    const there = { user: bot, repositories: ['access'] };
    state.tokens.set('there', { ...there, write: ['contents', 'pull-requests'] });
    state.tokens.set('owner', { user: hubs.owner, write: ['contents', 'pull-requests'] });
  }

  /** Somebody whose account is old enough. */
  person(login: string): User {
    return Object.assign(this.sim.state.addUser(login), { created_at: '2020-01-01T00:00:00Z' });
  }

  /** People’s files on main, as a merged pull request leaves them; null takes one away. */
  async merge(texts: Readonly<Record<string, string | null>>, message: string): Promise<void> {
    const settings = { api: this.sim.url, token: 'owner', owner: 'example', repo: 'access' };
    const forge = githubForge(settings, 1);
    await forge.commitFiles('main', new Map(Object.entries(texts)), message);
    await this.checkOut();
  }

  /** Main of people’s files, into the clone. */
  async checkOut(): Promise<void> {
    await checkOut(this.access, this.people);
  }

  /** What people’s file says on main, or undefined where it is not there. */
  file(path: string): string | undefined {
    return filesOnMain(this.access).get(path);
  }

  /** Of the newest commit with people’s files. */
  lastMessage(): string {
    const commit = this.access.objects.get(this.access.refs.get(MAIN) ?? '');
    return commit?.type === 'commit' ? commit.message : '';
  }

  /** An issue that was made with a form today; what GitHub does after that has its own clock. */
  ask(user: User, body: string): Issue {
    const issue: Issue = {
      number: this.hubs.issues.size + 1,
      title: 'Access: ',
      body,
      state: 'open',
      user,
      labels: [],
      comments: [],
      created_at: `${dayOf(Date.now())}T00:00:00Z`,
      pull: undefined,
    };
    this.hubs.issues.set(issue.number, issue);
    return issue;
  }

  opened({ number }: Issue): AskEvent {
    return { name: 'issues', payload: { action: 'opened', issue: { number } } };
  }

  /** A comment, and the event that it makes. */
  comment(user: User, issue: Issue, body: string): AskEvent {
    const at = this.sim.state.now();
    const id = this.sim.state.nextId();
    issue.comments.push({ id, user, body, created_at: at, updated_at: at });
    const { number } = issue;
    const payload = { action: 'created', issue: { number }, comment: { id, body } };
    return { name: 'issue_comment', payload };
  }

  /** Our one comment in an issue. */
  answer(issue: Issue): string {
    return issue.comments.find(({ user }) => user.type === 'Bot')?.body ?? '';
  }

  /** One event, as the workflow answers it. */
  async hear({ name, payload }: AskEvent): Promise<Heard> {
    await this.checkOut();
    const env = {
      GITHUB_API_URL: this.sim.url,
      GITHUB_REPOSITORY: 'example/hubs',
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_EVENT_NAME: name,
      GITHUB_RUN_ID: '1',
      GITHUB_TOKEN: 'here',
      ACCESS_TOKEN: 'there',
    };
    this.#runs += 1;
    const run = { workspace: this.#root, bundle: BUNDLE, event: payload, env };
    const files = join(this.#folder, `request-${this.#runs}`);
    const inputs = { command: 'access', target: 'request', people: this.people };
    const { code, log, outputs } = await runAction(run, files, inputs);
    await this.checkOut();
    const result = outputs['result'];
    if (code !== 0 || result === undefined) throw new Error(log);
    return JSON.parse(result) as Heard;
  }

  /** The same without a program of its own: for many events. */
  async hearHere({ payload }: AskEvent): Promise<Requesting> {
    const base = await checkOut(this.access, this.people);
    const settings = { api: this.sim.url, owner: 'example' };
    const event = { issue: payload.issue.number, comment: payload.comment?.id };
    const inputs = { root: this.#root, people: this.people, base, event, now: Date.now() };
    return requestAccess(inputs, {
      desk: githubRequestDesk({ ...settings, token: 'here', repo: 'hubs' }, 1),
      pullsIn: () => githubRequestPulls({ ...settings, token: 'there', repo: 'access' }, 1),
      directory: githubDirectory({ ...settings, token: 'here', repo: 'hubs' }, 1),
    });
  }

  /** Whether the workflow `access` was started since this was asked last. */
  isStarted(): boolean {
    return this.hubs.dispatches.splice(0).some(({ workflow }) => workflow === 'access.yml');
  }
}
