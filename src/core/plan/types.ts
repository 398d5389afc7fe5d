import type { Finding } from '../finding.ts';
import type { Json, JsonObject } from '../json.ts';
import type { ClusterName, WaveName } from '../model/types.ts';

/** The first 40 hex digits of a SHA-256: what two releases are compared by. */
export type Digest = string;
/** ISO 8601, UTC. */
export type Instant = string;

/** What is planned and deployed as one: a hub, or what the hubs of a cluster share (wave 0, before all hubs). */
export interface Unit {
  kind: 'cluster' | 'hub';
  cluster: ClusterName;
  /** Hub names are unique in the platform; a cluster unit bears the cluster's name. */
  name: string;
}

/** A chart by what is in it: the digest is over file paths and contents, equal for an archive and its unpacked folder. */
export interface ChartPin {
  name: string;
  version: string;
  digest: string;
  /** A test double says so in its own annotations, and plans made with it repeat it. */
  double: boolean;
  /** False for what `--charts-from` gave and no pinned hash vouches for. */
  verified: boolean;
}

export interface ImagePin {
  /** Name of the folder in images/. */
  name: string;
  reference: string;
  pinned: boolean;
}

/** Everything that decides how a unit runs, and nothing else: no tool versions, no commits, no clock. */
export interface Release {
  v: 1;
  unit: Unit;
  namespace: string;
  charts: Pick<ChartPin, 'name' | 'version' | 'digest'>[];
  values: JsonObject;
  images: Omit<ImagePin, 'pinned'>[];
  secrets: string[];
}

export interface WantedRelease {
  unit: Unit;
  wave: WaveName;
  /** Position of the wave; cluster units are 0, the first wave is 1. */
  order: number;
  release: Release;
  digest: Digest;
}

/** What the branch `deployed` (or a folder of its shape) says about a unit. */
export interface PresentRelease {
  unit: Unit;
  digest: Digest;
  release: Release;
  status: PresentStatus | undefined;
}

export interface PresentStatus {
  at: Instant;
  commit: string;
  /** Of a cluster: the UID of its kube-system namespace, as first seen. */
  identity?: string;
}

export interface Rendered {
  unit: Unit;
  /** Kubernetes objects as YAML documents in a fixed order; values of Secrets are masked. */
  manifests: string;
}

export type ChangeKind = 'added' | 'removed' | 'changed' | 'renamed';

/** A Kubernetes object by what it is, not by where it stands in a file. */
export interface ObjectRef {
  apiVersion: string;
  kind: string;
  namespace: string;
  name: string;
}

export interface FieldChange {
  path: string;
  from: Json | undefined;
  to: Json | undefined;
}

export interface ObjectChange {
  kind: ChangeKind;
  object: ObjectRef;
  /** With `renamed`: what it was called before. */
  before: ObjectRef | undefined;
  fields: FieldChange[];
  /** Unified lines without header, for people. */
  lines: string[];
  plus: number;
  minus: number;
}

export interface Diff {
  added: ObjectRef[];
  removed: ObjectRef[];
  changed: ObjectChange[];
  /** Objects of which only `checksum/*` annotations differ. */
  checksumOnly: ObjectRef[];
  plus: number;
  minus: number;
  /** Equal for equal changes, whatever hub they are in. */
  shape: Digest;
}

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

export function unitId(unit: Unit): string {
  return unit.kind === 'cluster' ? `clusters/${unit.name}` : unit.name;
}

export function unitOf(step: Step): Unit {
  return step.kind === 'remove' ? step.unit : step.to.unit;
}
