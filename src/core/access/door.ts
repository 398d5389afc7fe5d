import { canonical, compareText } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { choosers } from '../model/offers.ts';
import type { EnvironmentFile } from '../model/types.ts';

/** Throw-away users of deployment and probe. Their names hold `_`, which GitHub cannot issue. */
export const MACHINES = [
  'deploy_0',
  'deploy_1',
  'deploy_2',
  'deploy_3',
  'probe_0',
  'probe_1',
  'probe_2',
  'probe_3',
] as const;

/**
 * The machines with every group that a size or an image is for: the text of machines.json, which only deployments
 * write.
 */
export function machinesText(environment: EnvironmentFile): string {
  return canonical({ v: 1, machines: machinesOf(environment) });
}

/** The access file of a hub that has just been born: nobody may enter but the machines that prove it healthy. */
export function firstAccess(environment: EnvironmentFile): JsonObject {
  return { v: 1, users: {}, machines: machinesOf(environment) };
}

function machinesOf(environment: EnvironmentFile): JsonObject {
  const groups = [...new Set(choosers(environment))]
    .filter((who) => who !== 'all')
    .sort(compareText);
  return Object.fromEntries(MACHINES.map((name) => [name, groups]));
}
