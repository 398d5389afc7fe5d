import { canonical, isWithin, pointer } from '../json.ts';
import type { Json } from '../json.ts';
import { slug } from '../model/quantities.ts';
import { compare } from '../plan/compare.ts';
import type { FieldChange } from '../plan/types.ts';
import type { Release, Written } from '../unit.ts';
import { JUPYTERHUB, OWN_VALUES } from './charts.ts';
import type { Reason } from './step.ts';
import { fieldBehind, withChanged, writtenBefore } from './written.ts';
import type { Behind } from './written.ts';

/** Why a hub changes, by what was written; what only follows from it is kept with it. */
export function reasonsOf(from: Release, to: Release, written?: Written): Reason[] {
  const causes = causesOf(from, to);
  const rest: FieldChange[] = [];
  const fields = new Map<string, { behind: Behind; changes: FieldChange[] }>();
  const followers = new Map<Cause, FieldChange[]>();
  const all = changedValues(from, to);
  const known = written && withChanged(written, to.values, all);
  for (const change of all) {
    const behind = known && fieldBehind(known, change);
    const cause = causes.find((one) => decides(one, change, behind?.field));
    if (cause) followers.set(cause, [...(followers.get(cause) ?? []), change]);
    else if (behind === undefined) rest.push(change);
    else {
      const key = `${behind.file ?? ''}${behind.field}`;
      fields.set(key, { behind, changes: [...(fields.get(key)?.changes ?? []), change] });
    }
  }
  return [
    ...(hasOtherSecrets(from, to) ? [{ kind: 'encrypted' as const }] : []),
    ...causes.map((cause): Reason => {
      const follows = followers.get(cause);
      return follows ? { ...cause, follows } : cause;
    }),
    ...[...fields.values()].map(({ behind, changes }) => fieldReason(behind, changes)),
    ...rest.map((change): Reason => ({ kind: 'value', ...change })),
  ];
}

type Cause = Extract<Reason, { kind: 'chart' | 'image' | 'secret' }>;

function causesOf(from: Release, to: Release): Cause[] {
  return [
    ...chartReasons(from, to),
    ...changedImages(from, to).map((change): Cause => ({ kind: 'image', ...change })),
    ...secretReasons(from, to),
  ];
}

/** Our own chart brings the hub's code, an image what its profile says, a secret its variable. */
function decides(cause: Cause, { path }: FieldChange, field: string | undefined): boolean {
  switch (cause.kind) {
    case 'chart':
      return cause.name !== JUPYTERHUB && path === CODE;
    case 'image':
      return field === undefined && isWithin(path, profileOf(cause.name));
    case 'secret':
      return field !== undefined && isWithin(field, '/secrets');
  }
}

const CODE = pointer(JUPYTERHUB, 'hub', 'annotations', 'glaciocloud.org/code');

function profileOf(image: string): string {
  return pointer(OWN_VALUES, 'profiles', 'images', slug(image));
}

/** A field of the hub's file is new where all is that it decides; in another file it may have been there before. */
function fieldReason(behind: Behind, changes: FieldChange[]): Reason {
  const isNew = behind.file === undefined && changes.every(({ from }) => from === undefined);
  const before = isNew ? { value: undefined } : writtenBefore(behind.to, changes);
  return { kind: 'field', ...behind, before, follows: changes };
}

function chartReasons(from: Release, to: Release): Cause[] {
  const changed = pairs(from.charts, to.charts).filter(([, a, b]) => a?.digest !== b?.digest);
  return changed.map(([name, a, b]) => ({ kind: 'chart', name, from: a?.version, to: b?.version }));
}

export function changedImages(
  from: Release,
  to: Release,
): { name: string; from: string | undefined; to: string | undefined }[] {
  const all = pairs(from.images, to.images).map(([name, a, b]) => ({
    name,
    from: a?.reference,
    to: b?.reference,
  }));
  return all.filter((image) => image.from !== image.to);
}

function secretReasons(from: Release, to: Release): Cause[] {
  const added = to.secrets.filter((name) => !from.secrets.includes(name));
  const removed = from.secrets.filter((name) => !to.secrets.includes(name));
  return [
    ...removed.map((name): Cause => ({ kind: 'secret', name, change: 'removed' })),
    ...added.map((name): Cause => ({ kind: 'secret', name, change: 'added' })),
  ];
}

/** Whether values of supplied secrets may be others. What was recorded without a digest says nothing of it. */
export function hasOtherSecrets(from: Release, to: Release): boolean {
  return from.encrypted !== undefined && from.encrypted !== to.encrypted;
}

/** An image shows as an image, not once more as a value of the profiles. */
function changedValues(from: Release, to: Release): FieldChange[] {
  const references = new Set(
    [...from.images, ...to.images].map(({ reference }) => canonical(reference)),
  );
  const isImage = (value: Json | undefined): boolean =>
    Array.isArray(value) ? value.every(isImage) : references.has(canonical(value ?? null));
  return compare(from.values, to.values).filter(
    (change) => !isImage(change.to) && !isImage(change.from),
  );
}

export function pairs<T extends { name: string }>(
  from: readonly T[],
  to: readonly T[],
): [string, T | undefined, T | undefined][] {
  const names = [...new Set([...from, ...to].map(({ name }) => name))];
  return names.map((name) => [
    name,
    from.find((one) => one.name === name),
    to.find((one) => one.name === name),
  ]);
}
