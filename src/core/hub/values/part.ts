import type { HubImage } from '../../images/resolve.ts';
import { merge } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import type { HubData } from './data.ts';
import type { ClusterFile, Doc, EnvironmentFile, PlatformFile } from '../../model/types.ts';

/** A share of a hub's values, and which field of the environment each of them comes from. */
export interface Part {
  /** Below `jupyterhub:`. A change restarts the hub: the chart hashes all of these values. */
  jupyterhub?: JsonObject;
  /** Below `glaciocloud:`: read by our own templates; a change here restarts nothing. */
  glaciocloud?: JsonObject;
  /** Pointer below `jupyterhub` → pointer in the environment file; the longest prefix counts. */
  from?: Readonly<Record<string, string>>;
  /** The same below `glaciocloud`, where what stands below both is alike; an empty one is no field. */
  ownFrom?: Readonly<Record<string, string>>;
}

/** Everything that values are made from. */
export interface HubContext {
  hub: Doc<EnvironmentFile>;
  cluster: ClusterFile;
  platform: PlatformFile;
  images: readonly HubImage[];
  /** Digest of the code that is mounted into the hub; a change of it restarts the hub. */
  codeDigest: string;
  /** Input data that servers see. */
  data: HubData | undefined;
}

export interface HubValues {
  values: { jupyterhub: JsonObject; glaciocloud: JsonObject };
  from: ReadonlyMap<string, string>;
  ownFrom: ReadonlyMap<string, string>;
  /** What the platform itself writes below `jupyterhub:`, volumes and mounts by name. */
  ours: JsonObject;
}

export function combine(parts: readonly Part[]): Omit<HubValues, 'ours'> {
  return {
    values: {
      jupyterhub: merge({}, ...parts.map((part) => part.jupyterhub ?? {})),
      glaciocloud: merge({}, ...parts.map((part) => part.glaciocloud ?? {})),
    },
    from: new Map(parts.flatMap((part) => Object.entries(part.from ?? {}))),
    ownFrom: new Map(parts.flatMap((part) => Object.entries(part.ownFrom ?? {}))),
  };
}
