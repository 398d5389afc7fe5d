import { at, isObject } from '../../json.ts';
import type { Json, JsonObject } from '../../json.ts';
import type { EnvironmentFile } from '../../model/types.ts';
import { byName } from './named-lists.ts';
import { serverVariables } from './supplied.ts';

/**
 * What each size tells its servers of its cores. JupyterHub's own CPU_LIMIT is a float, and OGGM counts the node's
 * cores: whole numbers here.
 */
export function sizeEnv(cpu: number): JsonObject {
  const cores = String(Math.max(1, Math.floor(cpu)));
  return { SLURM_JOB_CPUS_PER_NODE: cores, PYTHON_CPU_COUNT: cores, OMP_NUM_THREADS: cores };
}

/** Names of variables that a hub's file gives its servers: what it says of them counts, not what the platform would. */
export function namesSaid(environment: EnvironmentFile): string[] {
  const { env, values } = environment;
  return [
    ...Object.keys(env),
    ...serverVariables(environment).map(([variable]) => variable),
    ...Object.keys(variablesAt(byName(values), '/singleuser/extraEnv')),
  ];
}

/** Variables below `jupyterhub:` whose text is known: written plainly, or as `{value: …}`. */
export function knownTexts(values: JsonObject, path: string): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(variablesAt(values, path))) {
    const text = isObject(value) ? value['value'] : value;
    if (typeof text === 'string') texts[name] = text;
  }
  return texts;
}

function variablesAt(values: JsonObject, path: string): Record<string, Json> {
  const written = at(values, path);
  return isObject(written) ? written : {};
}
