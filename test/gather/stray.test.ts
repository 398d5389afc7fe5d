import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { gatherPlatform } from '../../src/gather/platform.ts';
import { exec } from '../../src/edges/exec.ts';
import { copyPlatform, temporary } from '../support/sample.ts';

let folder: Awaited<ReturnType<typeof temporary>>;
beforeAll(async () => {
  folder = await temporary();
});
afterAll(() => folder.remove());

test('what nobody reads is found beside and among the files of the platform, and links beside them are passed over', async () => {
  const root = folder.path;
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
