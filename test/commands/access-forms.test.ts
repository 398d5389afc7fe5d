import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { accessForms } from '../../src/commands/access-forms.ts';
import { formTexts } from '../../src/core/access/request/forms.ts';
import { gatherPlatform } from '../../src/gather/platform.ts';
import { copyPlatform, edit, temporary } from '../support/sample.ts';
import { failureOf } from '../support/program.ts';

const ACCESS = '.github/ISSUE_TEMPLATE/access.yml';
const RENEW = '.github/ISSUE_TEMPLATE/renew.yml';
const CLASS = '.github/ISSUE_TEMPLATE/class.yml';

let folder: Awaited<ReturnType<typeof temporary>>;
beforeEach(async () => {
  folder = await temporary();
  await copyPlatform(folder.path);
});
afterEach(() => folder.remove());

const read = (path: string): Promise<string> => readFile(join(folder.path, path), 'utf8');
const stale = async (): Promise<string[]> => {
  const { platform } = await gatherPlatform(folder.path);
  const wanted = platform ? formTexts(platform) : new Map<string, string>();
  const forms = [...(platform?.forms ?? [])];
  return forms.filter(([path, text]) => wanted.get(path) !== text).map(([path]) => path);
};

test('forms are written, and anew where the files have changed', async () => {
  expect(await accessForms(folder.path)).toMatchObject({
    exit: 0,
    text: `✓ ${ACCESS}\n✓ ${RENEW}\n✓ ${CLASS}\n`,
    json: { schema_version: 1, written: [ACCESS, RENEW, CLASS] },
  });
  expect(await stale()).toEqual([]);
  await edit(folder.path, 'platform.yaml', 'until: 180d', 'until: 20d');
  expect(await stale()).toEqual([ACCESS, RENEW]);
  await accessForms(folder.path);
  expect(await stale()).toEqual([]);
  expect(await read(ACCESS)).toContain('for at most 20 days');
});

test('somebody else’s form stays, and nothing is written beside it', async () => {
  await mkdir(dirname(join(folder.path, RENEW)), { recursive: true });
  await writeFile(join(folder.path, RENEW), 'name: ours\n');
  expect(await failureOf(accessForms(folder.path))).toMatchObject({
    message: `${RENEW} is not replaced: it was not written by us`,
    hint: 'delete it, and run this again',
    exit: 2,
  });
  expect(await read(RENEW)).toBe('name: ours\n');
  await expect(read(ACCESS)).rejects.toThrow('ENOENT');
});

test('without a tier that opens a hub there is nothing to ask for', async () => {
  await edit(folder.path, 'environments/hub.yaml', ', tier:researcher', '');
  await edit(folder.path, 'environments/classroom.yaml', ', tier:student', '');
  expect(await failureOf(accessForms(folder.path))).toMatchObject({
    message: 'no hub lets in a tier, so there is nothing to ask for',
    hint: 'name a tier in platform.yaml, and let it into a hub: `allow: ["tier:researcher"]`',
    exit: 2,
  });
});

test('a platform that cannot be read is refused', async () => {
  await writeFile(join(folder.path, 'platform.yaml'), 'nothing: true\n');
  expect((await accessForms(folder.path)).exit).toBe(2);
});
