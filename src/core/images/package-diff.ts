import { compareText } from '../json.ts';
import type { Package } from '../model/package-list.ts';

export interface PackageChange {
  manager: Package['manager'];
  name: string;
  /** Undefined where it was not there. */
  from: string | undefined;
  /** Undefined where it is gone. */
  to: string | undefined;
}

/** What differs between two lists, by manager and name. The same version from elsewhere is no change. */
export function packageChanges(
  before: readonly Package[],
  after: readonly Package[],
): PackageChange[] {
  const [old, fresh] = [byKey(before), byKey(after)];
  const keys = [...new Set([...old.keys(), ...fresh.keys()])].sort(compareText);
  return keys.flatMap((key): PackageChange[] => {
    const one = fresh.get(key) ?? old.get(key);
    const [from, to] = [old.get(key)?.version, fresh.get(key)?.version];
    if (!one || from === to) return [];
    return [{ manager: one.manager, name: one.name, from, to }];
  });
}

function byKey(packages: readonly Package[]): Map<string, Package> {
  return new Map(packages.map((one) => [`${one.manager} ${one.name}`, one]));
}
