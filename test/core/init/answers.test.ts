import { describe, expect, test } from '@jest/globals';
import { isPin, needsIssuer, pinOf, pinnedCall } from '../../../src/core/init/answers.ts';
import { nextAfter, nextSteps, numbered } from '../../../src/core/init/next-steps.ts';

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
  const pin = pinOf({ action: `o/r@${COMMIT}` });
  expect(pin).toEqual({ repository: 'o/r', commit: COMMIT });
  expect(pinnedCall(pin)).toBe(`npx --yes github:o/r#${COMMIT}`);
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
    action: `o/r@${COMMIT}`,
    organization: 'Ice-Lab',
    hub: 'ice',
    cluster: 'north',
    url: 'https://hub.example.net/',
    email: 'ice@example.net',
  };
  const secrets =
    'Secrets: `mkdir -p secrets && glaciocloud secrets template ice > secrets/ice.sops.yaml`; fill it in, then ' +
    '`sops encrypt --in-place secrets/ice.sops.yaml`. Only encrypted it may be committed.';
  const environment =
    'On GitHub, an environment named north (Settings, Environments), limited to the default branch, with the ' +
    'secrets KUBECONFIG (of the account that `glaciocloud rights` prints), MEMBERS_TOKEN (may read the members of ' +
    'teams) and SOPS_AGE_KEY';
  const doctor =
    '`glaciocloud doctor` says what of all this is still missing, with the command for it.';
  const steps = (address: string, host: string) => [
    `The command: \`alias glaciocloud='npx --yes github:o/r#${COMMIT}'\` is the commit that your workflows run.`,
    `DNS: a record by which ${host} leads to the entry of the cluster.`,
    'An OAuth app: https://github.com/organizations/Ice-Lab/settings/applications/new with the homepage ' +
      `${address} and the callback ${address}/hub/oauth_callback. Its id and secret are asked for below.`,
    'Teams of Ice-Lab on GitHub: ice-users and ice-admins, or those that you name in environments/ice.yaml.',
    'A key: `age-keygen -o hubs.agekey`. Its public key goes into .sops.yaml; the file goes where passwords are kept, ' +
      'and never into this repository: who loses it loses the secrets, who has it reads them.',
    secrets,
    `${environment}: the whole text of hubs.agekey.`,
  ];
  const requests = [
    'Approvers: access/approvers.yaml, as access/README.md shows. Until it is there people can ask for access in an ' +
      'issue, and nobody can approve.',
    'Requests: on GitHub, an environment named access-requests, limited to the default branch. Where people’s files ' +
      'are in a private repository, as access/README.md says, it has the variables ACCESS_REPOSITORY and REQUESTS_APP ' +
      'and the secret REQUESTS_KEY of a GitHub App that may write contents and pull requests there and nowhere else.',
  ];
  const pages =
    'Where people ask: `pages: {repository: OWNER/REPO}` in platform.yaml, with this repository on GitHub. Without it ' +
    'the hub’s pages lead to no form.';
  const last = [
    'These files to the default branch, which deploys; from then on pull requests: `check` and `plan` say what ' +
      'they change, and merging deploys.',
    doctor,
  ];

  test('after init names their hub and cluster, and who issues certificates', () => {
    expect(nextSteps(given, { inGit: true, home: 'Ice-Lab/hubs' })).toEqual([
      ...steps('https://hub.example.net', 'hub.example.net'),
      'Certificates: cert-manager in the cluster, with a ClusterIssuer named letsencrypt for ice@example.net.',
      ...requests,
      ...last,
    ]);
  });

  test('after init needs no certificates on plain http, and a repository where there is none', () => {
    expect(
      nextSteps({ ...given, url: 'http://127.0.0.1:80' }, { inGit: false, home: undefined }),
    ).toEqual([
      'This folder is in no git repository: `git init`, and a repository on GitHub.',
      ...steps('http://127.0.0.1:80', '127.0.0.1'),
      ...requests,
      pages,
      ...last,
    ]);
  });

  test('after init of what is no address, as it stands', () => {
    expect(nextSteps({ ...given, url: 'hub' }, { inGit: true, home: undefined })[1]).toBe(
      'DNS: a record by which hub leads to the entry of the cluster.',
    );
  });

  test('after a new hub', () => {
    expect(nextAfter('hub', 'ice')).toEqual([
      'Read it through and write its address, `url:`. Then `glaciocloud check`.',
      'A DNS record for that address, and an OAuth app on GitHub with the callback `https://HOST/hub/oauth_callback`.',
      'The teams that `access:` names.',
      secrets,
      doctor,
    ]);
  });

  test('after a new image', () => {
    expect(nextAfter('image', 'ice')).toEqual([
      'Read it through. Then `glaciocloud check`.',
      '`glaciocloud image build ice --push` builds and tests it, and writes its lock: commit both. It needs Docker ' +
        'and repo2docker.',
      'Name it below `images:` of a hub. Hubs of waves with `images: stable` offer it when a build is promoted.',
    ]);
  });

  test('after a new cluster', () => {
    expect(nextAfter('cluster', 'north')).toEqual([
      'Read it through. Then `glaciocloud check`.',
      `${environment}.`,
      'A hub in it, with `cluster: north`: `glaciocloud new hub NAME`.',
      doctor,
    ]);
  });

  test('is numbered from 1', () => {
    expect(numbered(['a', 'b'])).toEqual(['  1. a', '  2. b']);
  });
});
