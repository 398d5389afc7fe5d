import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { changedLines, withoutEquivalents } from './mutate/choose.ts';
import type { Equivalent } from './mutate/choose.ts';
import { Worker } from './mutate/pool.ts';
import { mutantsOf, sample } from './mutate/points.ts';
import type { Mutant } from './mutate/points.ts';
import { filesBelow, reachOf, testsFor } from './mutate/reach.ts';

/*
 * npm run mutate [-- --sample N] [--seed S] [--changed REV] [--at-least P] [--workers N] [--limit SECONDS] [PATH…]
 * Changes one token of our code at a time and asks whether a test notices: `killed K of N`. The tree on disk stays as
 * it is, because the change is made where Jest turns TypeScript into JavaScript; nobody should edit it meanwhile.
 * `--changed` takes only lines that differ from a revision. `--limit` is what a test file may take beyond four times
 * its usual time: then the mutant runs without end, and is killed.
 * Not Stryker: it draws no sample by a seed, so that its measure is a run over all mutants, of which there are some
 * 16 000 here, and it runs an instrumented copy of the tree.
 */
const ROOT = process.cwd();
interface Result {
  mutant: Mutant;
  /** The test that noticed; none: the mutant survived. */
  by: string | undefined;
  seconds: number;
}

const options = readOptions();
const cache = mkdtempSync(join(tmpdir(), 'mutate-'));
const workers: Worker[] = [];
process.on('SIGINT', () => process.exit(130)).on('SIGTERM', () => process.exit(143));
process.on('exit', tidy);
try {
  await main();
} finally {
  tidy();
}

function tidy(): void {
  for (const one of workers) one.stop();
  rmSync(cache, { recursive: true, force: true });
}

function readOptions() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      sample: { type: 'string', default: '200' },
      seed: { type: 'string', default: String(Date.now() % 100_000) },
      changed: { type: 'string' },
      'at-least': { type: 'string', default: '0' },
      workers: { type: 'string', default: '2' },
      limit: { type: 'string', default: '10' },
    },
  });
  return {
    sample: count('sample', values.sample),
    seed: count('seed', values.seed),
    changed: values.changed,
    atLeast: count('at-least', values['at-least']),
    workers: count('workers', values.workers),
    limit: count('limit', values.limit),
    paths: positionals.length > 0 ? positionals : ['src'],
  };
}

function count(option: string, text: string): number {
  if (!/^[0-9]+$/u.test(text)) throw new Error(`--${option} ${text} is not a whole number`);
  return Number(text);
}

async function main(): Promise<void> {
  const began = performance.now();
  const config = quickConfig();
  const mutants = chosenMutants();
  const tests = await quickTests(config);
  const reach = reachOf(ROOT, tests);
  const files = new Set(mutants.map(({ file }) => file));
  const needed = tests.filter((test) =>
    [...(reach.get(test) ?? [])].some((file) => files.has(file)),
  );
  for (let index = 0; index < options.workers; index++)
    workers.push(new Worker(ROOT, config, cache));

  const seconds = new Map<string, number>();
  await inParallel(needed, async (test, worker) => {
    const verdict = await worker.run({ test, mutant: undefined }, 300);
    if (!verdict.passed) throw new Error(`${test} fails without a mutant: ${verdict.by}`);
    seconds.set(test, verdict.seconds);
  });
  say(`${mutants.length} mutants, ${needed.length} test files, seed ${options.seed}`);

  const results: Result[] = [];
  await inParallel(mutants, async (mutant, worker) => {
    const result = await meet(mutant, testsFor(mutant.file, reach, seconds), seconds, worker);
    results.push(result);
    if (result.by === undefined) printSurvivor(mutant);
    if (results.length % 20 === 0) say(`${results.length} of ${mutants.length}`);
  });
  report(results, (performance.now() - began) / 1000);
}

function chosenMutants(): Mutant[] {
  const files = [...new Set(options.paths.flatMap((path) => filesBelow(ROOT, path)))];
  if (files.length === 0) throw new Error(`no TypeScript in ${options.paths.join(', ')}`);
  const all = files.flatMap((file) => mutantsOf(file, readFileSync(join(ROOT, file), 'utf8')));
  const { counted, stale } = withoutEquivalents(all, equivalents());
  for (const one of stale) say(`no such mutant any more: ${one.file}: ${one.what}`);
  if (options.changed === undefined) return sample(counted, options.sample, options.seed);
  const lines = changedLines(ROOT, options.changed);
  const changed = counted.filter(({ file, line }) => lines.get(file)?.has(line) === true);
  return sample(changed, options.sample, options.seed);
}

function equivalents(): Equivalent[] {
  const path = join(ROOT, 'test/mutate/equivalents.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Equivalent[]) : [];
}

function quickConfig(): string {
  const path = join(ROOT, 'jest.quick.config.js');
  return existsSync(path) ? path : join(import.meta.dirname, '..', 'jest.quick.config.js');
}

async function quickTests(config: string): Promise<string[]> {
  const { default: given } = (await import(config)) as {
    default: { testPathIgnorePatterns: string[] };
  };
  const ignored = given.testPathIgnorePatterns.map(
    (pattern) => new RegExp(pattern.replace('<rootDir>', ROOT), 'u'),
  );
  return filesBelow(ROOT, 'test')
    .filter((file) => file.endsWith('.test.ts'))
    .filter((file) => !ignored.some((pattern) => pattern.test(join(ROOT, file))));
}

/** Each worker takes the next item as soon as it is free. */
async function inParallel<T>(
  items: readonly T[],
  act: (item: T, worker: Worker) => Promise<void>,
): Promise<void> {
  const left = [...items];
  await Promise.all(
    workers.map(async (worker) => {
      for (let item = left.shift(); item !== undefined; item = left.shift())
        await act(item, worker);
    }),
  );
}

async function meet(
  mutant: Mutant,
  tests: readonly string[],
  usual: ReadonlyMap<string, number>,
  worker: Worker,
): Promise<Result> {
  const { start, end, text } = mutant;
  const job = { path: join(ROOT, mutant.file), start, end, text };
  let seconds = 0;
  for (const test of tests) {
    const limit = options.limit + 4 * (usual.get(test) ?? 0);
    const verdict = await worker.run({ test, mutant: job }, limit);
    seconds += verdict.seconds;
    if (!verdict.passed) return { mutant, by: `${test}: ${verdict.by}`, seconds };
  }
  return { mutant, by: undefined, seconds };
}

function printSurvivor({ file, line, column, what, source }: Mutant): void {
  console.log(`survived ${file}:${line}:${column} ${what}\n    ${source}`);
}

function report(results: readonly Result[], seconds: number): void {
  const folders = new Map<string, Result[]>();
  for (const result of results) {
    const folder = result.mutant.file.split('/').slice(0, 2).join('/');
    folders.set(folder, [...(folders.get(folder) ?? []), result]);
  }
  const sorted = [...folders].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [folder, of] of sorted) {
    const [killed, percent] = [killedOf(of), share(of)];
    console.log(`${folder.padEnd(24)} ${killed}/${of.length} ${percent.toFixed(0)} %`);
  }
  console.log(`seed ${options.seed}, ${seconds.toFixed(0)} seconds`);
  console.log(`killed ${killedOf(results)} of ${results.length}`);
  if (share(results) < options.atLeast) process.exitCode = 1;
}

function killedOf(results: readonly Result[]): number {
  return results.filter(({ by }) => by !== undefined).length;
}

/** Per cent. */
function share(results: readonly Result[]): number {
  return results.length === 0 ? 100 : (100 * killedOf(results)) / results.length;
}

function say(text: string): void {
  process.stderr.write(`· ${text}\n`);
}
