import type { Json, JsonObject } from './json.ts';

/** The first 40 hex digits of a SHA-256: what two releases are compared by. */
export type Digest = string;
/** ISO 8601, UTC. */
export type Instant = string;

/** What is planned and deployed as one: a hub, or what the hubs of a cluster share (wave 0, before all hubs). */
export interface Unit {
  kind: 'cluster' | 'hub';
  /** Name of its cluster's file. */
  cluster: string;
  /** Hub names are unique in the platform; a cluster unit bears the cluster's name. */
  name: string;
}

/**
 * A chart by what is in it: the digest is over file paths and contents, equal for an archive and its unpacked folder.
 */
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
  /** Digest of the encrypted file that they stand in: another one may hold other values. */
  encrypted?: string;
}

/** How a hub's file says its values. For people: no part of a release, and of no digest. */
export interface Written {
  /** Pointer into the values → pointer into the file; the longest prefix counts, and an empty one is no field. */
  from: Readonly<Record<string, string>>;
  file: JsonObject;
  /** The same for fields of other files. */
  besides: Readonly<Record<string, OtherField>>;
}

/** A field of another file than the hub's, and what it says. */
export interface OtherField {
  file: string;
  field: string;
  to: Json | undefined;
}

export interface WantedRelease {
  unit: Unit;
  /** Name of its wave. */
  wave: string;
  /** Position of the wave; cluster units are 0, the first wave is 1. */
  order: number;
  release: Release;
  digest: Digest;
  /** Of a hub. */
  written?: Written;
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
  /** Until then something else is tried on the hub, and what is recorded comes back after it. */
  tried?: Instant;
}

export interface Rendered {
  unit: Unit;
  /** Kubernetes objects as YAML documents in a fixed order; values of Secrets are masked. */
  manifests: string;
}

/** Files of a unit in the record. */
export const RECORD_FILES = [
  'release.json',
  'values.json',
  'manifests.yaml',
  'status.json',
] as const;

export function unitId(unit: Unit): string {
  return unit.kind === 'cluster' ? `clusters/${unit.name}` : unit.name;
}

/** What people call it. */
export function unitTitle(unit: Unit): string {
  return unit.kind === 'cluster' ? `cluster ${unit.name}` : unit.name;
}
