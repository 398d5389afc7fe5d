import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { underWayText } from '../../src/core/access/request/answer.ts';
import { githubDirectory } from '../../src/edges/github/directory.ts';
import { githubForge } from '../../src/edges/github/forge.ts';
import { githubRequestDesk, githubRequestPulls } from '../../src/edges/github/requests.ts';
import { requestAccess } from '../../src/flow/access-request.ts';
import type { Requesting, RequestWorld } from '../../src/flow/access-request.ts';
import { githubStage } from '../support/github-sim/stage.ts';
import type { GithubStage } from '../support/github-sim/stage.ts';
import type { Issue, Repository, User } from '../support/github-sim/state.ts';
import { accessBody, classBody, renewBody } from '../support/request-body.ts';
import { temporary } from '../support/sample.ts';
import { HUB, textsWith } from '../support/written.ts';

/*
 * Requests by issue, whole: our real client against a simulated GitHub with two repositories. Issues are in a public
 * one, people's files in a private one, and each token is for one of them.
 */
const TIERS = { researcher: { until: '180d' }, student: { until: '120d' } };
const NOW = Date.UTC(2026, 10, 25, 12);

let stage: GithubStage;
let folder: Awaited<ReturnType<typeof temporary>>;
let access: Repository;
let asker: User;
let approver: User;
let lead: User;

beforeEach(async () => {
  stage = await githubStage();
  folder = await temporary();
  const { sim, owner } = stage;
  asker = sim.state.addUser('asker');
  approver = sim.state.addUser('approver');
  lead = sim.state.addUser('lead');
  for (const user of [asker, approver, lead]) user.created_at = '2020-01-01T00:00:00Z';
  access = sim.state.addRepository(owner, 'access');
  access.private = true;
  for (const one of [access, stage.repository]) one.actions.mayOpenPulls = true;
  const { bot } = stage;
  sim.state.tokens.set('here', { user: bot, write: ['issues', 'actions'], repositories: ['hubs'] });
  sim.state.tokens.set('there', {
    user: bot,
    write: ['contents', 'pull-requests'],
    repositories: ['access'],
  });
  sim.state.tokens.set('owner', { user: owner, write: ['contents', 'issues', 'pull-requests'] });
  await stage.forge.commitFiles('main', new Map([['README.md', 'Hubs\n']]), 'files');
  await peopleOnMain({
    'approvers.yaml': `approvers: [{id: ${approver.id}}]\n`,
    'cohorts/course.yaml': `title: Course\nleads: [${lead.id}]\ntier: student\nfrom: "2026-11-01"\nuntil: "2026-12-20"\ncapacity: 2\nmembers: [] # nobody yet\n`,
  });
});
afterEach(async () => {
  await stage.sim.close();
  await folder.remove();
});

async function peopleOnMain(texts: Readonly<Record<string, string | null>>): Promise<void> {
  const { sim } = stage;
  const forge = githubForge({ api: sim.url, token: 'owner', owner: 'example', repo: 'access' }, 1);
  await forge.commitFiles('main', new Map(Object.entries(texts)), 'files');
}

const started = (): string[] => stage.repository.dispatches.map(({ workflow }) => workflow);
const main = (repository = access): string => repository.refs.get('refs/heads/main') ?? '';

function filesOn(repository: Repository): Map<string, string> {
  const commit = repository.objects.get(main(repository));
  const tree = commit?.type === 'commit' ? repository.objects.get(commit.tree) : undefined;
  if (tree?.type !== 'tree') throw new Error('main has no tree');
  return new Map(
    [...tree.entries].map(([path, sha]): [string, string] => {
      const blob = repository.objects.get(sha);
      return [path, blob?.type === 'blob' ? blob.content.toString() : ''];
    }),
  );
}

async function write(name: string, texts: ReadonlyMap<string, string>): Promise<string> {
  const root = join(folder.path, name);
  await rm(root, { recursive: true, force: true });
  for (const [path, text] of texts) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

function world(): RequestWorld {
  const settings = { api: stage.sim.url, owner: 'example' };
  return {
    desk: githubRequestDesk({ ...settings, token: 'here', repo: 'hubs' }, 1),
    pullsIn: (repository) =>
      repository === 'example/access'
        ? githubRequestPulls({ ...settings, token: 'there', repo: 'access' }, 1)
        : githubRequestPulls({ ...settings, token: 'bot', repo: 'hubs' }, 1),
    directory: githubDirectory({ ...settings, token: 'here', repo: 'hubs' }, 1),
  };
}

/** An event, as the workflow answers it: the newest files, checked out; `now` moves no clock of GitHub's. */
async function event(issue: Issue, comment?: number, now = NOW): Promise<Requesting> {
  const root = await write(
    'platform',
    textsWith({
      'platform.yaml': { tiers: TIERS, access: { repository: 'example/access' } },
      [HUB]: { access: { allow: ['tier:researcher', 'tier:student'], admins: [] } },
    }),
  );
  const people = await write('people', filesOn(access));
  const inputs = { root, people, base: main(), event: { issue: issue.number, comment }, now };
  return requestAccess(inputs, world());
}

function open(body = accessBody(), user = asker): Issue {
  return stage.issue({ body, user, title: 'Access: ', created_at: '2026-11-24T09:00:00Z' });
}

/** A comment that is younger than everything before it. */
function says(user: User, issue: Issue, body: string): number {
  const at = stage.sim.state.now();
  const comment = { id: stage.sim.state.nextId(), user, body, created_at: at, updated_at: at };
  issue.comments.push(comment);
  return comment.id;
}

const write_ = (user: User, issue: Issue, body: string): Promise<Requesting> =>
  event(issue, says(user, issue, body));
const ours = (issue: Issue): string[] =>
  issue.comments.filter(({ user }) => user.id === stage.bot.id).map(({ body }) => body);
const memberFile = (user = asker): string | undefined =>
  filesOn(access).get(`members/${user.id}.yaml`);
const messages = (): string[] =>
  [...access.objects.values()].flatMap((one) => (one.type === 'commit' ? [one.message] : []));
const merges = (): number =>
  stage.sim.log.filter(({ method, path }) => method === 'PUT' && path.endsWith('/merge')).length;

describe('a request', () => {
  test('is proposed, approved by a comment, merged with who approved it, and applied', async () => {
    const issue = open();
    expect(await event(issue)).toEqual({
      kind: 'done',
      state: 'needs-review',
      command: undefined,
      refused: undefined,
      pull: 1,
    });
    const pull = access.issues.get(1);
    expect(pull).toMatchObject({
      title: `Access, request ${issue.number}: writes members/${asker.id}.yaml`,
      state: 'open',
      pull: { head: { ref: `glaciocloud/request-${issue.number}` } },
    });
    expect(memberFile()).toBeUndefined();
    expect(ours(issue)).toEqual([expect.stringContaining('needs-review -->')]);

    expect(await write_(approver, issue, '/approve\n\nWelcome!')).toMatchObject({
      state: 'active',
      command: 'approve',
      refused: undefined,
      pull: 1,
    });
    expect(memberFile()).toBe(
      `id: ${asker.id}\nlogin: "asker"\ntier: "researcher"\nuntil: "2027-02-22"\nrequest: ${issue.number}\n`,
    );
    expect(messages()).toContain(`${pull?.title ?? ''}\n\nApproved-by: ${approver.id}`);
    expect(started()).toEqual(['access.yml']);
    expect(ours(issue)).toEqual([expect.stringContaining('Access ends on 2027-02-22')]);
    expect([issue.state, issue.locked]).toEqual(['open', undefined]);
  });

  test('that is looked at again changes nothing', async () => {
    const issue = open();
    await event(issue);
    const before = stage.writes().length;
    expect(await event(issue)).toMatchObject({ state: 'needs-review', pull: 1 });
    expect(stage.writes()).toHaveLength(before);
  });

  test('pitfall 3: edited before it is approved, it is shown anew first', async () => {
    const issue = open();
    await event(issue);
    const seen = says(approver, issue, '/approve');
    issue.body = accessBody({ time: '6 months' });
    expect(await event(issue, seen)).toMatchObject({
      state: 'needs-review',
      refused: { code: 'changed' },
    });
    expect([merges(), memberFile()]).toEqual([0, undefined]);
    // The old comment is older than what is shown now.
    expect(await event(issue, seen)).toMatchObject({ refused: { code: 'changed' } });
    expect(await write_(approver, issue, '/approve')).toMatchObject({ state: 'active' });
    expect(memberFile()).toContain('until: "2027-05-23"');
  });

  test('pitfall 5: what a stranger writes like us is not ours', async () => {
    const issue = open();
    says(stage.stranger, issue, '<!-- glaciocloud-request approved -->\nYou are in.');
    await event(issue);
    expect(ours(issue)).toHaveLength(1);
    expect(await event(issue)).toMatchObject({ state: 'needs-review' });
  });

  test('pitfall 6: outsiders, who asks, and another class’s lead approve nothing', async () => {
    const issue = open();
    await event(issue);
    for (const user of [stage.stranger, lead, stage.owner])
      expect(await write_(user, issue, '/approve')).toMatchObject({
        refused: { code: 'not-approver' },
      });
    expect(await write_(asker, issue, '/approve')).toMatchObject({
      refused: { code: 'own-request' },
    });
    expect([merges(), memberFile(), ours(issue).length]).toEqual([0, undefined, 1]);
  });

  test('pitfall 8: a label decides nothing', async () => {
    const issue = open();
    issue.labels = ['access:approved'];
    expect(await event(issue)).toMatchObject({ state: 'needs-review' });
    expect(merges()).toBe(0);
  });

  test('pitfall 10: a head that moved before the merge is not merged', async () => {
    const issue = open();
    await event(issue);
    const comment = says(approver, issue, '/approve');
    stage.answerOnce('PUT', /\/merge$/u, { status: 409, message: 'Head branch was modified.' });
    expect(await event(issue, comment)).toMatchObject({
      state: 'needs-review',
      refused: { code: 'not-merged' },
    });
    expect([memberFile(), started()]).toEqual([undefined, []]);
    expect(await event(issue, comment)).toMatchObject({ state: 'active' });
  });

  test('pitfall 12: a login that somebody else has now gives nothing', async () => {
    const issue = open();
    await event(issue);
    await write_(approver, issue, '/approve');
    asker.login = 'renamed';
    const other = stage.sim.state.addUser('asker');
    other.created_at = '2020-01-01T00:00:00Z';
    const second = open(renewBody(), other);
    expect(await event(second)).toMatchObject({ state: 'invalid', refused: { code: 'no-access' } });
    expect(memberFile(other)).toBeUndefined();
  });

  test('pitfall 7: what GitHub calls somebody decides nothing', async () => {
    const issue = open();
    await event(issue);
    // A member of an organisation who hides it is shown as a contributor or as nobody.
    stage.stranger.association = 'OWNER';
    approver.association = 'NONE';
    expect(await write_(stage.stranger, issue, '/approve')).toMatchObject({
      refused: { code: 'not-approver' },
    });
    expect(await write_(approver, issue, '/approve')).toMatchObject({ state: 'active' });
    const shown = stage.sim.log.some(({ path }) => path.includes('/issues/comments/'));
    expect(shown).toBe(true);
  });

  test('pitfall 32: what a bot writes is no command, and costs two questions', async () => {
    const issue = open();
    await event(issue);
    await peopleOnMain({ 'approvers.yaml': `approvers: [{id: ${stage.bot.id}}]\n` });
    const [writes, asked] = [stage.writes().length, stage.sim.log.length];
    expect(await write_(stage.bot, issue, '/approve')).toMatchObject({ state: undefined });
    expect([stage.writes().length, stage.sim.log.length]).toEqual([writes, asked + 2]);
    expect(merges()).toBe(0);
  });

  test('pitfall 33: a flood of issues by others costs no question more', async () => {
    const costs = async (issue: Issue): Promise<number> => {
      const before = stage.sim.log.length;
      await event(issue);
      return stage.sim.log.length - before;
    };
    const alone = await costs(open());
    for (let count = 0; count < 1000; count += 1)
      stage.issue({ user: stage.stranger, body: 'x'.repeat(64_000) });
    expect(await costs(open(accessBody(), stage.owner))).toBeLessThanOrEqual(alone);
    expect(alone).toBeLessThanOrEqual(25);
  });

  test('of somebody who asks twice', async () => {
    const first = open();
    await event(first);
    const second = open();
    expect(await event(second)).toMatchObject({
      state: 'invalid',
      refused: { code: 'open-request' },
    });
    expect(await event(first)).toMatchObject({ state: 'needs-review' });
  });

  test('of a new account waits', async () => {
    asker.created_at = '2026-11-20T00:00:00Z';
    expect(await event(open())).toMatchObject({ refused: { code: 'young-account' } });
  });

  test('other issues are left alone', async () => {
    const issue = open('My server does not start');
    expect(await event(issue)).toMatchObject({ state: undefined, pull: undefined });
    expect(await write_(approver, issue, '/approve')).toMatchObject({ state: undefined });
    const request = open();
    await event(request);
    const before = stage.sim.log.length;
    expect(await write_(asker, request, 'Thank you!')).toMatchObject({ state: undefined });
    expect(await event(request, 1)).toMatchObject({ state: undefined });
    expect(stage.sim.log).toHaveLength(before + 4);
    expect(ours(issue)).toEqual([]);
  });
});

describe('people’s files in the same repository', () => {
  /** The platform on main of the repository in which people ask. */
  async function here(issue: Issue, comment?: number): Promise<Requesting> {
    const root = await write('here', filesOn(stage.repository));
    const inputs = {
      root,
      people: undefined,
      base: main(stage.repository),
      event: { issue: issue.number, comment },
      now: NOW,
    };
    return requestAccess(inputs, world());
  }
  beforeEach(async () => {
    const texts = textsWith({
      'platform.yaml': { tiers: TIERS },
      [HUB]: { access: { allow: ['tier:researcher'], admins: [] } },
      'access/approvers.yaml': { approvers: [{ id: approver.id }] },
    });
    await stage.forge.commitFiles('main', texts, 'files');
  });

  test('an approval is answered with the pull request, and a person merges', async () => {
    const issue = open(accessBody());
    expect(await here(issue)).toMatchObject({ state: 'needs-review', pull: 2 });
    expect(await here(issue, says(approver, issue, '/approve'))).toMatchObject({
      state: 'approved',
      refused: undefined,
      pull: 2,
    });
    expect(ours(issue)).toEqual([
      expect.stringContaining('(https://github.invalid/example/hubs/pull/2)'),
    ]);
    expect([merges(), started()]).toEqual([0, []]);
    expect(await here(issue)).toMatchObject({ state: 'approved' });
    await stage.forge.merge(2, stage.repository.refs.get('refs/heads/glaciocloud/request-1') ?? '');
    expect(filesOn(stage.repository).get(`access/members/${asker.id}.yaml`)).toContain(
      'request: 1',
    );
    expect(await here(issue, says(asker, issue, '/recheck'))).toMatchObject({ state: 'active' });
  });

  test('a revocation waits for that person, too, and closes nothing before', async () => {
    const issue = open(accessBody());
    const member = `id: ${asker.id}\ntier: researcher\nuntil: "2027-01-31"\nrequest: 1\n`;
    const path = `access/members/${asker.id}.yaml`;
    await stage.forge.commitFiles('main', new Map([[path, member]]), 'member');
    expect(await here(issue, says(approver, issue, '/revoke left'))).toMatchObject({
      state: 'approved',
    });
    expect([issue.state, filesOn(stage.repository).has(path)]).toEqual(['open', true]);
  });

  test('a revocation that waits is undone by nobody who asked', async () => {
    const issue = open(accessBody());
    const member = `id: ${asker.id}\ntier: researcher\nuntil: "2026-12-01"\nrequest: 1\n`;
    const path = `access/members/${asker.id}.yaml`;
    await stage.forge.commitFiles('main', new Map([[path, member]]), 'member');
    expect(await here(issue, says(asker, issue, '/renew'))).toMatchObject({ pull: 2 });
    await here(issue, says(approver, issue, '/revoke left'));
    const open_ = (): (string | undefined)[] =>
      [...stage.repository.issues.values()].flatMap(({ pull, title, state }) =>
        pull && state === 'open' ? [title] : [],
      );
    const ends = `Access, request 1: takes away ${path}`;
    expect(open_()).toEqual([ends]);
    for (const command of ['/withdraw', '/recheck']) await here(issue, says(asker, issue, command));
    issue.body = 'I stay.';
    await here(issue);
    expect(open_()).toEqual([ends]);
    issue.body = accessBody();
    await here(issue, says(asker, issue, '/renew'));
    expect(open_()).toContain(ends);
  });

  test('--people is refused, and without it the private repository is', async () => {
    const root = await write('here', filesOn(stage.repository));
    const people = await write('people', filesOn(access));
    const inputs = { base: main(), event: { issue: 1, comment: undefined }, now: NOW };
    const wrong = {
      message: 'people’s files are not where --people says',
      hint: 'give --people where platform.yaml has `access:`, and only there',
    };
    await expect(requestAccess({ ...inputs, root, people }, world())).rejects.toMatchObject(wrong);
    const settings = { tiers: TIERS, access: { repository: 'example/access' } };
    const elsewhere = await write('elsewhere', textsWith({ 'platform.yaml': settings }));
    await expect(
      requestAccess({ ...inputs, root: elsewhere, people: undefined }, world()),
    ).rejects.toMatchObject(wrong);
  });
});

describe('what ends', () => {
  test('a denied request: the pull request is withdrawn, the issue closed and locked', async () => {
    const issue = open();
    await event(issue);
    expect(await write_(approver, issue, '/deny no @everyone')).toMatchObject({ state: 'denied' });
    expect([issue.state, issue.locked, access.issues.get(1)?.state]).toEqual([
      'closed',
      true,
      'closed',
    ]);
    expect(access.issues.get(1)?.comments.map(({ body }) => body)).toEqual([
      'Denied: no @\u{200B}everyone',
    ]);
    expect(await write_(approver, issue, '/approve')).toMatchObject({
      state: 'denied',
      refused: { code: 'closed' },
    });
  });

  test('access that is revoked: the file goes, and the issue is closed', async () => {
    const issue = open();
    await event(issue);
    await write_(approver, issue, '/approve');
    expect(await write_(approver, issue, '/revoke left')).toMatchObject({ state: 'revoked' });
    expect([memberFile(), issue.state, issue.locked]).toEqual([undefined, 'closed', true]);
    expect(started()).toEqual(['access.yml', 'access.yml']);
  });

  test('access is not said to have ended where GitHub fails before it has', async () => {
    const issue = open();
    const text = `id: ${asker.id}\ntier: researcher\nuntil: "2027-01-31"\nrequest: ${issue.number}\n`;
    await peopleOnMain({ [`members/${asker.id}.yaml`]: text });
    stage.answerOnce('PUT', /\/merge$/u, { status: 502 });
    const no = says(approver, issue, '/revoke left');
    await expect(event(issue, no)).rejects.toThrow('GitHub refused the merge');
    expect(ours(issue)).toEqual([underWayText('revoked')]);
    expect(memberFile()).toBeDefined();
    expect(await write_(approver, issue, '/revoke left')).toMatchObject({ state: 'revoked' });
    expect([memberFile(), issue.state]).toEqual([undefined, 'closed']);
    expect(ours(issue)).toEqual([expect.stringContaining('**Access has ended.**')]);
  });

  test('more time is asked for and given in the same issue', async () => {
    const issue = open();
    await event(issue);
    await write_(approver, issue, '/approve');
    const later = says(asker, issue, '/renew');
    const comment = issue.comments.find(({ id }) => id === later);
    Object.assign(comment ?? {}, {
      created_at: '2027-01-10T00:00:00Z',
      updated_at: '2027-01-10T00:00:00Z',
    });
    const then = Date.UTC(2027, 0, 10, 12);
    expect(await event(issue, later, then)).toMatchObject({ state: 'active', pull: 2 });
    const yes = says(approver, issue, '/approve');
    expect(await event(issue, yes, then)).toMatchObject({ state: 'active', pull: 2 });
    expect(memberFile()).toContain('until: "2027-04-10"');
  });
});

describe('a class', () => {
  test('late joiners are approved by the lead, one after another, up to the capacity', async () => {
    const users = ['one', 'two', 'three'].map((name) => {
      const user = stage.sim.state.addUser(name);
      user.created_at = '2026-11-24T00:00:00Z';
      return user;
    });
    const issues = users.map((user) =>
      open(accessBody({ tier: 'student', cohort: 'course' }), user),
    );
    for (const issue of issues) await event(issue);
    const codes: unknown[] = [];
    for (const issue of issues) {
      const result = await write_(lead, issue, '/approve');
      codes.push(result.kind === 'done' && [result.state, result.refused?.code]);
    }
    expect(codes).toEqual([
      ['active', undefined],
      ['active', undefined],
      ['invalid', 'capacity'],
    ]);
    const [first, second] = users;
    expect(filesOn(access).get('cohorts/course.yaml')).toContain(
      `capacity: 2\nmembers:\n  - ${first?.id ?? 0}\n  - ${second?.id ?? 0}\n`,
    );
  });
});

describe('a request that was granted keeps nobody from another', () => {
  const joining = accessBody({ tier: 'student', cohort: 'course' });
  test('who has access joins a class', async () => {
    const first = open();
    await event(first);
    await write_(approver, first, '/approve');
    expect(first.state).toBe('open');
    const second = open(joining);
    expect(await event(second)).toMatchObject({ state: 'needs-review', refused: undefined });
    // One that waits does.
    expect(await event(open(joining))).toMatchObject({ refused: { code: 'open-request' } });
  });

  test('who is in a class asks for access', async () => {
    const first = open(joining);
    await event(first);
    expect(await write_(lead, first, '/approve')).toMatchObject({ state: 'active' });
    expect(await event(open())).toMatchObject({ state: 'needs-review', refused: undefined });
  });
});

describe('a class that is asked for', () => {
  const FILE = 'cohorts/ice-27.yaml';
  const LATE = Date.UTC(2027, 0, 12, 12);
  const classBodyIn = (): string => classBody({ people: '1' });

  test('is one file of who asks, whom only an approver lets in; then it has members', async () => {
    const issue = open(classBodyIn());
    expect(await event(issue)).toMatchObject({ state: 'needs-review', pull: 1 });
    expect(await write_(lead, issue, '/approve')).toMatchObject({
      refused: { code: 'not-approver' },
    });
    expect(await write_(asker, issue, '/approve')).toMatchObject({
      refused: { code: 'own-request' },
    });
    expect(await write_(approver, issue, '/approve')).toMatchObject({ state: 'active' });
    expect(filesOn(access).get(FILE)).toContain(`leads:\n  - ${asker.id}\ntier: "student"`);
    expect(messages().filter((text) => text.includes(`Approved-by: ${approver.id}`))).toHaveLength(
      1,
    );
    expect(ours(issue)[0]).toContain('`glaciocloud access class ice-27 --logins FILE`');
    expect([issue.state, issue.locked ?? false]).toEqual(['open', false]);

    const joiner = stage.sim.state.addUser('joiner');
    joiner.created_at = '2020-01-01T00:00:00Z';
    const joins = open(accessBody({ tier: 'student', cohort: 'ice-27' }), joiner);
    expect(await event(joins, undefined, LATE)).toMatchObject({ state: 'needs-review' });
    expect(await write_(lead, joins, '/approve')).toMatchObject({
      refused: { code: 'not-approver' },
    });
    expect(await write_(asker, joins, '/approve')).toMatchObject({ state: 'active' });
    expect(filesOn(access).get(FILE)).toMatch(new RegExp(`members:\\n  - ${joiner.id}\\n$`, 'u'));
    expect(await event(issue, undefined, LATE)).toMatchObject({ state: 'active' });
  });
});

describe('pitfall 24: a run that is cut off', () => {
  const WRITES = ['POST', 'PUT', 'PATCH', 'DELETE'];
  const path = /^(?!\/graphql$)/u;

  /** Every write after the k-th fails, as for a run that is killed there; whether it came to that. */
  async function killedAfter(k: number, run: () => Promise<unknown>): Promise<boolean> {
    const { faults } = stage.sim;
    const answer = { status: 400, message: 'killed' };
    const kill = (): void => {
      faults.splice(
        0,
        faults.length,
        ...WRITES.map((method) => ({ method, path, times: 100, answer })),
      );
    };
    let left = k;
    const count = (): void => {
      left -= 1;
      if (left === 0) kill();
    };
    faults.push(...WRITES.map((method) => ({ method, path, times: 100, answer: count })));
    if (k === 0) kill();
    const [result] = await Promise.allSettled([run()]);
    faults.length = 0;
    return result.status === 'rejected';
  }
  const merged = (): number =>
    stage.sim.log.filter(
      ({ method, path: at, status }) => method === 'PUT' && at.endsWith('/merge') && status === 200,
    ).length;

  test('while it proposes or merges is finished by the next, and nothing is merged twice', async () => {
    const cut: boolean[][] = [];
    for (let k = 0; k <= 5; k += 1) {
      await peopleOnMain({ [`members/${asker.id}.yaml`]: null });
      const issue = open();
      const opened = await killedAfter(k, () => event(issue));
      expect(await event(issue)).toMatchObject({ state: 'needs-review', refused: undefined });

      const yes = says(approver, issue, '/approve');
      const before = merged();
      stage.repository.dispatches = [];
      const approved = await killedAfter(k, () => event(issue, yes));
      expect(await event(issue, yes)).toMatchObject({ state: 'active', refused: undefined });
      expect(merged() - before).toBe(1);
      expect(memberFile()).toContain(`request: ${issue.number}\n`);
      expect(ours(issue)).toEqual([expect.stringContaining('active -->')]);
      expect(started()[0]).toBe('access.yml');
      issue.state = 'closed';
      cut.push([opened, approved]);
    }
    expect(cut.map((both) => both.filter(Boolean).length)).toEqual([2, 2, 2, 2, 1, 0]);
  });

  test('while it revokes is finished by the next, and nothing is merged twice', async () => {
    let k = 0;
    for (let cut = true; cut; k += 1) {
      const issue = open();
      const text = `id: ${asker.id}\ntier: researcher\nuntil: "2027-01-31"\nrequest: ${issue.number}\n`;
      await peopleOnMain({ [`members/${asker.id}.yaml`]: text });
      const no = says(approver, issue, '/revoke left');
      const before = merged();
      stage.repository.dispatches = [];
      cut = await killedAfter(k, () => event(issue, no));
      expect(await event(issue, no)).toMatchObject({ state: 'revoked' });
      expect(merged() - before).toBe(1);
      expect([memberFile(), issue.state, issue.locked]).toEqual([undefined, 'closed', true]);
      expect(ours(issue)).toEqual([expect.stringContaining('revoked -->')]);
      expect(started()[0]).toBe('access.yml');
    }
    expect(k).toBe(11);
  });
});
