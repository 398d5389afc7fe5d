import { REQUESTS_ENVIRONMENT } from '../access/request/environment.ts';
import type { DeployEnvironment } from '../hub/protection.ts';
import { DISPATCH_PATH, dispatchWorkflow } from '../init/dispatch.ts';
import { judged, missing, ok, quoted } from './check.ts';
import type { Asked, Check } from './check.ts';
import { environmentChecks } from './environments.ts';
import type { MergeRule } from './pulls.ts';

interface Names {
  secrets: readonly string[];
  variables: readonly string[];
}

/** What access needs on GitHub, where people's files are in a repository of their own. */
export interface AccessSetup {
  /** `OWNER/NAME` of that repository. */
  people: string;
  environment: Asked<{ environment: DeployEnvironment } & Names>;
  /** Rules for its default branch. */
  rules: Asked<{ branch: string; rules: readonly MergeRule[] }>;
  /** Whether it has the workflow that makes hubs follow at once. */
  dispatches: Asked<boolean>;
}

/** What a cluster's environment holds, by its name. */
type Held = ReadonlyMap<string, Asked<Names>>;

export interface AccessFacts {
  /** `OWNER/NAME` of the platform. */
  repository: string;
  /** Undefined where people's files are here. */
  access: AccessSetup | undefined;
  held: Held;
  /** What every workflow of the repository gets at. */
  shared: Asked<Names>;
}

export function accessChecks({ repository, access, held, shared }: AccessFacts): Check[] {
  if (!access) return [];
  const open = shared.kind === 'answered' ? shared.value : { secrets: [], variables: [] };
  const where = `environment ${REQUESTS_ENVIRONMENT}`;
  const has = (id: string, place: string, names: Names): Check[] =>
    holds({ id, where: `environment ${place}`, place, repository }, names, open);
  return [
    ...judged('github/access-requests', where, access.environment, ({ environment, ...names }) => [
      ...environmentChecks(repository, environment, 'holds'),
      ...(environment.protection === undefined
        ? []
        : has('github/access-requests', REQUESTS_ENVIRONMENT, names)),
    ]),
    ...[...held].flatMap(([cluster, asked]) =>
      judged('github/access-token', `environment ${cluster}`, asked, (names) =>
        has('github/access-token', cluster, names),
      ),
    ),
    ...openKeys(repository, open.secrets),
    ...rulesChecks(access),
    ...judged('github/dispatch', access.people, access.dispatches, (there) =>
      dispatchCheck(repository, access.people, there),
    ),
  ];
}

/** What each kind of environment holds for access. */
const WANTED: Readonly<Record<string, { secrets: string[]; variables: string[] }>> = {
  'github/access-requests': {
    secrets: ['REQUESTS_KEY'],
    variables: ['ACCESS_REPOSITORY', 'REQUESTS_APP'],
  },
  'github/access-token': { secrets: ['ACCESS_TOKEN'], variables: ['ACCESS_REPOSITORY'] },
};

interface Asking {
  id: string;
  where: string;
  place: string;
  repository: string;
}

/** Variables may be the repository's; keys may not. */
function holds({ id, where, place, repository }: Asking, names: Names, open: Names): Check[] {
  const wanted = WANTED[id] ?? { secrets: [], variables: [] };
  const known = [...names.variables, ...open.variables];
  const secrets = wanted.secrets.filter((one) => !names.secrets.includes(one));
  const variables = wanted.variables.filter((one) => !known.includes(one));
  if (secrets.length + variables.length === 0)
    return [ok(id, where, `holds ${[...wanted.secrets, ...wanted.variables].join(', ')}`)];
  const at = `--env ${quoted(place)} --repo ${quoted(repository)}`;
  const commands = [
    ...secrets.map((one) => `gh secret set ${one} ${at}`),
    ...variables.map((one) => `gh variable set ${one} ${at}`),
  ];
  const lacks = [...secrets, ...variables].join(', ');
  return [missing(id, where, `has no ${lacks}`, commands.join(' && '))];
}

function openKeys(repository: string, secrets: readonly string[]): Check[] {
  return ['REQUESTS_KEY', 'ACCESS_TOKEN']
    .filter((one) => secrets.includes(one))
    .map((one) =>
      missing(
        'github/access-keys',
        repository,
        `${one} of the repository itself is open to the workflow of every branch: who has it writes people’s files`,
        `gh secret delete ${one} --repo ${quoted(repository)}`,
      ),
    );
}

/** What GitHub says of rules in a private repository that nobody pays for. */
const UNPAID = /upgrade to github/iu;

function rulesChecks({ people, rules }: AccessSetup): Check[] {
  const [id, where] = ['github/access-rules', people];
  if (rules.kind === 'not-asked' && UNPAID.test(rules.why)) return [unruled(people)];
  return judged(id, where, rules, ({ branch, rules: found }) =>
    found.some(({ type }) => type === 'pull_request')
      ? ok(id, where, `${branch} changes by pull requests only`)
      : unruled(people),
  );
}

function unruled(people: string): Check {
  return missing(
    'github/access-rules',
    people,
    'has no rule for pull requests: whoever may write there approves by it, and lets in anybody',
    `gh api --paginate ${quoted(`repos/${people}/collaborators`)} --jq '.[]|select(.permissions.push).login' # who that is; a rule needs a paid plan where the repository is private`,
  );
}

function dispatchCheck(repository: string, people: string, there: boolean): Check {
  const id = 'github/dispatch';
  if (there) return ok(id, people, 'tells the platform of a push');
  const place = quoted(`repos/${people}/contents/${DISPATCH_PATH}`);
  const content = btoa(dispatchWorkflow(repository));
  return missing(
    id,
    people,
    `has no ${DISPATCH_PATH}: hubs follow a push only when the schedule runs`,
    `gh api --method PUT ${place} -f message=dispatch -f content=${content} && gh secret set PLATFORM_TOKEN --repo ${quoted(people)}`,
  );
}
