import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { up as upDocker } from '../images/docker.ts';
import { up } from './lab.ts';

/*
 * npm run test:lab [-- --all] [FILE…]
 * Brings the lab up and runs its tests. --all kills deployments at every outside call instead of at some, and waits for what takes long.
 * A file that fails is run once more, alone, and that is said: a real cluster on a busy machine is late now and then.
 * Exit code 75 where the lab does not come up. Where Docker does not, what builds images is left out, and that is said.
 */
const root = join(import.meta.dirname, '../..');
const args = process.argv.slice(2);
const say = (text: string): boolean => process.stderr.write(`${text}\n`);

/** Runs the files (all, where none is named) and gives those that failed. */
async function jest(files: readonly string[], more: readonly string[] = []): Promise<string[]> {
  const report = join(tmpdir(), `glaciocloud-lab-${process.pid}.json`);
  const child = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--no-warnings=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
      '--config',
      'jest.lab.config.js',
      '--json',
      `--outputFile=${report}`,
      ...more,
      ...files,
    ],
    {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, ...(args.includes('--all') ? { GLACIOCLOUD_LAB_ALL: '1' } : {}) },
    },
  );
  await new Promise((resolve) => child.on('close', resolve));
  const { testResults } = JSON.parse(await readFile(report, 'utf8')) as {
    testResults: { name: string; status: string }[];
  };
  await rm(report);
  return testResults.filter(({ status }) => status === 'failed').map(({ name }) => name);
}

/** What jest leaves out where no image can be built. */
async function withoutDocker(): Promise<string[]> {
  try {
    await (await upDocker()).down();
    return [];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    say(`\nNO IMAGE IS BUILT AND DEPLOYED (test/lab/image.test.ts): ${why}\n`);
    return [String.raw`--testPathIgnorePatterns=test/lab/image\.test`];
  }
}

try {
  await up();
} catch (error) {
  say(`the lab does not come up: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(75);
}
const files = args.filter((arg) => arg !== '--all');
const buildsImages = files.length === 0 || files.some((file) => file.includes('image'));
const failed = await jest(files, buildsImages ? await withoutDocker() : []);
if (failed.length > 0) {
  say(`\nFAILED: ${failed.join(', ')}. Once more, one file at a time:`);
  const again = await jest(failed, ['--runInBand']);
  say(again.length === 0 ? '\nPassed at the second try.' : `\nFAILED TWICE: ${again.join(', ')}`);
  process.exitCode = again.length === 0 ? 0 : 1;
}
