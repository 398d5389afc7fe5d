import { writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { readRefusals } from '../core/refusals/read.ts';
import { refusalsText } from '../core/refusals/refusal.ts';
import { ImageFailure } from '../failure.ts';
import { exec } from './exec.ts';
import type { ExecOptions, ExecResult } from './exec.ts';
import { withTemporaryFolder } from './files.ts';
import { findTool } from './tools.ts';

/** How Docker is found is a matter of whoever runs us. */
const PASSED = [
  'DOCKER_HOST',
  'DOCKER_CONFIG',
  'DOCKER_CONTEXT',
  'DOCKER_TLS_VERIFY',
  'DOCKER_CERT_PATH',
  'XDG_RUNTIME_DIR',
];

/** Path of Docker's command. */
function dockerProgram(): string {
  const program = findTool('docker');
  if (program === undefined)
    throw new ImageFailure('images are built with Docker, and there is no docker here', {
      hint: 'install Docker 26 or newer with Buildx, or name the program in GLACIOCLOUD_DOCKER',
    });
  return program;
}

/** Variables for Docker itself and for programs that start it by its name. */
export function dockerEnvironment(): Record<string, string> {
  const passed = PASSED.flatMap((name): [string, string][] => {
    const value = process.env[name] ?? '';
    return value === '' ? [] : [[name, value]];
  });
  const path = `${dirname(dockerProgram())}:${process.env['PATH'] ?? ''}`;
  return { PATH: path, ...Object.fromEntries(passed) };
}

/** Runs Docker's command; any exit code is an answer. */
export function docker(
  args: readonly string[],
  options: Pick<ExecOptions, 'input' | 'timeoutMs'> = {},
): Promise<ExecResult> {
  return exec(dockerProgram(), args, { ...options, env: dockerEnvironment() });
}

/** The same, as somebody who is logged in nowhere. */
export function dockerAsAnybody(
  args: readonly string[],
  options: Pick<ExecOptions, 'timeoutMs'>,
): Promise<ExecResult> {
  return withTemporaryFolder(async (folder) => {
    const own = process.env['DOCKER_CONFIG'] ?? join(homedir(), '.docker');
    const path = dirname(dockerProgram());
    // Where Buildx may be, if it was not installed for everybody.
    const plugins = [join(own, 'cli-plugins'), join(path, '../libexec/docker/cli-plugins')];
    const config = { cliPluginsExtraDirs: plugins };
    await writeFile(join(folder, 'config.json'), JSON.stringify(config));
    const env: Record<string, string> = { ...dockerEnvironment(), DOCKER_CONFIG: folder };
    delete env['DOCKER_CONTEXT'];
    return exec(dockerProgram(), args, { ...options, env });
  });
}

/** Runs Docker's command, where only success is an answer. `doing` completes "Docker cannot …". */
export async function dockerMust(
  doing: string,
  args: readonly string[],
  options: Pick<ExecOptions, 'timeoutMs'> = {},
): Promise<string> {
  const { code, stdout, stderr } = await docker(args, options);
  if (code !== 0) throw dockerFailure(doing, stderr || stdout);
  return stdout.trim();
}

export function dockerFailure(doing: string, said: string): ImageFailure {
  const lines = said.trim().split('\n').slice(-3).join('\n');
  // What an address asks for is long, may be a key, and would hide why it failed.
  const all = readRefusals('Docker', lines.replace(/\?[^\s"]+/gu, ''));
  const [{ cure }] = all;
  return new ImageFailure(`Docker cannot ${doing}: ${refusalsText(all)}`, {
    hint: cure === '' ? 'look at Docker’s log, and run it again' : cure,
  });
}
