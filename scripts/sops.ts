import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec } from '../src/edges/exec.ts';
import { pinnedProgram } from './pinned-program.ts';

const VERSION = '3.11.0';

/** The compiler is a part of what is pinned: with it and the flags below Go gives the same file everywhere. */
const GO = 'go1.26.8';

/** SHA-256 by `process.platform` and `process.arch`. A new version, or another compiler, needs new ones. */
const SHA256: Readonly<Record<string, string>> = {
  'linux-x64': 'cfcf73c0f8523522a00aeb8d7081a7b2ca0866d67ea76bfb6fe721db87dab38f',
  'linux-arm64': 'acdbd2731c902ef9ef47da8fe966098c77c3ed9ce80e65f83d28718941a45821',
};

/** Where a cache may keep sops, between jobs. Its content is not trusted. */
const FOLDER = join(homedir(), '.cache', 'glaciocloud', `sops-${VERSION}`);

/**
 * sops in a folder, built from its Go module (a minute) unless exactly that is there already. Returns its path and
 * its SHA-256.
 */
export async function pinnedSops(
  folder: string,
  sha256 = SHA256[`${process.platform}-${process.arch}`],
): Promise<{ path: string; sha256: string }> {
  if (sha256 === undefined)
    throw new Error('no sops is pinned for this machine: install one, and put it on the PATH');
  const path = join(folder, 'sops');
  await pinnedProgram(path, sha256, built);
  return { path, sha256 };
}

async function built(): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'glaciocloud-sops-'));
  try {
    const source = `github.com/getsops/sops/v3/cmd/sops@v${VERSION}`;
    const { code, stderr } = await exec('go', ['install', source], {
      timeoutMs: 900_000,
      env: {
        ...proxies(),
        GOBIN: folder,
        GOTOOLCHAIN: GO,
        GOFLAGS: '-trimpath',
        GOAMD64: 'v1',
        CGO_ENABLED: '0',
      },
    });
    if (code !== 0) throw new Error(`sops cannot be built: ${stderr.trim().slice(-500)}`);
    return await readFile(join(folder, 'sops'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Where modules come from on this machine, and who vouches for them. */
function proxies(): Record<string, string> {
  return Object.fromEntries(
    ['GOPROXY', 'GOSUMDB', 'GONOSUMDB'].flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** As lines for GITHUB_OUTPUT: which sops the tool shall run, and that it must still be that one then. */
if (import.meta.main) {
  const { path, sha256 } = await pinnedSops(FOLDER);
  process.stdout.write(`sops=${path}\nsops-sha256=${sha256}\n`);
}
