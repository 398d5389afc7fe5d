import { cp, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { clusterRelease } from '../../src/core/cluster/release.ts';
import { clusterObjects } from '../../src/core/cluster/objects.ts';
import { wantedReleases } from '../../src/core/hub/release.ts';
import { manifestText } from '../../src/core/manifests.ts';
import { Failure } from '../../src/failure.ts';
import {
  inRecord,
  keepRecord,
  publicRecord,
  publicReleases,
  recordFiles,
  releaseFiles,
} from '../../src/flow/record.ts';
import { gatherCharts } from '../../src/gather/charts.ts';
import { gatherPlatform } from '../../src/gather/platform.ts';
import { DOUBLE, commitAll, git, temporary } from '../support/sample.ts';
import { hubUnit, wantedHub } from '../support/shown.ts';

let folder: Awaited<ReturnType<typeof temporary>>;
beforeAll(async () => {
  folder = await temporary();
});
afterAll(() => folder.remove());

/** A double of GitHub: remembers what it is asked to commit. */
function github(fail?: Error) {
  const commits: unknown[][] = [];
  return {
    commits,
    commitFiles: (...given: unknown[]): Promise<void> => {
      commits.push(given);
      return fail ? Promise.reject(fail) : Promise.resolve();
    },
  };
}

/** A double of the log. */
function log() {
  const lines: string[] = [];
  return { lines, progress: (text: string) => void lines.push(text) };
}

const wanted = wantedHub('h', 'digest', {
  ...wantedHub('h', '').release,
  values: { b: 1, a: 2 },
});

describe('the files of a release', () => {
  test('are values, manifests and the release with its digest', () => {
    const files = releaseFiles(wanted, 'kind: A\n');
    expect([...files.keys()]).toEqual(['values.json', 'manifests.yaml', 'release.json']);
    expect(files.get('values.json')).toBe('{\n  "a": 2,\n  "b": 1\n}\n');
    expect(files.get('manifests.yaml')).toBe('kind: A\n');
    expect(JSON.parse(files.get('release.json') ?? '')).toEqual({
      digest: 'digest',
      release: wanted.release,
    });
  });

  test('with when they were deployed, on the record', () => {
    const files = recordFiles(wanted, '', { at: 't', commit: 'c', identity: 'i' });
    expect([...files.keys()]).toEqual([
      'values.json',
      'manifests.yaml',
      'release.json',
      'status.json',
    ]);
    expect(JSON.parse(files.get('status.json') ?? '')).toEqual({
      at: 't',
      commit: 'c',
      identity: 'i',
    });
  });

  test('stand on the branch below the name of their unit', () => {
    const files = new Map([['a.json', 'text']]);
    expect([...inRecord(hubUnit('h'), files)]).toEqual([['h/a.json', 'text']]);
    const cluster = { kind: 'cluster', cluster: 'c', name: 'c' } as const;
    expect([...inRecord(cluster, files)]).toEqual([['clusters/c/a.json', 'text']]);
  });
});

describe('what runs is read', () => {
  test('from the folder that is named; one that does not exist yet is empty', async () => {
    const record = join(folder.path, 'named');
    const places = { record, root: '/nonexistent' };
    expect(await publicReleases(places)).toEqual({ releases: [], unreadable: [] });
    await keepRecord({ record, actions: undefined }, keptFiles(), log());
    expect(
      (await publicReleases(places)).releases.map(({ unit, digest }) => [unit.name, digest]),
    ).toEqual([['h', 'digest']]);
  });

  test('from the branch `deployed` where none is', async () => {
    const root = join(folder.path, 'repository');
    await keepRecord({ record: root, actions: undefined }, keptFiles(), log());
    await git(root, 'init', '-qb', 'deployed');
    await commitAll(root, 'deployed');
    const found = await publicReleases({ record: undefined, root });
    expect(found.releases.map(({ unit }) => unit.name)).toEqual(['h']);
  });
});

function keptFiles(): Parameters<typeof keepRecord>[1] {
  return {
    unit: wanted.unit,
    files: recordFiles(wanted, 'kind: A\n', { at: 't', commit: 'c' }),
    message: 'the message',
  };
}

describe('what runs is kept', () => {
  test('in the folder and on the branch', async () => {
    const record = join(folder.path, 'both');
    const actions = { github: github() };
    const kept = keptFiles();
    expect(await keepRecord({ record, actions }, kept, log())).toBeUndefined();
    expect((await readdir(join(record, 'h'))).sort()).toEqual(
      ['.glaciocloud', ...kept.files.keys()].sort(),
    );
    expect(await readFile(join(record, 'h/manifests.yaml'), 'utf8')).toBe('kind: A\n');
    expect(actions.github.commits).toEqual([
      ['deployed', inRecord(kept.unit, kept.files), 'the message'],
    ]);
  });

  test('nowhere, where nothing is named', async () => {
    const said = log();
    await keepRecord({ record: undefined, actions: undefined }, keptFiles(), said);
    expect(said.lines).toEqual([]);
  });

  test('next time, where GitHub fails; a mistake of ours is not hidden', async () => {
    const said = log();
    const broken = github(new Failure('it is down', { hint: '' }));
    const refusal = await keepRecord(
      { record: undefined, actions: { github: broken } },
      keptFiles(),
      said,
    );
    expect(refusal).toBe('it is down');
    expect(said.lines).toEqual(['record: it is down']);
    const wrong = { github: github(new TypeError('ours')) };
    await expect(
      keepRecord({ record: undefined, actions: wrong }, keptFiles(), said),
    ).rejects.toThrow('ours');
  });
});

test('the record of a cluster holds the objects that its hubs share', async () => {
  const to = clusterRelease('c');
  const frame = { at: 't', commit: 'c', identity: 'i' };
  // A double: nothing of a cluster is rendered by Helm.
  const nothing = { platform: {}, charts: {}, report: log() } as never as Parameters<
    typeof publicRecord
  >[1];
  const files = await publicRecord(to, { ...nothing, ...frame });
  expect(files).toEqual(recordFiles(to, manifestText(clusterObjects()), frame));
});

test('a hub that cannot be rendered has no record, and that is said', async () => {
  const root = join(folder.path, 'platform');
  await cp(join(import.meta.dirname, '../core/rules/_base'), root, { recursive: true });
  const chartsFrom = join(folder.path, 'charts');
  await cp(DOUBLE, chartsFrom, { recursive: true });
  const said = log();
  const { platform } = await gatherPlatform(root);
  const charts = await gatherCharts(platform!, { root, chartsFrom, report: said });
  const to = wantedReleases(platform!, charts).find(({ unit }) => unit.kind === 'hub');
  const frame = { platform: platform!, charts, report: said as never, at: 't', commit: 'c' };
  const files = await publicRecord(to!, frame);
  expect(files.get('manifests.yaml')).toContain('kind: Deployment');
  expect(files.get('status.json')).toBe('{\n  "at": "t",\n  "commit": "c"\n}\n');
  expect(said.lines).toEqual([]);

  await writeFile(join(chartsFrom, 'jupyterhub/templates/fail.yaml'), '{{ fail "not today" }}\n');
  const broken = await gatherCharts(platform!, { root, chartsFrom, report: said });
  await expect(publicRecord(to!, { ...frame, charts: broken })).rejects.toThrow('not today');
  expect(said.lines).toEqual([expect.stringMatching(/^hub: [\s\S]*not today/u)]);
});
