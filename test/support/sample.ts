import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { exec } from '../../src/edges/exec.ts';

/** Root of this repository. */
export const ROOT = resolve(import.meta.dirname, '../..');
export const BUNDLE = join(ROOT, 'dist/index.js');
export const CLI = join(ROOT, 'dist/cli.js');
/** Our small chart: a test double of Zero to JupyterHub. */
export const DOUBLE = join(ROOT, 'test/lab/charts');

const PLATFORM = ['platform.yaml', 'clusters', 'environments', 'images', 'data'];
const AUTHOR = {
  GIT_AUTHOR_NAME: 'demo',
  GIT_AUTHOR_EMAIL: 'demo@example.org',
  GIT_COMMITTER_NAME: 'demo',
  GIT_COMMITTER_EMAIL: 'demo@example.org',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
};

export async function temporary(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'glaciocloud-test-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

export async function copyPlatform(to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of PLATFORM) await cp(join(ROOT, name), join(to, name), { recursive: true });
}

export async function git(folder: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await exec('git', ['-C', folder, ...args], { env: AUTHOR });
  if (code !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout.trim();
}

export async function commitAll(folder: string, message: string): Promise<string> {
  await git(folder, 'add', '-A');
  await git(folder, 'commit', '-qm', message);
  return git(folder, 'rev-parse', 'HEAD');
}

/** Replaces exactly one occurrence; a change that changes nothing is a mistake in the test. */
export async function edit(folder: string, file: string, from: string, to: string): Promise<void> {
  const path = join(folder, file);
  const text = await readFile(path, 'utf8');
  if (text.split(from).length !== 2)
    throw new Error(`${file} does not hold "${from}" exactly once`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text.replace(from, to));
}
