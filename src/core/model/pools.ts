import type { Pool, Size } from './machine-types.ts';
import type { ClusterFile } from './types.ts';

/** Where servers go whose size names no other. */
export const USER_POOL = 'user';
/** Where hub and proxy go, where the cluster has it. */
export const CORE_POOL = 'core';

type Pools = Pick<ClusterFile, 'nodes'>;

export function poolOf({ nodes }: Pools, name: string): Pool | undefined {
  return Object.hasOwn(nodes, name) ? nodes[name] : undefined;
}

export function userPool(cluster: Pools): Pool {
  const pool = poolOf(cluster, USER_POOL);
  if (pool === undefined) throw new Error('a cluster was read without nodes.user');
  return pool;
}

/** Accelerators that a server of the size asks for, where its machines have some, by Kubernetes’ name of one. */
export function acceleratorsOf(
  size: Size,
  pool: Pool | undefined,
): { resource: string; count: number } | undefined {
  if (size.gpu === undefined || pool?.gpu === undefined) return undefined;
  return { resource: pool.gpu.resource, count: size.gpu };
}

/** Pools that servers may go to. */
export function serverPools({ nodes }: Pools): [string, Pool][] {
  return Object.entries(nodes).filter(([name]) => name !== CORE_POOL);
}
