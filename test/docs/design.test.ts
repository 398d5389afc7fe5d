import { cp, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bundle } from '../../scripts/build.ts';
import { exec } from '../../src/edges/exec.ts';
import type { ExecResult } from '../../src/edges/exec.ts';
import { unpackedTool } from '../../src/edges/tools.ts';
import { DOUBLE, ROOT, copyPlatform, edit, git, temporary } from '../support/sample.ts';

/** What `docs/design.md` says under a heading. */
async function section(heading: string): Promise<string> {
  const text = await readFile(join(ROOT, 'docs/design.md'), 'utf8');
  const part = text.split(`### ${heading}\n`)[1];
  if (part === undefined) throw new Error(`docs/design.md has no "${heading}"`);
  return part.split(/^##/mu)[0] ?? '';
}

let folder: Awaited<ReturnType<typeof temporary>>;
beforeAll(async () => {
  folder = await temporary();
});
afterAll(() => folder.remove());

/** The tool with the changes that the page shows under a heading, and a platform beside it. */
async function applied(heading: string, changes: number): Promise<Run> {
  const [tool, hubs] = ['tool', 'hubs'].map((name) =>
    join(folder.path, heading.replaceAll(' ', '-'), name),
  ) as [string, string];
  await mkdir(tool, { recursive: true });
  for (const name of ['src', 'schemas', 'charts'])
    await cp(join(ROOT, name), join(tool, name), { recursive: true });
  await git(tool, 'init', '-q');
  const diffs = [...(await section(heading)).matchAll(/```diff\n([\s\S]*?)```/gu)];
  expect(diffs).toHaveLength(changes);
  for (const [, diff = ''] of diffs) {
    const { code, stderr } = await exec('git', ['-C', tool, 'apply', '-C1', '-'], { input: diff });
    expect([stderr, code]).toEqual(['', 0]);
  }
  await bundle(tool, tool);
  await copyPlatform(hubs);
  const env = { GLACIOCLOUD_HELM: unpackedTool('helm') };
  return {
    hubs,
    run: (...args) => exec(process.execPath, [join(tool, 'cli.js'), ...args], { env, cwd: hubs }),
  };
}

interface Run {
  hubs: string;
  run: (...args: string[]) => Promise<ExecResult>;
}

test('the example "add a field": it decides a value, and without it nothing changes', async () => {
  const { hubs, run } = await applied('Add a field', 3);
  const limit = async (out: string): Promise<unknown> => {
    const { stderr, code } = await run('render', 'hub', '--charts-from', DOUBLE, '--out', out);
    expect([stderr, code]).toEqual(['', 0]);
    const values = JSON.parse(await readFile(join(out, 'hub/values.json'), 'utf8')) as {
      jupyterhub: { hub: { concurrentSpawnLimit: unknown } };
    };
    return values.jupyterhub.hub.concurrentSpawnLimit;
  };
  expect(await limit(join(folder.path, 'before'))).toBe(64);
  const hub = 'environments/hub.yaml';
  await edit(hubs, hub, '{maxServers: 20}', '{maxServers: 20, startsAtOnce: 5}');
  expect(await limit(join(folder.path, 'after'))).toBe(5);
  await edit(hubs, hub, 'startsAtOnce: 5', 'startsAtOnce: 0');
  const { stdout, code } = await run('check');
  expect(code).toBe(2);
  expect(stdout).toMatch(
    /^environments\/hub\.yaml:\d+:\d+ +schema +0 must be >= 1; it is: Servers that start/mu,
  );
}, 90_000);

test('the example "add a rule": it finds its mistake, and is explained', async () => {
  const { hubs, run } = await applied('Add a rule', 2);
  const hub = 'environments/hub.yaml';
  const said = async (): Promise<string> => (await run('check')).stdout;
  await edit(hubs, hub, '{maxServers: 20}', '{maxServers: 20, placeholders: 20}');
  expect(await said()).not.toContain('idle-seats');
  await edit(hubs, hub, 'placeholders: 20', 'placeholders: 21');
  expect(await said()).toMatch(
    /^environments\/hub\.yaml:\d+:\d+ +warning idle-seats +21 seats wait for 20 servers; write at most 20/mu,
  );
  expect((await run('explain', 'idle-seats')).stdout).toContain('a machine for nothing');
}, 90_000);

test('the example "add a family" names what is there', async () => {
  const named = [...(await section('Add a family')).matchAll(/`((?:test|src)\/[^`]+)`/gu)];
  expect(named.map(([, path]) => path)).toContain('test/core/plan/toy-family.ts');
  for (const [, path = ''] of named) await readFile(join(ROOT, path), 'utf8').catch(onlyFolder);
});

/** Folders are named too. */
function onlyFolder(error: NodeJS.ErrnoException): void {
  expect(error.code).toBe('EISDIR');
}
