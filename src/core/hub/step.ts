import type { Json } from '../json.ts';
import type { Takeover } from '../model/takeover.ts';
import type { ReleaseChange } from '../plan/release.ts';
import type { Diff, FieldChange } from '../plan/types.ts';
import type { PresentRelease } from '../unit.ts';

/** Values that follow from what was written. */
interface Follows {
  follows?: FieldChange[];
}

/** Why a hub changes. */
export type Reason =
  | { kind: 'new' }
  | { kind: 'adopts' }
  | { kind: 'cluster'; from: string; to: string }
  | ({ kind: 'chart'; name: string; from: string | undefined; to: string | undefined } & Follows)
  | ({ kind: 'image'; name: string; from: string | undefined; to: string | undefined } & Follows)
  | ({ kind: 'secret'; name: string; change: 'added' | 'removed' } & Follows)
  /** The encrypted file of its secrets is another; nobody here can read which. */
  | { kind: 'encrypted' }
  | FieldReason
  /** A value that no field of the hub's file decides. */
  | ({ kind: 'value' } & FieldChange);

/** `field`: a pointer into the hub's file (or the `file` that is named), which says `to`. */
export interface FieldReason {
  kind: 'field';
  file: string | undefined;
  field: string;
  /** Undefined where no value tells what the file said before; its own is where it said nothing. */
  before: { value: Json | undefined } | undefined;
  to: Json | undefined;
  follows: FieldChange[];
}

/** Input data of a set; another `digest` is other files. */
export interface DataHeld {
  files: number;
  bytes: number;
  digest: string;
}

/** What people notice. Worst first when shown. */
export type Effect =
  /** On another cluster it is a new hub; `url`: the address of both, where it is the same. */
  | { kind: 'moved'; from: string; to: string; url: string | undefined }
  /** The address is another hub's until now; `stays`: that hub's file is still there. */
  | { kind: 'address-of'; url: string; name: string; stays: boolean }
  | { kind: 'data-loss'; what: string }
  | { kind: 'volume-left'; what: string }
  | { kind: 'homes-anew' }
  | { kind: 'database'; from: string; to: string }
  /** `uid:gid` */
  | { kind: 'owner'; from: string; to: string }
  | { kind: 'home-path'; from: string; to: string }
  | { kind: 'address'; from: string; to: string }
  | { kind: 'hub-restart'; seconds: number }
  /** Supplied secrets may have other values, which only the deployment can read. */
  | { kind: 'supplied'; seconds: number }
  | { kind: 'proxy-restart' }
  | { kind: 'size'; name: string; from: string | undefined; to: string | undefined }
  /** New servers of these sizes start on other machines. */
  | { kind: 'size-nodes'; names: string[] }
  | { kind: 'image'; name: string; from: string | undefined; to: string | undefined }
  /** Whom an image is for, and which sizes it goes with; `sizes`: undefined for all. */
  | { kind: 'image-offer'; name: string; for: string[]; sizes: string[] | undefined }
  | { kind: 'home-class'; from: string; to: string }
  | { kind: 'home-shrunk'; from: string; to: string }
  | { kind: 'home-size'; from: string; to: string }
  | { kind: 'scratch-shrunk'; from: string; to: string | undefined }
  /** Where OGGM works: `to` is lost with each server, or `from` was. */
  | { kind: 'workdir'; from: string | undefined; to: string }
  /** In seconds; `like`: how the file writes such a time, where it does. */
  | { kind: 'idle'; from: string; to: string; like: string }
  /** `room`: what the volume has, where its size is written. */
  | {
      kind: 'data-set';
      name: string;
      from: DataHeld | undefined;
      to: DataHeld | undefined;
      room: string;
    }
  | { kind: 'new-hub'; url: string }
  /** A Helm release of others becomes this hub; `url`: where it answers then. */
  | ({ kind: 'adopts'; url: string } & Takeover)
  | { kind: 'none' };

/** A hub's change, with what other hubs have to do with it. */
export interface HubChange extends ReleaseChange {
  /** The same hub on another cluster, where it is installed anew on this one. */
  moved?: PresentRelease | undefined;
  /** The hub that has its address until now. */
  before?: { name: string; stays: boolean } | undefined;
}

/** A hub is installed (`from` is undefined) or upgraded. */
export interface HubStep extends HubChange {
  diff: Diff;
  effects: Effect[];
  why: Reason[];
}
