import { short } from '../escape.ts';
import { objectOf, textAt } from '../json.ts';
import { quantityBytes } from '../model/quantities.ts';
import type { ImageFile } from '../model/types.ts';
import type { ImageTest } from './tests.ts';

export interface TestResult {
  name: string;
  ok: boolean;
  seconds: number;
  /** Of the largest process; null where nothing ran, or nothing said it. */
  memory_mb: number | null;
  detail: string;
}

/** How a container ended. */
export interface TestRun {
  code: number;
  stdout: string;
  stderr: string;
  seconds: number;
}

/** The line in which `measure.py` says how much memory the largest process had. */
const PEAK = /^glaciocloud-peak-kb ([0-9]+)$/mu;

/** Exit code of a container that did not end in time and was ended. */
export const LATE = 124;

const CODES: Readonly<Record<number, string>> = {
  [LATE]: 'did not end in time',
  134: 'ended by SIGABRT, as compiled code does that gives up',
  137: 'killed, most likely because it wanted more memory than the smallest size has',
  139: 'ended by SIGSEGV: compiled code crashed',
};

/** Characters of what a test says. */
const LONGEST = 300;

/** Programs may say megabytes in one line, and results go into variables of a job, comments and issues. */
export function shortened(one: TestResult): TestResult {
  return { ...one, name: short(one.name, LONGEST), detail: short(one.detail, LONGEST) };
}

/** Characters of how an image ended. */
export const LONGEST_REASON = 1000;

/** Seconds as reports give them. */
export function rounded(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}

/** What a script said at its end, held to what the test wants. */
export function judged(test: ImageTest, run: TestRun): TestResult {
  const peak = PEAK.exec(run.stderr)?.[1];
  const memory = peak === undefined ? null : Math.round(Number(peak) / 1024);
  const result = { name: test.name, seconds: rounded(run.seconds), memory_mb: memory };
  const said = objectOf(run.stdout.trimEnd().split('\n').at(-1) ?? '');
  if (run.code !== 0 || said === undefined)
    return { ...result, ok: false, detail: CODES[run.code] ?? lastWords(run) };
  const ok = said['ok'] === true;
  const misfit = ok && test.hub !== undefined && hubMisfit(test.hub, textAt(said, '/version'));
  if (misfit) return { ...result, ok: false, detail: misfit };
  return { ...result, ok, detail: textAt(said, '/detail') };
}

function lastWords({ stdout, stderr, code }: TestRun): string {
  const lines = `${stdout}\n${stderr}`.split('\n').map((line) => line.trim());
  const last = lines.filter((line) => line !== '' && !PEAK.test(line)).at(-1);
  return last ?? `ended with code ${code} and said nothing`;
}

/** A hub and the servers that it starts talk to each other within one major version. */
function hubMisfit(hub: string, image: string): string | undefined {
  const major = (version: string): string => version.replace(/\..*/u, '');
  return major(hub) === major(image)
    ? undefined
    : `the image has JupyterHub ${image}, and the chart’s hub is ${hub}`;
}

export interface ImageSize {
  /** Sum of the layers, unpacked. */
  bytes: number;
  layers: number;
}

/** The image's size against the budget of its file. */
export function judgedSize({ bytes, layers }: ImageSize, budget: ImageFile['size']): TestResult {
  const most = quantityBytes(budget.max) ?? 0;
  const over = [
    ...(bytes > most ? [`${(bytes / 1e6).toFixed(1)} MB is more than ${budget.max}`] : []),
    ...(layers > budget.layers ? [`${layers} layers are more than ${budget.layers}`] : []),
  ];
  const detail =
    over.length === 0 ? `${(bytes / 1e6).toFixed(1)} MB in ${layers} layers` : over.join(', ');
  return { name: 'size', ok: over.length === 0, seconds: 0, memory_mb: null, detail };
}

export interface ImageSeconds {
  resolve: number;
  build: number;
  test: number;
  push: number;
}

/** What became of one image. */
export interface ImageResult {
  image: string;
  outcome: 'built' | 'unchanged' | 'failed';
  build: string | null;
  /** What was tested; with `--push` also what the registry has. */
  digest: string | null;
  reason: string;
  size_bytes: number | null;
  seconds: ImageSeconds;
  tests: TestResult[];
  /** `pip oggm 1.6.3` for each, sorted; empty where nobody has looked, or where it is too much. */
  packages: string[];
  /** Commit of OGGM in it; null where that is no commit, or nobody has looked. */
  oggm_commit: string | null;
}

/** 1 where every image failed, 3 where some did. */
export function exitOf(results: readonly { outcome: string }[]): 0 | 1 | 3 {
  const failed = results.filter(({ outcome }) => outcome === 'failed').length;
  if (failed === 0) return 0;
  return failed === results.length ? 1 : 3;
}
