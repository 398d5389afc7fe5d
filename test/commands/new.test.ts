import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createFile } from '../../src/commands/new.ts';
import { gatherPlatform } from '../../src/gather/platform.ts';
import { copyPlatform, temporary } from '../support/sample.ts';

let folder: Awaited<ReturnType<typeof temporary>>;
beforeEach(async () => {
  folder = await temporary();
  await copyPlatform(folder.path);
});
afterEach(() => folder.remove());

test.each([
  ['hub', 'newcomer', 'environments/newcomer.yaml'],
  ['image', 'oggm-2.0', 'images/oggm-2.0/image.yaml'],
  ['cluster', 'newcomer', 'clusters/newcomer.yaml'],
])('new %s %s is a file that check accepts', async (kind, name, file) => {
  expect(await createFile(folder.path, [kind, name])).toMatchObject({
    exit: 0,
    text: expect.stringMatching(
      new RegExp(`^${file} written\\. Next:\\n  1\\. Read it through.*\\n  2\\. .*\\n$`, 'su'),
    ) as unknown,
    json: { schema_version: 1, file },
  });
  const { findings, sources } = await gatherPlatform(folder.path);
  expect(sources.has(file)).toBe(true);
  expect(findings.filter(({ at }) => at.file === file)).toEqual([]);
});

const UNIT =
  'use lower-case letters, digits and single hyphens, at most 32, starting with a letter';
const DOTTED = 'use lower-case letters, digits, single hyphens and dots';

test('what is there is never written over', async () => {
  await createFile(folder.path, ['hub', 'newcomer']);
  const path = join(folder.path, 'environments/newcomer.yaml');
  await writeFile(path, '# mine\n');
  await expect(createFile(folder.path, ['hub', 'newcomer'])).rejects.toMatchObject({
    message: 'environments/newcomer.yaml exists already',
    hint: 'choose another name',
    exit: 1,
  });
  expect(await readFile(path, 'utf8')).toBe('# mine\n');
});

test.each([
  [[], 'new needs a kind and a name', 'write: glaciocloud new hub|image|cluster NAME'],
  [['hub'], 'new hub needs a name', 'write: glaciocloud new hub NAME'],
  [['image'], 'new image needs a name', 'write: glaciocloud new image NAME'],
  [['hubs', 'x'], 'new cannot make "hubs"', 'did you mean "hub"?'],
  [['hubs'], 'new cannot make "hubs"', 'did you mean "hub"?'],
  [
    ['platform', 'x'],
    'new cannot make "platform"',
    'write: glaciocloud new hub|image|cluster NAME',
  ],
  [['hub', 'a', 'b'], 'new hub takes one name, and no "b"', 'run it once for each'],
  [['hub', 'a.b'], '"a.b" cannot be a name', UNIT],
  [['cluster', 'a.b'], '"a.b" cannot be a name', UNIT],
  [['image', 'a/b'], '"a/b" cannot be a name', DOTTED],
])('new %j is refused', async (words, message, hint) => {
  await expect(createFile(folder.path, words)).rejects.toMatchObject({ message, hint, exit: 2 });
});

test('nothing is written where platform.yaml cannot be read', async () => {
  await writeFile(join(folder.path, 'platform.yaml'), 'a: [');
  expect((await createFile(folder.path, ['hub', 'newcomer'])).exit).toBe(2);
  await expect(readFile(join(folder.path, 'environments/newcomer.yaml'))).rejects.toThrow('ENOENT');
});
