import type { JsonObject } from '../json.ts';
import type { Pool } from '../model/machine-types.ts';
import type { PlatformFile } from '../model/types.ts';
import type { Ledger } from './ledger.ts';

/** What the draft is put beside. */
export interface Beside {
  /** Of the hub. */
  name: string;
  cluster: string;
  /** Machines of the cluster; undefined where its file is drafted, too. */
  pools: Readonly<Record<string, Pool>> | undefined;
  wave: string;
  organization: string;
  user: PlatformFile['user'];
  /** Folders of images that there are. */
  images: readonly string[];
}

/** Machines that the values name, by their labels and taints. */
export interface PoolDraft {
  selector: Record<string, string>;
  taints: { key: string; value?: string; effect: string }[];
  gpus: number;
}

/** What a part of the values gives: keys of the environment, and files beside it. */
export interface Drafted {
  environment: JsonObject;
  images?: ReadonlyMap<string, JsonObject>;
  pools?: ReadonlyMap<string, PoolDraft>;
}

export type Part = (ledger: Ledger, beside: Beside) => Drafted;
