import { spawn } from 'node:child_process';
import { mkdir, open, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { REPO2DOCKER } from '../../src/core/images/build-plan.ts';
import { exec } from '../../src/edges/exec.ts';
import { exists } from '../../src/edges/files.ts';
import { takeTurn } from '../support/turn.ts';

/*
 * Docker with the containerd image store, Buildx, a registry and repo2docker, from Debian packages and PyPI, on Linux x64
 * as root. Everything lies in a cache outside the repository; `down` leaves nothing running. Never beside another dockerd:
 * two of them break each other's network.
 */
export interface DockerPlace {
  /** What a program needs to find all of it. */
  env: Record<string, string>;
  /** Address of a registry with the base image `base/oggm:1`, which also takes what is pushed. */
  registry: string;
  down: () => Promise<void>;
}

const CACHE =
  process.env['GLACIOCLOUD_IMAGES_CACHE'] ??
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'glaciocloud', 'images');
const LAB_CACHE =
  process.env['GLACIOCLOUD_LAB_CACHE'] ??
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'glaciocloud', 'lab');
const NEEDED = ['containerd', 'runc', 'iptables', 'skopeo', 'mmdebstrap'];
/** Of the Debian release after the one that the machine has: 26 is the first whose store keeps digests. */
const UNPACKED = ['docker.io', 'docker-cli', 'docker-buildx', 'docker-registry'];
const ROOT = join(CACHE, 'root');
const SOCKET = join(CACHE, 'docker.sock');
/** Process id of who has Docker now. */
const TURN = join(CACHE, 'turn');
const PORT = 5007;
const BASE = 'base/oggm:1';

const began = Date.now();
const say = (text: string): boolean =>
  process.stderr.write(`${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s  ${text}\n`);

export async function up(): Promise<DockerPlace> {
  await mkdir(CACHE, { recursive: true });
  const ends = [await takeTurn(TURN, 'Docker', say)];
  /** From the last to the first, and the turn is given back whatever another end says. */
  const down = async (): Promise<void> => {
    const end = ends.pop();
    if (end === undefined) return;
    try {
      await end();
    } finally {
      await down();
    }
  };
  try {
    await installPackages();
    await Promise.all([unpackDocker(), installRepo2docker(), buildBase()]);
    const env = await environment();
    ends.push(await startDocker(env));
    ends.push(await startRegistry(env));
    await pushBase();
    say('Docker is up');
    return { env, registry: `127.0.0.1:${PORT}`, down };
  } catch (error) {
    await down();
    throw error;
  }
}

async function environment(): Promise<Record<string, string>> {
  const path = ['usr/sbin', 'usr/bin'].map((folder) => join(ROOT, folder));
  const config = join(CACHE, 'config');
  await mkdir(config, { recursive: true });
  const plugins = [join(ROOT, 'usr/libexec/docker/cli-plugins')];
  await writeFile(join(config, 'config.json'), JSON.stringify({ cliPluginsExtraDirs: plugins }));
  return {
    PATH: [...path, process.env['PATH'] ?? ''].join(delimiter),
    DOCKER_HOST: `unix://${SOCKET}`,
    DOCKER_CONFIG: config,
    GLACIOCLOUD_DOCKER: join(ROOT, 'usr/bin/docker'),
    GLACIOCLOUD_REGISTRY: join(ROOT, 'usr/bin/docker-registry'),
    GLACIOCLOUD_REPO2DOCKER: join(CACHE, `repo2docker-${REPO2DOCKER}/bin/repo2docker`),
  };
}

async function installPackages(): Promise<void> {
  const missing: string[] = [];
  for (const name of NEEDED) {
    const { stdout } = await exec('dpkg-query', ['--show', '--showformat', '${Status}', name]);
    if (!stdout.includes('install ok installed')) missing.push(name);
  }
  if (missing.length === 0) return;
  say(`installing ${missing.join(', ')}`);
  await run('apt-get', ['update', '-qq']);
  await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing]);
}

/** Packages of another release, beside the system. */
async function unpackDocker(): Promise<void> {
  const stamp = join(CACHE, '.unpacked');
  if ((await readFile(stamp, 'utf8').catch(() => '')) === UNPACKED.join()) return;
  say('unpacking Docker');
  const [lists, debs] = [join(CACHE, 'lists'), join(CACHE, 'debs')];
  for (const folder of [join(lists, 'partial'), join(CACHE, 'apt/archives/partial'), debs])
    await mkdir(folder, { recursive: true });
  const { stdout } = await exec('apt-get', [
    ...['indextargets', '--format', '$(REPO_URI)', 'Codename: bookworm', 'Created-By: Packages'],
  ]);
  const mirror = stdout.split('\n')[0] ?? '';
  const sources = join(CACHE, 'trixie.list');
  const key = '/usr/share/keyrings/debian-archive-keyring.gpg';
  await writeFile(sources, `deb [signed-by=${key}] ${mirror} trixie main\n`);
  const apart = [
    `Dir::Etc::sourcelist=${sources}`,
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::State::lists=${lists}`,
    `Dir::Cache=${join(CACHE, 'apt')}`,
    'APT::Sandbox::User=root',
  ].flatMap((option) => ['-o', option]);
  await run('apt-get', ['-qq', ...apart, 'update']);
  await run(
    'apt-get',
    ['-qq', ...apart, 'download', ...UNPACKED.map((name) => `${name}/trixie`)],
    debs,
  );
  for (const deb of await readdir(debs)) await run('dpkg-deb', ['-x', join(debs, deb), ROOT]);
  await writeFile(stamp, UNPACKED.join());
}

async function installRepo2docker(): Promise<void> {
  const folder = join(CACHE, `repo2docker-${REPO2DOCKER}`);
  if (await exists(join(folder, '.complete'))) return;
  say('installing repo2docker');
  await run('python3', ['-m', 'venv', folder]);
  const wanted = `jupyter-repo2docker==${REPO2DOCKER}`;
  await run(join(folder, 'bin/pip'), ['install', '--quiet', wanted]);
  await writeFile(join(folder, '.complete'), '');
}

const ARCHIVE = join(LAB_CACHE, 'images/images/oggm.tar');

/** The lab's image with JupyterLab, nbgitpuller and OGGM: made without Docker, and shared with it. */
async function buildBase(): Promise<void> {
  if (await exists(ARCHIVE)) return;
  say('building the base image from Debian and PyPI: some minutes, once');
  await run('bash', [
    join(import.meta.dirname, '../lab/images/build.sh'),
    join(LAB_CACHE, 'images'),
  ]);
}

async function startDocker(env: Record<string, string>): Promise<() => Promise<void>> {
  const running = await exec('pidof', ['dockerd']);
  if (running.code === 0)
    throw new Error(`another dockerd runs (process ${running.stdout.trim()}): stop it first`);
  await unmount();
  const config = join(CACHE, 'daemon.json');
  const settings = { features: { 'containerd-snapshotter': true }, mtu: 1400 };
  await writeFile(config, JSON.stringify(settings));
  const folders = ['data', 'exec'].map((name) => join(CACHE, name));
  const [data = '', execRoot = ''] = folders;
  const stop = await start(
    'dockerd',
    [
      ...['--config-file', config, '--data-root', data, '--exec-root', execRoot],
      ...['--pidfile', join(CACHE, 'dockerd.pid'), '--host', `unix://${SOCKET}`],
    ],
    env,
  );
  const answers = async (): Promise<boolean> =>
    (await exec(env['GLACIOCLOUD_DOCKER'] ?? '', ['version'], { env })).code === 0;
  await untilAnswers('dockerd', answers, stop);
  return async () => {
    await stop();
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  };
}

/** What a Docker that was killed left: its folder is mounted on itself, and containers in it. */
async function unmount(): Promise<void> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n');
  const places = mounts.map((line) => line.split(' ')[1] ?? '');
  const left = places.filter((place) => place.startsWith(`${CACHE}/`));
  for (const place of left.reverse()) await run('umount', ['--lazy', place]);
}

async function startRegistry(env: Record<string, string>): Promise<() => Promise<void>> {
  const config = join(CACHE, 'registry.yml');
  const settings = {
    version: 0.1,
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: join(CACHE, 'registry') }, delete: { enabled: true } },
    http: { addr: `127.0.0.1:${PORT}` },
  };
  await writeFile(config, JSON.stringify(settings));
  await forgetPushed(env['GLACIOCLOUD_REGISTRY'] ?? '', config);
  const stop = await start(env['GLACIOCLOUD_REGISTRY'] ?? '', ['serve', config], env);
  const answers = (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${PORT}/v2/`).then(
      ({ ok }) => ok,
      () => false,
    );
  await untilAnswers('the registry', answers, stop);
  return stop;
}

/** What tests of an earlier run pushed would be unchanged now. The base stays. */
async function forgetPushed(program: string, config: string): Promise<void> {
  const repositories = join(CACHE, 'registry/docker/registry/v2/repositories');
  const bases = await readdir(join(repositories, 'base')).catch(() => []);
  if (bases.length === 0) return;
  const pushed = ['oggm', ...bases.map((name) => `base/${name}`)].filter(
    (name) => !BASE.startsWith(`${name}:`),
  );
  for (const name of pushed) await rm(join(repositories, name), { recursive: true, force: true });
  await run(program, ['garbage-collect', config]);
}

/** Starts a program that stays; what it says goes to a file of its name. */
async function start(
  program: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<() => Promise<void>> {
  const log = await open(join(CACHE, `${program.split('/').at(-1) ?? ''}.log`), 'w');
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', log.fd, log.fd],
  });
  const ended = new Promise<void>((resolve) => {
    child.on('exit', () => resolve());
    child.on('error', () => resolve());
  });
  await log.close();
  return async () => {
    child.kill('SIGTERM');
    await ended;
  };
}

async function untilAnswers(
  what: string,
  answers: () => Promise<boolean>,
  stop: () => Promise<void>,
): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await answers()) return;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  await stop();
  throw new Error(`${what} does not answer: ${CACHE}/*.log`);
}

/** What the registry's folder holds already from an earlier run is not sent again. */
async function pushBase(): Promise<void> {
  const key = await readFile(ARCHIVE.replace(/tar$/u, 'key'), 'utf8');
  const stamp = join(CACHE, '.base');
  if ((await readFile(stamp, 'utf8').catch(() => '')) === key) return;
  say('pushing the base image');
  const to = `docker://127.0.0.1:${PORT}/${BASE}`;
  await run('skopeo', [
    ...['copy', '--quiet', '--insecure-policy', '--dest-tls-verify=false'],
    `docker-archive:${ARCHIVE}`,
    to,
  ]);
  await writeFile(stamp, key);
}

async function run(program: string, args: readonly string[], cwd?: string): Promise<void> {
  const reach = ['PIP_INDEX_URL', 'PIP_CERT', 'npm_config_registry'].flatMap((name) =>
    process.env[name] === undefined ? [] : [[name, process.env[name]]],
  );
  const env = Object.fromEntries(reach) as Record<string, string>;
  const { code, stdout, stderr } = await exec(program, args, {
    env,
    ...(cwd === undefined ? {} : { cwd }),
  });
  if (code !== 0)
    throw new Error(
      `${program} ${args[0] ?? ''} failed (${code})\n${(stdout + stderr).slice(-2000)}`,
    );
}
