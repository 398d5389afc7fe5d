import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BUILD_SECRETS, REPO2DOCKER, SCANNER } from '../core/images/build-plan.ts';
import { objectOf, textAt } from '../core/json.ts';
import { ImageFailure } from '../failure.ts';
import type { BuildRequest, Builder } from '../ports/images.ts';
import { dockerEnvironment } from './docker-program.ts';
import { exec } from './exec.ts';
import { withTemporaryFolder } from './files.ts';
import { reachOfMachine } from './reach.ts';
import { findTool } from './tools.ts';

/** A base that is large and far away takes its time. */
const BUILD_MS = 120 * 60_000;

/** The pinned repo2docker, which hands the build to Buildx. */
async function findRepo2docker(): Promise<string> {
  const program = findTool('repo2docker');
  const hint = `pip install jupyter-repo2docker==${REPO2DOCKER}, or name the program in GLACIOCLOUD_REPO2DOCKER`;
  if (program === undefined)
    throw new ImageFailure(`images are built with repo2docker ${REPO2DOCKER}, which is not here`, {
      hint,
    });
  const { stdout, stderr } = await exec(program, ['--version'], { timeoutMs: 60_000 });
  const version = stdout.trim() || stderr.trim();
  if (version !== REPO2DOCKER)
    throw new ImageFailure(
      `${program} is repo2docker ${version.slice(0, 40)}, and images are built with ${REPO2DOCKER}`,
      { hint },
    );
  return program;
}

/** What goes through repo2docker to `docker buildx build`. */
const buildx = (flag: string): string => `--DockerEngine.extra_buildx_build_args=${flag}`;

async function build(request: BuildRequest): Promise<string | undefined> {
  const program = await findRepo2docker();
  return withTemporaryFolder(async (scratch) => {
    const metadata = join(scratch, 'metadata.json');
    const { user, labels, epoch } = request;
    const { certificates, script } = await reachOfMachine(request.mirrors);
    const args = [
      ...['--no-run', '--user-id', String(user.uid), '--user-name', user.name],
      ...['--image-name', request.tag],
      ...Object.entries(labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]),
      ...['--provenance=mode=max', `--metadata-file=${metadata}`].map(buildx),
      ...scanFlags(request.scanner).map(buildx),
      ...cacheFlags(request.cache).map(buildx),
      ...secretFlags(certificates).map(buildx),
      '.',
    ];
    const hear = lines(request.onLine);
    const { code } = await exec(program, args, {
      cwd: request.folder,
      env: {
        ...dockerEnvironment(),
        [MACHINE]: script,
        ...(epoch === undefined ? {} : { SOURCE_DATE_EPOCH: String(epoch) }),
      },
      timeoutMs: BUILD_MS,
      onStdout: hear,
      onStderr: hear,
    });
    if (code !== 0) return undefined;
    return builtDigest(await readFile(metadata, 'utf8'));
  });
}

function scanFlags(scanner: string | undefined): string[] {
  return scanner === undefined ? [] : [`--attest=type=sbom,generator=${scanner}`];
}

/** A cache that cannot be read or written costs time, and no build. */
function cacheFlags(cache: string | undefined): string[] {
  if (cache === undefined) return [];
  const at = `type=registry,ref=${cache}`;
  return [`--cache-from=${at}`, `--cache-to=${at},ignore-error=true`];
}

function builtDigest(metadata: string): string {
  const digest = textAt(objectOf(metadata), '/containerimage.digest');
  if (digest === '')
    throw new ImageFailure('Buildx does not say the digest of what it built', {
      hint: 'install Docker 26 or newer with Buildx 0.13 or newer',
    });
  return digest;
}

/** Variable of Docker's process that holds what the machine knows: a file would outlive a run that is killed. */
const MACHINE = 'GLACIOCLOUD_MACHINE';

function secretFlags(certificates: string | undefined): string[] {
  const sources: Readonly<Record<keyof typeof BUILD_SECRETS, string | undefined>> = {
    machine: `env=${MACHINE}`,
    certificates: certificates === undefined ? undefined : `src=${certificates}`,
  };
  return Object.entries(sources).flatMap(([id, source]) =>
    source === undefined ? [] : [`--secret=id=${id},${source}`],
  );
}

/** Texts as they come → whole lines. */
function lines(onLine: (line: string) => void): (text: string) => void {
  let rest = '';
  return (text) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) onLine(part.trimEnd());
  };
}

/** Docker's own where the machine names no other. */
export function scannerImage(): string {
  return process.env['GLACIOCLOUD_SCANNER'] ?? SCANNER;
}

export const repo2docker: Builder = { build };
