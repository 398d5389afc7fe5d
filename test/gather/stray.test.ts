import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { gatherPlatform } from '../../src/gather/platform.ts';
import { exec } from '../../src/edges/exec.ts';
import { copyPlatform, git, temporary } from '../support/sample.ts';

let folder: Awaited<ReturnType<typeof temporary>>;
beforeAll(async () => {
  folder = await temporary();
});
afterAll(() => folder.remove());

test('a file of secrets in clear is to be revoked only where git knows it', async () => {
  const root = join(folder.path, 'secrets');
  await copyPlatform(root);
  await mkdir(join(root, 'secrets'));
  await writeFile(join(root, 'secrets/hub.sops.yaml'), 'a: hunter2\n');
  const hint = async (): Promise<string | undefined> =>
    (await gatherPlatform(root)).findings.find(({ rule }) => rule === 'secrets-file')?.hint;
  expect(await hint()).toMatch(/^revoke what it holds/u);
  await git(root, 'init', '-q');
  expect(await hint()).toMatch(/^before it is committed, encrypt it/u);
  await git(root, 'add', '-A');
  expect(await hint()).toMatch(/^revoke what it holds/u);
  await git(root, 'commit', '-qm', 'first');
  await git(root, 'rm', '-q', '--cached', 'secrets/hub.sops.yaml');
  expect(await hint()).toMatch(/^revoke what it holds/u);
});

test('what nobody reads is found beside and among the files of the platform, and links beside them are passed over', async () => {
  const root = join(folder.path, 'stray');
  await copyPlatform(root);
  const files = {
    'foo.yaml': 'title: x\nprovider: gke\nkubernetes: "1.35"\n',
    'mkdocs.yml': 'site_name: x\n',
    'environment/hub.yaml': 'title: x\n',
    'environments/other.yml': 'title: x\n',
    'images/igm/requirements.txt': 'x',
    'images/new/notes.txt': 'x',
    'secrets/hub.sops.yaml': 'github-client-secret: hunter2\n',
    'secrets/README.md': 'x',
    'docs/hub.yaml': 'x',
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  await symlink('/etc', join(root, 'cluster'));
  await symlink('/etc/hosts', join(root, 'hosts.yaml'));
  await exec('mkfifo', [join(root, 'data/pipe.yaml'), join(root, 'hub.yml')]);
  await mkdir(join(root, 'environments/x.yaml'));
  const { findings } = await gatherPlatform(root);
  expect(findings.map(({ rule, at, hint }) => [rule, at.file, hint.slice(0, 32)])).toEqual([
    ['file', 'data/pipe.yaml', 'remove it, or put a file here'],
    ['unread-file', 'environment/hub.yaml', 'did you mean environments/hub.ya'],
    ['file-place', 'environments/other.yml', 'platform files are environments/'],
    ['file', 'environments/x.yaml', 'put a file of this name here, or'],
    ['unread-file', 'foo.yaml', 'did you mean clusters/foo.yaml?'],
    ['unread-file', 'images/igm/requirements.txt', 'images/igm/image.yaml says this,'],
    ['unread-file', 'images/new/notes.txt', 'add images/new/image.yaml, or re'],
    ['secrets-file', 'secrets/hub.sops.yaml', 'revoke what it holds: whoever ca'],
  ]);
});
