import { refusedRights } from '../cluster/rights.ts';
import { at, objectsIn, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { ClusterFile, Doc } from '../model/types.ts';
import { isInside } from './values/network.ts';

export interface Verdict {
  /** Why nothing can be deployed; empty where all is well. */
  problems: string[];
  warnings: string[];
}

export interface ClusterFacts {
  /** Answers to NEEDS, in their order. */
  allowed: readonly boolean[];
  /** `v1.35.4`. */
  version: string;
  storageClasses: readonly JsonObject[];
  ingressClasses: readonly string[];
  /** Empty where these credentials may not list them. */
  nodes: readonly JsonObject[];
}

/** Whether a cluster is what its file says, as far as a deployment needs it. */
export function clusterVerdict(cluster: Doc<ClusterFile>, facts: ClusterFacts): Verdict {
  const { storage, ingress } = cluster.data;
  return together([
    rightsVerdict(cluster.data, facts.allowed),
    versionVerdict(cluster, facts.version),
    storageVerdict(storage, facts.storageClasses),
    ingressVerdict(ingress, facts.ingressClasses),
    networkVerdict(cluster, facts.nodes),
  ]);
}

export function rightsVerdict(cluster: ClusterFile, allowed: readonly boolean[]): Verdict {
  const refused = refusedRights(cluster, allowed);
  return refused === undefined ? WELL : problem(refused);
}

export function versionVerdict({ name, data }: Doc<ClusterFile>, version: string): Verdict {
  const minor = /^v?([0-9]+\.[0-9]+)/u.exec(version)?.[1] ?? version;
  if (minor === data.kubernetes) return WELL;
  const said = `clusters/${name}.yaml says Kubernetes ${data.kubernetes}`;
  return warning(`${said}, and it is ${minor}: plans are rendered for the wrong one`);
}

export function storageVerdict(
  { homes, data }: ClusterFile['storage'],
  storageClasses: readonly JsonObject[],
): Verdict {
  const policies = new Map(
    storageClasses.map((one) => [textAt(one, '/metadata/name'), textAt(one, '/reclaimPolicy')]),
  );
  const wanted = new Set([homes.class, ...(data ? [data.class] : [])]);
  const missing = [...wanted]
    .filter((name) => !policies.has(name))
    .map((name) => problem(`there is no storage class ${name}; ${thereAre(policies.keys())}`));
  return together([...missing, policies.get(homes.class) === 'Delete' ? losesHomes(homes) : WELL]);
}

function losesHomes(homes: ClusterFile['storage']['homes']): Verdict {
  const what = `the storage class ${homes.class} deletes a volume with its claim`;
  return warning(
    `${what}: a claim deleted by mistake is a home lost (reclaimPolicy Retain keeps it)`,
  );
}

export function ingressVerdict(
  ingress: ClusterFile['ingress'],
  ingressClasses: readonly string[],
): Verdict {
  if (ingress.class === 'none' || ingressClasses.includes(ingress.class)) return WELL;
  return problem(`there is no ingress class ${ingress.class}; ${thereAre(ingressClasses)}`);
}

/** Whether user servers could reach the cluster's own machines, which the internet may be open to. */
function networkVerdict({ name, data }: Doc<ClusterFile>, nodes: readonly JsonObject[]): Verdict {
  if (data.networkPolicy === 'none') return WELL;
  const own = nodes.flatMap((node) => [
    ...objectsIn(at(node, '/status/addresses'))
      .filter((one) => one['type'] === 'InternalIP')
      .map((one) => `${textAt(one, '/address')}/32`),
    textAt(node, '/spec/podCIDR'),
  ]);
  const open = [...new Set(own)].filter((network) => network !== '' && !isInside(data, network));
  if (open.length === 0) return WELL;
  const some = open.slice(0, 3).join(', ') + (open.length > 3 ? ', …' : '');
  return warning(
    `user servers can reach the cluster’s own network at ${some}: clusters/${name}.yaml can close it with networks: [${some}]`,
  );
}

function thereAre(names: Iterable<string>): string {
  return `there are: ${[...names].join(', ') || 'none'}`;
}

/**
 * Whether a hub's name leads to this cluster. `entries`: addresses of its load balancers, empty
 * where none is known yet.
 */
export function dnsVerdict(
  host: string,
  resolved: readonly string[],
  entries: readonly string[],
): Verdict {
  if (resolved.length === 0) {
    const where = entries.join(' or ') || 'the entry of this cluster';
    return problem(`${host} does not resolve: make a DNS record that points to ${where}`);
  }
  if (entries.length === 0 || resolved.some((one) => entries.includes(one))) return WELL;
  const leads = `${host} leads to ${resolved.join(', ')}`;
  const entry = `the entry of this cluster is ${entries.join(', ')}`;
  return warning(`${leads}, and ${entry}: right only with a proxy in between`);
}

const WELL: Verdict = { problems: [], warnings: [] };

function problem(text: string): Verdict {
  return { problems: [text], warnings: [] };
}

function warning(text: string): Verdict {
  return { problems: [], warnings: [text] };
}

function together(verdicts: readonly Verdict[]): Verdict {
  return {
    problems: verdicts.flatMap(({ problems }) => problems),
    warnings: verdicts.flatMap(({ warnings }) => warnings),
  };
}

/**
 * Addresses by which a cluster is entered: of its Services of type LoadBalancer and of its
 * Ingresses.
 */
export function entriesOf(objects: readonly JsonObject[]): string[] {
  const found = objects.flatMap((one) =>
    objectsIn(at(one, '/status/loadBalancer/ingress')).flatMap((entry) => [
      textAt(entry, '/ip'),
      textAt(entry, '/hostname'),
    ]),
  );
  return [...new Set(found.filter((text) => text !== ''))];
}
