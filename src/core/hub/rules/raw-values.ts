import { at, isObject, objectsIn, pointer, textAt, walk } from '../../json.ts';
import type { Json, JsonObject } from '../../json.ts';
import { explainMemory, quoted } from '../../model/formats.ts';
import { memoryBytes } from '../../model/quantities.ts';
import type { ClusterFile } from '../../model/types.ts';
import type { Rule } from '../../rule.ts';
import { opensInside } from '../values/network.ts';
import { entriesOf } from './places.ts';
import { configOf } from './values.ts';

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

/** Rules of one's own beside those of the chart, and where each names the other side. */
const OWN_POLICIES = [
  ['/singleuser/networkPolicy/egress', 'to'],
  ['/singleuser/networkPolicy/ingress', 'from'],
  ['/hub/networkPolicy/ingress', 'from'],
  ['/proxy/chp/networkPolicy/ingress', 'from'],
] as const;

/** The texts of a list; what else stands in it is left out. */
function textsAt(value: Json, path: string): string[] {
  const list = at(value, path);
  return Array.isArray(list) ? list.filter((one) => typeof one === 'string') : [];
}

/** A rule that names nobody is for everybody, and so is one for all addresses, or for a whole network inside. */
function opensAll(
  rule: JsonObject,
  peers: 'from' | 'to',
  cluster: Pick<ClusterFile, 'networks'>,
): boolean {
  const named = objectsIn(rule[peers]);
  if (named.length === 0) return true;
  return named.some((peer) => {
    if (Object.keys(peer).length === 0) return true;
    const block = at(peer, '/ipBlock');
    if (block === undefined) return false;
    return peers === 'to'
      ? opensInside(cluster, textAt(block, '/cidr'), textsAt(block, '/except'))
      : textAt(block, '/cidr').endsWith('/0') && at(block, '/except') === undefined;
  });
}

/** Network policies of the chart let in who bears a label; servers may ask the hub alone. */
const NETWORK_LABEL = 'hub.jupyter.org/network-access-';

/** Rules that search the values instead of looking at one place. */
export const RAW_VALUE_RULES: readonly Rule[] = [
  {
    id: 'network-open',
    severity: 'error',
    title: 'User servers reach the internet, and nothing inside.',
    why: 'Without these policies every user reaches the metadata service of the cloud, other users’ servers and the databases of the cluster.',
    on: 'values',
    *check({ cluster, values, place }) {
      for (const path of [
        '/singleuser/networkPolicy/enabled',
        '/hub/networkPolicy/enabled',
        '/proxy/chp/networkPolicy/enabled',
      ]) {
        if (at(values, path) === false) {
          yield { at: place(path), message: 'the network policy is off', hint: 'remove it' };
        }
      }
      for (const rule of ['cloudMetadataServer', 'nonPrivateIPs', 'privateIPs']) {
        const path = `/singleuser/networkPolicy/egressAllowRules/${rule}`;
        if (at(values, path) === true) {
          yield {
            at: place(path),
            message: 'user servers could reach inside',
            hint: 'remove it; open one address with networkPolicy.egress instead',
          };
        }
      }
      const labels = at(values, '/singleuser/extraLabels');
      for (const label of Object.keys(isObject(labels) ? labels : {}))
        if (label.startsWith(NETWORK_LABEL) && label !== `${NETWORK_LABEL}hub`)
          yield {
            at: place(pointer('singleuser', 'extraLabels', label)),
            message: `servers would reach the ${label.slice(NETWORK_LABEL.length)}`,
            hint: 'remove it',
          };
      for (const [list, peers] of OWN_POLICIES)
        for (const [index, rule] of objectsIn(at(values, list)).entries())
          if (opensAll(rule, peers, cluster.data))
            yield {
              at: place(list + pointer(index)),
              message:
                peers === 'to'
                  ? 'servers would reach everything inside'
                  : 'everybody in the cluster would reach it',
              hint: `name one address or some pods below ${peers}:`,
            };
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
      const beside = at(values, '/singleuser/extraContainers');
      for (const [key, container] of entriesOf(beside))
        if (isObject(container) && at(container, '/resources/limits/memory') === undefined)
          yield {
            at: place(pointer('singleuser', 'extraContainers', key)),
            message: `the memory of "${textAt(container, '/name') || key}" has no limit`,
            hint: 'add resources: {limits: {memory: 64Mi}}, or what it needs',
          };
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
];
