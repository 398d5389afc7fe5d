import { execFile } from 'node:child_process';
import { renameSync, symlinkSync, unlinkSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { deployedInFolder } from '../../src/edges/deployed.ts';
import { exec } from '../../src/edges/exec.ts';
import { readTree, writeFolders, writeWhole } from '../../src/edges/files.ts';
import { lastEncrypted } from '../../src/edges/sops.ts';
import { failureOf } from '../support/program.ts';
import { temporary } from '../support/sample.ts';

let folder: Awaited<ReturnType<typeof temporary>>;
const at = (path: string): string => join(folder.path, path);
beforeEach(async () => {
  folder = await temporary();
});
afterEach(() => folder.remove());

const put = async (path: string, texts: Record<string, string>): Promise<void> => {
  for (const [name, text] of Object.entries(texts)) await writeWhole(at(`${path}/${name}`), text);
};

describe('a tree tells what cannot be read', () => {
  const all = (): boolean => true;
  const EACCES = {
    kind: 'refused',
    why: expect.stringMatching(/^(?:the f.*|what stands here) cannot be read \(EACCES\)$/u),
    hint: 'let whoever runs this read it, and enter the folders above it',
  };

  test('names that are not UTF-8, of files and of folders', async () => {
    await mkdir(at('images'));
    const names = ['a\xff.yaml', '\xc3\x28', 'h\xc3\xbctte.yaml'];
    for (const name of names.slice(0, 2))
      await mkdir(Buffer.from(join(folder.path, 'images', name), 'latin1'));
    await writeFile(Buffer.from(join(folder.path, 'images', 'h\xc3\xbctte.yaml'), 'latin1'), 'h');
    const refused = {
      kind: 'refused',
      why: 'the name is not UTF-8',
      hint: 'rename it: each \\x stands for a byte that is no letter',
    };
    expect([...(await readTree(folder.path, ['images'], all)).files]).toEqual([
      ['images/\\xc3(', refused],
      ['images/a\\xff.yaml', refused],
      ['images/hütte.yaml', { kind: 'text', text: 'h' }],
    ]);
  });

  test.each([
    ['environments/hub.yaml', 0o000, ['environments/hub.yaml']],
    ['environments', 0o311, ['environments']],
    [
      'environments',
      0o744,
      ['hub.yaml', 'notes', 'other.yaml'].map((name) => `environments/${name}`),
    ],
    ['', 0o000, ['platform.yaml', 'platform.yml', 'environments']],
    ['environments/notes', 0o000, []],
  ])('%s with the mode %o', async (path, mode, told) => {
    await chmod(folder.path, 0o755);
    await put('p', {
      'platform.yaml': '',
      'environments/hub.yaml': '',
      'environments/other.yaml': '',
      'environments/notes': '',
    });
    await chmod(at(join('p', path)), mode);
    const [source, root] = ['../../src/edges/files.ts', at('p')];
    const url = JSON.stringify(new URL(source, import.meta.url).href);
    const ask = `import { readTree } from ${url};
const wants = (path) => path.endsWith('.yaml');
const { files } = await readTree(${JSON.stringify(root)}, ['environments'], wants);
process.stdout.write(JSON.stringify([...files].filter(([, { kind }]) => kind === 'refused')));`;
    // Root may read everything: it is asked as somebody else.
    const other = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const args = ['--no-warnings', '--input-type=module', '--eval', ask];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: '/', ...other });
    await chmod(at(join('p', path)), 0o755);
    expect(JSON.parse(stdout)).toEqual(told.map((one) => [one, EACCES]));
  });

  test('a file that becomes a pipe or a link while it is read, and one that goes away', async () => {
    await put('p', {
      'data/a.yaml': 'a',
      'data/b.yaml': 'b',
      'data/c.yaml': 'c',
      'data/d.yaml': 'd',
      'data/e': '',
    });
    await exec('mkfifo', [at('pipe')]);
    const swaps: Record<string, () => void> = {
      'data/a.yaml': () => {
        renameSync(at('pipe'), at('p/data/a.yaml'));
      },
      'data/b.yaml': () => {
        unlinkSync(at('p/data/b.yaml'));
        symlinkSync('c.yaml', at('p/data/b.yaml'));
      },
      'data/c.yaml': () => ['d.yaml', 'e'].forEach((name) => unlinkSync(at(`p/data/${name}`))),
    };
    const wants = (path: string): boolean => {
      swaps[path]?.();
      return path.endsWith('.yaml');
    };
    const refused = { kind: 'refused', hint: expect.anything() };
    expect([...(await readTree(at('p'), ['data'], wants)).files]).toEqual([
      ['data/a.yaml', { ...refused, why: 'this is neither a file nor a folder' }],
      ['data/b.yaml', { ...refused, why: 'the file cannot be read (ELOOP)' }],
      ['data/c.yaml', { kind: 'text', text: 'c' }],
      ['data/d.yaml', { ...refused, why: 'this went away while it was read' }],
    ]);
  });
});

describe('a pipe is not waited for', () => {
  test('in place of a record: there is none', async () => {
    await put('out', { 'alps/manifests.yaml': '' });
    await exec('mkfifo', [at('out/alps/release.json')]);
    expect(await failureOf(deployedInFolder(at('out')))).toMatchObject({
      message: `${at('out')} holds no record of a release`,
    });
  });

  test('in place of our mark: the folder is not ours', async () => {
    await mkdir(at('out/alps'), { recursive: true });
    await exec('mkfifo', [at('out/alps/.glaciocloud')]);
    const units = new Map([['alps', new Map([['a', 'a']])]]);
    expect(await failureOf(writeFolders(at('out'), units, 'unit'))).toMatchObject({
      message: `${at('out/alps')} is not replaced: its .glaciocloud says something else`,
      exit: 2,
    });
  });

  test('in place of secrets: nothing is known of when they were encrypted', async () => {
    await mkdir(at('secrets'));
    await exec('mkfifo', [at('secrets/alps.sops.yaml')]);
    expect(await lastEncrypted(folder.path, 'alps')).toBeUndefined();
  });
});
