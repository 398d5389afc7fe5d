import { solveScript } from '../core/images/resolution.ts';
import { LATE } from '../core/images/test-report.ts';
import { ImageFailure, TimedOut } from '../failure.ts';
import type { Ended } from '../ports.ts';
import type {
  ContainerEngine,
  ContainerRequest,
  HomeRequest,
  SolveRequest,
} from '../ports/images.ts';
import { removeLeftovers, runLabel } from './docker-leftovers.ts';
import { docker, dockerMust } from './docker-program.ts';
import { fileText } from './files.ts';
import { machineRandom } from './machine.ts';
import { reachOfMachine } from './reach.ts';

/** Bytes of a home for tests: room for what a server writes at its start. */
const HOME_BYTES = 256 * 2 ** 20;
/** One that is filled need not be large. */
const FULL_BYTES = 8 * 2 ** 20;
const PULL_MS = 30 * 60_000;
/** Its base is pulled for it, where it is not here yet. */
const SOLVE_MS = 40 * 60_000;
const STORE =
  'write {"features": {"containerd-snapshotter": true}} into /etc/docker/daemon.json and restart Docker';

async function ready(): Promise<void> {
  const status = await dockerMust('be asked', ['info', '--format', '{{json .DriverStatus}}'], {
    timeoutMs: 30_000,
  });
  if (!status.includes('io.containerd.snapshotter'))
    throw new ImageFailure(
      'Docker keeps images in its classic store, which changes their digest when they are pushed',
      { hint: `switch to the containerd image store: ${STORE}` },
    );
  await removeLeftovers();
}

async function size(reference: string): Promise<{ bytes: number; layers: number }> {
  const what = `inspect ${reference}`;
  const sizeOf = ['history', '--human=false', '--format', '{{.Size}}'];
  const sizes = await dockerMust(what, [...sizeOf, reference]);
  const layersOf = ['image', 'inspect', '--format', '{{len .RootFS.Layers}}'];
  const layers = await dockerMust(what, [...layersOf, reference]);
  const bytes = sizes.split('\n').reduce((sum, line) => sum + Number(line), 0);
  return { bytes, layers: Number(layers) };
}

/**
 * A volume in memory, because only that has an owner and a size without anybody's help. It lives as long as a
 * container holds it.
 */
async function makeHome({ image, user, folder, full }: HomeRequest): Promise<string> {
  const volume = `glaciocloud-${machineRandom.hex(6)}`;
  const bytes = full ? FULL_BYTES : HOME_BYTES;
  const options = `size=${bytes},uid=${user.uid},gid=${user.gid},mode=0770`;
  const memory = ['--opt', 'type=tmpfs', '--opt', 'device=tmpfs', '--opt', `o=${options}`];
  await dockerMust('make a volume', ['volume', 'create', ...runLabel(), ...memory, volume]);
  await dockerMust('hold a home', [
    'run',
    '--detach',
    '--name',
    volume,
    ...runLabel(),
    '--network',
    'none',
    '--user',
    `${user.uid}:${user.gid}`,
    '--mount',
    mount(volume, folder),
    '--entrypoint',
    'sleep',
    image,
    'infinity',
  ]).catch(async (cause: unknown) => {
    await removeHome(volume);
    throw cause;
  });
  // It ends with an error when nothing more fits.
  if (full)
    await docker(['exec', volume, 'sh', '-c', `cat /dev/zero > ${folder}/everything 2>/dev/null`]);
  return volume;
}

/** Without what the image has in that folder. */
function mount(volume: string, folder: string): string {
  return `type=volume,src=${volume},dst=${folder},volume-nocopy`;
}

async function removeHome(volume: string): Promise<void> {
  await docker(['rm', '--force', volume]);
  await docker(['volume', 'rm', '--force', volume]);
}

async function run(request: ContainerRequest): Promise<Ended> {
  const { image, home, user, memoryBytes, network, entrypoint, command, env } = request;
  const name = `glaciocloud-${machineRandom.hex(6)}`;
  const limits = ['--memory', String(memoryBytes), '--memory-swap', String(memoryBytes)];
  const args = [
    ...['run', '--rm', '--interactive', '--name', name, ...runLabel()],
    ...(network === 'none' ? ['--network', 'none'] : []),
    ...['--user', `${user.uid}:${user.gid}`],
    ...['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', ...limits],
    ...(home ? ['--mount', mount(home.volume, home.folder), '--env', `HOME=${home.folder}`] : []),
    ...(home ? ['--workdir', home.folder] : []),
    ...Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
    ...(entrypoint === undefined ? [] : ['--entrypoint', entrypoint]),
    image,
    ...command,
  ];
  try {
    const { input, timeoutMs } = request;
    return await docker(args, { input, timeoutMs });
  } catch (error) {
    if (!(error instanceof TimedOut)) throw error;
    await docker(['rm', '--force', name]);
    return { code: LATE, stdout: '', stderr: '' };
  }
}

/** As root, as builds are. What the machine knows comes by standard input: in no list of processes, and in no layer. */
async function solve({ image, wanted, held, mirrors }: SolveRequest): Promise<Ended> {
  const { script: machine, certificates: path } = await reachOfMachine(mirrors);
  const certificates = path === undefined ? undefined : await fileText(path);
  const args = ['run', '--rm', '--interactive', ...runLabel(), '--user', '0:0'];
  return docker([...args, '--entrypoint', '/bin/sh', image], {
    input: solveScript({ wanted, held, machine, certificates }),
    timeoutMs: SOLVE_MS,
  });
}

/** Docker on this machine, by its command. */
export const dockerEngine: ContainerEngine = {
  ready,
  size,
  makeHome,
  removeHome,
  run,
  solve,
  push: async (reference) => {
    await dockerMust(`push ${reference}`, ['push', '--quiet', reference], { timeoutMs: PULL_MS });
  },
  pull: async (reference) => {
    await dockerMust(`pull ${reference}`, ['pull', '--quiet', reference], { timeoutMs: PULL_MS });
  },
  remove: async (reference) => {
    await docker(['image', 'rm', '--force', reference]);
  },
};
