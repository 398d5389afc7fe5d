import { describe, expect, test } from '@jest/globals';
import { githubChecks } from '../../../src/core/doctor/github.ts';
import type { GithubFacts } from '../../../src/core/doctor/github.ts';
import { clusterNeeds, labelNeeds } from '../../../src/core/doctor/needs.ts';
import type { DeployEnvironment, Protection } from '../../../src/core/hub/protection.ts';
import type { Edit } from '../../support/apply-bench.ts';
import { DATA } from '../../support/data-bench.ts';
import { NOT_ASKED, answered, platformOf, withId } from '../../support/doctor.ts';

const ONLY_MAIN: Protection['branches'] = {
  kind: 'selected',
  patterns: [{ kind: 'branch', name: 'main' }],
};
const environment = (
  name: string,
  protection: Partial<Protection> | undefined = {},
  isPrivate = false,
): DeployEnvironment => ({
  name,
  defaultBranch: 'main',
  isPrivate,
  protection: { branches: ONLY_MAIN, reviewers: 1, ...protection },
});
const absent = (name: string): DeployEnvironment => ({
  ...environment(name),
  protection: undefined,
});
const asked = (...all: DeployEnvironment[]): GithubFacts['environments'] =>
  new Map(all.map((one) => [one.name, answered(one)]));
const holding = (secrets: string[], variables: string[] = []): GithubFacts['held'] =>
  new Map([['main', answered({ secrets, variables })]]);

const platform = platformOf();
const WELL: GithubFacts = {
  repository: 'example/hubs',
  environments: asked(environment('main'), environment('main-approval')),
  held: holding(['KUBECONFIG', 'SOPS_AGE_KEY', 'MEMBERS_TOKEN']),
  shared: answered({ secrets: [], variables: [] }),
  labels: answered(labelNeeds(platform)),
  rules: answered(['deletion', 'non_fast_forward']),
  actions: answered({ enabled: true, localOnly: false, mayOpenPulls: true }),
  pulls: { images: undefined, main: undefined },
  app: undefined,
  access: undefined,
};
const found = (facts: Partial<GithubFacts>, id: string, ...edits: Edit[]): string[] => {
  const edited = platformOf(...edits);
  const needs = { clusters: clusterNeeds(edited), labels: labelNeeds(edited) };
  return withId(githubChecks({ ...WELL, ...facts }, needs), id);
};

test('a repository that has everything is well', () => {
  const needs = { clusters: clusterNeeds(platform), labels: labelNeeds(platform) };
  const all = githubChecks(WELL, needs);
  expect(all.map(({ id, state, where }) => `${state} ${id} ${where}`)).toEqual([
    'ok github/environment environment main',
    'ok github/environment-branches environment main',
    'ok github/secrets environment main',
    'ok github/members environment main',
    'ok github/environment environment main-approval',
    'ok github/environment-branches environment main-approval',
    'ok github/reviewers environment main-approval',
    'ok github/shared-secrets example/hubs',
    'ok github/branch-rules branch deployed',
    'ok github/labels example/hubs',
    'ok github/actions example/hubs',
    'ok github/pull-requests example/hubs',
  ]);
  expect(all.map(({ what }) => what)).toEqual([
    'exists',
    'is for main only',
    'holds KUBECONFIG, SOPS_AGE_KEY',
    'has MEMBERS_TOKEN',
    'exists',
    'is for main only',
    'asks its reviewers',
    'no cluster’s secret is open to every branch',
    'cannot be deleted or rewritten',
    'has all labels',
    'workflows run',
    'workflows may open pull requests',
  ]);
});

test('rules in the way of images’ pull requests are among the checks', () => {
  const branch = 'glaciocloud/refresh-science';
  const pulls = { images: { branch, rules: answered(['creation']) }, main: undefined };
  expect(found({ pulls }, 'github/image-branches')[0]).toMatch(/^✗ branch glaciocloud/u);
});

describe('the key of an App', () => {
  const held = (secrets: string[], protection: Partial<Protection> = {}): GithubFacts['app'] =>
    answered({ environment: environment('images', protection), secrets });
  const anywhere: Partial<Protection> = { branches: { kind: 'any' } };

  test.each<[string, GithubFacts['app']]>([
    ['where there are no images', undefined],
    ['where there is none', held([], anywhere)],
    ['where the environment holds something else', held(['OTHER'], anywhere)],
  ])('is not asked for %s', (_what, app) => {
    const all = githubChecks({ ...WELL, app }, { clusters: [], labels: [] });
    expect(all.filter(({ where }) => where === 'environment images')).toEqual([]);
  });

  test('lies in an environment of the default branch', () => {
    const key = ['APP_PRIVATE_KEY'];
    const branches = 'github/environment-branches';
    expect(found({ app: held(key) }, branches).at(-1)).toBe(
      '✓ environment images: is for main only',
    );
    expect(found({ app: held(key, anywhere) }, branches)).toContain(
      '✗ environment images: is not for main alone',
    );
    expect(found({ app: NOT_ASKED }, 'github/app-key')).toEqual([
      '? environment images: not asked: nobody is there',
      'do this',
    ]);
  });

  test('does not lie open to every branch', () => {
    const shared = answered({ secrets: ['APP_PRIVATE_KEY'], variables: [] });
    expect(found({ shared, app: held([]) }, 'github/app-key')).toEqual([
      '✗ example/hubs: APP_PRIVATE_KEY of the repository itself is open to the workflow of every branch: it belongs into the environment images',
      'gh secret delete APP_PRIVATE_KEY --repo example/hubs',
    ]);
    expect(found({ shared: NOT_ASKED, app: held([]) }, 'github/app-key')).toEqual([]);
    expect(found({ app: held([]) }, 'github/app-key')).toEqual([]);
  });
});

test('what was not asked is not well, each for itself', () => {
  const needs = { clusters: clusterNeeds(platform), labels: labelNeeds(platform) };
  const silent: GithubFacts = {
    ...WELL,
    environments: new Map([
      ['main', NOT_ASKED],
      ['main-approval', NOT_ASKED],
    ]),
    held: new Map([['main', NOT_ASKED]]),
    shared: NOT_ASKED,
    labels: NOT_ASKED,
    rules: NOT_ASKED,
    actions: NOT_ASKED,
  };
  expect(githubChecks(silent, needs).map(({ id, state }) => `${state} ${id}`)).toEqual([
    'unknown github/environment',
    'unknown github/secrets',
    'unknown github/environment',
    'unknown github/shared-secrets',
    'unknown github/branch-rules',
    'unknown github/labels',
    'unknown github/actions',
  ]);
});

const PLACE = 'repos/example/hubs/environments/main';
const ADD = `gh api --method POST ${PLACE}/deployment-branch-policies -f name=main`;
const ONLY_NAMED =
  '"deployment_branch_policy":{"protected_branches":false,"custom_branch_policies":true}';

describe('an environment', () => {
  test('that is not there is made for the default branch', () => {
    const environments = asked(absent('main'), environment('main-approval'));
    expect(found({ environments }, 'github/environment').slice(0, 2)).toEqual([
      '✗ environment main: does not exist',
      `echo '{${ONLY_NAMED}}' | gh api --method PUT ${PLACE} --input - && ${ADD}`,
    ]);
    expect(found({ environments }, 'github/environment-branches')).toEqual([
      '✓ environment main-approval: is for main only',
    ]);
  });

  test('that asks people and is not there is made with a reviewer', () => {
    const environments = asked(environment('main'), absent('main-approval'));
    expect(found({ environments }, 'github/environment').slice(1)).toEqual([
      '✗ environment main-approval: does not exist, so nobody is asked',
      `printf '{"reviewers":[{"type":"User","id":%s}],${ONLY_NAMED}}' "$(gh api users/LOGIN --jq .id)" | gh api --method PUT ${PLACE}-approval --input - && ${ADD.replace('main/', 'main-approval/')}`,
    ]);
    expect(found({ environments }, 'github/reviewers')).toEqual([]);
  });

  const KEPT =
    `gh api ${PLACE} --jq '{deployment_branch_policy:{"protected_branches":false,"custom_branch_policies":true},` +
    'wait_timer:([.protection_rules[]|select(.type=="wait_timer").wait_timer][0]//0),' +
    'prevent_self_review:([.protection_rules[]|select(.type=="required_reviewers").prevent_self_review][0]//false),' +
    `reviewers:[.protection_rules[]|select(.type=="required_reviewers").reviewers[]|{type,id:.reviewer.id}]}' | gh api --method PUT ${PLACE} --input -`;
  const DROP =
    `gh api --paginate ${PLACE}/deployment-branch-policies --jq '.branch_policies[]|select((.type//"branch")!="branch" or .name!="main").id' ` +
    `| xargs -I ID gh api --method DELETE ${PLACE}/deployment-branch-policies/ID`;

  test.each<[string, Protection['branches'], string]>([
    ['every branch', { kind: 'any' }, `${KEPT} && ${ADD}`],
    ['every protected branch', { kind: 'protected' }, `${KEPT} && ${ADD}`],
    ['no branch', { kind: 'selected', patterns: [] }, ADD],
    [
      'branch topic',
      { kind: 'selected', patterns: [...ONLY_MAIN.patterns, { kind: 'branch', name: 'topic' }] },
      DROP,
    ],
    [
      'tag main',
      { kind: 'selected', patterns: [{ kind: 'tag', name: 'main' }] },
      `${DROP} && ${ADD}`,
    ],
  ])('that is open to %s is closed', (who, branches, fix) => {
    const environments = asked(
      environment('main', { branches }),
      environment('main-approval', { branches: ONLY_MAIN }),
    );
    expect(found({ environments }, 'github/environment-branches').slice(0, 2)).toEqual([
      `✗ environment main: the environment \`main\`, which holds this cluster’s credentials, is open to ${who}`,
      fix,
    ]);
  });

  test('that asks people and is open is said to be that', () => {
    const environments = asked(
      environment('main'),
      environment('main-approval', { branches: { kind: 'selected', patterns: [] } }),
    );
    expect(found({ environments }, 'github/environment-branches').slice(1)).toEqual([
      '✗ environment main-approval: is not for main alone',
      ADD.replace('main/', 'main-approval/'),
    ]);
  });

  test.each([
    [false, ''],
    [
      true,
      ' (this repository is private: not every plan of GitHub has that for private repositories)',
    ],
  ])('without reviewers approves nothing (private: %s)', (isPrivate, privacy) => {
    const environments = asked(
      environment('main'),
      environment('main-approval', { reviewers: 0 }, isPrivate),
    );
    expect(found({ environments }, 'github/reviewers')).toEqual([
      `✗ environment main-approval: the environment \`main-approval\` has no required reviewers, so nobody was asked${privacy}`,
      `printf '{"reviewers":[{"type":"User","id":%s}],${ONLY_NAMED}}' "$(gh api users/LOGIN --jq .id)" | gh api --method PUT ${PLACE}-approval --input -`,
    ]);
  });

  test('for approvals need not be where every hub is of the first wave and nobody is asked', () => {
    const first: Edit = ['environments/late.yaml', 'wave: production', 'wave: staging'];
    const asks: Edit = [
      'platform.yaml',
      'images: candidate}',
      'images: candidate, approval: true}',
    ];
    const environments = asked(environment('main'), environment('main-approval', { reviewers: 0 }));
    expect(found({ environments }, 'github/reviewers', first)).toEqual([]);
    expect(found({ environments }, 'github/reviewers', first, asks)).toHaveLength(2);
  });
});

const NO_TEAMS = ['one', 'two', 'late'].map((hub): Edit => [
  `environments/${hub}.yaml`,
  '[team:example/users], admins: [team:example/admins]',
  '["user:583231"]',
]);

describe('secrets of an environment', () => {
  const set = (name: string, from = '') =>
    `gh secret set ${name} --env main --repo example/hubs${from}`;

  test.each<[string, string[], string[], string, string[]]>([
    [
      'none',
      [],
      [],
      'KUBECONFIG, SOPS_AGE_KEY',
      [set('KUBECONFIG', ' < "$KUBECONFIG"'), set('SOPS_AGE_KEY', ' < "$SOPS_AGE_KEY_FILE"')],
    ],
    [
      'no key',
      ['KUBECONFIG'],
      [],
      'SOPS_AGE_KEY',
      [set('SOPS_AGE_KEY', ' < "$SOPS_AGE_KEY_FILE"')],
    ],
    [
      'half a login',
      ['SOPS_AGE_KEY'],
      ['GKE', 'GKE_IDENTITY'],
      'KUBECONFIG',
      [set('KUBECONFIG', ' < "$KUBECONFIG"')],
    ],
  ])('%s are named, with what sets them', (_what, secrets, variables, names, fixes) => {
    expect(found({ held: holding(secrets, variables) }, 'github/secrets')).toEqual([
      `✗ environment main: has no secret ${names}`,
      fixes.join(' && '),
    ]);
  });

  test.each([
    ['GKE', 'GKE_IDENTITY', 'GKE_ACCOUNT'],
    ['AKS', 'AZURE_CLIENT', 'AZURE_TENANT', 'AZURE_SUBSCRIPTION'],
    ['EKS', 'AWS_ROLE'],
  ])('need no kubeconfig where %s and what belongs to it are variables', (...variables) => {
    const facts = { held: holding(['SOPS_AGE_KEY'], variables) };
    expect(found(facts, 'github/secrets')).toEqual(['✓ environment main: holds SOPS_AGE_KEY']);
  });

  test('that read teams are needed where teams are let in, and the repository may have them', () => {
    expect(found({ held: holding([]) }, 'github/members')).toEqual([
      '✗ environment main: has no secret MEMBERS_TOKEN: teams let nobody in',
      `${set('MEMBERS_TOKEN')} # fine-grained, of the organisation: Members, read`,
    ]);
    const shared = answered({ secrets: ['MEMBERS_TOKEN'], variables: [] });
    const well = ['✓ environment main: has MEMBERS_TOKEN'];
    expect(found({ shared, held: holding([]) }, 'github/members')).toEqual(well);
    expect(found({ held: holding([]) }, 'github/members', ...NO_TEAMS)).toEqual([]);
  });

  test('count variables of the repository', () => {
    const shared = answered({ secrets: [], variables: ['AWS_ROLE'] });
    expect(found({ shared, held: holding(['SOPS_AGE_KEY'], ['EKS']) }, 'github/secrets')).toEqual([
      '✓ environment main: holds SOPS_AGE_KEY',
    ]);
  });

  test('need no key where no hub has secrets', () => {
    const none = ['one', 'two', 'late'].map((name): Edit => [
      `environments/${name}.yaml`,
      'secrets: {github-client-id: {use: login}, github-client-secret: {use: login}}\n',
      '',
    ]);
    expect(found({ held: holding(['KUBECONFIG']) }, 'github/secrets', ...none)).toEqual([
      '✓ environment main: holds KUBECONFIG',
    ]);
    const facts = { held: holding([], ['EKS', 'AWS_ROLE']) };
    expect(found(facts, 'github/secrets', ...none)).toEqual([
      '✓ environment main: holds what it needs',
    ]);
  });

  test.each(['homes: archive, database: keep', 'homes: keep, database: archive'])(
    'are those of the archive too for %s',
    (what) => {
      const removal = `{hub: old, cluster: main, ${what}, bucket: "s3://archive/hubs", reason: over}`;
      const edit: Edit = ['platform.yaml', 'removals: []', `removals: [${removal}]`];
      expect(found({}, 'github/secrets', edit)).toEqual([
        '✗ environment main: has no secret ARCHIVE_ACCESS_KEY_ID, ARCHIVE_SECRET_ACCESS_KEY',
        `${set('ARCHIVE_ACCESS_KEY_ID')} && ${set('ARCHIVE_SECRET_ACCESS_KEY')}`,
      ]);
    },
  );

  test('are no word on a removal that keeps, nor on another cluster', () => {
    const removal = '{hub: old, cluster: main, homes: keep, database: delete, reason: over}';
    const edit: Edit = ['platform.yaml', 'removals: []', `removals: [${removal}]`];
    expect(found({}, 'github/secrets', edit)).toEqual([
      '✓ environment main: holds KUBECONFIG, SOPS_AGE_KEY',
    ]);
  });

  test.each([
    [['KUBECONFIG'], 'KUBECONFIG of the repository itself is'],
    [
      ['OTHER', 'SOPS_AGE_KEY', 'ARCHIVE_ACCESS_KEY_ID'],
      'SOPS_AGE_KEY, ARCHIVE_ACCESS_KEY_ID of the repository itself are',
    ],
  ])('%j of the repository are open to every branch', (secrets, which) => {
    const names = secrets.filter((one) => one !== 'OTHER');
    expect(
      found({ shared: answered({ secrets, variables: [] }) }, 'github/shared-secrets'),
    ).toEqual([
      `✗ example/hubs: ${which} open to the workflow of every branch: they belong into the environments main`,
      names.map((one) => `gh secret delete ${one} --repo example/hubs`).join(' && '),
    ]);
  });
});

describe('the branch of what is deployed', () => {
  const MAKE =
    'echo \'{"name":"deployed","target":"branch","enforcement":"active","conditions":{"ref_name":{"include":["refs/heads/deployed"],"exclude":[]}},' +
    '"rules":[{"type":"deletion"},{"type":"non_fast_forward"}]}\' | gh api --method POST repos/example/hubs/rulesets --input -';

  test.each([
    [[], 'deleted and rewritten'],
    [['deletion'], 'rewritten'],
    [['non_fast_forward', 'required_linear_history'], 'deleted'],
  ])('with the rules %j can be lost', (rules, how) => {
    expect(found({ rules: answered(rules) }, 'github/branch-rules')).toEqual([
      `✗ branch deployed: no ruleset: what was deployed can be ${how} by whoever may push`,
      MAKE,
    ]);
  });

  test.each(['creation', 'update', 'pull_request', 'required_status_checks', 'merge_queue'])(
    'cannot be written by deployments under the rule %s',
    (rule) => {
      const rules = answered(['deletion', 'non_fast_forward', rule]);
      expect(found({ rules }, 'github/branch-rules')).toEqual([
        `✗ branch deployed: its rules (${rule}) keep deployments from writing it: GitHub lets the token of a workflow past no rule`,
        'gh ruleset list --repo example/hubs && gh ruleset check deployed --repo example/hubs # then take these rules out',
      ]);
    },
  );
});

describe('labels', () => {
  const probe: Edit = [
    'environments/two.yaml',
    'home: {size: 20Gi}',
    'home: {size: 20Gi}\nprobe: {}',
  ];

  test('are those that people set, that issues bear, and of each hub', () => {
    expect(labelNeeds(platformOf())).toEqual([
      'glaciocloud:retry',
      'glaciocloud:apply-again',
      'glaciocloud',
      'glaciocloud-drift',
      'glaciocloud-outside',
      'hub:late',
      'hub:one',
      'hub:two',
    ]);
    expect(labelNeeds(platformOf(...DATA)).slice(5, 7)).toEqual([
      'glaciocloud-data',
      'cluster:main',
    ]);
    expect(labelNeeds(platformOf(probe)).slice(5)).toEqual([
      'glaciocloud-probe',
      'glaciocloud-heartbeat',
      'hub:two',
      'hub:late',
      'hub:one',
    ]);
  });

  test('that are missing are made one by one, in whatever case the others are', () => {
    const there = labelNeeds(platform).map((one) => one.toUpperCase());
    const label = (name: string) => `gh label create ${name} --repo example/hubs`;
    expect(found({ labels: answered(there.slice(2)) }, 'github/labels')).toEqual([
      '✗ example/hubs: no labels glaciocloud:retry, glaciocloud:apply-again',
      `${label('glaciocloud:retry')} && ${label('glaciocloud:apply-again')}`,
    ]);
    expect(found({ labels: answered(there.slice(1)) }, 'github/labels')).toEqual([
      '✗ example/hubs: no label glaciocloud:retry',
      label('glaciocloud:retry'),
    ]);
    expect(found({ labels: answered(there) }, 'github/labels')).toEqual([
      '✓ example/hubs: has all labels',
    ]);
  });
});

test.each([
  [{ enabled: false, localOnly: false, mayOpenPulls: true }, 'Actions are disabled'],
  [
    { enabled: true, localOnly: true, mayOpenPulls: true },
    'actions of other owners are refused, and the workflows use some',
  ],
])('workflows that cannot run: %o', (actions, what) => {
  expect(found({ actions: answered(actions) }, 'github/actions')).toEqual([
    `✗ example/hubs: ${what}`,
    'gh api --method PUT repos/example/hubs/actions/permissions -F enabled=true -f allowed_actions=all',
  ]);
  expect(found({ actions: answered(actions) }, 'github/pull-requests')).toEqual([
    '✓ example/hubs: workflows may open pull requests',
  ]);
});

test('workflows that may open no pull requests', () => {
  const actions = answered({ enabled: true, localOnly: false, mayOpenPulls: false });
  expect(found({ actions }, 'github/pull-requests')).toEqual([
    '✗ example/hubs: workflows may not open pull requests',
    'gh api --method PUT repos/example/hubs/actions/permissions/workflow -f default_workflow_permissions=read -F can_approve_pull_request_reviews=true',
  ]);
  expect(found({ actions }, 'github/actions')).toEqual(['✓ example/hubs: workflows run']);
});
