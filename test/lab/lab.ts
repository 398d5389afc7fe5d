import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, open, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { exec } from '../../src/edges/exec.ts';
import { exists } from '../../src/edges/files.ts';
import { findBrowser } from './door.ts';
import { unpackTools } from '../../scripts/tools.ts';

/*
 * npm run lab -- packages | build | up | down | status
 * A real Kubernetes on this machine with a registry and the images that hubs need: a single node built from Go modules (Linux x64,
 * root, cgroups), because it needs no container engine and no container registry.
 * Everything built lies in a cache outside the repository; `down` leaves nothing running behind.
 */
export interface Lab {
  kubeconfig: string;
  registry: string;
  /** References by digest: hub, proxy, oggm, and the same with one fault. */
  images: Record<string, string>;
  /** sops, age-keygen, act and versitygw. */
  bin: string;
  pause: { name: string; tag: string };
}

const HERE = import.meta.dirname;
const CLUSTER = join(HERE, 'cluster');
export const CACHE =
  process.env['GLACIOCLOUD_LAB_CACHE'] ??
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'glaciocloud', 'lab');
const LAB_FILE = join(CACHE, 'lab.json');
const PACKAGES = [
  'containerd',
  'runc',
  'iptables',
  'containernetworking-plugins',
  'conntrack',
  'socat',
  'skopeo',
  'mmdebstrap',
  'gcc',
  'libc6-dev',
];
const PORT = 5000;

const started = Date.now();
const say = (text: string): boolean =>
  process.stderr.write(`${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s  ${text}\n`);

/** What `up` left for tests, or undefined where no lab is up. */
export async function labInfo(): Promise<Lab | undefined> {
  const text = await readFile(LAB_FILE, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Lab);
}

/** What `up` needs, once for each state of the build files; starts nothing. */
async function build(): Promise<Record<string, string>> {
  await mkdir(CACHE, { recursive: true });
  await installPackages();
  const env = {
    LAB_CACHE: CACHE,
    PATH: [await unpackTools(), process.env['PATH'] ?? ''].join(delimiter),
    GOPATH: process.env['GOPATH'] ?? join(homedir(), 'go'),
    GOCACHE: process.env['GOCACHE'] ?? join(homedir(), '.cache/go-build'),
  };
  await Promise.all([buildOnce(env).then(() => buildBucketServer(env)), buildImages(env)]);
  return env;
}

export async function up(): Promise<Lab> {
  const env = await build();
  say('starting the cluster');
  await run('bash', [join(CLUSTER, 'cluster.sh'), 'up'], env);
  await startRegistry();
  const lab: Lab = {
    kubeconfig: join(CACHE, 'run/kubeconfig'),
    registry: `127.0.0.1:${PORT}`,
    images: await pushImages(),
    bin: join(CACHE, 'bin'),
    pause: { name: 'lab.local/pause', tag: '3.10' },
  };
  await writeFile(LAB_FILE, `${JSON.stringify(lab, null, 2)}\n`);
  say('the lab is up');
  return lab;
}

export async function down(): Promise<void> {
  await rm(LAB_FILE, { force: true });
  await stopRegistry();
  await run('bash', [join(CLUSTER, 'cluster.sh'), 'down'], {
    LAB_CACHE: CACHE,
    PATH: [await unpackTools(), process.env['PATH'] ?? ''].join(delimiter),
  });
}

async function installPackages(): Promise<void> {
  const missing: string[] = [];
  for (const name of PACKAGES) {
    const { stdout } = await exec('dpkg-query', ['--show', '--showformat', '${Status}', name]);
    if (!stdout.includes('install ok installed')) missing.push(name);
  }
  if (findBrowser() === undefined) missing.push('chromium');
  if (missing.length === 0) return;
  say(`installing ${missing.join(', ')}`);
  await run('apt-get', ['update', '-qq']);
  await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing]);
}

async function buildImages(env: Record<string, string>): Promise<void> {
  await run('bash', [join(HERE, 'images/build.sh'), join(CACHE, 'images')], {
    ...env,
    PIP_INDEX_URL: process.env['PIP_INDEX_URL'] ?? '',
    npm_config_registry: process.env['npm_config_registry'] ?? '',
  });
  say('images are built');
}

/** Kubernetes and the registry from Go modules, once for each state of the build files. */
async function buildOnce(env: Record<string, string>): Promise<void> {
  const hash = createHash('sha256').update('sops 3.11.0, age 1.2.1, act 0.2.89');
  for (const file of [
    'build.sh',
    'tools/k8s-etcd/go.sum',
    'tools/addons/go.sum',
    'tools/kwok/go.sum',
    'tools/registry/go.sum',
  ])
    hash.update(await readFile(join(CLUSTER, file)));
  const key = hash.digest('hex');
  const stamp = join(CACHE, 'bin/.built');
  if ((await readFile(stamp, 'utf8').catch(() => '')) === key) return;
  say('building Kubernetes from Go modules: 5 to 10 minutes, once');
  await run('go', ['install', 'github.com/getsops/sops/v3/cmd/sops@v3.11.0'], {
    ...env,
    GOBIN: join(CACHE, 'bin'),
    GOPROXY: process.env['GOPROXY'] ?? '',
  });
  await run('go', ['install', 'filippo.io/age/cmd/age-keygen@v1.2.1'], {
    ...env,
    GOBIN: join(CACHE, 'bin'),
    GOPROXY: process.env['GOPROXY'] ?? '',
  });
  await run('go', ['install', 'github.com/nektos/act@v0.2.89'], {
    ...env,
    GOBIN: join(CACHE, 'bin'),
    GOPROXY: process.env['GOPROXY'] ?? '',
  });
  await run('bash', [join(CLUSTER, 'build.sh')], {
    ...env,
    GOFLAGS: process.env['GOFLAGS'] ?? '',
    GOPROXY: process.env['GOPROXY'] ?? '',
  });
  await writeFile(stamp, key);
}

/** The S3 server that archives are tested with. Apart from the rest, so that a lab which is built already is not built again. */
async function buildBucketServer(env: Record<string, string>): Promise<void> {
  const version = 'v1.8.0';
  const stamp = join(CACHE, `bin/.versitygw-${version}`);
  if (await exists(stamp)) return;
  say('building an S3 server: one to two minutes, once');
  await run('go', ['install', `github.com/versity/versitygw/cmd/versitygw@${version}`], {
    ...env,
    GOBIN: join(CACHE, 'bin'),
    GOPROXY: process.env['GOPROXY'] ?? '',
  });
  await writeFile(stamp, '');
}

const REGISTRY = join(CACHE, 'registry');

async function startRegistry(): Promise<void> {
  const alive = await fetch(`http://127.0.0.1:${PORT}/v2/`).then(
    ({ ok }) => ok,
    () => false,
  );
  if (alive) return;
  await mkdir(REGISTRY, { recursive: true });
  const config = join(REGISTRY, 'config.yml');
  await writeFile(
    config,
    `version: 0.1\nlog: {level: warn}\nstorage: {filesystem: {rootdirectory: ${REGISTRY}/data}, delete: {enabled: true}}\nhttp: {addr: "127.0.0.1:${PORT}"}\n`,
  );
  const log = await open(join(REGISTRY, 'log'), 'a');
  const child = spawn(join(CACHE, 'bin/registry'), ['serve', config], {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  child.unref();
  await log.close();
  await writeFile(join(REGISTRY, 'pid'), String(child.pid));
  for (let tries = 0; tries < 50; tries += 1) {
    if (
      await fetch(`http://127.0.0.1:${PORT}/v2/`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the registry does not answer: ${join(REGISTRY, 'log')}`);
}

async function stopRegistry(): Promise<void> {
  const pid = Number(await readFile(join(REGISTRY, 'pid'), 'utf8').catch(() => ''));
  const name = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  if (pid > 0 && name.includes('registry')) process.kill(pid);
  await rm(join(REGISTRY, 'pid'), { force: true });
}

/** Into the registry, so that pods pull them and a digest exists. What is there already is not pushed again. */
async function pushImages(): Promise<Record<string, string>> {
  const folder = join(CACHE, 'images/images');
  const references: Record<string, string> = {};
  for (const file of (await readdir(folder)).filter((name) => name.endsWith('.tar')).sort()) {
    const name = file.slice(0, -'.tar'.length);
    const key = (await readFile(join(folder, `${name}.key`), 'utf8')).slice(0, 12);
    const tag = `127.0.0.1:${PORT}/lab/${name}:${key}`;
    const inspect = (): Promise<{ code: number; stdout: string }> =>
      exec('skopeo', [
        'inspect',
        '--tls-verify=false',
        '--format',
        '{{.Digest}}',
        `docker://${tag}`,
      ]);
    if ((await inspect()).code !== 0) {
      say(`pushing ${name}`);
      await run('skopeo', [
        'copy',
        '--quiet',
        '--insecure-policy',
        '--dest-tls-verify=false',
        `docker-archive:${join(folder, file)}`,
        `docker://${tag}`,
      ]);
    }
    references[name] = `127.0.0.1:${PORT}/lab/${name}@${(await inspect()).stdout.trim()}`;
  }
  return references;
}

async function run(
  program: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<void> {
  const { code, stdout, stderr } = await exec(program, args, {
    env: Object.fromEntries(Object.entries(env).filter(([, value]) => value !== '')),
    onStdout: (text) => process.stderr.write(text),
  });
  if (code !== 0)
    throw new Error(
      `${program} ${args.map((arg) => arg.replace(`${dirname(HERE)}/`, '')).join(' ')} failed (${code})\n${(stdout + stderr).slice(-3000)}`,
    );
}

if (import.meta.main) {
  switch (process.argv[2] ?? '') {
    case 'packages': // apart, because two programs cannot install at the same time
      await installPackages();
      break;
    case 'build':
      await build();
      say('the lab is built');
      break;
    case 'up':
      process.stdout.write(`${JSON.stringify(await up(), null, 2)}\n`);
      break;
    case 'down':
      await down();
      break;
    case 'status':
      if (!(await exists(LAB_FILE))) process.stdout.write('the lab is down\n');
      else
        await run('bash', [join(CLUSTER, 'cluster.sh'), 'status'], {
          LAB_CACHE: CACHE,
          PATH: [await unpackTools(), process.env['PATH'] ?? ''].join(delimiter),
        });
      break;
    default:
      process.stderr.write('npm run lab -- packages | build | up | down | status\n');
      process.exitCode = 2;
  }
}
