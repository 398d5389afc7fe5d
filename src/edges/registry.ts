import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ImageFailure } from '../failure.ts';
import type { Registry } from '../ports/images.ts';
import { docker, dockerFailure } from './docker-program.ts';
import { findTool } from './tools.ts';

const COPY_MS = 60 * 60_000;
const ASK_MS = 60_000;
const START_TRIES = 100;

/** Buildx speaks to any registry of the OCI API, with the logins of the Docker configuration. */
async function digest(reference: string): Promise<string | undefined> {
  const format = '{{json .Manifest.Digest}}';
  const args = ['buildx', 'imagetools', 'inspect', reference, '--format', format];
  const { code, stdout, stderr } = await docker(args, { timeoutMs: ASK_MS });
  if (code === 0) return JSON.parse(stdout) as string;
  if (/: not found\s*$/u.test(stderr)) return undefined;
  throw dockerFailure(`ask for ${reference}`, stderr);
}

async function copy(from: string, to: string): Promise<void> {
  const args = ['buildx', 'imagetools', 'create', '--tag', to, from];
  const { code, stderr } = await docker(args, { timeoutMs: COPY_MS });
  if (code !== 0) throw dockerFailure(`copy ${from} to ${to}`, stderr);
}

/** The registry program of the CNCF: Debian and Ubuntu call it docker-registry. */
function registryProgram(): string {
  const program = findTool('registry') ?? findTool('docker-registry');
  if (program === undefined)
    throw new ImageFailure('images are tested from a registry on this machine, and there is none', {
      hint: 'install docker-registry (Debian, Ubuntu), or name the program in GLACIOCLOUD_REGISTRY',
    });
  return program;
}

async function throwAway(): Promise<{ address: string; stop: () => Promise<void> }> {
  const program = registryProgram();
  const folder = await mkdtemp(join(tmpdir(), 'glaciocloud-registry-'));
  const address = `127.0.0.1:${await freePort()}`;
  const config = join(folder, 'config.yml');
  const settings = {
    version: 0.1,
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: join(folder, 'data') } },
    http: { addr: address },
  };
  await writeFile(config, JSON.stringify(settings));
  const child = spawn(program, ['serve', config], { stdio: 'ignore' });
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  };
  if (await answers(child, address)) return { address, stop };
  await stop();
  throw new ImageFailure(`${program} does not start as a registry on this machine`, {
    hint: `try \`${program} serve\` with a configuration of your own`,
  });
}

async function answers(child: ChildProcess, address: string): Promise<boolean> {
  const seen = { gone: false };
  for (const event of ['error', 'exit']) child.on(event, () => (seen.gone = true));
  for (let tries = 0; tries < START_TRIES && !seen.gone; tries += 1) {
    const ok = await fetch(`http://${address}/v2/`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ok) return true;
    await sleep(100);
  }
  return false;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const at = server.address();
      server.close(() => resolve(typeof at === 'object' && at !== null ? at.port : 0));
    });
  });
}

export const imageRegistry: Registry = { digest, copy, throwAway };
