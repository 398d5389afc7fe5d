import { cp, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { exec } from '../../src/edges/exec.ts';
import { ROOT, commitAll, git, temporary } from '../support/sample.ts';

/*
 * The tool by its commit, as README, comments and `init` say it: npm takes it from a git server on this machine into an
 * empty folder, with an empty cache and without a registry. GitHub answers npm with the same files as an archive.
 */
let folder: Awaited<ReturnType<typeof temporary>>;
beforeAll(async () => {
  folder = await temporary();
});
afterAll(() => folder.remove());

test('one line in an empty folder fetches the tool at one commit, installs nothing else and runs it', async () => {
  const origin = join(folder.path, 'origin');
  const tracked = (await git(ROOT, 'ls-files')).split('\n');
  await git(folder.path, 'init', '-q', origin);
  for (const path of tracked) await cp(join(ROOT, path), join(origin, path));
  const commit = await commitAll(origin, 'a release');
  const empty = join(folder.path, 'empty');
  await mkdir(empty);
  const npx = async (...words: string[]): Promise<{ code: number | null; stdout: string }> => {
    const found = await exec('npx', ['--yes', `git+file://${origin}#${commit}`, ...words], {
      cwd: empty,
      env: {
        npm_config_cache: join(folder.path, 'npm'),
        npm_config_registry: 'http://127.0.0.1:9', // nobody answers there
        npm_config_update_notifier: 'false',
      },
    });
    if (found.code !== 0) throw new Error(found.stderr);
    return found;
  };
  const began = performance.now();
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
    version: string;
  };
  expect((await npx('--version')).stdout).toBe(`${version}\n`);
  const seconds = (performance.now() - began) / 1000;
  process.stderr.write(`  ▸ npx of a commit, nothing cached: ${seconds.toFixed(1)} s\n`);
  // What lies beside the bundle came along: workflows and files to begin with, schemas, the chart.
  const { stdout } = await npx('init', ...INIT);
  expect(stdout).toContain('✓ platform.yaml\n');
  expect(await readFile(join(empty, '.github/workflows/plan.yml'), 'utf8')).toContain(
    'repository: somebody/tool',
  );
}, 180_000);

const INIT = [
  ['--organization', 'Ice-Lab'],
  ['--url', 'https://hub.example.net'],
  ['--email', 'ice@example.net'],
  ['--action', `somebody/tool@${'0'.repeat(40)}`],
].flat();
