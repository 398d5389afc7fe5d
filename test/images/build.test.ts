import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { dump } from 'js-yaml';
import type { ImageResult } from '../../src/core/images/test-report.ts';
import { exec } from '../../src/edges/exec.ts';
import { packageIndex } from './package-index.ts';
import type { PackageIndex } from './package-index.ts';

/*
 * Real Docker, a real registry, real repo2docker and PyPI: `npm run test:images` brings them. The base image is the lab's
 * (JupyterHub 5.5.0, JupyterLab, nbgitpuller, OGGM 1.6.3); the chart, which says the hub's version, is the lab's double.
 */
const REGISTRY = process.env['GLACIOCLOUD_TEST_REGISTRY'] ?? '';
const DOCKER = process.env['GLACIOCLOUD_DOCKER'] ?? 'docker';
const TARGET = `${REGISTRY}/oggm`;
const ROOT = join(import.meta.dirname, '../..');
const TYPES = ['index', 'manifest'].map((kind) => `application/vnd.oci.image.${kind}.v1+json`);
const SITE = '/opt/user/lib/python3.11/site-packages';
/** In no file of ours: looked for in everything that a build leaves. */
const CANARY = 'canary-7f3a91';
const MINUTES = 60_000;

let platform = '';
beforeAll(async () => {
  if (REGISTRY === '') throw new Error('start these tests with `npm run test:images`');
  platform = await mkdtemp(join(tmpdir(), 'images-test-'));
  await cp(join(ROOT, 'test/core/rules/_base'), platform, { recursive: true });
  await rm(join(platform, 'images'), { recursive: true });
  const settings = await readFile(join(platform, 'platform.yaml'), 'utf8');
  await edit('platform.yaml', settings.replace(/^registry: .*$/mu, `registry: ${TARGET}`));
  const hub = await readFile(join(platform, 'environments/hub.yaml'), 'utf8');
  const tried = hub.replace('wave: production', 'wave: staging');
  await edit('environments/hub.yaml', tried.replace('hub.example.org', 'hub.glaciers.test'));
  await image('science', {
    from: { image: `${REGISTRY}/base/oggm`, tag: '1' },
    pip: ['tabulate'],
    tests: { notebooks: ['third.ipynb'] },
  });
  await edit('images/science/third.ipynb', notebook('a third is 0.33333333'));
});
afterAll(async () => {
  await rm(platform, { recursive: true, force: true });
});

/** One that says what a third is; `saved`: what it said once. */
function notebook(saved: string): string {
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

async function edit(path: string, text: string): Promise<void> {
  await writeFile(join(platform, path), text);
}

async function image(name: string, file: Record<string, unknown>): Promise<void> {
  const folder = join(platform, 'images', name);
  await mkdir(folder, { recursive: true });
  const whole = { title: name, oggm: { version: '1.6.3' }, ...file };
  await writeFile(join(folder, 'image.yaml'), dump(whole));
}

interface Built {
  code: number;
  images: ImageResult[];
  progress: string;
}

/** `image build`, as a person types it. */
async function build(args: readonly string[], env: Record<string, string> = {}): Promise<Built> {
  const { code, stdout, stderr } = await run(['image', 'build', ...args, '--json'], env);
  if (stdout === '') throw new Error(stderr);
  const { images } = JSON.parse(stdout) as { images: ImageResult[] };
  return { code, images, progress: stderr };
}

/** The command line, in the platform of these tests. */
function run(args: readonly string[], env: Record<string, string> = {}) {
  const where = ['--root', platform, '--charts-from', join(ROOT, 'test/lab/charts')];
  return exec(process.execPath, [join(ROOT, 'src/cli.ts'), ...args, ...where], {
    env: { ...(process.env as Record<string, string>), ...env },
  });
}

const pushing = (...args: string[]): string[] => [...args, '--push', '--registry', TARGET];

async function inRegistry(path: string): Promise<{ status: number; digest: string | null }> {
  const answer = await fetch(`http://${REGISTRY}/v2/oggm/${path}`, {
    headers: { Accept: TYPES.join(', ') },
  });
  return { status: answer.status, digest: answer.headers.get('docker-content-digest') };
}

async function tags(name: string): Promise<string[]> {
  const answer = await fetch(`http://${REGISTRY}/v2/oggm/${name}/tags/list`);
  if (answer.status === 404) return [];
  return ((await answer.json()) as { tags: string[] | null }).tags?.sort() ?? [];
}

const failedTests = ({ tests }: ImageResult): string[] =>
  tests.filter(({ ok }) => !ok).map(({ name }) => name);

describe('an image that is sound', () => {
  let first: ImageResult;

  test(
    'is built, tested and pushed: the registry has the digest that was tested, under its content and as candidate',
    async () => {
      const secret = { PIP_EXTRA_INDEX_URL: `http://user:${CANARY}@127.0.0.1:9/simple` };
      const { code, images } = await build(pushing('science'), secret);
      first = images[0]!;
      expect(
        images.map(({ tests }) => tests.map(({ name, ok, detail }) => [name, ok || detail])),
      ).toEqual([
        [
          ['size', true],
          ['packages', true],
          ['home', true],
          ['server', true],
          ['second start', true],
          ['nbgitpuller', true],
          ['hub version', true],
          ['full home', true],
          ['notebook third.ipynb', true],
          ['oggm', true],
        ],
      ]);
      expect([code, first.outcome, first.reason]).toEqual([0, 'built', 'tested and pushed']);
      const [content = '', moving] = await tags('science');
      expect([content, moving]).toEqual([expect.stringMatching(/^[0-9a-f]{40}$/u), 'candidate']);
      for (const tag of [content, 'candidate'])
        expect(await inRegistry(`science/manifests/${tag}`)).toEqual({
          status: 200,
          digest: first.digest,
        });
      expect(first.build).toMatch(
        new RegExp(`^[0-9]{4}-[0-9]{2}-[0-9]{2}-${content.slice(0, 6)}$`, 'u'),
      );
    },
    8 * MINUTES,
  );

  test('carries nothing of the machine that built it', async () => {
    const bundle = process.env['SSL_CERT_FILE'] ?? '';
    const certificates = bundle === '' ? '' : await readFile(bundle, 'utf8');
    const traces = [CANARY, 'PIP_EXTRA_INDEX_URL=', ...certificates.split('\n').slice(1, 2)];
    const found: string[] = [];
    let looked = 0;
    expect(await tags('science-cache')).toEqual(['cache']);
    for (const blob of [...(await blobsOf('science')), ...(await blobsOf('science-cache'))]) {
      looked += 1;
      found.push(...traces.filter((trace) => blob.includes(trace)));
    }
    expect(looked).toBeGreaterThan(5);
    expect(found).toEqual([]);
  });

  test('is in the lock with everything that it has, and a hub of a candidate wave gets this digest', async () => {
    const folder = join(platform, 'images/science');
    const lock = await readFile(join(folder, 'image.lock.yaml'), 'utf8');
    expect(lock).toContain(`  ${first.build ?? ''}: {digest: "${first.digest ?? ''}", content: `);
    expect(lock).toContain(`channels:\n  candidate: ${first.build ?? ''}\n`);
    const list = await readFile(join(folder, `packages/${first.build ?? ''}.txt`), 'utf8');
    const kinds = list.split('\n').map((line) => line.split(' ')[0]);
    expect([...new Set(kinds)]).toEqual(['apt', 'pip', '']);
    expect(list).toMatch(/^pip oggm 1\.6\.3 files-sha256:[0-9a-f]{64}$/mu);
    const checked = await run(['check']);
    expect([checked.code, checked.stderr + checked.stdout]).toEqual([
      0,
      expect.stringContaining('no findings'),
    ]);
    const out = join(platform, 'rendered');
    expect((await run(['render', 'hub', '--out', out])).code).toBe(0);
    const release = await readFile(join(out, 'hub/release.json'), 'utf8');
    expect(release).toContain(`${TARGET}/science@${first.digest ?? ''}`);
  });

  test('is not built again while nothing changes', async () => {
    const { code, images } = await build(pushing('science'));
    expect(code).toBe(0);
    expect(images).toMatchObject([
      {
        outcome: 'unchanged',
        digest: first.digest,
        reason: `it is ${first.build ?? ''}`,
        tests: [],
      },
    ]);
    expect(images[0]!.seconds).toMatchObject({ build: 0, test: 0 });
  });

  test('gets its moving tag back where it points at something else', async () => {
    // The index's own first manifest stands in for an older image.
    const manifests = `http://${REGISTRY}/v2/oggm/science/manifests`;
    const [type, inner = ''] = TYPES;
    const index = await fetch(`${manifests}/${first.digest}`, { headers: { Accept: type ?? '' } });
    const [child] = ((await index.json()) as { manifests: { digest: string }[] }).manifests;
    const older = await fetch(`${manifests}/${child?.digest ?? ''}`, {
      headers: { Accept: inner },
    });
    await fetch(`${manifests}/candidate`, {
      method: 'PUT',
      headers: { 'Content-Type': inner },
      body: await older.text(),
    });
    expect((await inRegistry('science/manifests/candidate')).digest).toBe(child?.digest);
    const { images } = await build(pushing('science'));
    expect(images).toMatchObject([{ outcome: 'unchanged' }]);
    expect((await inRegistry('science/manifests/candidate')).digest).toBe(first.digest);
  });
});

describe('an index that gains and loses versions', () => {
  let index: PackageIndex;
  beforeAll(async () => {
    const gateway = '{{(index .IPAM.Config 0).Gateway}}';
    const host = await must(DOCKER, ['network', 'inspect', 'bridge', '--format', gateway]);
    index = await packageIndex(host.trim());
    index.add('pebble', '1.0');
    const base = { image: `${REGISTRY}/base/oggm`, tag: '1' };
    await image('pinned', { from: base, pip: ['pebble'], tests: { oggm: 'none' } });
  });
  afterAll(() => index.stop());

  test(
    'a build is the same again by its list; what has vanished is named',
    async () => {
      const first = (await build(pushing('pinned'), index.env)).images[0]!;
      expect([first.outcome, failedTests(first)]).toEqual(['built', []]);
      const name = first.build ?? '';
      const list = join(platform, `images/pinned/packages/${name}.txt`);
      expect(await readFile(list, 'utf8')).toMatch(/^pip pebble 1\.0 sha256:[0-9a-f]{64}$/mu);

      index.add('pebble', '2.0');
      await must(DOCKER, ['builder', 'prune', '--all', '--force']);
      const again = (await build(['pinned', '--locked', name], index.env)).images[0]!;
      // The test of that name compares with the whole list.
      expect([again.outcome, again.tests.find((one) => one.name === 'packages')?.ok]).toEqual([
        'built',
        true,
      ]);

      index.remove('pebble', '1.0');
      await must(DOCKER, ['builder', 'prune', '--all', '--force']);
      const gone = (await build(['pinned', '--locked', name], index.env)).images[0]!;
      expect([gone.outcome, gone.reason]).toEqual([
        'failed',
        expect.stringContaining('No matching distribution found for pebble==1.0'),
      ]);
    },
    8 * MINUTES,
  );
});

/** Bases that are wrong in one way, as lines of a Dockerfile on the sound one. */
const BASES: Record<string, string> = {
  segfault: `RUN echo 'import ctypes; ctypes.string_at(0)' > ${SITE}/numpy/__init__.py && rm -f ${SITE}/numpy/__pycache__/__init__.*`,
  baked:
    'RUN mkdir /home/jovyan/.oggm && touch /home/jovyan/.oggm/data && chown -R 1100:100 /home/jovyan',
  rooted:
    'RUN cp /etc/skel/.bashrc /home/jovyan/.bashrc && chown 0:0 /home/jovyan/.bashrc /home/jovyan',
  unpulled: `RUN rm -r /opt/user/bin/gitpuller ${SITE}/nbgitpuller`,
  online: atStart(
    'import urllib.request',
    'urllib.request.urlopen("https://example.org/settings")',
  ),
  hungry: atStart(
    'import pathlib',
    'pathlib.Path.home().joinpath(".wanted").write_text("x" * 9999)',
  ),
};

/** What the server's program does before anything else. */
function atStart(...lines: string[]): string {
  return `RUN sed -i '2i ${lines.join('; ')}' /opt/user/bin/jupyterhub-singleuser`;
}

interface Broken {
  name: string;
  file: Record<string, unknown>;
  /** The tests that fail, and what the first of them says. */
  failed: string[];
  says: RegExp;
}

const starts = ['server', 'second start', 'hub version', 'full home'];
const onBase = (name: string): Record<string, unknown> => ({
  from: { image: `${REGISTRY}/base/${name}`, tag: '1' },
});
const sound = { from: { image: `${REGISTRY}/base/oggm`, tag: '1' } };

const BROKEN: Broken[] = [
  {
    name: 'another-oggm',
    file: { ...sound, oggm: { version: '1.6.2' } },
    failed: ['oggm'],
    says: /^OGGM 1\.6\.3 answers, and the image should have 1\.6\.2$/u,
  },
  { name: 'segfault', file: onBase('segfault'), failed: ['oggm'], says: /^ended by SIGSEGV/u },
  {
    name: 'old-jupyterhub',
    file: { ...sound, pip: ['jupyterhub==4.1.6'] },
    failed: ['hub version'],
    says: /^the image has JupyterHub 4\.1\.6, and the chart’s hub is 5\.5\.0$/u,
  },
  {
    name: 'baked',
    file: onBase('baked'),
    failed: ['home'],
    says: /^\/home\/jovyan\/\.oggm, .*hidden/u,
  },
  {
    name: 'rooted',
    file: onBase('rooted'),
    failed: ['home'],
    says: /^\/home\/jovyan, \/home\/jovyan\/\.bashrc: owned by uid 0, and people are 1100$/u,
  },
  {
    name: 'unpulled',
    file: onBase('unpulled'),
    failed: ['nbgitpuller'],
    says: /^the image has no gitpuller$/u,
  },
  {
    name: 'online',
    file: onBase('online'),
    failed: starts,
    says: /^the server ended with code 1: /u,
  },
  {
    name: 'hungry',
    file: onBase('hungry'),
    failed: ['full home'],
    says: /No space left on device/u,
  },
  {
    name: 'drifting',
    file: { ...sound, tests: { notebooks: ['third.ipynb'] } },
    failed: ['notebook third.ipynb'],
    says: /^cell 1: 0\.3334 has become 0\.33333/u,
  },
  {
    name: 'over-budget',
    // The base alone is larger.
    file: { ...sound, size: { max: '200M' } },
    failed: ['size'],
    says: /^[0-9.]+ MB is more than 200M$/u,
  },
];

describe('an image that is broken on purpose is caught by the test made for it, and nothing of it is pushed', () => {
  let built: Built;

  beforeAll(async () => {
    for (const [name, line] of Object.entries(BASES)) await pushBase(name, line);
    for (const { name, file } of BROKEN) await image(name, file);
    await edit('images/drifting/third.ipynb', notebook('a third is 0.3334'));
    built = await build(pushing(...BROKEN.map(({ name }) => name)));
  }, 12 * MINUTES);

  test.each(BROKEN)('$name', async ({ name, failed, says }) => {
    const result = built.images.find((one) => one.image === name)!;
    const details = result.tests.filter(({ ok }) => !ok).map(({ detail }) => detail);
    expect([result.outcome, failedTests(result), result.reason]).toEqual([
      'failed',
      failed,
      `nothing is pushed: ${failed.join(', ')} failed`,
    ]);
    expect(details[0]).toMatch(says);
    expect(await tags(name)).toEqual([]);
  });

  test('all of them failed: exit 1', () => {
    expect(built.code).toBe(1);
  });
});

describe('what goes wrong before there is anything to test', () => {
  beforeAll(async () => {
    await image('no-base', { from: { image: `${REGISTRY}/base/nowhere`, tag: '1' } });
    await image('no-package', { ...sound, pip: ['oggm-that-nobody-ever-made==9'] });
  });

  test(
    'one image that fails hides nothing of the others: exit 3',
    async () => {
      const { code, images } = await build(pushing('no-base', 'no-package', 'science'));
      expect(code).toBe(3);
      expect(images.map(({ image: name, outcome, reason }) => [name, outcome, reason])).toEqual([
        [
          'no-base',
          'failed',
          `its base ${REGISTRY}/base/nowhere:1 is not in its registry; correct from: in image.yaml`,
        ],
        ['no-package', 'failed', expect.stringContaining('oggm-that-nobody-ever-made')],
        ['science', 'unchanged', expect.stringMatching(/^it is 20/u)],
      ]);
    },
    5 * MINUTES,
  );

  test('a registry that does not answer: nothing is built', async () => {
    const { code, images } = await build(['science', '--push', '--registry', '127.0.0.1:9/oggm']);
    expect(code).toBe(1);
    expect(images).toMatchObject([{ outcome: 'failed', digest: null, seconds: { build: 0 } }]);
  });
});

const DATA = process.env['GLACIOCLOUD_SAMPLE_DATA'] ?? '';
/** Where OGGM 1.6.3 and salem 0.3.11 look for what they would download. */
const OGGM_DATA = '.oggm/oggm-sample-data-8af40f89620c6bd72f3485a777a018dcacb99d94';
const SALEM_DATA = '.salem_cache/salem-sample-data-454bf696324000d198f574a1bf5bc56e3e489051';

/** The runner says it where there is no sample data: no registry of packages has it. */
(DATA === '' ? describe.skip : describe)('OGGM from PyPI with its sample data', () => {
  test(
    'runs a glacier from its outline to a volume, without a network',
    async () => {
      await pushData();
      await image('glacier', {
        ...onBase('data'),
        pip: ['oggm[full]==1.6.3'],
        bake: ['sample-data', 'salem'],
      });
      const { code, images } = await build(pushing('glacier'));
      const [result] = images;
      process.stderr.write(`${JSON.stringify(result, null, 2)}\n`);
      expect([code, failedTests(result!)]).toEqual([0, []]);
      const oggm = result!.tests.find(({ name }) => name === 'oggm');
      expect(oggm?.detail).toContain('Hintereisferner 0.740 → 0.558 km³');
    },
    11 * MINUTES,
  );
});

/** A base that has the data already where `bake` would put it: GitHub is not reached here. */
async function pushData(): Promise<void> {
  const folder = join(platform, `../data-${process.pid}`);
  for (const [archive, path] of [
    ['oggm-sample-data', OGGM_DATA],
    ['salem-sample-data', SALEM_DATA],
  ] as const) {
    const into = join(folder, 'files', path);
    await mkdir(into, { recursive: true });
    const tar = join(DATA, `${archive}.tar.xz`);
    await must('tar', ['-xJf', tar, '-C', into, '--strip-components=1']);
  }
  // salem looks for the archive only.
  await writeFile(join(folder, 'files', `${SALEM_DATA}.zip`), '');
  await pushBase('data', 'COPY files /opt/oggm', folder);
}

async function must(program: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await exec(program, args, {
    env: process.env as Record<string, string>,
  });
  if (code !== 0) throw new Error(`${program} failed: ${stderr}`);
  return stdout;
}

/** A base with one fault, by plain Buildx. */
async function pushBase(
  name: string,
  line: string,
  folder = join(platform, `../${name}-${process.pid}`),
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const dockerfile = `FROM ${REGISTRY}/base/oggm:1\nUSER root\n${line}\nUSER 1100\n`;
  await writeFile(join(folder, 'Dockerfile'), dockerfile);
  const tag = `${REGISTRY}/base/${name}:1`;
  await must(DOCKER, ['buildx', 'build', '--push', '--tag', tag, folder]);
  await rm(folder, { recursive: true });
}

/** Everything that the registry holds of an image but the layers of its base, unpacked. */
async function blobsOf(name: string): Promise<Buffer[]> {
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
