import { cp, mkdir, readFile, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { image } from '../../src/commands/image.ts';
import type { ImageInputs } from '../../src/commands/image.ts';
import { gatherNamed } from '../../src/gather/named-files.ts';
import { imagePorts } from '../../src/compose.ts';
import { platformWith } from '../support/written.ts';
import { NOTHING_ASKED } from '../support/images.ts';
import { temporary } from '../support/sample.ts';

const NOW = Date.UTC(2026, 10, 24, 12);
let folder: Awaited<ReturnType<typeof temporary>>;
let root: string;
let out: string;
let count = 0;

beforeAll(async () => {
  folder = await temporary();
});
afterAll(() => folder.remove());
beforeEach(async () => {
  count += 1;
  root = join(folder.path, `platform-${count}`);
  out = join(folder.path, `out-${count}`);
  await cp(join(import.meta.dirname, '../core/rules/_base'), root, { recursive: true });
});

async function write(path: string, text: string | Buffer): Promise<void> {
  await mkdir(join(root, path, '..'), { recursive: true });
  await writeFile(join(root, path), text);
}

/** An async function, so that what is thrown at once is a rejection as well. */
const asked = async (inputs: Partial<ImageInputs>) =>
  image({ ...NOTHING_ASKED, root, out, now: NOW, target: ['render'], ...inputs }, imagePorts(), {
    progress: () => undefined,
  } as never);

describe('image render', () => {
  const rendered = { image: 'science', hash: expect.stringMatching(/^[0-9a-f]{40}$/u) };

  test('one: its folder with the files that it names, its hash in JSON', async () => {
    const more = 'title: Science\nfrom: {image: registry.example.org/base, tag: "1"}\n';
    await write('images/science/image.yaml', `${more}files: [a/b.txt]\npostBuild: setup.sh\n`);
    await write('images/science/a/b.txt', 'b\n');
    await write('images/science/setup.sh', 'true\n');
    const answer = await asked({ target: ['render', 'science'] });
    expect(answer.exit).toBe(0);
    expect(answer.json).toEqual({ schema_version: 1, ...rendered });
    expect(answer.text).toMatch(/^✓ science [0-9a-f]{12}\n$/u);
    expect((await readdir(join(out, 'science'), { recursive: true })).sort()).toEqual([
      '.glaciocloud',
      'Dockerfile',
      'files',
      'files/a',
      'files/a/b.txt',
      'own',
      'own/postBuild',
      'start',
    ]);
    expect(await readFile(join(out, 'science/files/a/b.txt'), 'utf8')).toBe('b\n');
    expect((await stat(join(out, 'science/start'))).mode & 0o777).toBe(0o755);
  });

  test('several, or all: a list', async () => {
    await write('images/light/image.yaml', 'title: Light\n');
    const light = { ...rendered, image: 'light' };
    const all = await asked({ all: true });
    expect(all.json).toEqual({ schema_version: 1, images: [light, rendered] });
    const two = await asked({ target: ['render', 'science', 'light'] });
    expect(two.json).toEqual({ schema_version: 1, images: [rendered, light] });
    expect(two.text.split('\n')).toHaveLength(3);
  });

  test('one that a hub waits for', async () => {
    await write('images/science/image.yaml', 'title: Science\n');
    expect((await asked({ all: true })).exit).toBe(0);
  });

  test('a platform with mistakes is refused before anything is written', async () => {
    await write('images/science/image.yaml', 'title: Science\npip: ["x; id"]\n');
    const answer = await asked({ all: true });
    expect(answer.exit).toBe(2);
    expect(answer.text).toContain('is not a package of pip');
    await expect(stat(out)).rejects.toThrow('ENOENT');
  });

  test.each<[string, Partial<ImageInputs>, string, string]>([
    ['no folder', { out: undefined, all: true }, 'image render needs --out DIR', 'see'],
    ['no image', {}, 'image render needs an image, or --all', 'see'],
    ['an unknown image', { target: ['render', 'x'] }, 'there is no image "x"', 'images: science'],
    [
      'nothing to do',
      { target: [] },
      'image needs to know what to do',
      'write: image render IMAGE --out DIR',
    ],
    [
      'something else to do',
      { target: ['paint', 'science'] },
      'image cannot "paint"',
      'write: image render IMAGE --out DIR',
    ],
  ])('%s', async (_what, inputs, message, hint) => {
    await expect(asked(inputs)).rejects.toMatchObject({
      exit: 2,
      message,
      hint: expect.stringContaining(hint) as unknown,
    });
  });
});

describe('files that an image names', () => {
  const named = (files: string[]) => {
    const doc = platformWith({ 'images/science/image.yaml': { files } }).images.get('science');
    if (!doc) throw new Error('there is no image');
    return gatherNamed(root, doc);
  };

  test('in the order of the file', async () => {
    await write('images/science/b', 'B');
    await write('images/science/a', 'A');
    expect(await named(['b', 'a'])).toEqual([
      { path: 'b', text: 'B' },
      { path: 'a', text: 'A' },
    ]);
  });

  test('that are no text, links, or gone are refused, not changed', async () => {
    await write('images/science/logo.png', Buffer.from([0x89, 0x50, 0xff]));
    await symlink('/etc/hostname', join(root, 'images/science/link'));
    const refused = (file: string, why: string, hint: string) =>
      expect(named([file])).rejects.toMatchObject({
        exit: 2,
        message: `images/science/${file} cannot go into the image: ${why}`,
        hint,
      });
    await refused('logo.png', 'the file is not UTF-8', 'save it as UTF-8');
    await refused('link', 'this is a symbolic link', 'put the file itself here');
    await refused('gone', 'there is no such file', 'add it, or correct the path in image.yaml');
  });
});
