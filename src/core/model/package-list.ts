import { sha256Hex } from '../digest.ts';
import type { Finding } from '../finding.ts';
import { compareText } from '../json.ts';

const MANAGERS = ['apt', 'conda', 'pip'] as const;
type Manager = (typeof MANAGERS)[number];

/** What a build says of its list: a changed list is not the list of the build. */
export function packagesHash(text: string): string {
  return sha256Hex(text).slice(0, 40);
}

/** One package in a build. */
export interface Package {
  manager: Manager;
  name: string;
  version: string;
  /**
   * Hash of its archive (`sha256:…`, `md5:…`) or commit (`git+https://…@…`), where it was resolved for the image or
   * conda says it. Else what is found in the image: a hash of its files (`files-sha256:…`), a commit (`found-git+…`).
   */
  source: string;
}

/** Where the list of a build lies, below the platform's folder. */
export function packagesPath(image: string, build: string): string {
  return `images/${image}/packages/${build}.txt`;
}

export function isPackageList(path: string): boolean {
  return /^images\/[^/]+\/packages\/[^/]+\.txt$/u.test(path);
}

/** `conda numpy 2.3.4 sha256:…`, one a line: sorted, so that two builds can be compared line by line. */
export function packagesText(packages: readonly Package[]): string {
  const lines = packages.map(lineOf).sort(compareText);
  return [...new Set(lines)].map((line) => `${line}\n`).join('');
}

function lineOf({ manager, name, version, source }: Package): string {
  const line = `${manager} ${name} ${version} ${source}`;
  if (!LINE.test(line)) throw new Error(`"${line}" is no line of a package list`);
  return line;
}

/** Printable ASCII without spaces in four words: what others wrote can begin no line of its own. */
const LINE = /^(apt|conda|pip) ([!-~]+) ([!-~]+) ([!-~]+)$/u;

/** A package list as it was written, or everything that is wrong with it, each with its line. */
export function readPackages(
  file: string,
  text: string,
): { packages: Package[]; findings: Finding[] } {
  const packages: Package[] = [];
  const findings: Finding[] = [];
  const report = (line: number, message: string): void => {
    const at = { file, line, column: 1 };
    findings.push({ rule: 'package-list', severity: 'error', at, message, hint: RESTORE });
  };
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  else report(lines.length, 'the last line does not end');
  let before = '';
  for (const [index, line] of lines.entries()) {
    const one = packageOfLine(line);
    if (!one) report(index + 1, 'this is not "MANAGER NAME VERSION SOURCE"');
    else if (compareText(before, line) >= 0) report(index + 1, 'the line is not in its place');
    else packages.push(one);
    before = line;
  }
  return { packages, findings };
}

const RESTORE = 'package lists are written by the platform: restore the file';

/** Undefined where the line is none of a list. */
export function packageOfLine(line: string): Package | undefined {
  const [, word, name, version, source] = LINE.exec(line) ?? [];
  const manager = MANAGERS.find((one) => one === word);
  if (manager === undefined || name === undefined || version === undefined || source === undefined)
    return undefined;
  return { manager, name, version, source };
}
