import { at, isObject, pointer } from '../../json.ts';
import type { Json, JsonObject } from '../../json.ts';
import { quoted } from '../../model/formats.ts';
import { MIN_MAX_AGE_SECONDS, proxyMemoryMiB } from '../../model/limits.ts';
import { quantityBytes } from '../../model/quantities.ts';
import type { Problem, Rule, ValuesFacts } from '../../rule.ts';

interface Demand {
  id: string;
  title: string;
  why: string;
  /** Pointers below `jupyterhub:` that are looked at. */
  paths: readonly string[];
  /** What is wrong with a value that is there, and what to write. */
  bad: (value: Json, facts: ValuesFacts) => { message: string; hint: string } | undefined;
}

/** A rule that looks at some values and says what must not be. */
export function demand({ id, title, why, paths, bad }: Demand): Rule {
  return {
    id,
    title,
    why,
    severity: 'error',
    on: 'values',
    *check(facts) {
      for (const path of paths) {
        const value = at(facts.values, path);
        const problem = value === undefined ? undefined : bad(value, facts);
        if (problem) yield { at: facts.place(path), ...problem };
      }
    },
  };
}

/** Sections of hub.config with their traits. */
export function configOf(values: JsonObject): [string, JsonObject][] {
  const config = at(values, '/hub/config');
  const sections: [string, JsonObject][] = [];
  for (const [section, traits] of Object.entries(isObject(config) ? config : {})) {
    if (isObject(traits)) sections.push([section, traits]);
  }
  return sections;
}

interface TraitDemand extends Omit<Demand, 'paths' | 'bad'> {
  names: readonly string[];
  bad: (value: Json) => { message: string; hint: string } | undefined;
}

/** Looks at one trait in every section of hub.config: a subclass reads its parents' sections too. */
function traitDemand({ id, title, why, names, bad }: TraitDemand): Rule {
  return {
    id,
    title,
    why,
    severity: 'error',
    on: 'values',
    *check({ values, place }): Generator<Problem> {
      for (const [section, traits] of configOf(values)) {
        for (const name of names) {
          const value = traits[name];
          const problem = value === undefined ? undefined : bad(value);
          if (problem) yield { at: place(pointer('hub', 'config', section, name)), ...problem };
        }
      }
    },
  };
}

/** Nobody and nothing is named: what a chart's default says, too. */
export function namesNothing(value: Json): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isObject(value)) return Object.keys(value).length === 0;
  return value === null || value === '' || value === false;
}

const isDebug = (value: Json): boolean =>
  value === true || (typeof value === 'number' ? value <= 10 : /^"?debug"?$/iu.test(quoted(value)));

export const VALUE_RULES: readonly Rule[] = [
  demand({
    id: 'authenticator',
    title: 'Only the platform’s door lets people in.',
    why: 'The chart’s default lets anybody log in with any name; other authenticators know nothing of access files and end dates.',
    paths: ['/hub/config/JupyterHub/authenticator_class'],
    bad: (value) =>
      value === 'glaciocloud_hub.AccessFileAuthenticator'
        ? undefined
        : {
            message: `the authenticator ${quoted(value)} goes round the access files`,
            hint: 'remove it; access: says who may enter',
          },
  }),
  traitDemand({
    id: 'allow-all',
    title: 'No setting lets everybody in.',
    why: '`allow_all` overrides every other rule of who may enter.',
    names: ['allow_all'],
    bad: (value) =>
      value === false
        ? undefined
        : { message: '"allow_all" lets anybody in', hint: 'remove it; access: says who may enter' },
  }),
  traitDemand({
    id: 'allow-existing-users',
    title: 'Who was removed stays out.',
    why: 'With `allow_existing_users` everybody who ever logged in may come back (zero-to-jupyterhub-k8s#1029).',
    names: ['allow_existing_users'],
    bad: (value) =>
      value === false
        ? undefined
        : { message: 'people who were removed could come back', hint: 'remove it' },
  }),
  traitDemand({
    id: 'allow-list',
    title: 'People and teams stand in access:, not in raw values.',
    why: 'Lists in the configuration have no end date, are added to one another, and `admin_users` never takes rights away again.',
    names: [
      'allowed_users',
      'admin_users',
      'allowed_organizations',
      'allowed_groups',
      'admin_groups',
      'allowed_scopes',
      'blocked_users',
    ],
    bad: (value) =>
      namesNothing(value)
        ? undefined
        : { message: 'people are listed in raw values', hint: 'write them below access:' },
  }),
  traitDemand({
    id: 'auth-refresh',
    title: 'Access is looked at again at every request.',
    why: 'With `auth_refresh_age: 0` somebody whose access ended stays until the cookie does, two weeks later.',
    names: ['auth_refresh_age'],
    bad: (value) =>
      typeof value === 'number' && value >= 1 && value <= 300
        ? undefined
        : {
            message: `${quoted(value)} keeps people in after their access has ended`,
            hint: 'remove it; the platform uses 1',
          },
  }),
  traitDemand({
    id: 'delete-pvc',
    title: 'Deleting a user keeps the home.',
    why: 'KubeSpawner deletes the home’s volume together with the user unless told otherwise.',
    names: ['delete_pvc'],
    bad: (value) =>
      value === false
        ? undefined
        : {
            message: 'homes would be deleted together with users',
            hint: 'remove it; removing homes is a reviewed step',
          },
  }),
  demand({
    id: 'failure-limit',
    title: 'No user can restart the hub.',
    why: 'Five requests for a server that cannot start end the hub’s process, and any user can send them (seen on a live hub).',
    paths: ['/hub/consecutiveFailureLimit'],
    bad: (value) =>
      value === 0
        ? undefined
        : {
            message: `after ${quoted(value)} failed starts the hub restarts itself, and any user can cause them`,
            hint: 'remove it; the platform uses 0',
          },
  }),
  demand({
    id: 'max-age',
    title: 'Running work is not stopped for its age.',
    why: '`cull.maxAge` stops servers that compute.',
    paths: ['/cull/maxAge'],
    bad: (value) =>
      value === 0 || (typeof value === 'number' && value >= MIN_MAX_AGE_SECONDS)
        ? undefined
        : {
            message: `servers are stopped after ${quoted(value)} s even while they compute`,
            hint: `remove it, or write at least ${MIN_MAX_AGE_SECONDS}`,
          },
  }),
  demand({
    id: 'cull-users',
    title: 'Idle users are not deleted.',
    why: 'A deleted user loses tokens and groups, and with an unlucky setting the home.',
    paths: ['/cull/users'],
    bad: (value) =>
      value === false ? undefined : { message: 'idle users would be deleted', hint: 'remove it' },
  }),
  demand({
    id: 'uid',
    title: 'Every server runs as the platform’s user, and none as root.',
    why: 'Homes belong to one uid. Another one cannot read them, and root can read everything.',
    paths: ['/singleuser/uid', '/singleuser/extraPodConfig/securityContext/runAsUser'],
    bad: (value, { platform }) => {
      const { uid } = platform.settings.data.user;
      if (value === 0) {
        return {
          message: 'servers would run as root',
          hint: `remove it; the platform's uid is ${uid}`,
        };
      }
      return value === uid
        ? undefined
        : {
            message: `servers would run as uid ${quoted(value)}, and homes belong to ${uid}`,
            hint: 'remove it',
          };
    },
  }),
  demand({
    id: 'service-account',
    title: 'User servers hold no key to the cluster.',
    why: 'A service account’s token is mounted into every server that names one.',
    paths: [
      '/singleuser/serviceAccountName',
      '/singleuser/extraPodConfig/serviceAccount',
      '/singleuser/extraPodConfig/serviceAccountName',
      '/singleuser/extraPodConfig/automountServiceAccountToken',
      '/hub/config/KubeSpawner/automount_service_account_token',
    ],
    bad: (value) =>
      namesNothing(value)
        ? undefined
        : { message: 'user servers would get a token of the cluster', hint: 'remove it' },
  }),
  demand({
    id: 'privilege-escalation',
    title: 'Nobody becomes root inside a server.',
    why: 'A program with the setuid bit would be enough.',
    paths: ['/singleuser/allowPrivilegeEscalation'],
    bad: (value) =>
      value === false
        ? undefined
        : {
            message: 'users could become root inside their server',
            hint: 'remove it; packages for everybody belong into the image',
          },
  }),
  demand({
    id: 'load-balancer',
    title: 'A hub is not put on the internet without its entry.',
    why: 'A LoadBalancer of its own has no certificate and bypasses the entry.',
    paths: ['/proxy/service/type'],
    bad: (value) =>
      value === 'ClusterIP'
        ? undefined
        : {
            message: `${quoted(value)} opens the hub without a certificate`,
            hint: 'remove it; the cluster’s ingress: is the entry',
          },
  }),
  demand({
    id: 'debug',
    title: 'Debug output stays off.',
    why: 'It writes tokens and personal data to logs.',
    paths: [
      '/debug/enabled',
      '/hub/config/JupyterHub/debug_db',
      '/hub/config/JupyterHub/debug_proxy',
      '/hub/config/JupyterHub/log_level',
      '/hub/config/KubeSpawner/debug',
      '/hub/config/ConfigurableHTTPProxy/debug',
    ],
    bad: (value) =>
      !isDebug(value)
        ? undefined
        : { message: 'debug output holds tokens', hint: 'remove it when you are done' },
  }),
  demand({
    id: 'profile-list',
    title: 'Images and sizes stand in images: and sizes:.',
    why: 'Profiles in raw values are open to everybody whatever they say of groups, an unanchored pattern lets users run any image, a key with a capital or a dot breaks the pre-puller, and every change restarts the hub.',
    paths: ['/singleuser/profileList'],
    bad: (value) =>
      namesNothing(value)
        ? undefined
        : { message: 'profiles in raw values are not looked at', hint: 'use images: and sizes:' },
  }),
  demand({
    id: 'proxy-memory',
    title: 'The proxy has memory for everybody.',
    why: 'A proxy that runs out of memory drops every connection: 18 hours of login loops on 2026-01-13 (LEAP).',
    paths: ['/proxy/chp/resources/limits/memory'],
    bad: (value, { hub }) => {
      const needed = proxyMemoryMiB(hub.data.capacity.maxServers);
      const bytes = (typeof value === 'string' ? quantityBytes(value) : undefined) ?? 0;
      return bytes >= needed * 2 ** 20
        ? undefined
        : {
            message: `${quoted(value)} are too little for ${hub.data.capacity.maxServers} servers`,
            hint: `remove it; the platform uses ${needed}Mi`,
          };
    },
  }),
];
