import { expect, test } from '@jest/globals';
import { isPin, needsIssuer, pinOf } from '../../../src/core/init/answers.ts';
import { nextSteps } from '../../../src/core/init/next-steps.ts';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';

test.each([
  [`octo-org/hub.tool_1@${COMMIT}`, true],
  [`o/r@${COMMIT}`, true],
  [`o/r@${COMMIT.slice(1)}`, false],
  [`o/r@${COMMIT}0`, false],
  [`o/r@${COMMIT.toUpperCase()}`, false],
  ['o/r@main', false],
  [`o/r/x@${COMMIT}`, false],
  [`-o/r@${COMMIT}`, false],
  [`o_o/r@${COMMIT}`, false],
  [`/r@${COMMIT}`, false],
  [`o/@${COMMIT}`, false],
  [`o/r${COMMIT}`, false],
  [` o/r@${COMMIT}`, false],
])('%s names one commit of a repository: %j', (action, expected) => {
  expect(isPin(action)).toBe(expected);
});

test('a commit of a repository has two parts', () => {
  expect(pinOf({ action: `o/r@${COMMIT}` })).toEqual({ repository: 'o/r', commit: COMMIT });
});

test.each([
  ['https://hub.example.org', true],
  ['http://hub.example.org', false],
  ['HTTP://hub.example.org', false],
  ['https://http:', true],
])('%s needs somebody who issues certificates: %j', (url, expected) => {
  expect(needsIssuer({ url })).toBe(expected);
});

test('what is left to a person names their hub and cluster', () => {
  expect(nextSteps({ hub: 'ice', cluster: 'north' })).toEqual([
    expect.stringContaining(
      '`mkdir -p secrets && glaciocloud secrets template ice > secrets/ice.sops.yaml`',
    ),
    'On GitHub, an environment named north (Settings, Environments) with the secrets KUBECONFIG and SOPS_AGE_KEY.',
    expect.stringMatching(/^The first pull request, .* merging deploys\.$/u),
  ]);
});
