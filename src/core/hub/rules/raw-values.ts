import { at, isObject, pointer, walk } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { explainMemory, quoted } from '../../model/formats.ts';
import { memoryBytes } from '../../model/quantities.ts';
import type { Rule } from '../../rule.ts';
import { configOf } from './values.ts';

const SHARING_SCOPE = /^(admin:|read:|list:)?(shares|groups:shares|users:shares)\b/u;
const RULING_SCOPE = /^admin(-ui|:users|:groups|:servers|:auth_state)?(!group=.*)?$/u;
const EXPANDED = /\{(username|userid|servername|unescaped_username|user_server)\}/gu;

/** What is left of a text that KubeSpawner expands holds no brace. */
function hasSingleBrace(text: string): boolean {
  const rest = text.replaceAll('{{', '').replaceAll('}}', '').replaceAll(EXPANDED, '');
  return /[{}]/u.test(rest);
}

/** Places below `jupyterhub:` where JupyterHub itself reads an amount of memory. */
function memoryPaths(values: JsonObject): string[] {
  return [
    '/singleuser/memory/guarantee',
    '/singleuser/memory/limit',
    ...configOf(values).flatMap(([section]) => [
      pointer('hub', 'config', section, 'mem_limit'),
      pointer('hub', 'config', section, 'mem_guarantee'),
    ]),
  ];
}

/** Rules that search the values instead of looking at one place. */
export const RAW_VALUE_RULES: readonly Rule[] = [
  {
    id: 'network-open',
    severity: 'error',
    title: 'User servers reach the internet, and nothing inside.',
    why: 'Without these policies every user reaches the metadata service of the cloud, other users’ servers and the databases of the cluster.',
    on: 'values',
    *check({ values, place }) {
      for (const path of [
        '/singleuser/networkPolicy/enabled',
        '/hub/networkPolicy/enabled',
        '/proxy/chp/networkPolicy/enabled',
      ]) {
        if (at(values, path) === false) {
          yield { at: place(path), message: 'the network policy is off', hint: 'remove it' };
        }
      }
      for (const rule of ['cloudMetadataServer', 'privateIPs']) {
        const path = `/singleuser/networkPolicy/egressAllowRules/${rule}`;
        if (at(values, path) === true) {
          yield {
            at: place(path),
            message: 'user servers could reach inside',
            hint: 'remove it; open one address with networkPolicy.egress instead',
          };
        }
      }
    },
  },
  {
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
  },
  {
    id: 'role-scopes',
    severity: 'error',
    title: 'No role of people or services rules the hub.',
    why: '`admin-ui` and unfiltered `admin:` scopes are near to root: whoever holds such a token can become any user.',
    on: 'values',
    *check({ values, place }) {
      const roles = at(values, '/hub/loadRoles');
      for (const [name, role] of Object.entries(isObject(roles) ? roles : {})) {
        const scopes = isObject(role) ? role['scopes'] : undefined;
        if (name === 'glaciocloud-health' || !Array.isArray(scopes)) continue;
        const index = scopes.findIndex(
          (scope) => typeof scope === 'string' && RULING_SCOPE.test(scope),
        );
        if (index >= 0) {
          yield {
            at: place(pointer('hub', 'loadRoles', name, 'scopes', index)),
            message: `the role "${name}" could become anybody`,
            hint: 'give the narrow scopes that it needs',
          };
        }
      }
    },
  },
  {
    id: 'values-memory',
    severity: 'error',
    title: 'Memory of servers is written as JupyterHub reads it.',
    why: 'The chart’s schema accepts `4Gi`, and every server start fails (seen on a live hub).',
    on: 'values',
    *check({ values, place }) {
      for (const path of memoryPaths(values)) {
        const value = at(values, path);
        if (typeof value === 'string' && memoryBytes(value) === undefined) {
          const { message, hint } = explainMemory(value);
          yield { at: place(path), message, hint };
        }
      }
    },
  },
  {
    id: 'memory-limit',
    severity: 'error',
    title: 'Memory that is guaranteed is also the limit.',
    why: 'A server without a limit takes its neighbours’ memory: on 2025-05-12 (EarthScope) other people’s work was killed.',
    on: 'values',
    *check({ hub, place, values }) {
      const guarantee = at(hub.data.values, '/singleuser/memory/guarantee');
      const limit = at(values, '/singleuser/memory/limit') ?? null;
      if (guarantee !== undefined && limit === null) {
        yield {
          at: place('/singleuser/memory/guarantee'),
          message: 'memory is guaranteed without a limit',
          hint: 'use sizes: with memory:',
        };
      }
    },
  },
  {
    id: 'values-cpu',
    severity: 'error',
    title: 'Cores of servers are numbers.',
    why: 'KubeSpawner wants 0.5, not "500m".',
    on: 'values',
    *check({ values, place }) {
      for (const path of ['/singleuser/cpu/guarantee', '/singleuser/cpu/limit']) {
        const value = at(values, path);
        if (typeof value === 'string') {
          yield {
            at: place(path),
            message: `${quoted(value)} is not a number of cores`,
            hint: /^\d+m$/u.test(value)
              ? `write ${Number(value.slice(0, -1)) / 1000}`
              : 'write a number without quotes',
          };
        }
      }
    },
  },
  {
    id: 'null-value',
    severity: 'error',
    title: 'Raw values hold no null.',
    why: 'Helm 3 removes the key, Helm 4 keeps the null, and the chart’s templates fail on some.',
    on: 'values',
    *check({ hub, place }) {
      for (const { path, value } of walk(hub.data.values)) {
        if (value === null) {
          yield {
            at: place(path),
            message: 'null means one thing to Helm 3 and another to Helm 4',
            hint: 'write the value that you want',
          };
        }
      }
    },
  },
  {
    id: 'config-section',
    severity: 'error',
    title: 'Sections of hub.config are names of classes.',
    why: 'The hub ends at start when a section begins with a small letter.',
    on: 'values',
    *check({ values, place }) {
      for (const [section] of configOf(values)) {
        if (!/^[A-Z]/u.test(section)) {
          yield {
            at: place(pointer('hub', 'config', section)),
            message: `"${section}" is not the name of a class`,
            hint: 'sections begin with a capital, such as JupyterHub',
          };
        }
      }
    },
  },
  {
    id: 'braces',
    severity: 'error',
    title: 'Braces in raw values of servers are doubled.',
    why: 'KubeSpawner expands {username}, and every server start fails on any other brace.',
    on: 'values',
    *check({ hub, place }) {
      const env = at(hub.data.values, '/singleuser/extraEnv');
      for (const [name, value] of Object.entries(isObject(env) ? env : {})) {
        if (typeof value === 'string' && hasSingleBrace(value)) {
          yield {
            at: place(pointer('singleuser', 'extraEnv', name)),
            message: 'a single brace breaks every server start',
            hint: 'write {{ and }}, or use env:',
          };
        }
      }
    },
  },
];
