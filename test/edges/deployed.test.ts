import { mkdir, rm, writeFile } from 'node:fs/promises';
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
const release = (unit: object): object => ({
  v: 1,
  unit,
  namespace: 'n',
  charts: [{ name: 'c', version: '1', digest: 'c1' }],
  values: {},
  images: [{ name: 'i', reference: 'r' }],
  secrets: ['s'],
});
const record = (unit: object, digest: string): object => ({ digest, release: release(unit) });
const status = { at: '2026-11-24T12:00:00Z', commit: 'c' };

async function fill(): Promise<void> {
  await put('alps/release.json', record(hub, 'd1'));
  await put('alps/status.json', status);
  await put('alps/manifests.yaml', 'kind: A\n');
  await put('clusters/main/release.json', record(cluster, 'd2'));
  await put('clusters/main/manifests.yaml', 'kind: B\n');
  await put('empty/values.json', {});
  await put('.hidden/release.json', 'not ours');
  await put('bern.new-7/release.json', '{"half');
  await put('clusters/other.new-7/release.json', '{"half');
  await put('README.md', 'words');
  await put('alps/deeper/release.json', 'not ours');
}

async function expectFilled(found: Deployed): Promise<void> {
  expect(found.releases).toEqual([
    {
      unit: hub,
      digest: 'd1',
      release: release(hub),
      status,
    },
    { unit: cluster, digest: 'd2', release: release(cluster), status: undefined },
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

  test('is nothing where only a folder without clusters is there, or what git keeps', async () => {
    await mkdir(join(folder.path, 'clusters'));
    await put('.git/HEAD', '');
    expect((await deployedInFolder(folder.path)).releases).toEqual([]);
  });

  test.each(['README.md', 'alps/values.json', 'clusters/main/manifests.yaml', 'x/y/release.json'])(
    'is a mistake where the folder holds only %s',
    async (path) => {
      await put(path, '{}');
      expect(await failureOf(deployedInFolder(folder.path))).toMatchObject({
        message: `${folder.path} holds no record of a release`,
        hint: 'name a folder that `render` wrote; an empty one means that nothing is deployed yet',
        exit: 2,
      });
    },
  );

  test('is a mistake where there is no folder', async () => {
    expect(await failureOf(deployedInFolder(join(folder.path, 'no')))).toMatchObject({
      message: `${folder.path}/no cannot be read`,
      hint: 'name a folder that `render` wrote, or leave --present out',
      exit: 2,
      cause: { code: 'ENOENT' },
    });
  });

  const DAMAGED = (field: string): string => `its field ${field} is missing or is something else`;
  const changed = (more: object): string =>
    JSON.stringify({ digest: 'd', release: { ...release(hub), ...more } });
  test.each<[string, string, string]>([
    ['is no JSON', '{', 'it is no JSON object'],
    ['is no object', '[]', 'it is no JSON object'],
    ['has no release', '{"digest": "d"}', DAMAGED('/release')],
    ['has a release that is none', '{"digest": "d", "release": []}', DAMAGED('/release')],
    ['has no digest', JSON.stringify({ release: release(hub) }), DAMAGED('/digest')],
    ['has no version', changed({ v: undefined }), DAMAGED('/release/v')],
    ['has no unit', changed({ unit: undefined }), DAMAGED('/release/unit')],
    ['is of another kind', changed({ unit: { ...hub, kind: 'x' } }), DAMAGED('/release/unit/kind')],
    ['has charts without names', changed({ charts: [{}] }), DAMAGED('/release/charts/0/name')],
    [
      'has images without references',
      changed({ images: [{ name: 'i' }] }),
      DAMAGED('/release/images/0/reference'),
    ],
    ['has secrets that are no names', changed({ secrets: [1] }), DAMAGED('/release/secrets/0')],
    [
      'is of another hub',
      changed({ unit: { ...hub, name: 'andes' } }),
      'it is the record of something else',
    ],
    [
      'is of the cluster of that name',
      changed({ unit: { ...cluster, name: 'alps' } }),
      'it is the record of something else',
    ],
  ])('is one unit’s matter where its record %s', async (_what, text, why) => {
    await fill();
    await put('alps/release.json', text);
    const found = await deployedInFolder(folder.path);
    expect(found.releases.map(({ unit }) => unit)).toEqual([cluster]);
    expect(found.unreadable).toEqual([
      {
        unit: { ...hub, cluster: '' },
        why:
          `alps/release.json of the deployed record cannot be read: ${why}; restore it from the ` +
          'history of the branch `deployed`, or run `glaciocloud deploy alps --again`',
      },
    ]);
  });

  test('is one unit’s matter where its record is missing and its objects are there', async () => {
    await fill();
    await rm(join(folder.path, 'alps/release.json'));
    const found = await deployedInFolder(folder.path);
    expect(found.releases.map(({ unit }) => unit)).toEqual([cluster]);
    expect(found.unreadable).toEqual([
      {
        unit: { ...hub, cluster: '' },
        why: expect.stringMatching(/^alps\/release\.json of .* cannot be read: it is missing; /u),
      },
    ]);
  });

  test('is a cluster’s own matter in the same way, and a newer format has another cure', async () => {
    await fill();
    await put('clusters/main/release.json', { digest: 'd', release: { v: 2, unit: cluster } });
    const found = await deployedInFolder(folder.path);
    expect(found.releases.map(({ unit }) => unit)).toEqual([hub]);
    expect(found.unreadable).toEqual([
      {
        unit: cluster,
        why:
          'clusters/main/release.json of the deployed record cannot be read: it is of format 2, ' +
          'which this version of glaciocloud does not know; use the version that deployed last',
      },
    ]);
  });

  test('of a cluster that is damaged is restored, because only it says which cluster it is', async () => {
    await fill();
    await put('clusters/main/release.json', '{');
    const { unreadable } = await deployedInFolder(folder.path);
    expect(unreadable.map(({ why }) => why)).toEqual([
      'clusters/main/release.json of the deployed record cannot be read: it is no JSON object; ' +
        'restore it from the history of the branch `deployed`',
    ]);
  });

  test.each(['{', '{"commit": "c"}', '{"at": "x", "commit": "c", "identity": 1}'])(
    'is not known where a status is %s, because waves wait for the time in it',
    async (text) => {
      await fill();
      await put('alps/status.json', text);
      const { unreadable } = await deployedInFolder(folder.path);
      expect(unreadable.map(({ why }) => why)).toEqual([
        expect.stringMatching(/^alps\/status\.json of the deployed record cannot be read: /u),
      ]);
    },
  );
});

describe('what is deployed, from the branch', () => {
  test('is nothing where there is no such branch, and it is said where that was asked', async () => {
    await git(folder.path, 'init', '-q');
    const found = await deployedOnBranch(folder.path);
    expect([found.releases, found.looked, await found.manifests(hub)]).toEqual([
      [],
      'no branch `deployed` in this clone',
      '',
    ]);
  });

  test('cannot be said where there is no repository', async () => {
    expect(await failureOf(deployedOnBranch(folder.path))).toMatchObject({ exit: 1 });
  });

  test('cannot be said where the branch holds something else', async () => {
    await git(folder.path, 'init', '-q', '-b', 'deployed');
    await put('platform.yaml', 'glaciocloud: 1\n');
    await commitAll(folder.path, 'main');
    expect(await failureOf(deployedOnBranch(folder.path))).toMatchObject({
      message: 'the branch `deployed` holds no record of a release',
      exit: 1,
    });
  });

  test('is one unit’s matter where its record is lost on the branch', async () => {
    await git(folder.path, 'init', '-q', '-b', 'deployed');
    await fill();
    await rm(join(folder.path, 'alps/release.json'));
    await commitAll(folder.path, 'deployed');
    const found = await deployedOnBranch(folder.path);
    expect(found.releases.map(({ unit }) => unit)).toEqual([cluster]);
    expect(found.unreadable.map(({ unit }) => unit.name)).toEqual(['alps']);
  });

  test('is each hub and each cluster with a record, whatever is checked out', async () => {
    await git(folder.path, 'init', '-q', '-b', 'deployed');
    await fill();
    await commitAll(folder.path, 'deployed');
    await git(folder.path, 'checkout', '-q', '--orphan', 'main');
    await git(folder.path, 'rm', '-rqf', '.');
    await expectFilled(await deployedOnBranch(folder.path));
    // A platform may lie in a folder of its repository.
    await put('hubs/platform.yaml', 'words');
    await expectFilled(await deployedOnBranch(join(folder.path, 'hubs')));
  });
});
