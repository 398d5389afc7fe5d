import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { firstImage } from '../../src/core/init/files.ts';
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
      const charts = await gather(platform!, { chartsFrom: DOUBLE, report });
      expect(charts?.pins.map(({ name, double }) => [name, double])).toEqual([
        ['jupyterhub', true],
        ['oggm-hub', false],
      ]);
    }
  });

  test('or are not at hand', async () => {
    const { platform } = await gatherPlatform(root);
    expect(await cachedCharts(platform!, { chartsFrom: undefined, report })).toBeUndefined();
  });
});

test('a copy of the tool brings a platform and workflows to begin with', async () => {
  const { settings, image, workflows } = await gatherTool();
  expect(settings.user.name).toBe('jovyan');
  expect(image.text).toContain('from:');
  expect(firstImage([])).toBeUndefined();
  expect([...workflows.keys()]).toContain('.github/workflows/deploy.yml');
  expect([...workflows.keys()].every((path) => path.startsWith('.github/workflows/'))).toBe(true);
});
