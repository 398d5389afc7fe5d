import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { up } from './lab.ts';

/*
 * npm run test:lab [-- --all] [FILE…]
 * Brings the lab up and runs its tests. --all kills deployments at every outside call instead of at some, and waits for what takes long.
 */
await up();
const args = process.argv.slice(2);
const files = args.filter((arg) => arg !== '--all');
const root = join(import.meta.dirname, '../..');
const jest = spawn(process.execPath, ['--experimental-vm-modules', '--no-warnings=ExperimentalWarning', 'node_modules/jest/bin/jest.js', '--config', 'jest.lab.config.js', ...files], {
  cwd: root, stdio: 'inherit', env: { ...process.env, ...(args.includes('--all') ? { GLACIOCLOUD_LAB_ALL: '1' } : {}) },
});
jest.on('close', (code) => (process.exitCode = code ?? 1));
