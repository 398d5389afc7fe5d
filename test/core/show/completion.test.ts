import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SHELLS, completionScript } from '../../../src/core/show/completion.ts';
import type { Shell } from '../../../src/core/show/completion.ts';
import { exec } from '../../../src/edges/exec.ts';
import { COMMANDS } from '../../../src/inputs.ts';
import { OPTIONS } from '../../../src/options.ts';
import { temporary } from '../../support/sample.ts';

/* Each shell that is here reads its script and says itself what it would offer; which ones are not here is said. */
const completed = { commands: COMMANDS, options: OPTIONS, rules: ['memory-suffix', 'one-default'] };
let folder: Awaited<ReturnType<typeof temporary>>;
beforeAll(async () => {
  folder = await temporary();
  for (const path of [
    'environments/hub.yaml',
    'environments/hub-staging.yaml',
    'environments/notes.txt',
    // A pull request may name files as it likes, and bash runs what stands in words that it completes.
    'environments/h$(>ran).yaml',
    'environments/h`>ran`.yaml',
    'environments/h\u001b[31m.yaml',
    'clusters/n$(>ran).yaml',
    'images/o$(>ran)/image.yaml',
    'data/al$(>ran).yaml',
    'access/cohorts/c$(>ran).yaml',
    'access/cohorts/class-1.yaml',
    'clusters/north.yaml',
    'images/oggm-1.6.3/image.yaml',
    'data/alps.yaml',
    'data/alps.lock.yaml',
  ]) {
    await mkdir(join(folder.path, path, '..'), { recursive: true });
    await writeFile(join(folder.path, path), '');
  }
});
afterAll(() => folder.remove());

/** Lines that make a shell print what it offers after the words. */
const ASKED: Readonly<Record<Shell, (words: readonly string[]) => string>> = {
  bash: (words) => `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length - 1}
_glaciocloud
printf '%s\\n' "\${COMPREPLY[@]}"`,
  // zsh itself leaves out what does not begin like the word; so does this double of its builtin.
  zsh: (words) => `compadd() { print -l -- \${(M)\${(P)2}:#\${words[CURRENT]}*} }
words=(${words.map((word) => `'${word}'`).join(' ')})
CURRENT=${words.length}
_glaciocloud`,
  fish: (words) => `complete -C '${words.join(' ')}'`,
};
const START: Readonly<Record<Shell, string>> = { bash: '', zsh: 'compdef() { : }\n', fish: '' };

async function offered(shell: Shell, words: readonly string[]): Promise<string[]> {
  const text = START[shell] + completionScript(shell, completed) + ASKED[shell](words);
  const args = shell === 'zsh' ? ['-f', '-c', text] : ['-c', text];
  const { stdout, stderr } = await exec(shell, args, {
    cwd: folder.path,
    env: { HOME: folder.path, XDG_CONFIG_HOME: folder.path, XDG_DATA_HOME: folder.path },
  });
  expect(stderr).toBe('');
  // fish writes what a word means behind it.
  return stdout
    .split('\n')
    .map((line) => line.split('\t')[0] ?? '')
    .filter(Boolean)
    .sort();
}

const here: Shell[] = [];
for (const shell of SHELLS) {
  const found = await exec(shell, ['--version']).catch(() => undefined);
  if (found?.code === 0) here.push(shell);
  else process.stderr.write(`  ▸ NOT ASKED: ${shell} is not installed\n`);
}

describe.each(here)('%s offers', (shell) => {
  test.each<[string, string[], string[]]>([
    ['commands', ['glaciocloud', 'st'], ['state', 'status']],
    ['hubs', ['glaciocloud', 'plan', 'h'], ['hub', 'hub-staging']],
    ['images and what is done with them', ['glaciocloud', 'image', 'o'], ['oggm-1.6.3']],
    ['classes', ['glaciocloud', 'access', 'class', 'c'], ['class', 'class-1']],
    ['verbs', ['glaciocloud', 'secrets', 't'], ['template']],
    ['sets, and not their locks', ['glaciocloud', 'data', 'lock', 'al'], ['alps']],
    ['clusters', ['glaciocloud', 'deploy', '--cluster', 'n'], ['north']],
    ['rules', ['glaciocloud', 'explain', 'one'], ['one-default']],
    ['shells', ['glaciocloud', 'completion', 'fi'], ['fish']],
    ['options of the command', ['glaciocloud', 'plan', '--h'], ['--help', '--html']],
  ])('%s', async (_what, words, expected) => {
    const found = await offered(shell, words);
    expect(found).toEqual(expected);
    expect(await readdir(folder.path)).not.toContain('ran');
  });
});
