import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { image } from '../../src/commands/image.ts';
import type { ImageInputs } from '../../src/commands/image.ts';
import { imagePorts } from '../../src/compose.ts';
import { commitAll, edit, git, temporary } from '../support/sample.ts';
import { NOTHING_ASKED } from '../support/images.ts';

/* Git is real. */
const PLATFORM = join(import.meta.dirname, '../core/rules/_base/platform.yaml');
const ZEROS = '0'.repeat(40);
let folder: Awaited<ReturnType<typeof temporary>>;
let root: string;
let base: string;
let said: string[];

beforeEach(async () => {
  folder = await temporary();
  root = folder.path;
  said = [];
  await git(root, 'init', '-q', '-b', 'main');
  await cp(PLATFORM, join(root, 'platform.yaml'));
  for (const name of ['igm', 'oggm', 'oggm-edu']) {
    await write(`images/${name}/image.yaml`, `title: ${name}\n`);
    await write(`images/${name}/notes.txt`, `about ${name}, in more than one line\n`.repeat(20));
    await write(`images/${name}/image.lock.yaml`, 'builds: {}\n');
  }
  base = await commitAll(root, 'Three images');
});
afterEach(() => folder.remove());

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

const asked = async (inputs: Partial<ImageInputs> = {}) =>
  image({ ...NOTHING_ASKED, root, now: 0, target: ['changed'], base, ...inputs }, imagePorts(), {
    progress: (text: string) => void said.push(text),
  } as never);

const lockAndList = async (): Promise<void> => {
  await write('images/igm/image.lock.yaml', 'builds: {x: y}\n');
  await write('images/igm/packages/2026-11-20-aaaaaa.txt', 'pip numpy 2.1\n');
};
const title = (name: string): Promise<void> =>
  edit(root, `images/${name}/image.yaml`, `title: ${name}`, 'title: Another');

describe('images that a commit changes', () => {
  test.each<[string, () => Promise<void>, string[]]>([
    ['nothing of them', () => write('README.md', ''), []],
    ['the file of one', () => title('oggm'), ['oggm']],
    ['a file is added', () => write('images/oggm/données/é "1".txt', ''), ['oggm']],
    ['a file is gone', () => rm(join(root, 'images/igm/notes.txt')), ['igm']],
    ['lock and packages only', lockAndList, []],
    [
      'lock and file',
      async () => {
        await lockAndList();
        await title('igm');
      },
      ['igm'],
    ],
    ['an image is removed', () => rm(join(root, 'images/igm'), { recursive: true }), []],
    ['an image is new', () => write('images/new/image.yaml', 'title: New\n'), ['new']],
    ['an image has a mistake', () => write('images/igm/image.yaml', '- no image\n'), ['igm']],
    [
      'an image is renamed',
      () => rename(join(root, 'images/igm'), join(root, 'images/igm2')),
      ['igm2'],
    ],
    [
      'a file moves from one to another',
      () => rename(join(root, 'images/igm/notes.txt'), join(root, 'images/oggm/more.txt')),
      ['igm', 'oggm'],
    ],
    [
      'three of them',
      async () => {
        for (const name of ['oggm-edu', 'igm', 'oggm']) await title(name);
      },
      ['igm', 'oggm', 'oggm-edu'],
    ],
  ])('%s', async (_what, change, images) => {
    await change();
    await commitAll(root, 'A change');
    expect(await asked()).toMatchObject({
      exit: 0,
      text: images.length === 0 ? 'no image\n' : images.map((name) => `${name}\n`).join(''),
      json: { schema_version: 1, images },
      outputs: { images: JSON.stringify(images) },
    });
    expect(said).toEqual([]);
  });

  test('in several commits, and in a merge', async () => {
    await git(root, 'checkout', '-q', '-b', 'topic');
    await title('igm');
    await commitAll(root, 'One');
    await title('oggm');
    await commitAll(root, 'Two');
    await git(root, 'checkout', '-q', 'main');
    await git(root, 'merge', '-q', '--no-ff', '-m', 'Merge', 'topic');
    expect((await asked()).outputs).toEqual({ images: '["igm","oggm"]' });
  });

  test.each([undefined, ''])('since it left the default branch, with --base %j', async (none) => {
    await title('oggm-edu');
    const parted = await commitAll(root, 'On main already');
    await git(root, 'update-ref', 'refs/remotes/origin/main', parted);
    await title('igm');
    await commitAll(root, 'On a branch');
    expect((await asked({ base: none })).outputs).toEqual({ images: '["igm"]' });
  });

  test('below a folder of the repository', async () => {
    root = join(folder.path, 'deep');
    await mkdir(root);
    await cp(PLATFORM, join(root, 'platform.yaml'));
    await write('images/igm/image.yaml', 'title: igm\n');
    await commitAll(folder.path, 'A platform in a folder');
    expect((await asked()).outputs).toEqual({ images: '["igm"]' });
    await write('images/igm/image.yaml', 'title: IGM\n');
    await commitAll(folder.path, 'A change');
    base = await git(root, 'rev-parse', 'HEAD~1');
    expect((await asked()).outputs).toEqual({ images: '["igm"]' });
    root = folder.path;
    expect((await asked()).outputs).toEqual({ images: '[]' });
  });
});

describe('every image counts', () => {
  const all = '["igm","oggm","oggm-edu"]';

  test('of a branch that had no commit before', async () => {
    expect((await asked({ base: ZEROS })).outputs).toEqual({ images: all });
    expect(said).toEqual(['commit 0000000 is not in this clone: every image counts']);
  });

  test('of a platform that has none', async () => {
    await rm(join(root, 'images'), { recursive: true });
    expect(await asked({ base: ZEROS })).toMatchObject({
      text: 'no image\n',
      outputs: { images: '[]' },
    });
  });

  test('where a push by force took away what was there', async () => {
    await title('igm');
    const gone = await commitAll(root, 'Soon gone');
    await git(root, 'reset', '-q', '--hard', base);
    await git(root, 'reflog', 'expire', '--expire=now', '--all');
    await git(root, 'gc', '-q', '--prune=now');
    expect((await asked({ base: gone })).outputs).toEqual({ images: all });
    expect(said).toEqual([`commit ${gone.slice(0, 7)} is not in this clone: every image counts`]);
  });

  test('but not where the commit before is still there', async () => {
    await title('igm');
    const old = await commitAll(root, 'Taken back');
    await git(root, 'reset', '-q', '--hard', base);
    expect((await asked({ base: old })).outputs).toEqual({ images: '["igm"]' });
  });
});

describe('is refused', () => {
  test.each([undefined, '', 'main', 'a'.repeat(39), 'a'.repeat(41)])(
    'with --base %j',
    async (one) => {
      await expect(asked({ base: one })).rejects.toMatchObject({
        message: 'image changed needs --base SHA',
        hint: 'it compares with that commit',
        exit: 2,
      });
    },
  );

  test('with names', async () => {
    await expect(asked({ target: ['changed', 'igm', 'oggm'] })).rejects.toMatchObject({
      message: 'image changed takes no "igm"',
      hint: 'it finds the images',
      exit: 2,
    });
  });

  test('outside a repository', async () => {
    await rm(join(root, '.git'), { recursive: true });
    await expect(asked()).rejects.toMatchObject({
      message: expect.stringMatching(
        /^git rev-parse failed: this is no clone of a repository/u,
      ) as unknown,
    });
  });

  test('where the platform cannot be read', async () => {
    await write('platform.yaml', '- no platform\n');
    expect(await asked()).toMatchObject({ exit: 2, outputs: {} });
  });
});
