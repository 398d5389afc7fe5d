import { describe, expect, test } from '@jest/globals';
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

describe('what is left to a person', () => {
  const given = {
    hub: 'ice',
    cluster: 'north',
    url: 'https://hub.example.org',
    email: 'ice@example.net',
  };
  const steps = [
    'A key: `age-keygen -o ice.agekey`. Its public key goes into .sops.yaml; the file goes where passwords are kept, ' +
      'and never into this repository: who loses it loses the secrets, who has it reads them.',
    'Secrets: `mkdir -p secrets && glaciocloud secrets template ice > secrets/ice.sops.yaml`; fill it in, then ' +
      '`sops encrypt --in-place secrets/ice.sops.yaml`. Only encrypted it may be committed.',
    'On GitHub, an environment named north (Settings, Environments) with the secrets KUBECONFIG and SOPS_AGE_KEY: ' +
      'the whole text of ice.agekey.',
  ];
  const last = expect.stringMatching(/^The first pull request, .* merging deploys\.$/u);

  test('names their hub and cluster, and who issues certificates', () => {
    expect(nextSteps(given)).toEqual([
      ...steps,
      'Certificates: cert-manager in the cluster, with a ClusterIssuer named letsencrypt for ice@example.net.',
      last,
    ]);
  });

  test('needs no certificates on plain http', () => {
    expect(nextSteps({ ...given, url: 'http://127.0.0.1' })).toEqual([...steps, last]);
  });
});
