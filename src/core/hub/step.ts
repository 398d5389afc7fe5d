import type { Json } from '../json.ts';
import type { ReleaseChange } from '../plan/release.ts';
import type { Diff } from '../plan/types.ts';

/** Why a hub changes. */
export type Reason =
  | { kind: 'new' }
  | { kind: 'chart'; name: string; from: string | undefined; to: string | undefined }
  | { kind: 'image'; name: string; from: string | undefined; to: string | undefined }
  | { kind: 'secret'; name: string; change: 'added' | 'removed' }
  | { kind: 'value'; path: string; from: Json | undefined; to: Json | undefined };

/** What people notice. Worst first when shown. */
export type Effect =
  | { kind: 'data-loss'; what: string }
  | { kind: 'address'; from: string; to: string }
  | { kind: 'hub-restart'; seconds: number }
  | { kind: 'proxy-restart' }
  | { kind: 'size'; name: string; from: string | undefined; to: string | undefined }
  | { kind: 'image'; name: string; from: string | undefined; to: string | undefined }
  | { kind: 'home-size'; from: string; to: string }
  | { kind: 'idle'; from: string; to: string }
  | { kind: 'new-hub'; url: string }
  | { kind: 'none' };

/** A hub is installed (`from` is undefined) or upgraded. */
export interface HubStep extends ReleaseChange {
  diff: Diff;
  effects: Effect[];
  why: Reason[];
}
