import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Answer, Job } from './worker.ts';

export interface Verdict {
  passed: boolean;
  seconds: number;
  /** The test that failed, or how else the run ended. */
  by: string;
}

/** What a worker may hold before it makes way for a new one: modules of old runs are never given back. */
const MEGABYTES = 1500;
/** How long the other tests of a file may go on after one has failed; then the worker is replaced. */
const REST_MS = 1500;

/** One process after the other. A run that goes on for too long, or breaks the process, is a failed one. */
export class Worker {
  readonly #args: readonly string[];
  #child: ChildProcess | undefined;

  constructor(root: string, config: string, cache: string) {
    this.#args = [root, config, cache];
  }

  async run(job: Job, limitSeconds: number): Promise<Verdict> {
    const child = this.#child ?? (await this.#start());
    const began = performance.now();
    let failed: string | undefined;
    let timer: NodeJS.Timeout | undefined;
    const ended = await new Promise<Partial<Verdict>>((resolve) => {
      const within = (ms: number, by: string): void => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          this.stop();
          resolve({ by });
        }, ms);
      };
      within(limitSeconds * 1000, 'it took too long');
      child.removeAllListeners('message').once('exit', () => resolve({ by: 'the process ended' }));
      child.on('message', (answer: Answer) => {
        if (answer.kind === 'failed' && failed === undefined) {
          failed = answer.name;
          within(REST_MS, failed);
        }
        if (answer.kind !== 'done') return;
        if (answer.megabytes > MEGABYTES) this.stop();
        resolve({ passed: answer.passed, by: 'the file did not load' });
      });
      child.send(job);
    });
    clearTimeout(timer);
    const seconds = (performance.now() - began) / 1000;
    const passed = ended.passed === true && failed === undefined;
    return { passed, seconds, by: failed ?? ended.by ?? '' };
  }

  async #start(): Promise<ChildProcess> {
    const child = fork(join(import.meta.dirname, 'worker.ts'), this.#args, {
      execArgv: ['--experimental-vm-modules', '--no-warnings'],
      // Tests may print; the answers come through the channel.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#child = child;
    child.setMaxListeners(0).once('exit', () => {
      if (this.#child === child) this.#child = undefined;
    });
    await new Promise((ready, broken) => {
      child.once('message', ready);
      child.once('exit', () => broken(new Error('a worker did not start')));
    });
    return child;
  }

  stop(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }
}
