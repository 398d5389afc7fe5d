import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exec } from '../../src/edges/exec.ts';

/** Commands of a page, in its order: each fenced block of `sh`. */
export async function commandsOf(page: string): Promise<string[]> {
  const text = await readFile(page, 'utf8');
  return [...text.matchAll(/^```sh\n([^]*?)^```$/gmu)].map(([, block = '']) => block);
}

/** Somebody who types a page's commands into one shell. The first that fails ends it. */
export class Newcomer {
  readonly #folder: string;
  readonly #env: Readonly<Record<string, string>>;
  #count = 0;

  /** `folder` is empty, and theirs. */
  constructor(folder: string, env: Readonly<Record<string, string>>) {
    this.#folder = folder;
    this.#env = env;
  }

  /** What they read; `answers` are typed into what asks, on a terminal. */
  async type(commands: string, answers?: readonly string[]): Promise<string> {
    this.#count += 1;
    const state = join(this.#folder, 'shell');
    const block = join(this.#folder, `block-${this.#count}.sh`);
    // What the shell knows outlives a block: variables, aliases, the folder.
    await writeFile(
      block,
      `set -euo pipefail\nshopt -s expand_aliases\ncd '${this.#folder}'\n` +
        `if [ -f '${state}' ]; then . '${state}'; fi\n${commands}\n` +
        `{ export -p; alias -p; printf 'cd %q\\n' "$PWD"; } > '${state}'\n`,
    );
    const [program, args, input]: [string, string[], string] =
      answers === undefined
        ? ['bash', [block], '']
        : ['script', ['-qec', `bash '${block}'`, '/dev/null'], `${answers.join('\n')}\n`];
    const given = { env: this.#env, input, timeoutMs: 300_000 };
    const { code, stdout, stderr } = await exec(program, args, given);
    if (code !== 0) throw new Error(`${commands}\nended with ${code}:\n${stdout}${stderr}`);
    return stdout + stderr;
  }
}
