import { pointer } from '../../json.ts';
import { didYouMean } from '../../model/nearest.ts';
import type { EnvironmentFile } from '../../model/types.ts';
import type { Problem, Rule } from '../../rule.ts';
import { hubVariable } from '../values/login.ts';
import { suppliedFor } from '../values/supplied.ts';

type Fault = Omit<Problem, 'at'>;

export const secretUse: Rule = {
  id: 'secret-use',
  severity: 'error',
  title: 'A secret becomes one variable of servers or of the hub, which nothing else sets.',
  why: 'Of two that give a variable the same name one is lost without a word, and which one nobody reads in the file.',
  on: 'hub',
  *check({ hub }) {
    const { env, secrets } = hub.data;
    const taken = new Map(Object.keys(env).map((name) => [name, 'env:']));
    for (const [name, secret] of Object.entries(secrets)) {
      if (secret.env === undefined) continue;
      const fault = useFault(name, secret, taken);
      if (fault) yield { at: hub.keyAt(pointer('secrets', name, 'env')), ...fault };
      else taken.set(secret.env, `the secret ${name}`);
    }
    const ofHub = new Map<string, string>();
    for (const name of suppliedFor(hub.data, 'hub')) {
      const variable = hubVariable(name);
      const fault = variableFault(variable, ofHub.get(variable));
      if (fault) yield { at: hub.keyAt(pointer('secrets', name)), ...fault };
      ofHub.set(variable, name);
    }
  },
};

/** Dots and hyphens are alike in a variable, and Kubernetes takes none that begins with a digit. */
function variableFault(variable: string, other: string | undefined): Fault | undefined {
  if (/^[0-9]/u.test(variable))
    return {
      message: `the hub would have it as ${variable}, which is no name of a variable`,
      hint: 'begin its name with a letter',
    };
  return other === undefined
    ? undefined
    : {
        message: `the hub would have it as ${variable}, and the secret ${other} too`,
        hint: 'give one of the two another name',
      };
}

function useFault(
  name: string,
  { for: use, env = '' }: { for: string; env?: string },
  taken: ReadonlyMap<string, string>,
): Fault | undefined {
  if (use !== 'servers')
    return {
      message: `"env" says which variable of servers a secret is, and ${name} is for ${use === 'pull' ? 'pulling images' : 'the hub'}`,
      hint: 'remove it, or write "for: servers", which lets everybody read it',
    };
  const other = taken.get(env);
  return other === undefined
    ? undefined
    : { message: `${env} is set by ${other} already`, hint: 'write one of the two' };
}

export const certificateUse: Rule = {
  id: 'certificate-use',
  severity: 'error',
  title:
    'A certificate of your own is two secrets that nothing else uses, and there is an entry for it.',
  why: 'With a name that does not exist the entry waits for a Secret that nobody makes, and browsers do not open the hub; a key that servers get as well is everybody’s.',
  on: 'hub',
  *check({ hub, cluster }) {
    const { certificate } = hub.data;
    if (certificate === undefined) return;
    if (cluster.data.ingress.class === 'none')
      yield {
        at: hub.keyAt('/certificate'),
        message: `clusters/${cluster.name}.yaml has no entry that could show a certificate`,
        hint: 'remove it',
      };
    const { cert, key } = certificate;
    const parts = { cert: partFault(hub.data, cert), key: partFault(hub.data, key) };
    if (cert === key)
      parts.key = {
        message: `${key} cannot be the certificate and its key`,
        hint: 'give each a secret of its own',
      };
    for (const [part, fault] of Object.entries(parts))
      if (fault !== undefined) yield { at: hub.at(pointer('certificate', part)), ...fault };
  },
};

function partFault({ secrets }: EnvironmentFile, name: string): Fault | undefined {
  const known = Object.keys(secrets);
  if (!known.includes(name)) {
    const there = known.length === 0 ? 'declare it there' : `there are: ${known.join(', ')}`;
    return {
      message: `secrets: has no "${name}"`,
      hint: didYouMean(name, known, there),
    };
  }
  return secrets[name]?.for === 'hub'
    ? undefined
    : { message: `the secret ${name} is for the entry alone`, hint: 'remove its "for:"' };
}
