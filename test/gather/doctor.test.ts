import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { gatherDoctorFiles } from '../../src/gather/doctor.ts';
import { ROOT, git, temporary } from '../support/sample.ts';

let folder: Awaited<ReturnType<typeof temporary>>;
beforeEach(async () => {
  folder = await temporary();
});
afterEach(() => folder.remove());
const put = async (path: string, text: string): Promise<void> => {
  const full = join(folder.path, path);
  await mkdir(dirname(full), { recursive: true });
  await writeFile(full, text);
};
const platform = () => join(folder.path, 'platform');

test('files beside the platform, and workflows at the top of the repository', async () => {
  await git(folder.path, 'init', '-q');
  await put('platform/platform.yaml', 'no matter');
  await put('platform/.github/workflows/other.yml', 'not here');
  await put('platform/secrets/one.sops.yaml', 'encrypted');
  await put('platform/secrets/README.md', 'words');
  await put('.sops.yaml', 'above');
  await put('.github/workflows/plan.yml', 'plan');
  await put('.github/workflows/more.yaml', 'more');
  await put('.github/workflows/words.md', 'words');
  await put('.github/workflows/deep/plan.yml', 'deep');
  await put('tool/.github/workflows/plan.yml', 'of the tool');
  expect(await gatherDoctorFiles(platform(), join(folder.path, 'tool'))).toEqual({
    workflows: {
      here: new Map([
        ['.github/workflows/more.yaml', 'more'],
        ['.github/workflows/plan.yml', 'plan'],
      ]),
      tool: new Map([['.github/workflows/plan.yml', 'of the tool']]),
    },
    sops: 'above',
    secrets: new Map([['one', 'encrypted']]),
  });
  await put('platform/.sops.yaml', 'beside');
  expect(await gatherDoctorFiles(platform(), folder.path)).toMatchObject({ sops: 'beside' });
});

test('where there is nothing, and links are not followed', async () => {
  await put('elsewhere', 'text');
  await mkdir(join(platform(), 'secrets'), { recursive: true });
  await symlink(join(folder.path, 'elsewhere'), join(platform(), 'secrets/one.sops.yaml'));
  await symlink(join(folder.path, 'elsewhere'), join(platform(), '.sops.yaml'));
  expect(await gatherDoctorFiles(platform(), platform())).toEqual({
    workflows: { here: new Map(), tool: new Map() },
    sops: undefined,
    secrets: new Map([['one', '']]),
  });
});

test('the tool is this one', async () => {
  const { workflows } = await gatherDoctorFiles(folder.path);
  const { workflows: own } = await gatherDoctorFiles(ROOT);
  expect(workflows.here.size).toBe(0);
  expect(workflows.tool.has('.github/workflows/plan.yml')).toBe(true);
  expect(workflows.tool).toEqual(own.here);
});
