import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { up } from './docker.ts';
import type { DockerPlace } from './docker.ts';

/*
 * npm run test:images [-- --all] [ARGUMENT OF JEST…]
 * Starts a Docker of its own and runs the tests that build images with it. --all kills builds at every outside call
 * instead of at two. Exit code 75 where Docker, the registry or the
 * base image cannot be had: nothing was tested then.
 * GLACIOCLOUD_SAMPLE_DATA=DIR: archives of OGGM's and salem's sample data; with them one glacier runs in an image.
 */
const say = (text: string): boolean => process.stderr.write(`${text}\n`);

async function place(): Promise<DockerPlace> {
  try {
    return await up();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    say(`\nNOTHING WAS TESTED: images cannot be built here: ${why}`);
    process.exit(75);
  }
}

const args = process.argv.slice(2);
const { env, registry, down } = await place();
if ((process.env['GLACIOCLOUD_SAMPLE_DATA'] ?? '') === '')
  say('\nNO SAMPLE DATA: no glacier is run; GLACIOCLOUD_SAMPLE_DATA=DIR names its archives.\n');
const child = spawn(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--no-warnings=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    '--config',
    'jest.images.config.js',
    ...args.filter((arg) => arg !== '--all'),
  ],
  {
    cwd: join(import.meta.dirname, '../..'),
    stdio: 'inherit',
    env: {
      ...process.env,
      ...env,
      GLACIOCLOUD_TEST_REGISTRY: registry,
      ...(args.includes('--all') ? { GLACIOCLOUD_IMAGES_ALL: '1' } : {}),
    },
  },
);
const code = await new Promise<number>((resolve) => {
  child.on('close', (ended) => resolve(ended ?? 1));
});
await down();
process.exitCode = code;
