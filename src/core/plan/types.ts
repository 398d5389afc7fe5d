import type { Json } from '../json.ts';
import type { Digest } from '../unit.ts';

type ChangeKind = 'added' | 'removed' | 'changed' | 'renamed';

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
