import { hostname } from 'node:os';
import { docker, dockerMust } from './docker-program.ts';

/** On containers and volumes: the run that they belong to. */
const LABEL = 'org.glaciocloud.image-test';
/** Images of a run lie below this and its name, in a registry on its machine. */
const FOLDER = 'glaciocloud-run-';

/** Options that say whose a container or a volume is. */
export function runLabel(): string[] {
  return ['--label', `${LABEL}=${runName()}`];
}

/** Path of this run's images below the address of its registry. */
export function runFolder(): string {
  return `${FOLDER}${runName()}`;
}

/** Removes what runs of this machine that were killed have left in Docker. */
export async function removeLeftovers(): Promise<void> {
  const run = `{{.Label "${LABEL}"}}`;
  const ours = ['--filter', `label=${LABEL}`, '--format'];
  for (const [id, owner] of await listed(['ps', '--all', ...ours, `{{.ID}} ${run}`]))
    if (hasEnded(owner)) await docker(['rm', '--force', id]);
  for (const [volume, owner] of await listed(['volume', 'ls', ...ours, `{{.Name}} ${run}`]))
    if (hasEnded(owner)) await docker(['volume', 'rm', '--force', volume]);
  for (const [image] of await listed(['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}'])) {
    const [registry = '', folder = ''] = image.split('/');
    const isOurs = registry.startsWith('127.0.0.1:') && folder.startsWith(FOLDER);
    if (isOurs && hasEnded(folder.slice(FOLDER.length))) await docker(['image', 'rm', image]);
  }
}

/** As references are written. */
function machineName(): string {
  return hostname()
    .toLowerCase()
    .replace(/[^a-z0-9]+/gu, '-');
}

function runName(): string {
  return `${machineName()}-${process.pid}`;
}

/** Of a run on another machine nothing is known. */
function hasEnded(run: string): boolean {
  const machine = `${machineName()}-`;
  const pid = run.startsWith(machine) ? Number(run.slice(machine.length)) : 0;
  if (!Number.isSafeInteger(pid) || pid < 1) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** Lines of words. */
async function listed(args: readonly string[]): Promise<[string, string][]> {
  const lines = await dockerMust('list what it has', args, { timeoutMs: 60_000 });
  return lines.split('\n').flatMap((line): [string, string][] => {
    const [one = '', other = ''] = line.split(' ');
    return one === '' ? [] : [[one, other]];
  });
}
