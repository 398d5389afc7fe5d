import { at, isObject, pointer, walk } from '../../json.ts';
import type { Json } from '../../json.ts';
import type { Problem, Rule, ValuesFacts } from '../../rule.ts';

const SHARING_SCOPE = /^(admin:|read:|list:)?(shares|groups:shares|users:shares)\b/u;
/** Whoever holds one of these becomes anybody it reaches: it makes names, tokens or groups. */
const BECOMES = /^(admin|admin:(users|auth_state|groups)|users|tokens|groups)(!.*)?$/u;
/** Reach everybody unless they are for one group, one user or oneself; `shutdown` and `proxy` are the hub itself. */
const REACHES_ALL =
  /^(admin:(servers|server_state)|servers|access:servers|delete:users|shutdown|proxy)$/u;

export const userSharing: Rule = {
  id: 'user-sharing',
  severity: 'error',
  title: 'Users do not share their servers.',
  why: 'JupyterHub 5.5.0 has a known hole in sharing (fixed in 5.5.1), and who shares a server shares the home.',
  on: 'values',
  *check({ values, place }) {
    const roles = at(values, '/hub/loadRoles');
    for (const { path, value } of isObject(roles) ? walk(roles) : []) {
      if (typeof value === 'string' && SHARING_SCOPE.test(value)) {
        yield {
          at: place(`/hub/loadRoles${path}`),
          message: `the scope "${value}" lets users share servers`,
          hint: 'remove it',
        };
      }
    }
  },
};

export const roleScopes: Rule = {
  id: 'role-scopes',
  severity: 'error',
  title: 'No role of people or services rules the hub.',
  why: 'Who may change users, make tokens or fill groups can become any user, and a scope without a filter reaches every server. Scopes for one group are for its staff.',
  on: 'values',
  *check({ values, ours, place }) {
    const roles = at(values, '/hub/loadRoles');
    for (const [name, role] of Object.entries(isObject(roles) ? roles : {}))
      if (at(ours, pointer('hub', 'loadRoles', name)) === undefined)
        yield* scopesOf(name, isObject(role) ? role['scopes'] : undefined, place);
    yield* administrators({ values, ours, place });
  },
};

/** JupyterHub's own role of administrators, and services that have it. */
function* administrators({
  values,
  ours,
  place,
}: Pick<ValuesFacts, 'values' | 'ours' | 'place'>): Generator<Problem> {
  const services = at(values, '/hub/services');
  for (const [name, service] of Object.entries(isObject(services) ? services : {}))
    if (at(service, '/admin') === true && at(ours, pointer('hub', 'services', name)) === undefined)
      yield {
        at: place(pointer('hub', 'services', name, 'admin')),
        message: `the service "${name}" could become anybody`,
        hint: 'remove it, and give the narrow scopes that it needs below hub.loadRoles',
      };
  if (at(values, '/hub/loadRoles/admin') !== undefined)
    yield {
      at: place('/hub/loadRoles/admin'),
      message: 'who has the role "admin" could become anybody',
      hint: 'remove it; access.admins says who administers the hub',
    };
}

/** One finding for each role. */
function* scopesOf(
  name: string,
  scopes: Json | undefined,
  place: ValuesFacts['place'],
): Generator<Problem> {
  for (const [index, scope] of Array.isArray(scopes) ? scopes.entries() : []) {
    const fault = typeof scope === 'string' ? scopeFault(name, scope) : undefined;
    if (!fault) continue;
    yield { at: place(pointer('hub', 'loadRoles', name, 'scopes', index)), ...fault };
    return;
  }
}

function scopeFault(name: string, scope: string): Omit<Problem, 'at'> | undefined {
  if (BECOMES.test(scope) && !/!user(=|$)/u.test(scope))
    return {
      message: `the role "${name}" could become anybody`,
      hint: 'give the narrow scopes that it needs',
    };
  if (REACHES_ALL.test(scope))
    return {
      message: `the role "${name}" reaches everybody: ${scope}`,
      hint: `name whom it is for: ${scope}!group=…`,
    };
  return undefined;
}
