import { packageOfLine } from '../model/package-list.ts';
import type { Package } from '../model/package-list.ts';
import { TEXT, fields, listOf, readerOf } from '../shape.ts';
import { packageName } from './packages.ts';
import type { TestResult } from './test-report.ts';

/** The last line of `list_packages.py`: manager, name, version and source of each package. */
const read = readerOf<{ packages: string[][] }>(fields({ packages: listOf(listOf(TEXT)) }));

/** What an image has, and whether that is what was resolved for it. */
export interface Listed {
  result: TestResult;
  packages: Package[];
}

/** `resolved`: what had to be installed. Where it is, the list says the archives that it came from. */
export function listedPackages(
  result: TestResult,
  stdout: string,
  resolved: readonly Package[],
): Listed {
  if (!result.ok) return { result, packages: [] };
  const reading = read(stdout.trimEnd().split('\n').at(-1) ?? '');
  if (reading.kind !== 'read') return failed(result, `no list of packages: ${reading.reason}`);
  const packages: Package[] = [];
  for (const words of reading.value.packages) {
    const one = packageOfLine(words.join(' '));
    if (!one) return failed(result, 'a package has a name or a version that no list can hold');
    packages.push(resolved.find((other) => isSame(one, other)) ?? one);
  }
  const missing = resolved
    .filter((one) => !packages.some((other) => isSame(one, other)))
    .map(({ name, version }) => `${name} ${version}`);
  if (missing.length > 0)
    return failed(result, `resolved, and something else is installed: ${missing.join(', ')}`);
  return { result, packages };
}

function failed(result: TestResult, detail: string): Listed {
  return { result: { ...result, ok: false, detail }, packages: [] };
}

function isSame(one: Package, other: Package): boolean {
  return (
    one.manager === other.manager &&
    one.version === other.version &&
    packageName(one.name) === packageName(other.name)
  );
}
