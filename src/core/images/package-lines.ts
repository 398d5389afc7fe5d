import { compareText } from '../json.ts';
import { packageOfLine } from '../model/package-list.ts';
import type { Package } from '../model/package-list.ts';

/** Characters of all lines: a job hands them on in a variable, which holds 128 KiB. */
export const MOST_CHARACTERS = 64_000;

/** `pip oggm 1.6.3` for each package, sorted, as results of builds give them; none where that is too much. */
export function packageLines(packages: readonly Package[]): string[] {
  const lines = packages.map(({ manager, name, version }) => `${manager} ${name} ${version}`);
  const sorted = [...new Set(lines)].sort(compareText);
  return fits(sorted) ? sorted : [];
}

/** What such lines say, from anybody; undefined where they are no such list. */
export function packagesOfLines(lines: readonly string[]): Package[] | undefined {
  if (!fits(lines)) return undefined;
  const packages: Package[] = [];
  let before = '';
  for (const line of lines) {
    // The only word that these lines lack.
    const one = packageOfLine(`${line} unsaid`);
    if (!one || compareText(before, line) >= 0) return undefined;
    packages.push(one);
    before = line;
  }
  return packages;
}

function fits(lines: readonly string[]): boolean {
  return lines.join('\n').length <= MOST_CHARACTERS;
}
