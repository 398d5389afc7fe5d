import { at, isObject, pointer, walk } from '../../json.ts';
import type { Json, JsonObject } from '../../json.ts';
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
    for (const [name, role] of entriesOf(values, '/hub/loadRoles')) {
      if (at(ours, pointer('hub', 'loadRoles', name)) !== undefined) continue;
      if (name === 'admin') yield { at: place(pointer('hub', 'loadRoles', name)), ...RULES_ALL };
      yield* scopesOf(name, isObject(role) ? role['scopes'] : undefined, place);
    }
    for (const [name, service] of entriesOf(values, '/hub/services'))
      if (at(service, '/admin') === true)
        yield {
          at: place(pointer('hub', 'services', name, 'admin')),
          message: `the service "${name}" is an administrator`,
          hint: 'remove it, and give the narrow scopes that it needs in hub.loadRoles',
        };
  },
};

const RULES_ALL = {
  message: 'whoever gets the role "admin" becomes anybody',
  hint: 'remove it: access.admins says who administers a hub',
};

function entriesOf(values: JsonObject, path: string): [string, Json][] {
  const found = at(values, path);
  return isObject(found) ? Object.entries(found) : [];
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
