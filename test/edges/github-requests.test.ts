import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { githubRequestDesk, githubRequestPulls } from '../../src/edges/github/requests.ts';
import type { Proposal } from '../../src/ports/own-pulls.ts';
import { githubStage } from '../support/github-sim/stage.ts';
import type { GithubStage } from '../support/github-sim/stage.ts';
import type { Repository } from '../support/github-sim/state.ts';

const MARK = '<!-- mark ';

let stage: GithubStage;
let access: Repository;
beforeEach(async () => {
  stage = await githubStage();
  const { sim, owner, bot } = stage;
  access = sim.state.addRepository(owner, 'access');
  access.private = true;
  access.actions.mayOpenPulls = true;
  sim.state.tokens.set('here', { user: bot, write: ['issues', 'actions'], repositories: ['hubs'] });
  sim.state.tokens.set('there', {
    user: bot,
    write: ['contents', 'pull-requests'],
    repositories: ['access'],
  });
});
afterEach(() => stage.sim.close());

const desk = (token = 'here') =>
  githubRequestDesk({ api: stage.sim.url, token, owner: 'example', repo: 'hubs' }, 1);
const pulls = (token = 'there') =>
  githubRequestPulls({ api: stage.sim.url, token, owner: 'example', repo: 'access' }, 1);

describe('an issue', () => {
  test('as it is now', async () => {
    const issue = stage.issue({
      body: 'a body',
      user: stage.stranger,
      created_at: '2026-11-24T09:00:00Z',
    });
    const author = { id: stage.stranger.id, login: 'stranger', isBot: false };
    expect(await desk().issue(issue.number)).toEqual({
      number: issue.number,
      author,
      body: 'a body',
      isOpen: true,
      isPull: false,
      createdAt: Date.UTC(2026, 10, 24, 9),
    });
    issue.state = 'closed';
    expect(await desk().issue(issue.number)).toMatchObject({ isOpen: false });
    const pull = stage.pull();
    expect(await desk().issue(pull.number)).toMatchObject({ isPull: true });
    expect((await desk().issue(stage.issue({}).number))?.author.isBot).toBe(true);
  });

  test('that is gone, or that GitHub leads elsewhere for', async () => {
    const { number } = stage.issue({ user: stage.stranger });
    for (const status of [404, 410]) {
      stage.answerOnce('GET', /\/issues\/\d+$/u, { status });
      expect(await desk().issue(number)).toBeUndefined();
    }
    stage.answerOnce('GET', /\/issues\/\d+$/u, { status: 403 });
    await expect(desk().issue(number)).rejects.toMatchObject({ status: 403 });
    expect(await desk().issue(number)).toMatchObject({ number });
    stage.answerOnce('GET', /\/issues\/\d+$/u, { status: 200, body: { number: number + 1 } });
    expect(await desk().issue(number)).toBeUndefined();
  });

  test('of an account that is gone, or without a body', async () => {
    const body = { number: 1, state: 'open', created_at: '2026-11-24T09:00:00Z', body: null };
    stage.answerOnce('GET', /\/issues\/1$/u, { status: 200, body: { ...body, user: null } });
    expect(await desk().issue(1)).toMatchObject({ author: { id: 0, isBot: true }, body: '' });
  });

  test('with a time that is none is refused', async () => {
    const user = { id: 7, login: 'a', type: 'User' };
    const body = { number: 1, state: 'open', created_at: 'yesterday', body: '', user };
    stage.answerOnce('GET', /\/issues\/1$/u, { status: 200, body });
    await expect(desk().issue(1)).rejects.toMatchObject({
      message: 'GitHub gave a time that is none in /created_at',
      hint: 'try again later; if it stays, report it',
    });
  });

  test('is locked before it is closed', async () => {
    const issue = stage.issue({});
    await desk().end(issue.number);
    expect([issue.locked, issue.state]).toEqual([true, 'closed']);
    expect(stage.writes()).toEqual(['PUT /issues/1/lock', 'PATCH /issues/1']);
  });
});

test('a comment, or that it is gone', async () => {
  const comment = {
    id: 34,
    user: stage.stranger,
    body: '/approve',
    created_at: '2026-11-24T09:00:00Z',
    updated_at: '2026-11-24T10:00:00Z',
  };
  stage.issue({ comments: [comment] });
  expect(await desk().comment(34)).toEqual({
    author: { id: stage.stranger.id, login: 'stranger', isBot: false },
    body: '/approve',
    createdAt: Date.UTC(2026, 10, 24, 9),
    updatedAt: Date.UTC(2026, 10, 24, 10),
  });
  expect(await desk().comment(35)).toBeUndefined();
});

test('open issues of somebody, and no pull requests', async () => {
  const { stranger: user, owner } = stage;
  stage.issue({ user, body: 'one' });
  stage.issue({ user, body: 'two', state: 'closed' });
  stage.issue({ user: owner, body: 'three' });
  stage.pull().user = user;
  const author = { id: user.id, login: 'stranger', isBot: false };
  expect(await desk().openOf(author)).toEqual([{ number: 1, body: 'one' }]);
});

test('since when an account is there', async () => {
  stage.stranger.created_at = '2020-02-29T12:00:00Z';
  expect(await desk().accountSince(stage.stranger.id)).toBe(Date.UTC(2020, 1, 29, 12));
});

test('our answer is known by its author', async () => {
  const issue = stage.issue({});
  expect(await desk().answer(1, MARK)).toBeUndefined();
  const at = { created_at: '2026-11-24T09:00:00Z', updated_at: '2026-11-24T09:00:00Z' };
  issue.comments.push({ id: 1, user: stage.stranger, body: `${MARK}forged`, ...at });
  expect(await desk().answer(1, MARK)).toBeUndefined();
  await desk().keepAnswer(1, MARK, `${MARK}first`);
  await desk().keepAnswer(1, MARK, `${MARK}second`);
  expect(await desk().answer(1, MARK)).toBe(`${MARK}second`);
  expect(issue.comments.map(({ body }) => body)).toEqual([`${MARK}forged`, `${MARK}second`]);
});

test('a workflow of the default branch is started', async () => {
  await stage.forge.commitFiles('main', new Map([['README.md', 'Hubs\n']]), 'files');
  await desk().start('access.yml');
  expect(stage.repository.dispatches).toEqual([{ workflow: 'access.yml', ref: 'main' }]);
  expect(stage.sim.log.at(-1)?.body).toEqual({ ref: 'main' });
});

describe('a pull request with people’s files', () => {
  const BRANCH = 'glaciocloud/request-12';
  const main = (): string => access.refs.get('refs/heads/main') ?? '';
  const propose = (files: Record<string, string | null>, more: Partial<Proposal> = {}) =>
    pulls().propose({
      branch: BRANCH,
      base: main(),
      mark: 'Access: ',
      title: 'Access: a change',
      body: '',
      files: new Map(Object.entries(files)),
      ...more,
    });
  const onMain = async (files: Record<string, string>): Promise<void> => {
    const { sim, owner } = stage;
    sim.state.tokens.set('owner', { user: owner, write: ['contents'] });
    const settings = { api: sim.url, token: 'owner', owner: 'example', repo: 'access' };
    const { githubForge } = await import('../../src/edges/github/forge.ts');
    await githubForge(settings, 1).commitFiles('main', new Map(Object.entries(files)), 'files');
  };
  beforeEach(() => onMain({ 'members/1.yaml': 'id: 1\n', 'members/2.yaml': 'id: 2\n' }));

  test('is shown with its files as they would be', async () => {
    expect(await pulls().shown(BRANCH)).toBeUndefined();
    const files = { 'members/1.yaml': null, 'members/2.yaml': 'id: 2 # é\n', 'a.yaml': 'a: 1\n' };
    const { head } = await propose(files);
    const shown = await pulls().shown(BRANCH);
    expect(shown).toEqual({
      number: 1,
      url: 'https://github.invalid/example/access/pull/1',
      head,
      headAt: expect.any(Number) as unknown,
      files: new Map(Object.entries(files)),
    });
    const commit = access.objects.get(head);
    const date = commit?.type === 'commit' ? (commit.date ?? '') : '';
    expect(shown?.headAt).toBe(Date.parse(date));
  });

  test('is merged with who approved it', async () => {
    const { number, head } = await propose({ 'members/1.yaml': null });
    expect(await pulls().merge(number, head, 'Approved-by: 7')).toBeUndefined();
    const commit = access.objects.get(main());
    expect(commit?.type === 'commit' && commit.message).toBe('Access: a change\n\nApproved-by: 7');
    expect(await pulls().shown(BRANCH)).toBeUndefined();
  });

  test('is withdrawn', async () => {
    await propose({ 'members/1.yaml': null });
    await pulls().withdraw(BRANCH, 'why');
    expect(access.issues.get(1)?.state).toBe('closed');
  });
});

describe('each token is for one repository', () => {
  test('that of the issues sees no people’s files', async () => {
    await expect(pulls('here').shown('any')).rejects.toMatchObject({ status: 404 });
  });

  test('that of people’s files answers no issue', async () => {
    stage.issue({});
    await expect(desk('there').keepAnswer(1, MARK, MARK)).rejects.toMatchObject({ status: 403 });
    await expect(desk('there').end(1)).rejects.toMatchObject({ status: 403 });
    await expect(desk('there').start('access.yml')).rejects.toMatchObject({ status: 403 });
  });
});
