import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Protection } from '../../src/core/hub/protection.ts';
import { githubStage } from '../support/github-sim/stage.ts';
import type { GithubStage } from '../support/github-sim/stage.ts';
import type { Approval, Environment } from '../support/github-sim/state.ts';

let stage: GithubStage;
beforeEach(async () => {
  stage = await githubStage();
});
afterEach(() => stage.sim.close());

describe('an environment', () => {
  test('that is not there protects nothing', async () => {
    expect(await stage.forge.environment('lab')).toEqual({
      name: 'lab',
      defaultBranch: 'main',
      isPrivate: false,
      protection: undefined,
    });
  });

  test('says whether its repository is private', async () => {
    stage.repository.private = true;
    expect(await stage.forge.environment('lab')).toMatchObject({ isPrivate: true });
  });

  test.each<[string, Environment['branches'], Protection['branches']]>([
    ['any branch', undefined, { kind: 'any' }],
    ['protected branches', 'protected', { kind: 'protected' }],
    ['no branch', [], { kind: 'selected', patterns: [] }],
    [
      'named branches and tags',
      [
        { name: 'main', type: 'branch' },
        { name: 'v*', type: 'tag' },
      ],
      {
        kind: 'selected',
        patterns: [
          { kind: 'branch', name: 'main' },
          { kind: 'tag', name: 'v*' },
        ],
      },
    ],
    [
      'a branch, as older ones say it',
      [{ name: 'main' }],
      { kind: 'selected', patterns: [{ kind: 'branch', name: 'main' }] },
    ],
  ])('is open to %s', async (_what, branches, expected) => {
    stage.repository.environments.set('lab', { branches, reviewers: undefined });
    expect((await stage.forge.environment('lab')).protection).toEqual({
      branches: expected,
      reviewers: 0,
    });
  });

  test('has every page of branches', async () => {
    const branches = Array.from({ length: 31 }, (_one, index) => ({ name: `b${index}` }));
    stage.repository.environments.set('lab', { branches, reviewers: undefined });
    const { protection } = await stage.forge.environment('lab');
    expect(protection?.branches).toMatchObject({ patterns: { length: 31 } });
  });

  test('has so many reviewers', async () => {
    const set = (reviewers: Environment['reviewers']) =>
      stage.repository.environments.set('lab', { branches: undefined, reviewers });
    const count = async () => (await stage.forge.environment('lab')).protection?.reviewers;
    set([]);
    expect(await count()).toBe(0);
    set([stage.owner, stage.stranger]);
    expect(await count()).toBe(2);
  });

  test.each<[string, unknown, number]>([
    ['no rules', {}, 0],
    ['a rule without its list', { protection_rules: [{ type: 'required_reviewers' }] }, 0],
    [
      'reviewers of another rule',
      { protection_rules: [{ type: 'custom', reviewers: [{ type: 'User' }] }] },
      0,
    ],
  ])('with %s has as many', async (_what, body, reviewers) => {
    stage.answerOnce('GET', /environments\/lab$/u, { status: 200, body });
    expect((await stage.forge.environment('lab')).protection).toEqual({
      branches: { kind: 'any' },
      reviewers,
    });
  });

  test('is not looked at without the permission, and which it is is said', async () => {
    stage.answerOnce('GET', /environments\/lab$/u, { status: 403 });
    await expect(stage.forge.environment('lab')).rejects.toMatchObject({
      message: 'GitHub refused an environment: fault',
      hint: 'the token may not look at environments: give the job `permissions: {actions: read}`',
      status: 403,
    });
    stage.answerOnce('GET', /environments\/lab$/u, { status: 401 });
    await expect(stage.forge.environment('lab')).rejects.toMatchObject({
      hint: 'the token is wrong or has expired',
    });
  });
});

describe('an approval', () => {
  const given: Omit<Approval, 'user'> = { run: 7, environment: 'lab-approval', state: 'approved' };
  const approvals = (...parts: Partial<Approval>[]) => {
    stage.repository.approvals = parts.map((part) => ({ ...given, user: stage.owner, ...part }));
    return stage.forge.isApprovedIn(7, 'lab-approval');
  };

  test('is one of this run and this environment', async () => {
    expect(await approvals({ run: 6 }, {})).toBe(true);
    expect(await approvals({ environment: 'Lab-Approval' })).toBe(true);
  });

  test.each<[string, Partial<Approval>[]]>([
    ['nobody’s', []],
    ['another run’s', [{ run: 8 }]],
    ['another cluster’s', [{ environment: 'other-approval' }]],
    ['refused', [{ state: 'rejected' }]],
    ['not given yet', [{ state: 'pending' }]],
  ])('is none where it is %s', async (_what, parts) => {
    expect(await approvals(...parts)).toBe(false);
  });

  test('is not looked up without the permission', async () => {
    stage.answerOnce('GET', /approvals/u, { status: 403 });
    await expect(stage.forge.isApprovedIn(7, 'lab-approval')).rejects.toMatchObject({
      message: 'GitHub refused approvals of this run: fault',
      hint: 'the token may not look at environments: give the job `permissions: {actions: read}`',
    });
  });
});
