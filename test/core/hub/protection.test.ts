import { describe, expect, test } from '@jest/globals';
import { approvalEnvironment, openness, unasked } from '../../../src/core/hub/protection.ts';
import type { DeployEnvironment, Pattern, Protection } from '../../../src/core/hub/protection.ts';

const environment = (part: Partial<DeployEnvironment>): DeployEnvironment => ({
  name: 'lab',
  defaultBranch: 'trunk',
  isPrivate: false,
  protection: undefined,
  ...part,
});
const branch = (name: string): Pattern => ({ kind: 'branch', name });
const selected = (...patterns: Pattern[]): Protection['branches'] => ({
  kind: 'selected',
  patterns,
});
const PRIVATE =
  ' (this repository is private: not every plan of GitHub has that for private repositories)';

describe('the environment of a cluster', () => {
  const seen = (branches: Protection['branches']) =>
    openness(environment({ protection: { branches, reviewers: 0 } }));

  test.each<[string, Protection['branches'], string]>([
    ['every branch', { kind: 'any' }, 'every branch'],
    ['protected branches', { kind: 'protected' }, 'every protected branch'],
    ['another branch', selected(branch('main')), 'branch main'],
    ['branches that begin alike', selected(branch('trunk*')), 'branch trunk*'],
    ['a tag of that name', selected({ kind: 'tag', name: 'trunk' }), 'tag trunk'],
    [
      'others beside',
      selected(branch('trunk'), branch('x'), { kind: 'tag', name: 'v*' }),
      'branch x, tag v*',
    ],
    ['nothing', selected(), 'no branch'],
  ])('that is open to %s is refused', (_what, branches, open) => {
    expect(seen(branches)).toEqual({
      what: `the environment \`lab\`, which holds this cluster’s credentials, is open to ${open}`,
      cure: 'in the repository’s settings, Environments, lab, “Deployment branches and tags”: choose “Selected branches and tags” with trunk alone',
    });
  });

  test('that is open to the default branch alone is well', () => {
    expect(seen(selected(branch('trunk')))).toBeUndefined();
  });

  test.each([
    [false, ''],
    [true, PRIVATE],
  ])('that is missing keeps nothing (private: %s)', (isPrivate, more) => {
    expect(openness(environment({ isPrivate }))).toEqual({
      what: `there is no environment \`lab\`, so any branch’s workflow gets at what this run holds${more}`,
      cure: 'make it in the repository’s settings (Environments), let only the branch trunk use it, and keep the cluster’s secrets in it',
    });
  });
});

describe('the environment that asks', () => {
  const name = approvalEnvironment('lab');
  const CURE = 'set “Required reviewers” in the repository’s settings, Environments, lab-approval';
  const asked = (reviewers: number, isPrivate = false) =>
    unasked(environment({ name, isPrivate, protection: { branches: { kind: 'any' }, reviewers } }));

  test('has asked where it has a reviewer', () => {
    expect([asked(1), asked(2, true)]).toEqual([undefined, undefined]);
  });

  test.each([
    [false, ''],
    [true, PRIVATE],
  ])('has asked nobody without reviewers (private: %s)', (isPrivate, more) => {
    expect(asked(0, isPrivate)).toEqual({
      what: `the environment \`lab-approval\` has no required reviewers, so nobody was asked${more}`,
      cure: CURE,
    });
    expect(unasked(environment({ name, isPrivate }))).toEqual({
      what: `there is no environment \`lab-approval\`, so nobody was asked${more}`,
      cure: CURE,
    });
  });
});
