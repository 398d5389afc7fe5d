import { access, readFile, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { fromArguments, isCommand } from '../../src/arguments.ts';
import { ROOT } from '../support/sample.ts';

/** Pages that people read, by their paths. */
async function pages(): Promise<string[]> {
  const docs = (await readdir(join(ROOT, 'docs'))).filter((name) => name.endsWith('.md'));
  return [
    'README.md',
    'CONTRIBUTING.md',
    'test/lab/README.md',
    ...docs.map((one) => `docs/${one}`),
  ];
}
const textOf = (page: string): Promise<string> => readFile(join(ROOT, page), 'utf8');

test('each link within the repository leads to a file', async () => {
  const broken: string[] = [];
  let seen = 0;
  for (const page of await pages())
    for (const [, target = ''] of (await textOf(page)).matchAll(
      /\]\((?!https?:|#)([^)#]+)[^)]*\)/gu,
    )) {
      seen += 1;
      await access(join(ROOT, dirname(page), target)).catch(() =>
        broken.push(`${page}: ${target}`),
      );
    }
  expect(seen).toBeGreaterThan(25);
  expect(broken).toEqual([]);
});

test('each command that a page writes down can be read', async () => {
  const wrong: string[] = [];
  let seen = 0;
  for (const page of await pages())
    for (const [, line = ''] of (await textOf(page)).matchAll(
      /(?:^ *|&& )glaciocloud ([^\n]*)$/gmu,
    )) {
      const words = (line.split(/ +#| [>|] /u)[0] ?? '').trim().split(/\s+/u);
      seen += 1;
      if (!isCommand(words[0] ?? '')) wrong.push(`${page}: ${line}`);
      else
        try {
          fromArguments(words);
        } catch (error) {
          wrong.push(`${page}: ${line}: ${String(error)}`);
        }
    }
  expect(seen).toBeGreaterThan(20);
  expect(wrong).toEqual([]);
});

test('no page runs the package by its bare name, which is free for anybody on npm', async () => {
  for (const page of await pages())
    expect(await textOf(page)).not.toMatch(/npx (?:--yes )?glaciocloud/u);
});
