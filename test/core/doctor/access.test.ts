import { describe, expect, test } from '@jest/globals';
import { accessChecks } from '../../../src/core/doctor/access.ts';
import type { AccessFacts, AccessSetup } from '../../../src/core/doctor/access.ts';
import type { Asked } from '../../../src/core/doctor/check.ts';
import type { Protection } from '../../../src/core/hub/protection.ts';
import { dispatchWorkflow } from '../../../src/core/init/dispatch.ts';
import { NOT_ASKED, answered, withId } from '../../support/doctor.ts';

const ONLY_MAIN: Protection['branches'] = {
  kind: 'selected',
  patterns: [{ kind: 'branch', name: 'main' }],
};
const environment = (protection: Protection | undefined) => ({
  name: 'access-requests',
  defaultBranch: 'main',
  isPrivate: false,
  protection,
});
const holding = (
  secrets: string[],
  variables: string[],
  branches: Protection['branches'] = ONLY_MAIN,
): AccessSetup['environment'] =>
  answered({ environment: environment({ branches, reviewers: 0 }), secrets, variables });
const ruled = (...types: string[]): AccessSetup['rules'] =>
  answered({ branch: 'main', rules: types.map((type) => ({ type, review: false })) });

const WELL: AccessSetup = {
  people: 'example/people',
  environment: holding(['REQUESTS_KEY'], ['ACCESS_REPOSITORY', 'REQUESTS_APP']),
  rules: ruled('pull_request'),
  dispatches: answered(true),
};
const names = (
  secrets: string[],
  variables: string[],
): Asked<{ secrets: string[]; variables: string[] }> => answered({ secrets, variables });
const FACTS: AccessFacts = {
  repository: 'example/hubs',
  access: WELL,
  held: new Map([['main', names(['ACCESS_TOKEN', 'KUBECONFIG'], ['ACCESS_REPOSITORY'])]]),
  shared: names([], []),
};
const found = (
  id: string,
  access: Partial<AccessSetup>,
  facts: Partial<AccessFacts> = {},
): string[] => withId(accessChecks({ ...FACTS, access: { ...WELL, ...access }, ...facts }), id);

test('is well where everything is there', () => {
  expect(accessChecks(FACTS).map(({ id, state, what }) => `${state} ${id} ${what}`)).toEqual([
    'ok github/environment exists',
    'ok github/environment-branches is for main only',
    'ok github/access-requests holds REQUESTS_KEY, ACCESS_REPOSITORY, REQUESTS_APP',
    'ok github/access-token holds ACCESS_TOKEN, ACCESS_REPOSITORY',
    'ok github/access-rules main changes by pull requests only',
    'ok github/dispatch tells the platform of a push',
  ]);
});

test('is not asked for where people’s files are here', () => {
  expect(accessChecks({ ...FACTS, access: undefined })).toEqual([]);
});

describe('the environment of requests', () => {
  test('has to be there', () => {
    const access = {
      environment: answered({ environment: environment(undefined), secrets: [], variables: [] }),
    };
    expect(found('github/environment', access)[0]).toBe(
      '✗ environment access-requests: does not exist',
    );
    expect(found('github/access-requests', access)).toEqual([]);
  });

  test('is for the default branch only', () => {
    const open = holding(['REQUESTS_KEY'], ['ACCESS_REPOSITORY', 'REQUESTS_APP'], { kind: 'any' });
    expect(found('github/environment-branches', { environment: open })[0]).toMatch(/^✗ /u);
  });

  test('holds the key of the App, its number and the place of people’s files', () => {
    expect(found('github/access-requests', { environment: holding([], ['REQUESTS_APP']) })).toEqual(
      [
        '✗ environment access-requests: has no REQUESTS_KEY, ACCESS_REPOSITORY',
        'gh secret set REQUESTS_KEY --env access-requests --repo example/hubs && gh variable set ACCESS_REPOSITORY --env access-requests --repo example/hubs',
      ],
    );
  });

  test('may leave variables to the repository, and no key', () => {
    const shared = names(['REQUESTS_KEY'], ['ACCESS_REPOSITORY', 'REQUESTS_APP']);
    expect(found('github/access-requests', { environment: holding([], []) }, { shared })[0]).toBe(
      '✗ environment access-requests: has no REQUESTS_KEY',
    );
  });

  test('is unknown where it may not be asked', () => {
    expect(found('github/access-requests', { environment: NOT_ASKED })[0]).toBe(
      '? environment access-requests: not asked: nobody is there',
    );
  });
});

test('each cluster’s environment holds a token for people’s files', () => {
  const held = new Map([
    ['main', names(['KUBECONFIG'], [])],
    ['other', NOT_ASKED],
  ]);
  expect(found('github/access-token', {}, { held })).toEqual([
    '✗ environment main: has no ACCESS_TOKEN, ACCESS_REPOSITORY',
    'gh secret set ACCESS_TOKEN --env main --repo example/hubs && gh variable set ACCESS_REPOSITORY --env main --repo example/hubs',
    '? environment other: not asked: nobody is there',
    'do this',
  ]);
});

test.each(['REQUESTS_KEY', 'ACCESS_TOKEN'])('%s does not lie open to every branch', (secret) => {
  expect(found('github/access-keys', {}, { shared: names([secret, 'OTHER'], []) })).toEqual([
    `✗ example/hubs: ${secret} of the repository itself is open to the workflow of every branch: who has it writes people’s files`,
    `gh secret delete ${secret} --repo example/hubs`,
  ]);
  expect(found('github/access-keys', {}, { shared: NOT_ASKED })).toEqual([]);
});

describe('rules of the repository with people’s files', () => {
  const UNRULED =
    '✗ example/people: has no rule for pull requests: whoever may write there approves by it, and lets in anybody';

  test.each<[string, AccessSetup['rules']]>([
    ['there are none', ruled()],
    ['there are others', ruled('deletion', 'non_fast_forward')],
    [
      'nobody pays for them',
      {
        ...NOT_ASKED,
        why: 'GitHub refused rules of a branch: Upgrade to GitHub Pro or make this repository public to enable this feature.',
      },
    ],
  ])('are missing where %s', (_what, rules) => {
    expect(found('github/access-rules', { rules })).toEqual([
      UNRULED,
      "gh api --paginate repos/example/people/collaborators --jq '.[]|select(.permissions.push).login' # who that is; a rule needs a paid plan where the repository is private",
    ]);
  });

  test('are unknown where they may not be asked', () => {
    expect(found('github/access-rules', { rules: NOT_ASKED })[0]).toBe(
      '? example/people: not asked: nobody is there',
    );
  });
});

describe('the workflow that tells the platform', () => {
  test('is missing with the command that makes it', () => {
    const [what, fix = ''] = found('github/dispatch', { dispatches: answered(false) });
    expect(what).toBe(
      '✗ example/people: has no .github/workflows/dispatch.yml: hubs follow a push only when the schedule runs',
    );
    const content = /-f content=(\S+) /u.exec(fix)?.[1] ?? '';
    expect(Buffer.from(content, 'base64').toString()).toBe(dispatchWorkflow('example/hubs'));
    expect(fix.replace(content, 'TEXT')).toBe(
      'gh api --method PUT repos/example/people/contents/.github/workflows/dispatch.yml -f message=dispatch -f content=TEXT && gh secret set PLATFORM_TOKEN --repo example/people',
    );
  });

  test('is unknown where nobody was asked', () => {
    expect(found('github/dispatch', { dispatches: NOT_ASKED })[0]).toMatch(/^\? /u);
  });

  test('starts the workflow of access, and repeats nothing of the event', () => {
    const text = dispatchWorkflow('example/hubs');
    expect(text).toContain('        run: gh workflow run access.yml --repo example/hubs\n');
    expect(text.match(/\$\{\{.*?\}\}/gu)).toEqual(['${{ secrets.PLATFORM_TOKEN }}']);
  });
});
