import { approvalEnvironment, unasked } from '../hub/protection.ts';
import type { DeployEnvironment } from '../hub/protection.ts';
import { accessChecks } from './access.ts';
import type { AccessSetup } from './access.ts';
import { appKeyChecks } from './app-key.ts';
import type { AppKeyFacts } from './app-key.ts';
import { judged, missing, ok, quoted } from './check.ts';
import type { Asked, Check } from './check.ts';
import { environmentChecks, withReviewer } from './environments.ts';
import type { ClusterNeeds } from './needs.ts';
import { pullChecks } from './pulls.ts';
import type { PullFacts } from './pulls.ts';

export interface Names {
  secrets: readonly string[];
  variables: readonly string[];
}

export interface GithubFacts {
  /** `OWNER/NAME`. */
  repository: string;
  /** By name; what was not asked for is missing. */
  environments: ReadonlyMap<string, Asked<DeployEnvironment>>;
  /** What an environment holds, by its name. */
  held: ReadonlyMap<string, Asked<Names>>;
  /** What every workflow of the repository gets at. */
  shared: Asked<Names>;
  labels: Asked<readonly string[]>;
  /** Types of the rules for the branch `deployed`. */
  rules: Asked<readonly string[]>;
  actions: Asked<{ enabled: boolean; localOnly: boolean; mayOpenPulls: boolean }>;
  pulls: PullFacts;
  /** Undefined where the platform has no images. */
  app: Asked<AppKeyFacts> | undefined;
  /** Undefined where people's files are here. */
  access: AccessSetup | undefined;
}

export interface GithubNeeds {
  clusters: readonly ClusterNeeds[];
  labels: readonly string[];
}

export function githubChecks(facts: GithubFacts, needs: GithubNeeds): Check[] {
  return [
    ...needs.clusters.flatMap((one) => clusterChecks(facts, one)),
    ...judged('github/shared-secrets', facts.repository, facts.shared, (names) =>
      sharedCheck(facts.repository, names, needs.clusters),
    ),
    ...judged('github/branch-rules', 'branch deployed', facts.rules, (rules) =>
      rulesCheck(facts.repository, rules),
    ),
    ...judged('github/labels', facts.repository, facts.labels, (labels) =>
      labelsCheck(facts.repository, labels, needs.labels),
    ),
    ...judged('github/actions', facts.repository, facts.actions, (actions) =>
      actionsChecks(facts.repository, actions),
    ),
    ...pullChecks(facts.repository, facts.pulls),
    ...appKeyChecks(facts.repository, facts.shared, facts.app),
    ...accessChecks(facts),
  ];
}

function clusterChecks(facts: GithubFacts, needs: ClusterNeeds): Check[] {
  const { name } = needs.cluster;
  const approval = approvalEnvironment(name);
  return [
    ...environmentOf(facts, name, (one) => environmentChecks(facts.repository, one, 'holds')),
    ...heldChecks(facts, needs),
    ...(needs.teams ? membersChecks(facts, name) : []),
    ...(needs.reviewers
      ? environmentOf(facts, approval, (one) => [
          ...environmentChecks(facts.repository, one, 'asks'),
          ...(one.protection === undefined ? [] : [reviewersCheck(facts.repository, one)]),
        ])
      : []),
  ];
}

function environmentOf(
  facts: GithubFacts,
  name: string,
  judge: (environment: DeployEnvironment) => Check[],
): Check[] {
  const asked = facts.environments.get(name);
  return asked ? judged('github/environment', `environment ${name}`, asked, judge) : [];
}

function reviewersCheck(repository: string, environment: DeployEnvironment): Check {
  const [id, where] = ['github/reviewers', `environment ${environment.name}`];
  const weakness = unasked(environment);
  return weakness === undefined
    ? ok(id, where, 'asks its reviewers')
    : missing(id, where, weakness.what, withReviewer(repository, environment.name));
}

/** Ways into a cluster: the secret, or the variables of a provider that gives short-lived credentials. */
const WAYS_IN: readonly (readonly string[])[] = [
  ['GKE', 'GKE_IDENTITY', 'GKE_ACCOUNT'],
  ['AKS', 'AZURE_CLIENT', 'AZURE_TENANT', 'AZURE_SUBSCRIPTION'],
  ['EKS', 'AWS_ROLE'],
];
const ARCHIVE = ['ARCHIVE_ACCESS_KEY_ID', 'ARCHIVE_SECRET_ACCESS_KEY'];

function heldChecks(facts: GithubFacts, needs: ClusterNeeds): Check[] {
  const { name } = needs.cluster;
  const held = facts.held.get(name);
  const id = 'github/secrets';
  const where = `environment ${name}`;
  if (!held) return [];
  return judged(id, where, held, ({ secrets, variables }) => {
    const everywhere = facts.shared.kind === 'answered' ? facts.shared.value.variables : [];
    const known = new Set([...variables, ...everywhere]);
    const byProvider = WAYS_IN.some((names) => names.every((one) => known.has(one)));
    const wanted = [
      ...(byProvider ? [] : ['KUBECONFIG']),
      ...(needs.secrets ? ['SOPS_AGE_KEY'] : []),
      ...(needs.archive ? ARCHIVE : []),
    ];
    const absent = wanted.filter((one) => !secrets.includes(one));
    if (absent.length === 0) return ok(id, where, `holds ${wanted.join(', ') || 'what it needs'}`);
    return missing(
      id,
      where,
      `has no secret ${absent.join(', ')}`,
      absent.map((one) => setSecret(one, name, facts.repository)).join(' && '),
    );
  });
}

const MEMBERS = 'MEMBERS_TOKEN';

/** The token of a workflow sees no team. One that may is no cluster's secret, so the repository may have it. */
function membersChecks({ held, shared, repository }: GithubFacts, cluster: string): Check[] {
  const asked = held.get(cluster);
  const [id, where] = ['github/members', `environment ${cluster}`];
  // What was not asked is said of the environment's other secrets.
  if (asked?.kind !== 'answered') return [];
  const everywhere = shared.kind === 'answered' ? shared.value.secrets : [];
  if ([...asked.value.secrets, ...everywhere].includes(MEMBERS))
    return [ok(id, where, `has ${MEMBERS}`)];
  const fix = `${setSecret(MEMBERS, cluster, repository)} # fine-grained, of the organisation: Members, read`;
  return [missing(id, where, `has no secret ${MEMBERS}: teams let nobody in`, fix)];
}

/** Where what a secret holds usually is; the command asks for the others. */
const FILES: Readonly<Record<string, string>> = {
  KUBECONFIG: ' < "$KUBECONFIG"',
  SOPS_AGE_KEY: ' < "$SOPS_AGE_KEY_FILE"',
};

function setSecret(secret: string, cluster: string, repository: string): string {
  const from = FILES[secret] ?? '';
  return `gh secret set ${secret} --env ${quoted(cluster)} --repo ${quoted(repository)}${from}`;
}

/** What only a cluster's environment may hold: any branch's workflow gets at secrets of the repository. */
function sharedCheck(
  repository: string,
  { secrets }: Names,
  clusters: readonly ClusterNeeds[],
): Check {
  const id = 'github/shared-secrets';
  const open = secrets.filter((one) => ['KUBECONFIG', 'SOPS_AGE_KEY', ...ARCHIVE].includes(one));
  if (open.length === 0) return ok(id, repository, 'no cluster’s secret is open to every branch');
  const places = clusters.map(({ cluster }) => cluster.name).join(', ');
  return missing(
    id,
    repository,
    `${open.join(', ')} of the repository itself ${open.length === 1 ? 'is' : 'are'} open to the workflow of every branch: they belong into the environments ${places}`,
    open.map((one) => `gh secret delete ${one} --repo ${quoted(repository)}`).join(' && '),
  );
}

const RULES = ['deletion', 'non_fast_forward'];
/** A deployment writes with the token of its workflow, which no ruleset can let pass. */
const IN_THE_WAY = ['creation', 'update', 'pull_request', 'required_status_checks', 'merge_queue'];

function rulesCheck(repository: string, rules: readonly string[]): Check {
  const [id, where] = ['github/branch-rules', 'branch deployed'];
  const stops = rules.filter((one) => IN_THE_WAY.includes(one));
  if (stops.length > 0)
    return missing(
      id,
      where,
      `its rules (${stops.join(', ')}) keep deployments from writing it: GitHub lets the token of a workflow past no rule`,
      `gh ruleset list --repo ${quoted(repository)} && gh ruleset check deployed --repo ${quoted(repository)} # then take these rules out`,
    );
  const absent = RULES.filter((one) => !rules.includes(one));
  if (absent.length === 0) return ok(id, where, 'cannot be deleted or rewritten');
  const ruleset = {
    name: 'deployed',
    target: 'branch',
    enforcement: 'active',
    conditions: { ref_name: { include: ['refs/heads/deployed'], exclude: [] } },
    rules: RULES.map((type) => ({ type })),
  };
  const can = absent.map((one) => (one === 'deletion' ? 'deleted' : 'rewritten')).join(' and ');
  return missing(
    id,
    where,
    `no ruleset: what was deployed can be ${can} by whoever may push`,
    `echo '${JSON.stringify(ruleset)}' | gh api --method POST ${quoted(`repos/${repository}/rulesets`)} --input -`,
  );
}

function labelsCheck(
  repository: string,
  known: readonly string[],
  wanted: readonly string[],
): Check {
  // GitHub takes upper and lower case of labels for the same.
  const there = new Set(known.map((one) => one.toLowerCase()));
  const absent = wanted.filter((one) => !there.has(one.toLowerCase()));
  if (absent.length === 0) return ok('github/labels', repository, 'has all labels');
  return missing(
    'github/labels',
    repository,
    `no ${absent.length === 1 ? 'label' : 'labels'} ${absent.join(', ')}`,
    absent.map((one) => `gh label create ${quoted(one)} --repo ${quoted(repository)}`).join(' && '),
  );
}

function actionsChecks(
  repository: string,
  {
    enabled,
    localOnly,
    mayOpenPulls,
  }: { enabled: boolean; localOnly: boolean; mayOpenPulls: boolean },
): Check[] {
  const place = quoted(`repos/${repository}/actions/permissions`);
  const put = `gh api --method PUT ${place}`;
  const id = 'github/actions';
  const runs =
    enabled && !localOnly
      ? ok(id, repository, 'workflows run')
      : missing(
          id,
          repository,
          enabled
            ? 'actions of other owners are refused, and the workflows use some'
            : 'Actions are disabled',
          `${put} -F enabled=true -f allowed_actions=all`,
        );
  const opening = 'github/pull-requests';
  const pulls = mayOpenPulls
    ? ok(opening, repository, 'workflows may open pull requests')
    : missing(
        opening,
        repository,
        'workflows may not open pull requests',
        `gh api --method PUT ${quoted(`repos/${repository}/actions/permissions/workflow`)} -f default_workflow_permissions=read -F can_approve_pull_request_reviews=true`,
      );
  return [runs, pulls];
}
