import type { Finding } from '../finding.ts';
import type { Json } from '../json.ts';
import type { Diff } from '../plan/types.ts';
import type { ChartPin, Digest, PresentRelease, Unit, WantedRelease } from '../unit.ts';

/** Why a unit changes. */
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

export type ReleaseStep =
  | { kind: 'install'; to: WantedRelease; diff: Diff; effects: Effect[]; why: Reason[] }
  | {
      kind: 'upgrade';
      from: PresentRelease;
      to: WantedRelease;
      diff: Diff;
      effects: Effect[];
      why: Reason[];
    }
  /** `archive`: where what is archived goes. */
  | {
      kind: 'remove';
      unit: Unit;
      homes: Disposal;
      database: Disposal;
      archive: string | undefined;
      why: string;
    };

export type Disposal = 'keep' | 'archive' | 'delete';

/** Images, access and data bring their own families; `show` takes the union, each apply takes one family. */
export type Step = ReleaseStep;

export interface Plan<S extends Step = Step> {
  digest: Digest;
  steps: S[];
  unchanged: Unit[];
  /** Run somewhere, but no file names them any more; nothing happens to them without a reviewed removal. */
  orphans: Unit[];
  findings: Finding[];
  charts: ChartPin[];
}

export function unitOf(step: Step): Unit {
  return step.kind === 'remove' ? step.unit : step.to.unit;
}
