import { pointer } from '../../json.ts';
import type { Problem, Rule } from '../../rule.ts';

export const secretUse: Rule = {
  id: 'secret-use',
  severity: 'error',
  title: 'A secret for servers becomes one variable of theirs, which nothing else sets.',
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
  },
};

function useFault(
  name: string,
  { for: use, env = '' }: { for: string; env?: string },
  taken: ReadonlyMap<string, string>,
): Omit<Problem, 'at'> | undefined {
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
