import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Failure } from '../../src/failure.ts';
import { cachedCharts, gatherCharts } from '../../src/gather/charts.ts';
import { gatherPlatform } from '../../src/gather/platform.ts';
import { gatherTool } from '../../src/gather/tool.ts';
import { DOUBLE, edit, temporary } from '../support/sample.ts';

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
