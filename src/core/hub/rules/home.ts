import { MIN_HOME_BYTES } from '../../model/limits.ts';
import { quantityBytes } from '../../model/quantities.ts';
import { hasDots } from '../../paths.ts';
import type { Problem, Rule } from '../../rule.ts';
import { ownClaim } from './pods.ts';

export const smallHome: Rule = {
  id: 'small-home',
  severity: 'warning',
  title: 'A home has room for work.',
  why: 'One preprocessed region takes 3-4 GB, and a full home locks its owner out of the hub (CryoInTheCloud/hub-image#171).',
  on: 'hub',
  *check({ hub }) {
    const { size } = hub.data.home;
    if (size !== undefined && (quantityBytes(size) ?? 0) < MIN_HOME_BYTES) {
      yield {
        at: hub.at('/home/size'),
        message: `${size} fill up on the first day`,
        hint: 'write at least 5Gi; 10Gi and more is better',
      };
    }
  },
};

export const homeForm: Rule = {
  id: 'home-form',
  severity: 'error',
  title: 'Homes are claims of a size, or folders of people on one claim.',
  why: 'A claim that others have made has its own size and class. Its folders bear the name that access gives, for good: without it everybody works in one home, and a number of the hub’s database is another one when somebody comes back.',
  on: 'hub',
  *check({ hub }) {
    const { claim, path } = hub.data.home;
    for (const key of claim === undefined ? (['path'] as const) : (['size', 'class'] as const))
      if (hub.data.home[key] !== undefined)
        yield { at: hub.keyAt(`/home/${key}`), ...WITHOUT[key] };
    const taken = claim === undefined ? undefined : ownClaim(claim, hub.data.values);
    if (taken) yield { at: hub.at('/home/claim'), ...taken };
    const fault = claim === undefined || path === undefined ? undefined : pathFault(path);
    if (fault) yield { at: hub.at('/home/path'), ...fault };
  },
};

type Fault = Omit<Problem, 'at'>;

const WITHOUT: Readonly<Record<'path' | 'size' | 'class', Fault>> = {
  path: {
    message: '"path" is the folder of a person on one claim, and no claim is named',
    hint: 'add "claim:", or remove it: each person has a claim of their own',
  },
  size: {
    message: '"size" has no effect on a claim that others have made',
    hint: 'remove it: nothing limits a home there but the volume itself',
  },
  class: {
    message: '"class" has no effect on a claim that others have made',
    hint: 'remove it',
  },
};

/** Names that lead a person to the same folder again. Source: `_expand_user_properties` of KubeSpawner 7.0.0. */
const LASTING = ['username', 'escaped_username'];
const LASTING_HINT =
  'write {username}, or {escaped_username} for folders that an older hub has made';

function pathFault(path: string): Fault | undefined {
  const names = [...path.matchAll(/\{([^{}]*)\}/gu)].map(([, name = '']) => name);
  const other = names.find((name) => !LASTING.includes(name));
  if (other === 'userid')
    return {
      message: '{userid} is another one for somebody who comes back: their files would be gone',
      hint: LASTING_HINT,
    };
  if (other !== undefined)
    return { message: `{${other}} is no lasting name of a person`, hint: LASTING_HINT };
  if (/[{}]/u.test(path.replaceAll(/\{[^{}]*\}/gu, '')))
    return { message: 'a brace stands alone', hint: LASTING_HINT };
  if (names.length === 0) return { message: 'everybody would have one home', hint: LASTING_HINT };
  if (hasDots(path))
    return { message: 'the path leaves the claim', hint: 'write a path without . and ..' };
  return undefined;
}
