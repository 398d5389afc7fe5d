import { describe, expect, test } from '@jest/globals';
import { completionScript } from '../../../src/core/show/completion.ts';
import { exec } from '../../../src/edges/exec.ts';

const script = completionScript({
  check: { options: ['root', 'json'] },
  plan: { options: ['html'] },
  waves: { options: [] },
});

/** What bash would offer after these words. */
async function offered(...words: string[]): Promise<string[]> {
  const asked = [
    script,
    `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})`,
    `COMP_CWORD=${words.length - 1}`,
    '_glaciocloud',
    'printf "%s\\n" "${COMPREPLY[@]}"',
    'complete -p glaciocloud',
  ].join('\n');
  const { stdout } = await exec('bash', ['-c', asked], { cwd: import.meta.dirname });
  const lines = stdout.trim().split('\n');
  expect(lines.pop()).toBe('complete -F _glaciocloud glaciocloud');
  return lines;
}

describe('a shell offers', () => {
  test.each<[string, string[], string[]]>([
    ['commands', ['glaciocloud', ''], ['check', 'plan', 'waves', '--help', '--version']],
    ['what begins so', ['glaciocloud', 'pl'], ['plan']],
    ['the options of a command', ['glaciocloud', 'check', '--'], ['--root', '--json', '--help']],
    ['those of another', ['glaciocloud', 'plan', '--h'], ['--html', '--help']],
    ['help everywhere', ['glaciocloud', 'waves', '--'], ['--help']],
    [
      'files where nothing else fits',
      ['glaciocloud', 'plan', 'completion.'],
      ['completion.test.ts'],
    ],
    [
      'files after a command that it does not know',
      ['glaciocloud', 'x', 'gro'],
      ['groups.test.ts'],
    ],
  ])('%s', async (_what, words, expected) => {
    expect(await offered(...words)).toEqual(expected);
  });
});

test('the script says how it is used', () => {
  expect(script.split('\n')[0]).toBe('# source <(glaciocloud completion)');
});
