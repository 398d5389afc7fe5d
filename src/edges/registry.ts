import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ImageFailure } from '../failure.ts';
import type { Registry } from '../ports/images.ts';
import { runFolder } from './docker-leftovers.ts';
import { docker, dockerAsAnybody, dockerFailure } from './docker-program.ts';
import { makeScratch, removeScratch } from './scratch.ts';
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

async function isPublic(reference: string): Promise<boolean> {
  const args = ['buildx', 'imagetools', 'inspect', reference];
  const asked = dockerAsAnybody(args, { timeoutMs: ASK_MS });
  // What is refused says so; what cannot be asked now is no reason to alarm anybody.
  const stderr = await asked.then(
    ({ code, stderr: said }) => (code === 0 ? '' : said),
    () => '',
  );
  return !/unauthorized|denied|forbidden|authorization failed/iu.test(stderr);
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

/**
 * Arguments: program, its configuration, its folder. The descriptor 3 is a pipe that this process holds: it closes
 * whenever and however this process ends, and then the registry ends too.
 */
const UNTIL_WE_END = `
{ read -r _; kill -9 $$; rm -rf "$2"; } <&3 >/dev/null 2>&1 &
exec "$0" serve "$1" 3<&-`;

async function throwAway(): Promise<{ address: string; stop: () => Promise<void> }> {
  const program = registryProgram();
  const folder = makeScratch();
  const host = `127.0.0.1:${await freePort()}`;
  const config = join(folder, 'config.yml');
  const settings = {
    version: 0.1,
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: join(folder, 'data') } },
    http: { addr: host },
  };
  await writeFile(config, JSON.stringify(settings));
  const child = spawn('/bin/sh', ['-c', UNTIL_WE_END, program, config, folder], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => {
    for (const event of ['error', 'exit']) child.on(event, () => resolve());
  });
  const stop = async (): Promise<void> => {
    child.stdio[3]?.destroy();
    await ended;
    await removeScratch(folder);
  };
  if (await answers(child, host)) return { address: `${host}/${runFolder()}`, stop };
  await stop();
  throw new ImageFailure(`${program} does not start as a registry on this machine`, {
    hint: `try \`${program} serve\` with a configuration of your own`,
  });
}

async function answers(child: ChildProcess, host: string): Promise<boolean> {
  const seen = { gone: false };
  for (const event of ['error', 'exit']) child.on(event, () => (seen.gone = true));
  for (let tries = 0; tries < START_TRIES && !seen.gone; tries += 1) {
    const ok = await fetch(`http://${host}/v2/`).then(
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

export const imageRegistry: Registry = { digest, isPublic, copy, throwAway };
