import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCLI } from 'jest';

/*
 * A process that stays: it is given a test file and a mutant, runs the file in itself, and says what came out.
 * Jest, its modules and the transformed files stay warm, which makes a run of a small file cost its tests alone.
 */
export interface Job {
  test: string;
  /** None: the code as it is. `path` is absolute. */
  mutant: { path: string; start: number; end: number; text: string } | undefined;
}

export type Answer =
  | { kind: 'ready' }
  | { kind: 'failed'; name: string }
  | { kind: 'done'; passed: boolean; seconds: number; megabytes: number };

const [root = '', config = '', cache = ''] = process.argv.slice(2);
const TOOL = join(import.meta.dirname, '../..');
const { default: base } = (await import(config)) as { default: Record<string, unknown> };

const tell = (answer: Answer): void => void process.send?.(answer);

async function run({ test, mutant }: Job): Promise<Answer> {
  const began = performance.now();
  const { results } = await runCLI(
    {
      $0: 'mutate',
      _: [join(root, test)],
      runTestsByPath: true,
      runInBand: true,
      silent: true,
      watchman: false,
      config: JSON.stringify({
        ...base,
        rootDir: root,
        cacheDirectory: cache,
        transform: { '\\.ts$': [join(TOOL, 'test/support/transform.js'), { mutant }] },
        reporters: [fileURLToPath(import.meta.resolve('./reporter.js'))],
      }),
    },
    [root],
  );
  return {
    kind: 'done',
    passed: results.success && results.numPassedTests > 0,
    seconds: (performance.now() - began) / 1000,
    megabytes: process.memoryUsage().rss / 2 ** 20,
  };
}

process.on('message', (job: Job) => void run(job).then(tell));
tell({ kind: 'ready' });
