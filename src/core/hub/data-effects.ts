import { at, isObject, textAt } from '../json.ts';
import type { Json } from '../json.ts';
import type { Release } from '../unit.ts';
import { OWN_VALUES, chartValue } from './charts.ts';
import type { DataHeld, Effect } from './step.ts';

/** Sets of input data that new servers see from now on, or no longer. `from` is undefined for a new hub. */
export function dataSetEffects(from: Release | undefined, to: Release): Effect[] {
  const [old, fresh] = [from ? setsOf(from) : new Map<string, DataHeld>(), setsOf(to)];
  const room = textAt(chartValue(to, OWN_VALUES, '/data'), '/room');
  return [...new Set([...old.keys(), ...fresh.keys()])].sort().flatMap((name): Effect[] => {
    const [before, after] = [old.get(name), fresh.get(name)];
    if (before?.digest === after?.digest) return [];
    return [{ kind: 'data-set', name, from: before, to: after, room }];
  });
}

function setsOf(release: Release): Map<string, DataHeld> {
  const sets = at(chartValue(release, OWN_VALUES, '/data'), '/sets');
  if (!isObject(sets)) return new Map();
  return new Map(Object.entries(sets).map(([name, set]) => [name, heldIn(set)]));
}

function heldIn(set: Json | undefined): DataHeld {
  const count = (path: string): number => Number(at(set, path) ?? 0);
  return { files: count('/files'), bytes: count('/bytes'), digest: textAt(set, '/digest') };
}
