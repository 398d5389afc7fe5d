import { sha256Hex } from '../../digest.ts';
import { at, isObject } from '../../json.ts';
import type { JsonObject } from '../../json.ts';

/** Where the real ones are kept, in the hub's namespace. */
export const GENERATED_SECRET = 'hub-generated';

const standIn = (what: string): string => sha256Hex(`glaciocloud placeholder ${what}`);

/**
 * Stand-ins for what the chart would make up anew at each rendering, so that the same input gives
 * the same bytes. They go to Helm as a second values file, are in no `values.json`, and no
 * deployment can reach them.
 */
export function standInSecrets(jupyterhub: JsonObject): { jupyterhub: JsonObject } {
  const services = at(jupyterhub, '/hub/services');
  const names = isObject(services) ? Object.keys(services) : [];
  return {
    jupyterhub: {
      hub: {
        cookieSecret: standIn('cookie secret'),
        config: { CryptKeeper: { keys: [standIn('crypt keeper')] } },
        services: Object.fromEntries(
          names.map((name) => [name, { apiToken: standIn(`service ${name}`) }]),
        ),
      },
      proxy: { secretToken: standIn('proxy token') },
    },
  };
}
