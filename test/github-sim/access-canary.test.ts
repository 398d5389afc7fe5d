import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { githubForge } from '../../src/edges/github/forge.ts';
import { githubStage } from '../support/github-sim/stage.ts';
import type { GithubStage } from '../support/github-sim/stage.ts';
import type { Issue, Repository, User } from '../support/github-sim/state.ts';
import { accessBody } from '../support/request-body.ts';
import { ROOT, commitAll, git, temporary } from '../support/sample.ts';
import { runAction } from '../support/workflow.ts';
import { HUB, textsWith } from '../support/written.ts';

/*
 * Our action as a runner of a public repository starts it, on a simulated GitHub. Nothing that anybody can read may
 * hold an id or a login of people's files, of a team or of a hub, nor a token.
 */
const PEOPLE = ['700700001', '700700002', '700700003', '700700004', '700700005', '700700006'];
const TOKENS = ['ghs_canaryhere', 'ghs_canarypeople', 'ghs_canarymembers'];
const [HERE = '', THERE = '', MEMBERS = ''] = TOKENS;

let stage: GithubStage;
let folder: Awaited<ReturnType<typeof temporary>>;
let access: Repository;
let asker: User;
let approver: User;
let runs = 0;
const said: string[] = [];

beforeEach(async () => {
  stage = await githubStage();
  folder = await temporary();
  said.length = 0;
  const { state } = stage.sim;
  const { bot, owner } = stage;
  asker = state.addUser('canary-asker');
  approver = state.addUser('canary-approver');
  for (const user of [asker, approver]) user.created_at = '2020-01-01T00:00:00Z';
  state.addTeam('OGGM', 'users', [state.addUser('canary-of-the-team')]);
  access = state.addRepository(owner, 'access');
  access.private = true;
  access.actions.mayOpenPulls = true;
  const here = { user: bot, write: ['issues', 'actions'] as const, repositories: ['hubs'] };
  state.tokens.set(HERE, here);
  const there = ['contents', 'pull-requests'] as const;
  state.tokens.set(THERE, { user: bot, write: there, repositories: ['access'] });
  state.tokens.set(MEMBERS, { user: bot, write: [], members: true });
  state.tokens.set('owner', { user: owner, write: ['contents'] });
  await stage.forge.commitFiles('main', new Map([['README.md', 'Hubs\n']]), 'files');
  await written(
    'platform',
    textsWith({
      'platform.yaml': {
        tiers: { researcher: { until: '180d' } },
        access: { repository: 'example/access' },
      },
      [HUB]: { access: { allow: ['tier:researcher', 'team:OGGM/users'], admins: [] } },
    }),
  );
  await peopleFiles();
  const users = {
    [PEOPLE[4] ?? '']: { name: 'canary-in-the-hub', groups: ['tier:researcher'] },
  };
  const present = { access: { users }, users: [{ name: 'canary-of-old', servers: [''] }] };
  await written('present', new Map([['hub.json', JSON.stringify(present)]]));
});
afterEach(async () => {
  await stage.sim.close();
  await folder.remove();
});

async function written(name: string, texts: ReadonlyMap<string, string>): Promise<void> {
  for (const [path, text] of texts) {
    await mkdir(dirname(join(folder.path, name, path)), { recursive: true });
    await writeFile(join(folder.path, name, path), text);
  }
}

/** A checkout of the private repository, which the simulated GitHub knows by the same commit. */
async function peopleFiles(): Promise<void> {
  const member = (id: string, login: string): string =>
    `id: ${id}\nlogin: ${login}\ntier: researcher\nuntil: "2027-01-31"\nrequest: 1\n`;
  const texts = new Map([
    ['approvers.yaml', `approvers: [{id: ${approver.id}}]\n`],
    [`members/${PEOPLE[0] ?? ''}.yaml`, member(PEOPLE[0] ?? '', 'canary-member')],
    [`members/${PEOPLE[1] ?? ''}.yaml`, member(PEOPLE[1] ?? '', 'canary-other')],
    [`members/${PEOPLE[5] ?? ''}.yaml`, `id: ${PEOPLE[5] ?? ''}\nlogin: canary-mistaken\n`],
    [
      'cohorts/course.yaml',
      `title: Course\nleads: [${PEOPLE[2] ?? ''}]\ntier: researcher\nfrom: "2026-11-01"\nuntil: "2026-12-20"\ncapacity: 2\nmembers: [${PEOPLE[3] ?? ''}]\n`,
    ],
  ]);
  await written('people', texts);
  const folderOf = join(folder.path, 'people');
  await git(folderOf, 'init', '-q', '-b', 'main');
  const sha = await commitAll(folderOf, 'files');
  const settings = { api: stage.sim.url, token: 'owner', owner: 'example', repo: 'access' };
  await githubForge(settings, 1).commitFiles('main', texts, 'files');
  const made = access.objects.get(access.refs.get('refs/heads/main') ?? '');
  if (made) access.objects.set(sha, made);
  access.refs.set('refs/heads/main', sha);
}

async function action(
  inputs: Record<string, string>,
  event: { name: string; body: object },
  env: Record<string, string> = {},
): Promise<number> {
  runs += 1;
  const result = await runAction(
    {
      bundle: join(ROOT, 'src/index.ts'),
      workspace: folder.path,
      event: { repository: { private: false }, ...event.body },
      env: {
        GITHUB_EVENT_NAME: event.name,
        GITHUB_API_URL: stage.sim.url,
        GITHUB_REPOSITORY: 'example/hubs',
        GITHUB_TOKEN: HERE,
        ACCESS_TOKEN: THERE,
        MEMBERS_TOKEN: MEMBERS,
        ...env,
      },
    },
    join(folder.path, `.runner-${runs}`),
    { command: 'access', root: 'platform', people: 'people', ...inputs },
  );
  said.push(result.log, result.summary, JSON.stringify(result.outputs));
  return result.code;
}

const plan = (env: Record<string, string> = {}): Promise<number> =>
  action({ target: 'plan', present: 'present' }, { name: 'push', body: {} }, env);

function request(issue: Issue, comment?: number): Promise<number> {
  const number = { issue: { number: issue.number } };
  return action(
    { target: 'request', at: '2026-11-25T12:00:00Z' },
    comment === undefined
      ? { name: 'issues', body: { action: 'opened', ...number } }
      : { name: 'issue_comment', body: { action: 'created', ...number, comment: { id: comment } } },
  );
}

/** Everything of the public repository that we wrote, and what the runs have said. */
function readable(): string {
  const { repository, bot } = stage;
  const issues = [...repository.issues.values()].map(({ user, title, body, labels, comments }) => [
    user.id === bot.id ? [title, body] : [],
    labels,
    comments.filter((one) => one.user.id === bot.id).map((one) => one.body),
  ]);
  const { deployments, dispatches, refs, checks, objects, artifacts } = repository;
  const contents = [...objects.values()].map((one) =>
    one.type === 'blob' ? one.content.toString() : JSON.stringify(one),
  );
  const rest = [deployments, dispatches, [...refs], [...checks], contents, artifacts.length];
  return JSON.stringify([said, issues, rest]);
}

function expectNobody(): void {
  const text = readable();
  const names = [asker, approver].map(({ id }) => String(id));
  for (const word of [...PEOPLE, ...TOKENS, ...names, 'canary'])
    expect([word, text.includes(word)]).toEqual([word, false]);
}

test('a plan says numbers', async () => {
  expect(await plan()).toBe(2);
  expect(said.join('')).toContain('hub: 5 come in, 2 are taken out\n');
  expect(said.join('')).toContain('mistakes in people’s files');
  expectNobody();
}, 60_000);

test('a plan that GitHub does not answer says so, and no token', async () => {
  expect(await plan({ MEMBERS_TOKEN: `${MEMBERS}wrong` })).toBe(2);
  expect(said.join('')).toContain('team:OGGM/users is not known in full');
  expectNobody();
}, 60_000);

test('a request, its approval, one that is refused, and the notices of a night', async () => {
  const issue = stage.issue({
    body: accessBody(),
    user: asker,
    title: 'Access: ',
    created_at: '2026-11-24T09:00:00Z',
  });
  const says = (user: User, body: string): number => {
    const at = stage.sim.state.now();
    const comment = { id: stage.sim.state.nextId(), user, body, created_at: at, updated_at: at };
    issue.comments.push(comment);
    return comment.id;
  };
  expect(await request(issue)).toBe(0);
  expect(await request(issue, says(asker, '/approve'))).toBe(0);
  expect(await request(issue, says(approver, '/approve'))).toBe(0);
  expect(said.join('')).toContain('issue 1: active');
  expect(access.issues.get(1)?.title).toContain(String(asker.id));
  const night = { target: 'notices', at: '2027-01-20T05:27:00Z' };
  expect(await action(night, { name: 'schedule', body: {} })).toBe(0);
  expect(said.join('')).toContain('end soon');
  expectNobody();
}, 180_000);

test('what is searched would be found', () => {
  stage.issue({ user: stage.bot, title: `of ${PEOPLE[0] ?? ''}` });
  expect(expectNobody).toThrow(PEOPLE[0]);
});
