import { at, objectsIn, textAt } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { CPU_GUARANTEE_SHARE } from '../model/limits.ts';
import type { ClusterFile, Doc, EnvironmentFile } from '../model/types.ts';
import { memoryBytes, quantityBytes } from '../model/quantities.ts';

export interface Verdict {
  /** Why nothing can be deployed; empty where all is well. */
  problems: string[];
  warnings: string[];
}

/** What a deployment does, as the API server knows it: `verb resource` with its group. */
export const NEEDS: readonly {
  verb: string;
  group: string;
  resource: string;
  subresource?: string;
}[] = [
  { verb: 'create', group: '', resource: 'namespaces' },
  { verb: 'list', group: '', resource: 'configmaps' },
  { verb: 'patch', group: '', resource: 'secrets' },
  { verb: 'delete', group: '', resource: 'secrets' },
  { verb: 'patch', group: '', resource: 'persistentvolumeclaims' },
  { verb: 'patch', group: '', resource: 'services' },
  { verb: 'create', group: '', resource: 'pods' },
  { verb: 'create', group: '', resource: 'pods', subresource: 'exec' },
  { verb: 'patch', group: 'apps', resource: 'deployments' },
  { verb: 'patch', group: 'rbac.authorization.k8s.io', resource: 'roles' },
  { verb: 'patch', group: 'networking.k8s.io', resource: 'networkpolicies' },
  { verb: 'create', group: 'coordination.k8s.io', resource: 'leases' },
];

export interface ClusterFacts {
  /** Answers to NEEDS, in their order. */
  allowed: readonly boolean[];
  /** `v1.35.4`. */
  version: string;
  storageClasses: readonly JsonObject[];
  ingressClasses: readonly string[];
}

/** Whether a cluster is what its file says, as far as a deployment needs it. */
export function clusterVerdict(
  { name, data: cluster }: Doc<ClusterFile>,
  { allowed, version, storageClasses, ingressClasses }: ClusterFacts,
): Verdict {
  const refused = NEEDS.filter((_need, index) => allowed[index] !== true).map(
    ({ verb, resource, subresource }) =>
      `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}`,
  );
  const problems = refused.length === 0 ? [] : [`these credentials may not ${refused.join(', ')}`];
  const warnings: string[] = [];
  const minor = /^v?([0-9]+\.[0-9]+)/u.exec(version)?.[1] ?? version;
  if (minor !== cluster.kubernetes)
    warnings.push(
      `clusters/${name}.yaml says Kubernetes ${cluster.kubernetes}, and it is ${minor}: plans are rendered for the wrong one`,
    );
  const classes = new Map(
    storageClasses.map((one) => [textAt(one, '/metadata/name'), textAt(one, '/reclaimPolicy')]),
  );
  for (const wanted of new Set([
    cluster.storage.homes.class,
    ...(cluster.storage.data ? [cluster.storage.data.class] : []),
  ])) {
    const policy = classes.get(wanted);
    if (policy === undefined)
      problems.push(
        `there is no storage class ${wanted}; there are: ${[...classes.keys()].join(', ') || 'none'}`,
      );
    else if (wanted === cluster.storage.homes.class && policy === 'Delete')
      warnings.push(
        `the storage class ${wanted} deletes a volume with its claim: a claim deleted by mistake is a home lost (reclaimPolicy Retain keeps it)`,
      );
  }
  if (cluster.ingress.class !== 'none' && !ingressClasses.includes(cluster.ingress.class))
    problems.push(
      `there is no ingress class ${cluster.ingress.class}; there are: ${ingressClasses.join(', ') || 'none'}`,
    );
  return { problems, warnings };
}

/** Whether a hub's name leads to this cluster. `entries`: addresses of its load balancers, empty where none is known yet. */
export function dnsVerdict(
  host: string,
  resolved: readonly string[],
  entries: readonly string[],
): Verdict {
  const where = entries.length === 0 ? 'the entry of this cluster' : entries.join(' or ');
  if (resolved.length === 0)
    return {
      problems: [`${host} does not resolve: make a DNS record that points to ${where}`],
      warnings: [],
    };
  const strange = entries.length > 0 && !resolved.some((one) => entries.includes(one));
  return {
    problems: [],
    warnings: strange
      ? [
          `${host} leads to ${resolved.join(', ')}, and the entry of this cluster is ${entries.join(', ')}: right only with a proxy in between`,
        ]
      : [],
  };
}

/** Addresses by which a cluster is entered: of its Services of type LoadBalancer and of its Ingresses. */
export function entriesOf(objects: readonly JsonObject[]): string[] {
  const found = objects.flatMap((one) =>
    objectsIn(at(one, '/status/loadBalancer/ingress')).flatMap((entry) => [
      textAt(entry, '/ip'),
      textAt(entry, '/hostname'),
    ]),
  );
  return [...new Set(found.filter((text) => text !== ''))];
}

/** Whether hub, proxy and servers can find a node at all: each request against the largest node. Where more nodes may come, servers are taken on trust. */
export function roomVerdict(
  objects: readonly JsonObject[],
  nodes: readonly JsonObject[],
  sizes: EnvironmentFile['sizes'],
  max: number,
): string | undefined {
  const largest = (path: string): number =>
    Math.max(0, ...nodes.map((node) => amount(at(node, path))));
  const [cpu, memory] = [largest('/status/allocatable/cpu'), largest('/status/allocatable/memory')];
  if (nodes.length === 0) return undefined;
  const parts = objects
    .filter((one) => one['kind'] === 'Deployment')
    .map((object) => {
      const containers = objectsIn(at(object, '/spec/template/spec/containers'));
      const asked = (kind: string): number =>
        containers.reduce((sum, one) => sum + amount(at(one, `/resources/requests/${kind}`)), 0);
      return { who: textAt(object, '/metadata/name'), cpu: asked('cpu'), memory: asked('memory') };
    });
  const servers =
    nodes.length < max
      ? []
      : Object.entries(sizes).map(([name, size]) => ({
          who: `a server of size ${name}`,
          cpu: size.cpu * CPU_GUARANTEE_SHARE,
          memory: memoryBytes(size.memory) ?? 0,
        }));
  for (const part of [...parts, ...servers]) {
    if (part.memory > memory)
      return `${part.who} asks for ${gib(part.memory)} of memory, and the largest node has ${gib(memory)}`;
    if (part.cpu > cpu)
      return `${part.who} asks for ${part.cpu} CPUs, and the largest node has ${cpu}`;
  }
  return undefined;
}

/** `2`, `500m` or `16Gi` as a number. */
function amount(value: Json | undefined): number {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value : '0';
  return text.endsWith('m') ? Number(text.slice(0, -1)) / 1000 : (quantityBytes(text) ?? 0);
}

function gib(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
