import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { githubRefs } from '../../src/edges/git-remote.ts';
import { failureOf } from '../support/program.ts';
import { git, temporary } from '../support/sample.ts';

/* Real git and a repository of its own, which git is told to take for one on GitHub. */
const home = process.env['HOME'];
let folder: Awaited<ReturnType<typeof temporary>>;
const shas: Record<string, string> = {};

beforeAll(async () => {
  folder = await temporary();
  const repository = join(folder.path, 'OGGM/oggm');
  await mkdir(repository, { recursive: true });
  await git(repository, 'init', '--quiet', '--initial-branch', 'main');
  const commit = async (text: string): Promise<string> => {
    await git(repository, 'commit', '--quiet', '--allow-empty', '--message', text);
    return (await git(repository, 'rev-parse', 'HEAD')).trim();
  };
  shas['light'] = await commit('one');
  await git(repository, 'tag', 'light');
  shas['noted'] = await commit('two');
  await git(repository, 'tag', '--annotate', '--message', 'x', 'noted');
  shas['main'] = await commit('three');
  // A tag of the branch's name, and a branch whose name ends like it.
  await git(repository, 'tag', 'main', 'light');
  await git(repository, 'branch', 'other/main', 'light');
  const rewritten = `[url "file://${folder.path}/"]\n\tinsteadOf = https://github.com/\n`;
  await writeFile(join(folder.path, '.gitconfig'), rewritten);
  process.env['HOME'] = folder.path;
});
afterAll(async () => {
  process.env['HOME'] = home;
  await folder.remove();
});

test.each(['main', 'light', 'noted'])('the commit of %s', async (ref) => {
  expect(await githubRefs.commit('OGGM/oggm', ref)).toBe(shas[ref]);
});

test('a commit is its own, and nobody is asked', async () => {
  const commit = 'c3'.repeat(20);
  expect(await githubRefs.commit('nobody/nothing', commit)).toBe(commit);
});

test('a name that is not there, and a repository that is not', async () => {
  expect(await failureOf(githubRefs.commit('OGGM/oggm', 'mai'))).toMatchObject({
    message: 'https://github.com/OGGM/oggm has no branch or tag mai',
    hint: 'correct oggm.ref in image.yaml; a commit is written with its 40 digits',
  });
  expect(await failureOf(githubRefs.commit('nobody/nothing', 'main'))).toMatchObject({
    message: expect.stringMatching(/^https:\/\/github\.com\/nobody\/nothing does not answer: /u),
    hint: 'correct oggm.git in image.yaml, or run it again',
  });
});
