import { openness } from '../hub/protection.ts';
import type { DeployEnvironment, Pattern } from '../hub/protection.ts';
import { missing, ok, quoted } from './check.ts';
import type { Check } from './check.ts';

/** What an environment is for: it holds a cluster's credentials, or asks people. */
export type Purpose = 'holds' | 'asks';

/** Whether an environment is there, and for the default branch only. */
export function environmentChecks(
  repository: string,
  environment: DeployEnvironment,
  purpose: Purpose,
): Check[] {
  const { name, defaultBranch, protection } = environment;
  const where = `environment ${name}`;
  if (protection === undefined) {
    const so = purpose === 'asks' ? ', so nobody is asked' : '';
    const fix = makeEnvironment(repository, environment, purpose);
    return [missing('github/environment', where, `does not exist${so}`, fix)];
  }
  const there = ok('github/environment', where, 'exists');
  const id = 'github/environment-branches';
  const weakness = openness(environment);
  if (weakness === undefined) return [there, ok(id, where, `is for ${defaultBranch} only`)];
  const what = purpose === 'asks' ? `is not for ${defaultBranch} alone` : weakness.what;
  return [
    there,
    missing(id, where, what, closeEnvironment(repository, environment, protection.branches)),
  ];
}

/** Makes an environment for the default branch only; one that asks has a reviewer to begin with. */
function makeEnvironment(
  repository: string,
  environment: DeployEnvironment,
  purpose: Purpose,
): string {
  const place = `repos/${repository}/environments/${environment.name}`;
  const make =
    purpose === 'asks'
      ? withReviewer(repository, environment.name)
      : `echo '{"deployment_branch_policy":${ONLY_NAMED}}' | gh api --method PUT ${quoted(place)} --input -`;
  return `${make} && ${addBranch(place, environment.defaultBranch)}`;
}

/** Sets the first reviewer of an environment, LOGIN; more are added in the settings. */
export function withReviewer(repository: string, name: string): string {
  const place = `repos/${repository}/environments/${name}`;
  const body = `{"reviewers":[{"type":"User","id":%s}],"deployment_branch_policy":${ONLY_NAMED}}`;
  return `printf '${body}' "$(gh api users/LOGIN --jq .id)" | gh api --method PUT ${quoted(place)} --input -`;
}

const ONLY_NAMED = '{"protected_branches":false,"custom_branch_policies":true}';

/** What GitHub forgets of an environment where it is not said again. */
const KEPT = [
  `deployment_branch_policy:${ONLY_NAMED}`,
  'wait_timer:([.protection_rules[]|select(.type=="wait_timer").wait_timer][0]//0)',
  'prevent_self_review:([.protection_rules[]|select(.type=="required_reviewers").prevent_self_review][0]//false)',
  'reviewers:[.protection_rules[]|select(.type=="required_reviewers").reviewers[]|{type,id:.reviewer.id}]',
].join(',');

function closeEnvironment(
  repository: string,
  { name, defaultBranch }: DeployEnvironment,
  branches: Branches,
): string {
  const place = `repos/${repository}/environments/${name}`;
  const known = names(branches);
  const limit = `gh api ${quoted(place)} --jq '{${KEPT}}' | gh api --method PUT ${quoted(place)} --input -`;
  const others = patternsOf(branches).some((one) => !isDefault(one, defaultBranch));
  const policies = `${place}/deployment-branch-policies`;
  const isOther = `select((.type//"branch")!="branch" or .name!=${JSON.stringify(defaultBranch)})`;
  const list = `gh api --paginate ${quoted(policies)} --jq ${quoted(`.branch_policies[]|${isOther}.id`)}`;
  const drop = `${list} | xargs -I ID gh api --method DELETE ${quoted(`${policies}/ID`)}`;
  return [
    ...(branches.kind === 'selected' ? [] : [limit]),
    ...(others ? [drop] : []),
    ...(known.includes(defaultBranch) ? [] : [addBranch(place, defaultBranch)]),
  ].join(' && ');
}

function addBranch(place: string, branch: string): string {
  const policies = `${place}/deployment-branch-policies`;
  return `gh api --method POST ${quoted(policies)} -f ${quoted(`name=${branch}`)}`;
}

type Branches = NonNullable<DeployEnvironment['protection']>['branches'];

function patternsOf(branches: Branches): readonly Pattern[] {
  return branches.kind === 'selected' ? branches.patterns : [];
}

function names(branches: Branches): string[] {
  return patternsOf(branches)
    .filter(({ kind }) => kind === 'branch')
    .map(({ name }) => name);
}

function isDefault({ kind, name }: Pattern, branch: string): boolean {
  return kind === 'branch' && name === branch;
}
