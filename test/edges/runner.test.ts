import { context } from '@actions/github';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  accessRepository,
  checkRun,
  directorySettings,
  followedRun,
  githubSettings,
  labelOrder,
  requestEvent,
  runAddress,
  runBranch,
  runId,
  tryRequest,
} from '../../src/edges/runner.ts';

const SHA = 'a1'.repeat(20);
const NAMES = [
  'GITHUB_REPOSITORY',
  'GITHUB_TOKEN',
  'GITHUB_REF_NAME',
  'GITHUB_EVENT_NAME',
  'ACCESS_TOKEN',
  'MEMBERS_TOKEN',
];
const before = new Map(NAMES.map((name) => [name, process.env[name]]));
const { payload, runId: idBefore } = context;

beforeEach(() => {
  process.env['GITHUB_REPOSITORY'] = 'example/hubs';
  process.env['GITHUB_TOKEN'] = 'a-token';
});
afterEach(() => {
  for (const [name, value] of before)
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  Object.assign(context, { payload, runId: idBefore });
});

/** The payload of the event that this run is for. */
const event = (given: unknown): void => void Object.assign(context, { payload: given });
/** A copy with another value at a path; undefined takes the field away. */
const changed = (from: object, path: string, value: unknown): unknown => {
  const copy = structuredClone(from) as Record<string, unknown>;
  const names = path.split('.');
  const last = names.pop() ?? '';
  let here = copy;
  for (const name of names) here = here[name] as Record<string, unknown>;
  if (value === undefined) Reflect.deleteProperty(here, last);
  else here[last] = value;
  return copy;
};

describe('what the runner tells by its environment', () => {
  test('the repository and the token', () => {
    expect(githubSettings()).toEqual({
      api: context.apiUrl,
      token: 'a-token',
      owner: 'example',
      repo: 'hubs',
    });
  });

  test.each([
    ['GITHUB_REPOSITORY', 'this command runs in GitHub Actions'],
    ['GITHUB_TOKEN', 'pass it to the step: `env: {GITHUB_TOKEN: ${{ github.token }}}`'],
  ])('without %s it says what to do', (name, hint) => {
    for (const value of [undefined, '']) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
      expect(githubSettings).toThrow(
        expect.objectContaining({ message: `${name} is not set`, hint, exit: 2 }),
      );
    }
  });

  test('the branch, the id and the page of the run', () => {
    process.env['GITHUB_REF_NAME'] = 'trunk';
    expect(runBranch()).toBe('trunk');
    Reflect.deleteProperty(process.env, 'GITHUB_REF_NAME');
    expect(runBranch()).toBe('main');
    Object.assign(context, { runId: 7 });
    expect(runId()).toBe(7);
    expect(runAddress()).toBe(`${context.serverUrl}/example/hubs/actions/runs/7`);
    Object.assign(context, { runId: NaN });
    expect(runId()).toBeUndefined();
    expect(runAddress()).toBeUndefined();
  });
});

describe('a label on an issue', () => {
  const labeled = {
    issue: {
      number: 5,
      labels: [{ name: 'glaciocloud' }, { name: 'hub:one' }, { name: 'hub:two' }],
    },
    label: { name: 'glaciocloud:retry' },
    sender: { login: 'maintainer' },
  };

  test('names what it asks for, and the hub', () => {
    event(labeled);
    expect(labelOrder()).toEqual({
      label: 'glaciocloud:retry',
      hub: 'one',
      issue: 5,
      login: 'maintainer',
    });
  });

  test.each<[string, unknown]>([
    ['none', []],
    ['none like it', [{ name: 'my-hub:x' }, { name: 'hub' }, 'hub:text', null]],
    ['no list', 'hub:one'],
    ['nothing', undefined],
  ])('names no hub where the issue has %s', (_what, labels) => {
    event(changed(labeled, 'issue.labels', labels));
    expect(labelOrder().hub).toBeUndefined();
  });

  test.each<[string, unknown]>([
    ['issue.number', '5'],
    ['issue.number', undefined],
    ['issue', undefined],
    ['label.name', ''],
    ['label.name', 7],
    ['label', undefined],
    ['sender.login', ''],
    ['sender', undefined],
  ])('is no such event with %s as %p', (path, value) => {
    event(changed(labeled, path, value));
    expect(labelOrder).toThrow(
      expect.objectContaining({
        message: 'this is not an event of a label on an issue',
        hint: 'use it in a workflow that runs on `issues: {types: [labeled]}`',
        exit: 2,
      }),
    );
  });
});

describe('a comment on a pull request', () => {
  const commented = {
    issue: { number: 5, pull_request: { url: 'x' } },
    comment: { body: `/try ${SHA}`, user: { login: 'maintainer' } },
  };

  test.each([
    [`/try ${SHA}`, SHA],
    [`/try ${SHA} \n`, SHA],
    [`/try ${SHA}0`, undefined],
    [`/try ${SHA.slice(1)}`, undefined],
    [`/try ${SHA.toUpperCase()}`, undefined],
    [`/try  ${SHA}`, undefined],
    [`/try ${SHA} please`, undefined],
    [`please /try ${SHA}`, undefined],
    [`words\n/try ${SHA}`, undefined],
    [`/try ${SHA}\nwords`, undefined],
    ['/try', undefined],
    [undefined, undefined],
  ])('%p asks for %p', (body, commit) => {
    event(changed(commented, 'comment.body', body));
    expect(tryRequest()).toEqual({ pull: 5, login: 'maintainer', commit });
  });

  test.each<[string, unknown]>([
    ['issue.number', '5'],
    ['issue.number', undefined],
    ['issue.pull_request', undefined],
    ['issue', undefined],
    ['comment.user.login', ''],
    ['comment.user', undefined],
    ['comment', undefined],
  ])('is no such event with %s as %p', (path, value) => {
    event(changed(commented, path, value));
    expect(tryRequest).toThrow(
      expect.objectContaining({
        message: 'this is not a comment on a pull request',
        hint: 'use it in a workflow that runs on `issue_comment`',
        exit: 2,
      }),
    );
  });
});

describe('a finished check', () => {
  const finished = {
    workflow_run: {
      head_repository: { owner: { login: 'somebody' } },
      head_branch: 'topic',
      head_sha: SHA,
    },
  };

  test('says whose branch and which commit', () => {
    event(finished);
    expect(checkRun()).toEqual({ headOwner: 'somebody', headBranch: 'topic', headSha: SHA });
  });

  test.each<[string, unknown]>([
    ['workflow_run.head_sha', SHA.slice(1)],
    ['workflow_run.head_sha', `${SHA}0`],
    ['workflow_run.head_sha', `${SHA}\n`],
    ['workflow_run.head_sha', 'main'],
    ['workflow_run.head_sha', undefined],
    ['workflow_run.head_branch', ''],
    ['workflow_run.head_branch', null],
    ['workflow_run.head_repository', null],
    ['workflow_run.head_repository.owner.login', ''],
    ['workflow_run', undefined],
  ])('is no such event with %s as %p', (path, value) => {
    event(changed(finished, path, value));
    expect(checkRun).toThrow(
      expect.objectContaining({
        message: 'this is not a workflow_run event of a pull request',
        hint: 'use it in a workflow that runs on `workflow_run`',
        exit: 2,
      }),
    );
  });
});

describe('the run that a workflow_run follows', () => {
  test('is named by its id and its page', () => {
    event({ workflow_run: { id: 4711 } });
    expect(followedRun()).toEqual({
      id: 4711,
      address: `${context.serverUrl}/example/hubs/actions/runs/4711`,
    });
    event({ workflow_run: { id: 1 } });
    expect(followedRun().id).toBe(1);
  });

  test.each([[undefined], [null], ['4711'], [0], [-1], [1.5], [2 ** 53]])('is none: %p', (id) => {
    event({ workflow_run: { id } });
    expect(followedRun).toThrow(
      expect.objectContaining({
        message: 'this is not a workflow_run event',
        hint: 'use it in a workflow that runs on `workflow_run`',
        exit: 2,
      }),
    );
  });
});

describe('an event of a request', () => {
  const named = (name: string, payload: unknown) => {
    process.env['GITHUB_EVENT_NAME'] = name;
    event(payload);
    return requestEvent();
  };
  const issues = { action: 'opened', issue: { number: 12 } };
  const comment = { action: 'created', issue: { number: 12 }, comment: { id: 34 } };

  test('is about an issue, or a comment on it', () => {
    expect(named('issues', issues)).toEqual({ issue: 12, comment: undefined });
    expect(named('issues', { ...issues, action: 'edited' })).toEqual({
      issue: 12,
      comment: undefined,
    });
    expect(named('issue_comment', comment)).toEqual({ issue: 12, comment: 34 });
  });

  test.each<[string, unknown]>([
    ['issue_comment', { ...comment, action: 'edited' }],
    ['issue_comment', { ...comment, comment: undefined }],
    ['issue_comment', { ...comment, comment: { id: '34' } }],
    ['issues', { ...issues, action: 'labeled' }],
    ['issues', comment],
    ['issues', { action: 'opened', issue: { number: 0 } }],
    ['issues', { action: 'opened', issue: { number: 1.5 } }],
    ['issues', { action: 'opened' }],
    ['push', issues],
  ])('%s %j is none', (name, payload) => {
    expect(() => named(name, payload)).toThrow(
      'this is no event of an issue that was opened or edited, or of a new comment',
    );
  });

  test('the repository with people’s files has a token of its own', () => {
    process.env['ACCESS_TOKEN'] = 'its-token';
    expect(accessRepository('example/access')).toEqual({
      api: context.apiUrl,
      token: 'its-token',
      owner: 'example',
      repo: 'access',
    });
    process.env['ACCESS_TOKEN'] = '';
    expect(() => accessRepository('example/access')).toThrow(
      'people’s files are in example/access, and ACCESS_TOKEN is not set',
    );
  });

  test('members are read with a token of their own, where there is one', () => {
    process.env['MEMBERS_TOKEN'] = 'members';
    expect(directorySettings().token).toBe('members');
    process.env['MEMBERS_TOKEN'] = '';
    expect(directorySettings().token).toBe('a-token');
    process.env['GITHUB_TOKEN'] = '';
    expect(() => directorySettings()).toThrow('hubs name teams, and GITHUB_TOKEN is not set');
  });
});
