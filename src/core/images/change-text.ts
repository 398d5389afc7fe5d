import { code, inMarkdown, link } from '../escape.ts';
import type { Markdown } from '../escape.ts';
import { commitsText } from './oggm-commits.ts';
import type { OggmCommits } from './oggm-commits.ts';
import type { PackageChange } from './package-diff.ts';
import type { ImageSeconds, TestResult } from './test-report.ts';

/** An image that was built and tested, as comments and pull requests show it. */
export interface ShownImage {
  image: string;
  ok: boolean;
  /** How it ended, in a line. */
  reason: string;
  sizeBytes: number | undefined;
  seconds: ImageSeconds;
  tests: readonly TestResult[];
  /** Undefined where nothing says what is in it. */
  packages: readonly PackageChange[] | undefined;
  /** OGGM’s commits since the build before. */
  commits: OggmCommits | undefined;
  hubs: ReachedHubs;
}

/** Hubs that offer an image, by the channel of their wave. */
export interface ReachedHubs {
  candidate: readonly string[];
  stable: readonly string[];
}

/** More rows than anybody reads. */
const MOST_PACKAGES = 60;
const MOST_TESTS = 60;

export function shownImage(one: ShownImage): Markdown {
  const head = inMarkdown`### ${one.ok ? '✓' : '✗'} ${code(one.image)}: ${one.reason}\n\n`;
  const who = one.ok ? reached(one.hubs) : inMarkdown`Nobody gets it as it is.\n`;
  const commits = one.commits ? commitsText(one.commits) : inMarkdown``;
  const inIt = inMarkdown`${commits}${packages(one.packages)}`;
  return inMarkdown`${head}${facts(one)}${tests(one.tests)}${inIt}${who}`;
}

function facts({ sizeBytes, seconds }: ShownImage): Markdown {
  const size = sizeBytes === undefined ? '' : `, ${(sizeBytes / 1e9).toFixed(2)} GB`;
  const { resolve, build, test, push } = seconds;
  const times = `resolve ${resolve} s, build ${build} s, test ${test} s, push ${push} s${size}`;
  return inMarkdown`${times}\n\n`;
}

function tests(all: readonly TestResult[]): Markdown {
  if (all.length === 0) return inMarkdown``;
  const rows = all.slice(0, MOST_TESTS).map(({ name, ok, seconds, memory_mb: memory, detail }) => {
    const most = memory === null ? '' : `${memory} MB`;
    return inMarkdown`| ${ok ? '✓' : '✗'} | ${name} | ${seconds} s | ${most} | ${detail} |\n`;
  });
  return inMarkdown`| | test | time | memory | |\n| - | - | - | - | - |\n${rows}\n`;
}

function packages(all: readonly PackageChange[] | undefined): Markdown {
  if (all === undefined) return inMarkdown`Nothing says which packages are in it.\n\n`;
  if (all.length === 0) return inMarkdown`The packages are the same.\n\n`;
  const shown = all.slice(0, MOST_PACKAGES).map((one) => {
    const [from, to] = [one.from ?? '', one.to ?? ''];
    return inMarkdown`| ${verb(one)} | ${named(one)} | ${from} | ${to} |\n`;
  });
  const more = all.length - shown.length;
  const rest = more > 0 ? inMarkdown`\nand ${more} more.\n` : inMarkdown``;
  return inMarkdown`| packages | | before | now |\n| - | - | - | - |\n${shown}${rest}\n`;
}

function verb({ from, to }: PackageChange): string {
  if (from === undefined) return 'added';
  return to === undefined ? 'removed' : 'changed';
}

/** Where people read what is new in it. */
function named({ manager, name }: PackageChange): Markdown {
  switch (manager) {
    case 'pip':
      return link(name, `https://pypi.org/project/${encodeURIComponent(name)}/`);
    case 'conda':
      return link(name, `https://anaconda.org/conda-forge/${encodeURIComponent(name)}`);
    case 'apt':
      return inMarkdown`${name}`;
  }
}

function reached({ candidate, stable }: ReachedHubs): Markdown {
  const list = (hubs: readonly string[]): Markdown =>
    hubs.length === 0 ? inMarkdown`no hub` : inMarkdown`${hubs.join(', ')}`;
  return inMarkdown`Who gets it: ${list(candidate)} when it is merged; ${list(stable)} when it is promoted.\n`;
}

/** The body of the one issue of an image that could not be built. */
export function failureText(
  one: Pick<ShownImage, 'image' | 'reason' | 'tests'>,
  last: string | undefined,
  run: string | undefined,
): Markdown {
  const failed = one.tests.filter(({ ok }) => !ok);
  const lines = failed.map(({ name, detail }) => inMarkdown`- ${name}: ${detail}\n`);
  const stays =
    last === undefined
      ? inMarkdown`There is no build before it.`
      : inMarkdown`Hubs stay with what they have; the last good build is ${code(last)}.`;
  const theRun = run === undefined ? inMarkdown`` : inMarkdown` ${link('The run', run)}.`;
  const first = inMarkdown`${code(one.image)} could not be rebuilt: ${one.reason}\n\n`;
  return inMarkdown`${first}${lines}\n${stays}${theRun} This issue closes itself when a build passes.\n`;
}
