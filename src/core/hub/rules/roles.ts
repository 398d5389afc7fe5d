import { at, isObject, pointer, textAt, walk } from '../../json.ts';
import type { Json } from '../../json.ts';
import type { Problem, Rule, ValuesFacts } from '../../rule.ts';

const SHARING_SCOPE = /^(admin:|read:|list:)?(shares|groups:shares|users:shares)\b/u;
/** Whoever holds one of these becomes anybody it reaches: it makes names, tokens or groups. */
const BECOMES = /^(admin|admin:(users|auth_state|groups)|users|tokens|groups)$/u;
/** Reach everybody unless they are for one group or oneself; `shutdown` and `proxy` are the hub itself. */
const REACHES =
  /^(admin:(servers|server_state)|servers|access:servers|delete:users|shutdown|proxy)$/u;
/** JupyterHub gives these to everybody, and to everybody's server. */
const OF_EVERYBODY: readonly string[] = ['user', 'server'];

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
    for (const [key, role] of Object.entries(isObject(roles) ? roles : {})) {
      if (at(ours, pointer('hub', 'loadRoles', key)) !== undefined) continue;
      const name = textAt(role, '/name') || key;
      if (name === 'admin' || at(ours, pointer('hub', 'loadRoles', name)) !== undefined)
        yield { at: place(pointer('hub', 'loadRoles', key)), ...notTheirs(name) };
      yield* scopesOf({ key, name }, at(role, '/scopes'), place);
    }
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
  for (const [key, service] of Object.entries(isObject(services) ? services : {})) {
    const name = textAt(service, '/name');
    if (name !== '' && name !== key && isOurs(name, ours))
      yield {
        at: place(pointer('hub', 'services', key, 'name')),
        message: `"${name}" is a service of the platform`,
        hint: 'remove it: a service is called as its key',
      };
  }
  for (const [name, service] of Object.entries(isObject(services) ? services : {}))
    if (at(service, '/admin') === true && at(ours, pointer('hub', 'services', name)) === undefined)
      yield {
        at: place(pointer('hub', 'services', name, 'admin')),
        message: `the service "${name}" could become anybody`,
        hint: 'remove it, and give the narrow scopes that it needs below hub.loadRoles',
      };
}

/** The chart makes the culler. */
function isOurs(name: string, ours: ValuesFacts['ours']): boolean {
  return (
    name === 'jupyterhub-idle-culler' || at(ours, pointer('hub', 'services', name)) !== undefined
  );
}

function notTheirs(role: string): Omit<Problem, 'at'> {
  return role === 'admin'
    ? {
        message: 'who has the role "admin" could become anybody',
        hint: 'remove it; access.admins says who administers the hub',
      }
    : { message: `"${role}" is a role of the platform`, hint: 'choose another name for your role' };
}

/** One finding for each role. `key`: where it stands; the chart takes its `name`, where it has one. */
function* scopesOf(
  { key, name }: { key: string; name: string },
  scopes: Json | undefined,
  place: ValuesFacts['place'],
): Generator<Problem> {
  for (const [index, scope] of Array.isArray(scopes) ? scopes.entries() : []) {
    const fault = typeof scope === 'string' ? scopeFault(name, scope) : undefined;
    if (!fault) continue;
    yield { at: place(pointer('hub', 'loadRoles', key, 'scopes', index)), ...fault };
    return;
  }
}

function scopeFault(name: string, scope: string): Omit<Problem, 'at'> | undefined {
  const [base = '', ...filters] = scope.split('!');
  const filter = filters.join('!');
  // About oneself, and one's own server.
  if (filter === 'user' || filter === 'server') return undefined;
  const becomes = BECOMES.test(base);
  if (!becomes && !REACHES.test(base)) return undefined;
  if (/^(user|server)=/u.test(filter))
    return {
      message: `the role "${name}" acts for somebody else: ${scope}`,
      hint: 'remove it; staff is given a group: !group=…',
    };
  if (becomes)
    return {
      message: `the role "${name}" could become anybody`,
      hint: 'give the narrow scopes that it needs, such as list:users or read:groups',
    };
  if (OF_EVERYBODY.includes(name))
    return {
      message: `everybody has the role "${name}", and it reaches others: ${scope}`,
      hint: 'give it to a role of its own, with groups: for whom it is',
    };
  return filter === ''
    ? {
        message: `the role "${name}" reaches everybody: ${scope}`,
        hint: `name whom it is for: ${scope}!group=…`,
      }
    : undefined;
}
