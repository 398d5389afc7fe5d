import { canonical, escapeSegment, isObject } from '../json.ts';
import type { Json } from '../json.ts';
import type { FieldChange } from './types.ts';

/**
 * Fields that differ, deepest first cause only. Lists whose entries have names (containers, variables, volumes, images)
 * are compared by name, so that an insertion is one change and not a shift of everything behind it.
 */
export function compare(from: Json | undefined, to: Json | undefined, path = ''): FieldChange[] {
  if (from === undefined || to === undefined) return from === to ? [] : [{ path, from, to }];
  if (isObject(from) && isObject(to)) {
    const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])];
    return keys.flatMap((key) => compare(from[key], to[key], `${path}/${escapeSegment(key)}`));
  }
  if (Array.isArray(from) && Array.isArray(to)) {
    const named = byName(from, to);
    if (named) return compare(named.from, named.to, path);
  }
  return canonical(from) === canonical(to) ? [] : [{ path, from, to }];
}

function byName(from: readonly Json[], to: readonly Json[]): { from: Json; to: Json } | undefined {
  for (const key of ['name', 'slug', 'mountPath', 'secretName']) {
    const left = index(from, key);
    const right = index(to, key);
    if (left && right) return { from: left, to: right };
  }
  return undefined;
}

function index(list: readonly Json[], key: string): Record<string, Json> | undefined {
  const entries = new Map<string, Json>();
  for (const item of list) {
    const name = isObject(item) ? item[key] : undefined;
    if (typeof name !== 'string' || entries.has(name)) return undefined;
    entries.set(name, item);
  }
  return Object.fromEntries(entries);
}
