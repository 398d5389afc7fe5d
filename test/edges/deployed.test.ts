import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { deployedInFolder, deployedOnBranch } from '../../src/edges/deployed.ts';
import type { Deployed } from '../../src/edges/deployed.ts';
import { failureOf } from '../support/program.ts';
import { commitAll, git, temporary } from '../support/sample.ts';

let folder: Awaited<ReturnType<typeof temporary>>;
beforeEach(async () => {
  folder = await temporary();
});
afterEach(() => folder.remove());

const put = async (path: string, content: unknown): Promise<void> => {
  const full = join(folder.path, path);
  await mkdir(dirname(full), { recursive: true });
  await writeFile(full, typeof content === 'string' ? content : JSON.stringify(content));
};
const hub = { kind: 'hub', cluster: 'main', name: 'alps' } as const;
const cluster = { kind: 'cluster', cluster: 'main', name: 'main' } as const;
const record = (unit: object, digest: string): object => ({ digest, release: { v: 1, unit } });

async function fill(): Promise<void> {
  await put('alps/release.json', record(hub, 'd1'));
  await put('alps/status.json', { state: 'healthy' });
  await put('alps/manifests.yaml', 'kind: A\n');
  await put('clusters/main/release.json', record(cluster, 'd2'));
  await put('clusters/main/manifests.yaml', 'kind: B\n');
  await put('empty/values.json', {});
  await put('.hidden/release.json', 'not ours');
  await put('README.md', 'words');
  await put('alps/deeper/release.json', 'not ours');
}

async function expectFilled(found: Deployed): Promise<void> {
  expect(found.releases).toEqual([
    {
      unit: hub,
      digest: 'd1',
      release: { v: 1, unit: hub },
      status: { state: 'healthy' },
    },
    { unit: cluster, digest: 'd2', release: { v: 1, unit: cluster }, status: undefined },
  ]);
  expect([
    await found.manifests(hub),
    await found.manifests(cluster),
    await found.manifests({ ...hub, name: 'gone' }),
  ]).toEqual(['kind: A\n', 'kind: B\n', '']);
}

describe('what is deployed, from a folder', () => {
  test('is each hub and each cluster with a record', async () => {
    await fill();
    await expectFilled(await deployedInFolder(folder.path));
  });

  test('is nothing where the folder is empty', async () => {
    expect((await deployedInFolder(folder.path)).releases).toEqual([]);
  });

  test('is a mistake where there is no folder', async () => {
    expect(await failureOf(deployedInFolder(join(folder.path, 'no')))).toMatchObject({
      message: `${folder.path}/no cannot be read`,
      hint: 'name a folder that `render` wrote, or leave --present out',
      exit: 2,
      cause: { code: 'ENOENT' },
    });
  });

  test.each<[string, string, string]>([
    ['is no JSON', '{', ''],
    ['is no object', '[]', 'a field is missing'],
    ['has no release', '{"digest": "d"}', 'a field is missing'],
    ['has a release that is none', '{"digest": "d", "release": []}', 'a field is missing'],
    ['has no digest', '{"release": {"v": 1, "unit": {}}}', 'a field is missing'],
    ['has no unit', '{"digest": "d", "release": {"v": 1}}', 'a field is missing'],
    [
      'is of a newer format',
      '{"digest": "d", "release": {"v": 2, "unit": {}}}',
      'format 2 is not known',
    ],
    [
      'is of no format',
      '{"digest": "d", "release": {"unit": {}}}',
      'format undefined is not known',
    ],
  ])('cannot be read where a record %s', async (_what, text, why) => {
    await put('alps/release.json', text);
    expect(await failureOf(deployedInFolder(folder.path))).toMatchObject({
      message: 'alps/release.json of the deployed record cannot be read',
      hint: 'it is written by `deploy` only: restore it from the history of the branch',
      exit: 1,
      cause: { message: expect.stringContaining(why) as unknown },
    });
  });

  test('cannot be read where a status is broken', async () => {
    await put('alps/release.json', record(hub, 'd'));
    await put('alps/status.json', '{');
    expect(await failureOf(deployedInFolder(folder.path))).toMatchObject({
      message: 'alps/release.json of the deployed record cannot be read',
    });
  });
});

describe('what is deployed, from the branch', () => {
  test('is nothing where there is no such branch, or no repository', async () => {
    const found = await deployedOnBranch(folder.path);
    expect([found.releases, await found.manifests(hub)]).toEqual([[], '']);
    await git(folder.path, 'init', '-q');
    expect((await deployedOnBranch(folder.path)).releases).toEqual([]);
  });

  test('is each hub and each cluster with a record, whatever is checked out', async () => {
    await git(folder.path, 'init', '-q', '-b', 'deployed');
    await fill();
    await commitAll(folder.path, 'deployed');
    await git(folder.path, 'checkout', '-q', '--orphan', 'main');
    await git(folder.path, 'rm', '-rqf', '.');
    await expectFilled(await deployedOnBranch(folder.path));
  });
});
