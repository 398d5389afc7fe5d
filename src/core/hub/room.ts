import { at, isObject, objectsIn, pointer, textAt } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { greatest } from '../lists.ts';
import type { Size } from '../model/machine-types.ts';
import { poolOf, userPool } from '../model/pools.ts';
import { quantityBytes } from '../model/quantities.ts';
import { guaranteed } from '../model/sizes.ts';
import type { ClusterFile, EnvironmentFile } from '../model/types.ts';

/** What one pod asks for: CPUs and bytes. */
interface Asked {
  who: string;
  cpu: number;
  memory: number;
}

/**
 * Whether hub, proxy and servers can find a node at all: each request against the largest node that
 * it may be on. Where more nodes of a pool may come (fewer than `max` are there), servers are taken
 * on trust.
 */
export function roomVerdict(
  objects: readonly JsonObject[],
  nodes: readonly JsonObject[],
  sizes: EnvironmentFile['sizes'],
  cluster: Pick<ClusterFile, 'nodes'>,
): string | undefined {
  const parts = objects
    .filter((one) => one['kind'] === 'Deployment')
    .map((one) => tooLarge(askedBy(one), labelled(nodes, selectorOf(one))));
  const servers = Object.entries(sizes).map(([name, size]) => {
    const { selector, max } = poolOf(cluster, size.nodes) ?? userPool(cluster);
    const found = labelled(nodes, selector);
    return found.length < max ? undefined : tooLarge(askedByServer([name, size]), found);
  });
  return [...parts, ...servers].find((text) => text !== undefined);
}

function selectorOf(deployment: JsonObject): JsonObject {
  const selector = at(deployment, '/spec/template/spec/nodeSelector');
  return isObject(selector) ? selector : {};
}

/** Nodes with these labels. */
function labelled(nodes: readonly JsonObject[], selector: JsonObject): JsonObject[] {
  return nodes.filter((node) =>
    Object.entries(selector).every(
      ([key, value]) => at(node, pointer('metadata', 'labels', key)) === value,
    ),
  );
}

function largestOf(nodes: readonly JsonObject[], path: string): number {
  return greatest(nodes.map((node) => amount(at(node, path))));
}

function askedBy(deployment: JsonObject): Asked {
  const containers = objectsIn(at(deployment, '/spec/template/spec/containers'));
  const sum = (path: string): number =>
    containers.reduce((total, one) => total + amount(at(one, path)), 0);
  return {
    who: textAt(deployment, '/metadata/name'),
    cpu: sum('/resources/requests/cpu'),
    memory: sum('/resources/requests/memory'),
  };
}

function askedByServer([name, size]: [string, Size]): Asked {
  return { who: `a server of size ${name}`, ...guaranteed(size) };
}

function tooLarge(one: Asked, nodes: readonly JsonObject[]): string | undefined {
  if (nodes.length === 0) return undefined;
  const memory = largestOf(nodes, '/status/allocatable/memory');
  const cpu = largestOf(nodes, '/status/allocatable/cpu');
  if (one.memory > memory)
    return `${one.who} asks for ${gib(one.memory)} of memory, and the largest node has ${gib(memory)}`;
  if (one.cpu > cpu) return `${one.who} asks for ${one.cpu} CPUs, and the largest node has ${cpu}`;
  return undefined;
}

/** `2`, `500m` or `16Gi` as a number. */
function amount(value: Json | undefined): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return 0;
  return value.endsWith('m') ? Number(value.slice(0, -1)) / 1000 : (quantityBytes(value) ?? 0);
}

function gib(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
