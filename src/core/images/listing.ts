import { packageOfLine, packagesText } from '../model/package-list.ts';
import type { Package } from '../model/package-list.ts';
import { TEXT, fields, listOf, readerOf } from '../shape.ts';
import { packageName } from './packages.ts';
import type { TestResult } from './test-report.ts';

/** The last line of `list_packages.py`: manager, name, version and source of each package. */
const read = readerOf<{ packages: string[][] }>(fields({ packages: listOf(listOf(TEXT)) }));

export interface Expected {
  /** What pip had to install. */
  packages: readonly Package[];
  /** Everything that the image must have; undefined where that is not known. */
  exactly: readonly Package[] | undefined;
}

/** What an image has, and whether that is what was resolved for it. */
export interface Listed {
  result: TestResult;
  packages: Package[];
}

/** Where what was resolved is installed, the list says the archives that it came from. */
export function listedPackages(
  result: TestResult,
  stdout: string,
  { packages: resolved, exactly }: Expected,
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
  const other = exactly && differences(exactly, packages);
  if (other !== undefined && other !== '') return failed(result, `not the list: ${other}`);
  return { result, packages };
}

/** Lines that only one of the lists has, `-` for those that are expected; at most five. */
function differences(wanted: readonly Package[], found: readonly Package[]): string {
  const [before, after] = [wanted, found].map(
    (packages) => new Set(packagesText(packages).split('\n').slice(0, -1)),
  );
  const gone = [...(before ?? [])].filter((line) => !after?.has(line)).map((line) => `- ${line}`);
  const come = [...(after ?? [])].filter((line) => !before?.has(line)).map((line) => `+ ${line}`);
  return [...gone, ...come].slice(0, 5).join(', ');
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
