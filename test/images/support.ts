import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { dump } from 'js-yaml';
import type { ImageResult } from '../../src/core/images/test-report.ts';
import { exec } from '../../src/edges/exec.ts';
import type { ExecResult } from '../../src/edges/exec.ts';

/*
 * Real Docker, a real registry, real repo2docker and PyPI: `npm run test:images` brings them. The base image is the lab's
 * (JupyterHub 5.5.0, JupyterLab, nbgitpuller, OGGM 1.6.3); the chart, which says the hub's version, is the lab's double.
 */
export const REGISTRY = process.env['GLACIOCLOUD_TEST_REGISTRY'] ?? '';
export const DOCKER = process.env['GLACIOCLOUD_DOCKER'] ?? 'docker';
export const TARGET = `${REGISTRY}/oggm`;
const ROOT = join(import.meta.dirname, '../..');
export const TYPES = ['index', 'manifest'].map(
  (kind) => `application/vnd.oci.image.${kind}.v1+json`,
);
const DOCKER_TYPE = 'application/vnd.docker.distribution.manifest.v2+json';
/** In no file of ours: looked for in everything that a build leaves. */
export const CANARY = 'canary-7f3a91';
export const MINUTES = 60_000;
/** `from:` of an image on the sound base. */
export const SOUND = { from: { image: `${REGISTRY}/base/oggm`, tag: '1' } };

export interface Built {
  code: number;
  images: ImageResult[];
  progress: string;
}

/** The platform of one file of tests, in a folder of its own. */
export interface TestPlatform {
  folder: string;
  edit: (path: string, text: string) => Promise<void>;
  image: (name: string, file: Record<string, unknown>) => Promise<void>;
  /** The command line. */
  run: (args: readonly string[], env?: Record<string, string>) => Promise<ExecResult>;
  /** `image build`, as a person types it. */
  build: (args: readonly string[], env?: Record<string, string>) => Promise<Built>;
  remove: () => Promise<void>;
}

/** `target`: where its images go. */
export async function testPlatform(target = TARGET): Promise<TestPlatform> {
  if (REGISTRY === '') throw new Error('start these tests with `npm run test:images`');
  const folder = await mkdtemp(join(tmpdir(), 'images-test-'));
  await cp(join(ROOT, 'test/core/rules/_base'), folder, { recursive: true });
  await rm(join(folder, 'images'), { recursive: true });
  const edit = (path: string, text: string): Promise<void> => writeFile(join(folder, path), text);
  const settings = await readFile(join(folder, 'platform.yaml'), 'utf8');
  await edit('platform.yaml', settings.replace(/^registry: .*$/mu, `registry: ${target}`));
  const hub = await readFile(join(folder, 'environments/hub.yaml'), 'utf8');
  const tried = hub.replace('wave: production', 'wave: staging');
  await edit('environments/hub.yaml', tried.replace('hub.example.org', 'hub.glaciers.test'));
  const run: TestPlatform['run'] = (args, env = {}) => {
    const where = ['--root', folder, '--charts-from', join(ROOT, 'test/lab/charts')];
    return exec(process.execPath, [join(ROOT, 'src/cli.ts'), ...args, ...where], {
      env: { ...(process.env as Record<string, string>), ...env },
    });
  };
  const image: TestPlatform['image'] = async (name, file) => {
    await mkdir(join(folder, 'images', name), { recursive: true });
    const whole = { title: name, oggm: { version: '1.6.3' }, ...file };
    await edit(`images/${name}/image.yaml`, dump(whole));
  };
  // The hub offers it.
  await image('science', SOUND);
  return {
    folder,
    edit,
    image,
    run,
    build: async (args, env) => {
      const { code, stdout, stderr } = await run(['image', 'build', ...args, '--json'], env);
      if (stdout === '' || code === 2) throw new Error(stdout + stderr);
      const { images } = JSON.parse(stdout) as { images: ImageResult[] };
      return { code, images, progress: stderr };
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** One that says what a third is; `saved`: what it said once. */
export function notebook(saved: string): string {
  const outputs = [{ output_type: 'stream', name: 'stdout', text: `${saved}\n` }];
  const cell = {
    id: 'a',
    cell_type: 'code',
    metadata: { tags: ['compare'] },
    source: 'print("a third is", 1 / 3)',
    outputs,
    execution_count: 1,
  };
  return JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [cell] });
}

/** Arguments of `image build` for images that go to the tests' registry. */
export const pushing = (...args: string[]): string[] => [...args, '--push', '--registry', TARGET];

export async function inRegistry(path: string): Promise<{ status: number; digest: string | null }> {
  const answer = await fetch(`http://${REGISTRY}/v2/oggm/${path}`, {
    headers: { Accept: TYPES.join(', ') },
  });
  return { status: answer.status, digest: answer.headers.get('docker-content-digest') };
}

/** Digests of an image's layers, as the registry has them: of its only platform. */
export async function layersOf(name: string, reference: string): Promise<string[]> {
  const read = async (what: string): Promise<Record<string, { digest: string }[]>> => {
    const answer = await fetch(`http://${REGISTRY}/v2/${name}/manifests/${what}`, {
      headers: { Accept: [...TYPES, DOCKER_TYPE].join(', ') },
    });
    return (await answer.json()) as Record<string, { digest: string }[]>;
  };
  const top = await read(reference);
  const manifest = top['manifests'] ? await read(top['manifests'][0]?.digest ?? '') : top;
  return (manifest['layers'] ?? []).map(({ digest }) => digest);
}

export async function tags(name: string): Promise<string[]> {
  const answer = await fetch(`http://${REGISTRY}/v2/oggm/${name}/tags/list`);
  if (answer.status === 404) return [];
  return ((await answer.json()) as { tags: string[] | null }).tags?.sort() ?? [];
}

export const failedTests = ({ tests }: ImageResult): string[] =>
  tests.filter(({ ok }) => !ok).map(({ name }) => name);

export async function must(program: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await exec(program, args, {
    env: process.env as Record<string, string>,
  });
  if (code !== 0) throw new Error(`${program} failed: ${stderr}`);
  return stdout;
}

/** Address of this machine, as containers reach it. */
export async function bridgeAddress(env: Record<string, string> = {}): Promise<string> {
  const gateway = '{{(index .IPAM.Config 0).Gateway}}';
  const program = env['GLACIOCLOUD_DOCKER'] ?? DOCKER;
  const args = ['network', 'inspect', 'bridge', '--format', gateway];
  const { code, stdout, stderr } = await exec(program, args, { env: { ...machine(), ...env } });
  if (code !== 0) throw new Error(stderr);
  return stdout.trim();
}

const machine = (): Record<string, string> => process.env as Record<string, string>;

/** A base with one fault, by plain Buildx. */
export async function pushBase(
  name: string,
  line: string,
  folder = join(tmpdir(), `glaciocloud-base-${name}-${process.pid}`),
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const dockerfile = `FROM ${REGISTRY}/base/oggm:1\nUSER root\n${line}\nUSER 1100\n`;
  await writeFile(join(folder, 'Dockerfile'), dockerfile);
  const tag = `${REGISTRY}/base/${name}:1`;
  await must(DOCKER, ['buildx', 'build', '--push', '--tag', tag, folder]);
  await rm(folder, { recursive: true });
}

/** A stand-in for Docker's scanner, which is in no registry of packages: it lists one package. */
export async function pushScanner(): Promise<string> {
  const list = {
    _type: 'https://in-toto.io/Statement/v0.1',
    predicateType: 'https://spdx.dev/Document',
    predicate: { spdxVersion: 'SPDX-2.3', name: 'stand-in', packages: [{ name: 'oggm' }] },
  };
  const write = `printf '%s' '${JSON.stringify(list)}' > "$BUILDKIT_SCAN_DESTINATION/list.spdx.json"`;
  const entry = JSON.stringify(['/bin/sh', '-c', write]);
  await pushBase('scanner', `ENTRYPOINT ${entry}`);
  return `${REGISTRY}/base/scanner:1`;
}

/** Kinds of statement that are attached to an image. */
export async function statementsOf(name: string, digest: string): Promise<string[]> {
  const ask = async (reference: string): Promise<unknown> => {
    const address = `http://${REGISTRY}/v2/oggm/${name}/manifests/${reference}`;
    return (await fetch(address, { headers: { Accept: TYPES.join(', ') } })).json();
  };
  const { manifests } = (await ask(digest)) as {
    manifests: { digest: string; annotations?: Record<string, string> }[];
  };
  const attached = manifests.find(
    ({ annotations }) => annotations?.['vnd.docker.reference.type'] === 'attestation-manifest',
  );
  const { layers } = (await ask(attached?.digest ?? '')) as {
    layers: { annotations: Record<string, string> }[];
  };
  return layers.map(({ annotations }) => annotations['in-toto.io/predicate-type'] ?? '').sort();
}

/** Everything that the registry holds of an image but the layers of its base, unpacked. */
export async function blobsOf(name: string): Promise<Buffer[]> {
  const folder = join(process.env['DOCKER_CONFIG'] ?? '', '../registry/docker/registry/v2');
  const links = join(folder, `repositories/oggm/${name}/_layers/sha256`);
  const manifests = join(folder, `repositories/oggm/${name}/_manifests/revisions/sha256`);
  const base = new Set(await readdir(join(folder, 'repositories/base/oggm/_layers/sha256')));
  const all = [...(await readdir(links)), ...(await readdir(manifests))];
  return Promise.all(
    all
      .filter((hash) => !base.has(hash))
      .map(async (hash) => {
        const blob = await readFile(join(folder, 'blobs/sha256', hash.slice(0, 2), hash, 'data'));
        return blob[0] === 0x1f && blob[1] === 0x8b ? gunzipSync(blob) : blob;
      }),
  );
}
