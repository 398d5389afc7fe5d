import { describe, expect, test } from '@jest/globals';
import { pullChecks, pullNeeds } from '../../../src/core/doctor/pulls.ts';
import type { MergeRule, PullFacts } from '../../../src/core/doctor/pulls.ts';
import { NOT_ASKED, answered, brief } from '../../support/doctor.ts';
import { platformWith } from '../../support/written.ts';

const BRANCH = 'glaciocloud/refresh-science';
const merging = { 'platform.yaml': { automerge: 'candidate' } };

test('a platform needs what its images need', () => {
  expect(pullNeeds(platformWith({}))).toEqual({ branch: BRANCH, automerge: false });
  const title = { title: 'A', from: { image: 'x.example.org/y', tag: '1' } };
  const two = platformWith({ ...merging, 'images/alpha/image.yaml': title });
  expect(pullNeeds(two)).toEqual({ branch: 'glaciocloud/refresh-alpha', automerge: true });
  const none = { ...platformWith(merging), images: new Map() };
  expect(pullNeeds(none)).toEqual({ branch: undefined, automerge: false });
});

const found = (facts: Partial<PullFacts>): string[] =>
  pullChecks('example/hubs', { images: undefined, main: undefined, ...facts }).flatMap(brief);
const images = (...rules: string[]): string[] =>
  found({ images: { branch: BRANCH, rules: answered(rules) } });
const main = (...rules: MergeRule[]): string[] =>
  found({ main: answered({ branch: 'main', rules }) });
const rule = (type: string): MergeRule => ({ type, review: false });

test('without a need nothing is said, and what was not asked is not known', () => {
  expect(found({})).toEqual([]);
  const silent = { images: { branch: BRANCH, rules: NOT_ASKED }, main: NOT_ASKED };
  expect(found(silent)).toEqual([
    `? branch ${BRANCH}: not asked: nobody is there`,
    'do this',
    '? the default branch: not asked: nobody is there',
    'do this',
  ]);
});

describe('a branch that images are changed from', () => {
  test.each([[[]], [['deletion', 'required_linear_history', 'required_signatures']]])(
    'with rules %j can be made',
    (rules) => {
      expect(images(...rules)).toEqual([`✓ branch ${BRANCH}: can be made and replaced by a night`]);
    },
  );

  test.each(['creation', 'update', 'non_fast_forward', 'pull_request', 'required_status_checks'])(
    'that %s stops is named, with what to do',
    (type) => {
      expect(images('deletion', type)).toEqual([
        `✗ branch ${BRANCH}: its rules (${type}) keep images’ pull requests from being made`,
        `gh ruleset check ${BRANCH} --repo example/hubs # then except glaciocloud/**, or let the App of the night bypass them`,
      ]);
    },
  );

  test('names each of its rules', () => {
    expect(images('creation', 'update')[0]).toContain('its rules (creation, update) keep');
  });
});

describe('the default branch', () => {
  const STOPPED = '✗ branch main: its rules keep the night from merging (automerge: candidate): ';
  const FIX =
    'gh ruleset check main --repo example/hubs # then let the App of the night bypass them, or take automerge: out of platform.yaml';

  test('lets the night merge where nothing is in the way', () => {
    const well = ['✓ branch main: lets the night merge what reaches candidate waves'];
    expect(main()).toEqual(well);
    expect(main(rule('deletion'), rule('pull_request'), rule('non_fast_forward'))).toEqual(well);
  });

  test.each<[string, MergeRule]>([
    ['a person must approve', { type: 'pull_request', review: true }],
    ['only some may update it', rule('update')],
    ['merges go through a queue', rule('merge_queue')],
    [
      'checks must have passed, and the night merges before any has run',
      rule('required_status_checks'),
    ],
    ['deployments must have succeeded', rule('required_deployments')],
    ['workflows must have passed', rule('workflows')],
  ])('does not where %s', (why, one) => {
    expect(main(rule('deletion'), one)).toEqual([`${STOPPED}${why}`, FIX]);
  });

  test('says all of it at once', () => {
    expect(main({ type: 'pull_request', review: true }, rule('update'))[0]).toBe(
      `${STOPPED}a person must approve; only some may update it`,
    );
  });
});
