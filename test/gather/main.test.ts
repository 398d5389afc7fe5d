import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mainPlatform } from '../../src/gather/platform.ts';
import { FILES } from '../support/apply-bench.ts';
import { commitAll, git, temporary } from '../support/sample.ts';

let folder: Awaited<ReturnType<typeof temporary>>;
beforeEach(async () => {
  folder = await temporary();
});
afterEach(() => folder.remove());

async function platformIn(name: string, title: string, below = ''): Promise<string> {
  const root = join(folder.path, name);
  for (const [path, text] of Object.entries(FILES)) {
    const full = join(root, below, path);
    await mkdir(dirname(full), { recursive: true });
    await writeFile(full, text.replace('title: Hub one', `title: ${title}`));
  }
  return root;
}

async function titleOf(root: string, repository?: string): Promise<string | undefined> {
  return (await mainPlatform(root, repository))?.environments.get('one')?.data.title;
}

/** A clone of a repository whose files have been changed since. */
async function changedClone(below = ''): Promise<string> {
  const origin = await platformIn('origin', 'Before', below);
  await git(origin, 'init', '-q', '-b', 'main');
  await commitAll(origin, 'before');
  await git(folder.path, 'clone', '-q', origin, 'clone');
  return platformIn('clone', 'After', below);
}

describe('the platform as the default branch has it', () => {
  test('is what a clone was made of, whatever lies there now', async () => {
    expect(await titleOf(await changedClone())).toBe('Before');
  });

  test('is a checkout beside a proposal', async () => {
    const proposal = await platformIn('proposal', 'After');
    const main = await platformIn('main', 'Before');
    expect(await titleOf(proposal, main)).toBe('Before');
  });

  test('is unknown without a clone, and where the files are no whole clone', async () => {
    expect(await titleOf(await platformIn('alone', 'After'))).toBeUndefined();
    expect(await titleOf(join(await changedClone('hubs'), 'hubs'))).toBeUndefined();
  });
});
