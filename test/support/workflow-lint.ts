import { load } from 'js-yaml';

/** Triggers that run foreign code beside our secrets. */
const FORBIDDEN = ['pull_request_target'];

/**
 * What actionlint does not find: an expression in a script, whatever it holds (a step's output is as foreign as an
 * issue's title), and triggers that are forbidden. Given the text of a workflow or of a composite action.
 */
export function workflowProblems(text: string): string[] {
  const problems: string[] = [];
  const whole = load(text);
  const look = (value: unknown, key: string): void => {
    if (Array.isArray(value)) value.forEach((one) => look(one, key));
    else if (typeof value === 'object' && value !== null)
      for (const [name, one] of Object.entries(value)) look(one, name);
    else if ((key === 'run' || key === 'script') && String(value).includes('${{'))
      problems.push(`an expression in ${key}`);
  };
  look(whole, '');
  const on = typeof whole === 'object' && whole !== null && 'on' in whole ? whole.on : {};
  const triggers = typeof on === 'object' && on !== null ? Object.keys(on) : [String(on)];
  const named = Array.isArray(on) ? on.map(String) : triggers;
  problems.push(...named.filter((one) => FORBIDDEN.includes(one)));
  return problems;
}

/** What an expression calls that is a secret, or may hold one. */
const SECRET = /\$\{\{.*?(?:\bsecrets\b|\bgithub\.token\b|\bgithub\s*[)[]|\btoken\b)/isu;

/** An action of somebody else by commit, or one of the same checkout. */
const PINNED = /^(?:\.\/\S*|[\w-]+\/[\w./-]+@[0-9a-f]{40})$/u;

type Mapping = Readonly<Record<string, unknown>>;

const mapping = (value: unknown): Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};

const holdsSecret = (value: unknown): boolean => SECRET.test(JSON.stringify(value ?? null));

/**
 * Whoever gets more than it needs: secrets outside the one step that uses them, permissions of a whole workflow, a
 * checkout that leaves its token behind, code that may change under its name. Given as `workflowProblems` is.
 */
export function grantProblems(text: string): string[] {
  const whole = mapping(load(text));
  const jobs = Object.entries(mapping(whole['jobs']));
  const problems: string[] = [];
  if (holdsSecret(whole['env'])) problems.push('a secret in env of the workflow');
  if (whole['jobs'] !== undefined && JSON.stringify(whole['permissions']) !== '{}')
    problems.push('permissions of the workflow');
  for (const [name, job] of jobs) problems.push(...ofJob(name, mapping(job)));
  return [...problems, ...stepsOf(whole['runs']).flatMap((step) => ofStep(step, false))];
}

function ofJob(name: string, job: Mapping): string[] {
  const problems: string[] = [];
  const services = Object.values(mapping(job['services'])).map((one) => mapping(one)['env']);
  if ([job['env'], mapping(job['container'])['env'], ...services].some(holdsSecret))
    problems.push(`a secret in env of the job ${name}`);
  if (holdsSecret(job['outputs'])) problems.push(`a secret in outputs of the job ${name}`);
  if (job['secrets'] === 'inherit') problems.push(`all secrets for the job ${name}`);
  if (typeof job['permissions'] !== 'object') problems.push(`no permissions of the job ${name}`);
  const pushes = mapping(job['permissions'])['contents'] === 'write';
  return [...problems, ...stepsOf(job).flatMap((step) => ofStep(step, pushes))];
}

const stepsOf = (of: unknown): Mapping[] => {
  const { steps } = mapping(of);
  return Array.isArray(steps) ? steps.map(mapping) : [];
};

/** `pushes`: the job may write to the repository. */
function ofStep(step: Mapping, pushes: boolean): string[] {
  const uses = typeof step['uses'] === 'string' ? step['uses'] : '';
  const problems: string[] = [];
  if (uses !== '' && !PINNED.test(uses)) problems.push(`not pinned: ${uses}`);
  // The environment of a composite action is that of each of its steps.
  if (/^\.\/\S*\bactions\//u.test(uses) && holdsSecret(step['env']))
    problems.push(`a secret in env of ${uses}`);
  const kept = mapping(step['with'])['persist-credentials'];
  if (uses.startsWith('actions/checkout@') && kept !== false && !(kept === true && pushes))
    problems.push('a checkout leaves its token behind');
  return problems;
}
