import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Failure } from '../../src/failure.ts';
import { cachedCharts, gatherCharts } from '../../src/gather/charts.ts';
import type { Kind, Platform } from '../../src/core/model/types.ts';
import {
  gatherPlatform,
  gatherWithPeople,
  mainPlatform,
  peopleFolder,
} from '../../src/gather/platform.ts';
import { gatherTool } from '../../src/gather/tool.ts';
import { DOUBLE, commitAll, edit, git, temporary } from '../support/sample.ts';

const report = { progress: () => undefined };
let folder: Awaited<ReturnType<typeof temporary>>;
let root: string;

beforeAll(async () => {
  folder = await temporary();
  root = join(folder.path, 'platform');
  await cp(join(import.meta.dirname, '../core/rules/_base'), root, { recursive: true });
});
afterAll(() => folder.remove());

describe('a platform is gathered', () => {
  test('from its own folders, and from no others', async () => {
    await mkdir(join(root, 'notes'));
    await writeFile(join(root, 'notes/environment.yaml'), 'title: [');
    const { platform, findings, sources } = await gatherPlatform(root);
    expect([...sources.keys()].sort()).toEqual([
      'clusters/main.yaml',
      'environments/hub.yaml',
      'images/science/image.yaml',
      'platform.yaml',
    ]);
    expect([...(platform?.environments.keys() ?? [])]).toEqual(['hub']);
    expect(findings).toEqual([]);
  });

  test('with findings where a file is wrong', async () => {
    const broken = join(folder.path, 'broken');
    await cp(root, broken, { recursive: true });
    await edit(broken, 'environments/hub.yaml', 'title: Hub', 'titel: Hub');
    const { findings } = await gatherPlatform(broken);
    expect(findings.map(({ at }) => `${at.file}:${at.line}`)).toContain('environments/hub.yaml:1');
  });
});

const FILES = {
  'members/7.yaml': 'id: 7\ntier: researcher\nuntil: 2027-02-28\n',
  'cohorts/class.yaml':
    'title: Class\nleads: [7]\ntier: researcher\nfrom: 2027-02-01\nuntil: 2027-02-05\ncapacity: 2\nmembers: [8]\n',
  'approvers.yaml': 'approvers: [{id: 7}]\n',
  'removals.yaml': 'protected: [7]\n',
};
const written = async (name: string, settings: string): Promise<string> => {
  const here = join(folder.path, name);
  await cp(root, here, { recursive: true });
  for (const place of ['members', 'cohorts'])
    await mkdir(join(here, 'access', place), { recursive: true });
  for (const [path, text] of Object.entries({ ...FILES, 'README.md': 'Who may enter\n' }))
    await writeFile(join(here, 'access', path), text);
  await edit(here, 'platform.yaml', 'tiers: {}', `tiers: {researcher: {until: 180d}}${settings}`);
  return here;
};
const counted = ({ members, cohorts, approvers, accessRemovals, names }: Platform) => ({
  people: members.size + cohorts.size,
  hasApprovers: approvers !== undefined,
  hasRemovals: accessRemovals !== undefined,
  named: ['member', 'cohort', 'approvers', 'access-removals'].filter((kind) =>
    names.has(kind as Kind),
  ).length,
  hubs: names.get('environment')?.size,
});

describe('people’s files beside a platform', () => {
  test('count where no other repository is named', async () => {
    const { platform, findings } = await gatherPlatform(await written('people-here', ''));
    expect(findings).toEqual([]);
    expect(counted(platform!)).toEqual({
      people: 2,
      hasApprovers: true,
      hasRemovals: true,
      named: 4,
      hubs: 1,
    });
  });

  const ELSEWHERE = '\naccess: {repository: example/access}';
  const NOBODY = { people: 0, hasApprovers: false, hasRemovals: false, named: 0, hubs: 1 };

  test('count for nothing where one is, and each is named with what to do', async () => {
    const { platform, findings } = await gatherPlatform(await written('people-there', ELSEWHERE));
    expect(findings).toEqual(
      Object.keys(FILES)
        .sort()
        .map((path) => ({
          rule: 'unread-file',
          severity: 'warning',
          at: { file: `access/${path}`, line: 1, column: 1 },
          message: 'nobody reads this file: people’s files are in example/access',
          hint: 'move it there, or take `access:` out of platform.yaml',
        })),
    );
    expect(counted(platform!)).toEqual(NOBODY);
  });

  test('count for nothing on the default branch either', async () => {
    const here = await written('people-on-main', ELSEWHERE);
    await git(here, 'init', '-q', '-b', 'main');
    await commitAll(here, 'all');
    await git(folder.path, 'clone', '-q', here, 'people-clone');
    const platform = await mainPlatform(join(folder.path, 'people-clone'), undefined);
    expect(counted(platform!)).toEqual(NOBODY);
  });

  test('are those of the checkout where that is given', async () => {
    const here = await written('people-given', ELSEWHERE);
    const people = join(folder.path, 'checkout');
    await mkdir(join(people, 'members'), { recursive: true });
    await writeFile(join(people, 'members/8.yaml'), FILES['members/7.yaml'].replace('7', '8'));
    const { platform, findings } = await gatherWithPeople(here, people);
    expect([[...platform!.members.keys()], findings]).toEqual([['8'], []]);
  });
});

describe('people’s files in a repository of their own', () => {
  const repository = async (name: string, paths: string[]): Promise<string> => {
    const people = join(folder.path, name);
    for (const path of paths) {
      await mkdir(dirname(join(people, path)), { recursive: true });
      await writeFile(join(people, path), '');
    }
    return people;
  };

  test.each<[string, string[], string]>([
    ['at the top', ['members/7.yaml', 'README.md'], ''],
    ['in a folder', ['access/members/7.yaml', 'README.md'], 'access/'],
    ['at the top, with a folder that holds none', ['approvers.yaml', 'access/README.md'], ''],
    ['nowhere yet, with a folder for them', ['access/README.md'], 'access/'],
    ['nowhere yet', ['README.md'], ''],
  ])('lie %s', async (name, paths, below) => {
    expect(await peopleFolder(await repository(name, paths))).toBe(below);
  });

  test('lie in one place, because those of the other would be out', async () => {
    const people = await repository('twice', [
      'members/7.yaml',
      'removals.yaml',
      'README.md',
      'access/cohorts/class.yaml',
      'access/README.md',
    ]);
    await expect(gatherWithPeople(root, people)).rejects.toMatchObject({
      message: `${people} holds people’s files twice: members, removals.yaml beside the folder access/ with cohorts`,
      hint: 'keep them in one of the two places: what stands in the other would let nobody in',
    });
  });
});

describe('charts are gathered', () => {
  test('from the folder that is named, without the network', async () => {
    const { platform } = await gatherPlatform(root);
    for (const gather of [gatherCharts, cachedCharts]) {
      const charts = await gather(platform!, { root, chartsFrom: DOUBLE, report });
      expect(charts?.pins.map(({ name, double }) => [name, double])).toEqual([
        ['jupyterhub', true],
        ['oggm-hub', false],
      ]);
    }
  });

  test('or are not at hand', async () => {
    const { platform } = await gatherPlatform(root);
    const nowhere = 'https://127.0.0.1:1/';
    const settings = platform!.settings;
    const jupyterhub = { ...settings.data.charts.jupyterhub, repository: nowhere };
    // A double: no file may name this machine.
    const unreachable = {
      ...platform!,
      settings: { ...settings, data: { ...settings.data, charts: { jupyterhub } } },
    };
    expect(await cachedCharts(unreachable, { chartsFrom: undefined, report })).toBeUndefined();
    await expect(
      gatherCharts(unreachable, { root, chartsFrom: undefined, report }),
    ).rejects.toBeInstanceOf(Failure);
  });
});

describe('a copy of the tool', () => {
  test('brings a platform and workflows to begin with', async () => {
    const { settings, image, workflows } = await gatherTool();
    expect(settings.user.name).toBe('jovyan');
    expect(image.text).toContain('from:');
    expect(workflows.get('.github/workflows/deploy.yml')).toMatch(/^name: /mu);
    expect([...workflows.keys()].every((path) => path.startsWith('.github/workflows/'))).toBe(true);
  });

  test('that brings but a part of them is told', async () => {
    const whole = join(folder.path, 'tool');
    await cp(root, whole, { recursive: true });
    const image = join(whole, 'images/science/image.yaml');
    await writeFile(
      image,
      'title: Science\noggm: {version: 1.6.3}\nfrom: {image: a.example/b, tag: v1}\n',
    );
    await mkdir(join(whole, '.github/workflows'), { recursive: true });
    const workflow = join(whole, '.github/workflows/a.yml');
    await writeFile(workflow, 'name: a\n');
    expect(await gatherTool(whole)).toMatchObject({
      image: { name: 'science', text: expect.stringContaining('tag: v1') as unknown },
      workflows: new Map([['.github/workflows/a.yml', 'name: a\n']]),
    });
    for (const missing of ['platform.yaml', 'images', '.github']) {
      const part = join(folder.path, `tool-without-${missing}`);
      await cp(whole, part, { recursive: true });
      await rm(join(part, missing), { recursive: true });
      await expect(gatherTool(part)).rejects.toMatchObject({
        message: 'this copy of GlacioCloud has no platform and workflows to begin with',
        hint: 'run it from a whole checkout of its repository',
      });
    }
  });
});
