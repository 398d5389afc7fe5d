import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { START } from '../../src/core/hub/values/servers.ts';
import type { ImageResult } from '../../src/core/images/test-report.ts';
import { ImageFailure } from '../../src/failure.ts';
import { lockChecksum } from '../../src/core/images/lock.ts';
import type { Mirrors } from '../../src/core/model/types.ts';
import { packagesHash, packagesPath } from '../../src/core/model/package-list.ts';
import { buildImages } from '../../src/flow/images.ts';
import type { ImageJob } from '../../src/flow/image-run.ts';
import { FakeImages, NEAR, SCANNER_DOUBLE, digestNo } from '../support/images.ts';
import { platformWith } from '../support/written.ts';

/* Docker, repo2docker and registries are a double here; test/images has the real ones. */
const BASE = 'registry.example.org/base';
const BASE_DIGEST = `sha256:${'a'.repeat(64)}`;
const UNRECORDED = 'the registry has it, and the lock does not know it yet';
const TARGET = 'registry.example.org/hubs';

let fake: FakeImages;
let told: string[];
let written: Map<string, string>;
let lists: Map<string, string>;
beforeEach(() => {
  written = new Map();
  lists = new Map();
  fake = new FakeImages();
  fake.registry.set(`${BASE}:1`, BASE_DIGEST);
  told = [];
});

interface Asked extends Partial<ImageJob> {
  images?: Record<string, Record<string, unknown>>;
  lock?: Record<string, unknown>;
  mirrors?: Mirrors;
}

async function run({ images = { science: {} }, lock, mirrors, ...more }: Asked = {}): Promise<
  ImageResult[]
> {
  const files: [string, Record<string, unknown>][] = Object.entries(images).map(([name, file]) => [
    `images/${name}/image.yaml`,
    { title: name, oggm: { version: '1.6.3' }, from: { image: BASE, tag: '1' }, ...file },
  ]);
  if (mirrors) files.push(['platform.yaml', { mirrors }]);
  if (lock) files.push(['images/science/image.lock.yaml', lock]);
  const platform = platformWith(Object.fromEntries(files));
  const job: ImageJob = {
    ports: fake.ports((folder) => readFile(join(folder, 'Dockerfile'), 'utf8')),
    platform,
    hubVersion: '5.5.0',
    occasion: 'build',
    target: TARGET,
    commit: { sha: 'c0ffee', time: 1_700_000_000 },
    notebooks: () => Promise.resolve([]),
    files: () => Promise.resolve([]),
    list: (image, build) => Promise.resolve(lists.get(packagesPath(image, build))),
    locked: undefined,
    write: (files) => {
      for (const [path, text] of files) written.set(path, text);
      return Promise.resolve();
    },
    progress: (image, text) => told.push(`${image}: ${text}`),
    ...more,
  };
  return buildImages(
    job,
    Object.keys(images).map((name) => platform.images.get(name)!),
  );
}

const [built] = [digestNo(1)];
const contentOf = (): string =>
  [...fake.registry.keys()]
    .find((one) => one.startsWith(`${NEAR}/science:`))!
    .split(':')
    .at(-1)!;

describe('an image that is new', () => {
  test('is built, tested by its digest, and copied as it was tested; the tag that moves comes last', async () => {
    const [result] = await run();
    const content = contentOf();
    const near = `${NEAR}/science`;
    expect(fake.outside.calls).toEqual([
      `digest: ${BASE}:1`,
      `digest: ${TARGET}/science:${content}`,
      'throwAway: ',
      `digest: ${SCANNER_DOUBLE}`,
      `build: ${near}:${content}`,
      `push: ${near}:${content}`,
      `pull: ${near}@${built}`,
      `size: ${near}@${built}`,
      'run: list_packages.py in the image',
      'run: check_home.py in the image',
      'makeHome: empty',
      'run: check_server.py in home-1',
      'run: check_server.py in home-1',
      'removeHome: home-1',
      'makeHome: empty',
      'run: check_kernel.py in home-2',
      'run: check_puller.py in home-2',
      'run: check_version.py in home-2',
      'removeHome: home-2',
      'makeHome: full',
      'run: check_server.py in home-3',
      'removeHome: home-3',
      'makeHome: empty',
      'run: oggm_check.py in home-4',
      'removeHome: home-4',
      `copy: ${near}@${built} → ${TARGET}/science:${content}`,
      `digest: ${TARGET}/science:${content}`,
      `digest: ${TARGET}/science:candidate`,
      `copy: ${TARGET}/science@${built} → ${TARGET}/science:candidate`,
      `isPublic: ${TARGET}/science:${content}`,
      `remove: ${near}:${content}`,
      'stop: ',
    ]);
    expect(result).toEqual({
      image: 'science',
      outcome: 'built',
      build: `2026-11-26-${content.slice(0, 6)}`,
      digest: built,
      reason: 'tested and pushed',
      size_bytes: 1e9,
      seconds: { resolve: 0, build: 60, test: 18, push: 0 },
      tests: expect.arrayContaining([
        { name: 'oggm', ok: true, seconds: 2, memory_mb: 2, detail: 'oggm_check.py is content' },
      ]),
      packages: ['pip oggm 1.6.3'],
      oggm_commit: null,
    });
  });

  test('says that nobody else can pull it', async () => {
    fake.hidden.add(`${TARGET}/science`);
    expect(await run()).toMatchObject([
      {
        outcome: 'built',
        reason: `tested and pushed; ${TARGET}/science can be pulled with a login only: make it public in its settings, or no hub starts it`,
      },
    ]);
  });

  test('says which commit of OGGM it has', async () => {
    const commit = 'c'.repeat(40);
    fake.packages = [
      ['pip', 'numpy', '2.1', `found-git+https://github.com/numpy/numpy@${'d'.repeat(40)}`],
      ['pip', 'oggm', '1.6.3', `found-git+https://github.com/OGGM/oggm@${commit}`],
    ];
    expect(await run()).toMatchObject([{ oggm_commit: commit }]);
  });

  test('meets its tests as hubs start servers; only its own home is looked at without that', async () => {
    await run();
    const image = `${NEAR}/science@${built}`;
    const user = { name: 'jovyan', uid: 1100, gid: 100 };
    const folder = '/home/jovyan';
    expect(fake.homes).toEqual(
      [false, false, true, false].map((full) => ({ image, user, folder, full })),
    );
    const [list, home, server, , , puller, , full, oggm] = fake.runs;
    const limits = { memoryBytes: 4 * 2 ** 30, network: 'none', timeoutMs: 180_000 };
    const each = { image, user, env: {}, ...limits };
    const measured = ['python3', '-c', 'measure.py', 'python3', '-'];
    expect(list).toMatchObject({ home: undefined, input: 'list_packages.py' });
    expect(home).toEqual({
      ...each,
      home: undefined,
      input: 'check_home.py',
      entrypoint: 'python3',
      command: ['-c', 'measure.py', 'python3', '-', folder, '1100'],
    });
    const asHubs = ['/bin/sh', '-c', START, ...measured];
    expect(server).toEqual({
      ...each,
      home: { volume: 'home-1', folder },
      input: 'check_server.py',
      entrypoint: undefined,
      command: [...asHubs, '5.5.0'],
    });
    expect(puller?.command).toEqual(asHubs);
    expect(full?.home).toEqual({ volume: 'home-3', folder });
    expect(oggm).toMatchObject({
      env: { GLACIOCLOUD_CHECK: '{"version":"1.6.3","smoke":true}' },
      timeoutMs: 600_000,
    });
  });

  test.each([
    ['is there', BASE_DIGEST, `registry.example.org/scanner@${BASE_DIGEST}`, []],
    [
      'cannot be had',
      undefined,
      undefined,
      [`science: no SBOM is attached: ${SCANNER_DOUBLE} cannot be had`],
    ],
  ])('has a list of what is in it where its scanner %s', async (_, digest, expected, says) => {
    if (digest !== undefined) fake.registry.set(SCANNER_DOUBLE, digest);
    await run();
    expect(fake.built.get(`${NEAR}/science:${contentOf()}`)?.scanner).toBe(expected);
    expect(told.filter((one) => one.includes('SBOM'))).toEqual(says);
  });

  test('needs no list where it is not pushed', async () => {
    fake.registry.set(SCANNER_DOUBLE, BASE_DIGEST);
    await run({ target: undefined });
    expect([...fake.built.values()].map(({ scanner }) => scanner)).toEqual([undefined]);
  });

  test('stands on its base by digest, and says where it comes from', async () => {
    await run();
    const { dockerfile, labels, cache } = fake.built.get(`${NEAR}/science:${contentOf()}`)!;
    expect(dockerfile).toContain(`\nFROM ${BASE}@${BASE_DIGEST}\n`);
    expect(cache).toBe(`${TARGET}/science-cache:cache`);
    expect(labels).toMatchObject({
      'org.opencontainers.image.revision': 'c0ffee',
      'org.opencontainers.image.base.digest': BASE_DIGEST,
      'org.glaciocloud.content': contentOf(),
    });
  });

  test('is resolved and built through the platform’s mirrors, and none is in what is built', async () => {
    const mirrors = { github: 'https://m.example.org' };
    await run({ images: { science: { pip: ['pebble'] } }, mirrors });
    const [one] = fake.built.values();
    expect([fake.solved[0]?.mirrors, one?.mirrors]).toEqual([mirrors, mirrors]);
    expect(one?.dockerfile).not.toContain('m.example.org');
    const before = contentOf();
    fake = new FakeImages();
    fake.registry.set(`${BASE}:1`, BASE_DIGEST);
    await run({ images: { science: { pip: ['pebble'] } } });
    expect([[...fake.built.values()][0]?.mirrors, contentOf()]).toEqual([{}, before]);
  });

  test('needs no registry where nothing is pushed', async () => {
    const [result] = await run({ target: undefined });
    expect(result).toMatchObject({ outcome: 'built', digest: built, reason: 'tested, not pushed' });
    expect(fake.outside.calls.filter((call) => call.includes(TARGET))).toEqual([]);
    expect([...fake.built.values()].map(({ cache }) => cache)).toEqual([undefined]);
  });

  test('that is pinned already asks nobody for its base', async () => {
    await run({ images: { science: { from: { image: BASE, digest: BASE_DIGEST } } } });
    expect(fake.outside.calls).not.toContain(`digest: ${BASE}:1`);
  });

  test('shares the registry on this machine with the others', async () => {
    await run({ images: { science: {}, other: {} } });
    expect(fake.outside.made('build')).toHaveLength(2);
    expect(fake.outside.made('throwAway', 'stop')).toEqual(['throwAway: ', 'stop: ']);
    expect([...written.keys()].filter((path) => path.endsWith('.yaml')).sort()).toEqual([
      'images/other/image.lock.yaml',
      'images/science/image.lock.yaml',
    ]);
  });

  test('runs its notebooks, each before it is pushed', async () => {
    const notebooks = () => Promise.resolve([{ path: 'a.ipynb', text: '{}' }]);
    const [result] = await run({ notebooks });
    expect(result?.tests.map(({ name }) => name)).toContain('notebook a.ipynb');
    expect(fake.runs.map(({ input }) => input)).toContain('NOTEBOOK = "{}"\ncheck_notebook.py');
  });

  test('is told as it goes', async () => {
    fake.builds = () => ({ lines: ['#5 [2/3] RUN pip install x', '#5 DONE 2.0s'], ok: true });
    await run();
    expect(told.slice(0, 5)).toEqual([
      'science: it was never built',
      `science: no SBOM is attached: ${SCANNER_DOUBLE} cannot be had`,
      'science: RUN pip install x: 2.0 s',
      'science: passed size (0.0 s): 1000.0 MB in 9 layers',
      'science: passed packages (2.0 s): list_packages.py is content',
    ]);
  });
});

describe('what the registry has under its content', () => {
  test('is not built again, and where no lock is written not tested again', async () => {
    await run({ write: undefined });
    const before = fake.outside.calls.length;
    const [result] = await run({ write: undefined });
    expect(result).toMatchObject({
      outcome: 'unchanged',
      digest: built,
      reason: UNRECORDED,
      tests: [],
    });
    expect(fake.outside.calls.slice(before)).toEqual([
      `digest: ${BASE}:1`,
      `digest: ${TARGET}/science:${contentOf()}`,
      `digest: ${TARGET}/science:candidate`,
    ]);
  });

  test('gets its moving tag, where a run ended before that', async () => {
    await run();
    fake.registry.delete(`${TARGET}/science:candidate`);
    await run();
    expect(fake.registry.get(`${TARGET}/science:candidate`)).toBe(built);
  });

  test('is built again when its base has moved', async () => {
    await run();
    fake.registry.set(`${BASE}:1`, `sha256:${'b'.repeat(64)}`);
    expect(await run()).toMatchObject([{ outcome: 'built', digest: digestNo(2) }]);
  });

  test('gets its lock, where a run ended before that: its tests are made once more, as it is there', async () => {
    await run();
    const first = new Map(written);
    written.clear();
    const before = fake.outside.calls.length;
    expect(await run()).toMatchObject([{ outcome: 'unchanged', digest: built, size_bytes: 1e9 }]);
    expect(written).toEqual(first);
    const calls = fake.outside.calls.slice(before);
    expect(calls[2]).toBe(`pull: ${TARGET}/science@${built}`);
    expect(calls.filter((call) => /^(throwAway|build|push|copy)/u.test(call))).toEqual([]);
  });

  test('and fails its tests now gets no lock and no moving tag', async () => {
    await run();
    written.clear();
    fake.registry.delete(`${TARGET}/science:candidate`);
    fake.says = (script) => ({ code: script === 'check_home.py' ? 1 : 0, stdout: '{"ok": true}' });
    expect(await run()).toMatchObject([
      {
        outcome: 'failed',
        digest: built,
        reason: 'no lock is written: packages, home, hub version failed',
      },
    ]);
    expect(written).toEqual(new Map());
    expect(fake.registry.has(`${TARGET}/science:candidate`)).toBe(false);
  });
});

describe('the lock', () => {
  test('has what was pushed, and its packages beside it; the newest is the candidate', async () => {
    await run();
    const content = contentOf();
    const name = `2026-11-26-${content.slice(0, 6)}`;
    const list = 'pip oggm 1.6.3 files-sha256:00\n';
    const lock = written.get('images/science/image.lock.yaml') ?? '';
    expect([...written.keys()]).toEqual([
      `images/science/packages/${name}.txt`,
      'images/science/image.lock.yaml',
    ]);
    expect(written.get(`images/science/packages/${name}.txt`)).toBe(list);
    expect(lock).toContain(
      `  ${name}: {digest: "${built}", content: "${content}", registry: "${TARGET}", ` +
        `base: "${BASE_DIGEST}", oggm: {"version":"1.6.3"}, size: "1000M", tests: {`,
    );
    expect(lock).toContain(`channels:\n  candidate: ${name}\n`);
    expect(lock).not.toContain('stable');
  });

  test('comes after every tag', async () => {
    const write = (): Promise<void> => Promise.resolve(void fake.outside.calls.push('write'));
    await run({ write });
    expect(fake.outside.calls.slice(-5)).toEqual([
      `copy: ${TARGET}/science@${built} → ${TARGET}/science:candidate`,
      'write',
      `isPublic: ${TARGET}/science:${contentOf()}`,
      `remove: ${NEAR}/science:${contentOf()}`,
      'stop: ',
    ]);
  });

  test.each([
    ['nothing is pushed', { target: undefined }],
    ['a test fails', {}],
  ])('is not written where %s', async (why, more) => {
    if (why === 'a test fails') fake.says = () => ({ code: 1, stdout: '' });
    await run(more);
    expect(written).toEqual(new Map());
  });
});

describe('what the lock knows', () => {
  const name = '2026-11-14-3f2a1c';
  const recipe = '1'.repeat(40);

  /** The image as it was pushed before, in its lock. */
  async function again(build: Record<string, unknown>): Promise<ImageResult[]> {
    await run();
    const builds = { [name]: { digest: built, content: contentOf(), ...build } };
    const lock = { recipe, builds, channels: {} };
    return run({ lock: { ...lock, checksum: lockChecksum(lock) } });
  }
  const tests = { server: 'passed' } as const;

  test('and the registry has is unchanged, under its name', async () => {
    expect(await again({ tests })).toMatchObject([
      { outcome: 'unchanged', build: name, digest: built, reason: `it is ${name}` },
    ]);
  });

  test('and the registry has is the candidate again; the lock says it once', async () => {
    await again({ tests });
    const text = written.get('images/science/image.lock.yaml') ?? '';
    expect(text).toContain(`\n  ${name}: {digest: "${built}", `);
    expect(text).toContain(`channels:\n  candidate: ${name}\n`);
    expect(text).not.toContain(recipe);
    const wanted = /^recipe: "([0-9a-f]{40})"$/mu.exec(text)?.[1] ?? '';
    written.clear();
    const builds = { [name]: { digest: built, content: contentOf(), tests } };
    const lock = { recipe: wanted, builds, channels: { candidate: name } };
    await run({ lock: { ...lock, checksum: lockChecksum(lock) } });
    expect(written).toEqual(new Map());
  });

  test('and was withdrawn gets no moving tag', async () => {
    fake.outside.fail({
      call: 'copy',
      about: /candidate$/u,
      error: new ImageFailure('x', { hint: 'y' }),
    });
    expect(await again({ tests, yanked: 'numpy crashes' })).toMatchObject([
      {
        outcome: 'unchanged',
        reason: `it would be ${name} again, which was withdrawn: numpy crashes`,
      },
    ]);
    expect(fake.registry.has(`${TARGET}/science:candidate`)).toBe(false);
  });

  test('and did not pass is built again, under another name', async () => {
    const [result] = await again({ tests: { server: 'failed' } });
    expect(result).toMatchObject({ outcome: 'built', digest: digestNo(2) });
    expect(result?.build).not.toBe(name);
    expect(told).toContain(`science: ${name} did not pass its tests`);
  });
});

describe('an old build, again', () => {
  const name = '2026-11-14-3f2a1c';
  const list = 'pip oggm 1.6.3 files-sha256:00\n';

  async function again(packages: string[][]): Promise<ImageResult[]> {
    fake.packages = packages;
    lists.set(packagesPath('science', name), list);
    const builds = { [name]: { digest: built, base: BASE_DIGEST, packages: packagesHash(list) } };
    const lock = { recipe: '1'.repeat(40), builds, channels: { stable: name } };
    return run({ lock: { ...lock, checksum: lockChecksum(lock) }, locked: name });
  }

  test('is pushed under its content and recorded, and no channel moves', async () => {
    expect(await again(fake.packages)).toMatchObject([{ outcome: 'built' }]);
    const content = contentOf();
    expect(fake.registry.get(`${TARGET}/science:${content}`)).toBe(built);
    expect(fake.registry.has(`${TARGET}/science:candidate`)).toBe(false);
    const text = written.get('images/science/image.lock.yaml') ?? '';
    expect(text).toContain(`  2026-11-26-${content.slice(0, 6)}: {`);
    expect(text).toContain(`channels:\n  stable: ${name}\n`);
    expect(text).toContain(`recipe: "${'1'.repeat(40)}"`);
  });

  test('that is there as it was stays as it is: no channel moves to it', async () => {
    await again(fake.packages);
    const builds = {
      [name]: {
        digest: built,
        base: BASE_DIGEST,
        content: contentOf(),
        packages: packagesHash(list),
        tests: { server: 'passed' as const },
      },
    };
    written.clear();
    const lock = { recipe: '1'.repeat(40), builds, channels: {} };
    expect(
      await run({ lock: { ...lock, checksum: lockChecksum(lock) }, locked: name }),
    ).toMatchObject([{ outcome: 'unchanged', reason: `it is ${name}` }]);
    expect(written).toEqual(new Map());
    expect(fake.registry.has(`${TARGET}/science:candidate`)).toBe(false);
  });

  test('with another list is named, and nothing is pushed', async () => {
    const [result] = await again([['pip', 'oggm', '1.6.4', 'files-sha256:00']]);
    expect(result?.reason).toBe('nothing is pushed: packages failed');
    expect(result?.tests.find(({ ok }) => !ok)?.detail).toBe(
      'not the list: - pip oggm 1.6.3 files-sha256:00, + pip oggm 1.6.4 files-sha256:00',
    );
  });
});

describe('what fails', () => {
  const nothingPushed = (): void => {
    expect(fake.outside.calls.filter((call) => call.startsWith('copy'))).toEqual([]);
    expect([...fake.registry.keys()].filter((one) => one.startsWith(TARGET))).toEqual([]);
  };

  test('in more words than a job, a comment or an issue can hold', async () => {
    fake.says = () => ({ code: 1, stdout: '🧊'.repeat(100_000) });
    const [failed] = await run();
    const said = failed?.tests.filter(({ ok }) => !ok).map(({ detail }) => detail);
    expect(new Set(said)).toEqual(new Set(['🧊'.repeat(300)]));
    fake = new FakeImages();
    fake.registry.set(`${BASE}:1`, BASE_DIGEST);
    fake.builds = () => ({ lines: [`ERROR: ${'x'.repeat(100_000)}`], ok: false });
    const [unbuilt] = await run();
    expect(unbuilt?.reason).toBe(`ERROR: ${'x'.repeat(993)}`);
  });

  test('in a test: every other test runs, and nothing is pushed', async () => {
    fake.says = (script) => ({
      code: script === 'check_server.py' ? 1 : 0,
      stdout: '{"ok": true}',
    });
    const [result] = await run();
    expect(result).toMatchObject({
      outcome: 'failed',
      digest: built,
      reason: 'nothing is pushed: packages, server, second start, hub version, full home failed',
    });
    expect(result!.tests).toHaveLength(10);
    expect(told.at(-1)).toContain('science: passed oggm');
    expect(told).toContainEqual(expect.stringMatching(/^science: FAILED server/u));
    nothingPushed();
  });

  test('in the build: its error, and nothing is tested', async () => {
    fake.builds = () => ({ lines: ['ERROR: no such package'], ok: false });
    expect(await run()).toMatchObject([
      { outcome: 'failed', digest: null, reason: 'ERROR: no such package', tests: [] },
    ]);
    expect(fake.outside.made('run', 'push')).toEqual([]);
    expect(fake.outside.made('remove')).toHaveLength(1);
    nothingPushed();
  });

  test('because there is no such base', async () => {
    fake.registry.clear();
    expect(await run()).toMatchObject([
      {
        outcome: 'failed',
        build: null,
        reason: `its base ${BASE}:1 is not in its registry; correct from: in image.yaml`,
      },
    ]);
  });

  test('because no registry starts on this machine: nothing is built, and nothing is stopped', async () => {
    const error = new ImageFailure('no registry', { hint: 'install it' });
    fake.outside.fail({ call: 'throwAway', error });
    expect(await run()).toMatchObject([{ outcome: 'failed', reason: 'no registry; install it' }]);
    expect(fake.outside.made('build', 'stop')).toEqual([]);
  });

  test('hides nothing of the others', async () => {
    fake.registry.set(`${BASE}:2`, BASE_DIGEST);
    const images = { lost: { from: { image: BASE, tag: '9' } }, science: {} };
    expect((await run({ images })).map(({ outcome }) => outcome)).toEqual(['failed', 'built']);
  });

  test('on the way to the registry: no moving tag, and the next run completes', async () => {
    const error = new ImageFailure('the registry is gone', { hint: 'later' });
    fake.outside.fail({ call: 'copy', error });
    expect(await run()).toMatchObject([
      { outcome: 'failed', digest: null, reason: 'the registry is gone; later' },
    ]);
    nothingPushedTags();
    expect(await run()).toMatchObject([{ outcome: 'built', digest: digestNo(2) }]);
    expect(fake.registry.get(`${TARGET}/science:candidate`)).toBe(digestNo(2));
  });

  function nothingPushedTags(): void {
    expect([...fake.registry.keys()].filter((one) => one.startsWith(TARGET))).toEqual([]);
  }

  test('because a registry changes what it gets: no moving tag', async () => {
    const ports = fake.ports((folder) => readFile(join(folder, 'Dockerfile'), 'utf8'));
    const registry = {
      ...ports.registry,
      copy: (_: string, to: string) => {
        fake.registry.set(to, digestNo(7));
        return Promise.resolve();
      },
    };
    const [result] = await run({ ports: { ...ports, registry } });
    expect(result?.reason).toBe(
      `${TARGET}/science:${contentOf()} is ${digestNo(7)}, and ${built} was tested; this registry changes what it gets: use another one`,
    );
    expect(fake.registry.has(`${TARGET}/science:candidate`)).toBe(false);
  });

  test('while a home is in use: the home goes all the same', async () => {
    fake.outside.fail({
      call: 'run',
      about: /check_puller/u,
      error: new ImageFailure('x', { hint: 'y' }),
    });
    expect(await run()).toMatchObject([{ outcome: 'failed', reason: 'x; y' }]);
    expect(fake.outside.made('removeHome')).toEqual(['removeHome: home-1', 'removeHome: home-2']);
  });

  test('because of a mistake of ours, it is no image that fails', async () => {
    fake.outside.fail({ call: 'build', error: new TypeError('ours') });
    await expect(run()).rejects.toThrow('ours');
    expect(fake.outside.calls.at(-1)).toBe('stop: ');
  });
});

test('a chart that does not say its hub’s version: the image’s own is good', async () => {
  const [result] = await run({ hubVersion: '' });
  expect(result?.outcome).toBe('built');
});
