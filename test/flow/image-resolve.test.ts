import { beforeEach, describe, expect, test } from '@jest/globals';
import { ENVIRONMENT_BASE } from '../../src/core/images/build-plan.ts';
import { lockChecksum } from '../../src/core/images/lock.ts';
import { packagesHash, packagesPath, packagesText } from '../../src/core/model/package-list.ts';
import type { Package } from '../../src/core/model/package-list.ts';
import { resolve } from '../../src/flow/image-resolve.ts';
import type { Resolved } from '../../src/flow/image-resolve.ts';
import { FakeImages } from '../support/images.ts';
import { failureOf } from '../support/program.ts';
import { platformWith } from '../support/written.ts';

/* Docker and registries are a double here. */
const BASE = 'registry.example.org/base';
const digest = `sha256:${'a'.repeat(64)}`;
const newer = `sha256:${'b'.repeat(64)}`;
const build = '2026-11-14-3f2a1c';
const pip = ['pebble'];
const pebble: Package = { manager: 'pip', name: 'pebble', version: '1.0', source: 'sha256:11' };
const curl: Package = { manager: 'apt', name: 'curl', version: '8.1', source: 'files-sha256:22' };
const report = (version: string, sha256: string): string => {
  const from = { url: 'https://x', archive_info: { hashes: { sha256 } } };
  return JSON.stringify({ install: [{ name: 'pebble', version, from }] });
};

let fake: FakeImages;
beforeEach(() => {
  fake = new FakeImages();
  fake.registry.set(`${BASE}:1`, digest);
  fake.registry.set(ENVIRONMENT_BASE, digest);
  fake.solves = () => ({ code: 0, stdout: report('1.0', '11'), stderr: '' });
});

interface Asked {
  image?: Record<string, unknown>;
  /** Packages of the build before; undefined where there is none. */
  before?: Package[] | undefined;
  recipe?: string;
  list?: string | undefined;
  locked?: string | undefined;
}

/** Resolved as it would be on the night after `before`. */
function resolved({
  image = {},
  before,
  recipe = '0'.repeat(40),
  locked,
  ...more
}: Asked): Promise<Resolved> {
  const file = {
    title: 'T',
    oggm: { version: '1.6.3' },
    from: { image: BASE, tag: '1' },
    ...image,
  };
  const files: Record<string, Record<string, unknown>> = { 'images/science/image.yaml': file };
  const text = packagesText(before ?? []);
  if (before) {
    const builds = { [build]: { digest, base: digest, packages: packagesHash(text) } };
    const lock = { recipe, builds, channels: { candidate: build } };
    files['images/science/image.lock.yaml'] = { ...lock, checksum: lockChecksum(lock) };
  }
  const kept = 'list' in more ? more.list : text;
  const lists = new Map<string, string | undefined>();
  if (before) lists.set(packagesPath('science', build), kept);
  const platform = platformWith(files);
  const job = {
    ports: fake.ports(() => Promise.resolve('')),
    platform,
    files: () => Promise.resolve([]),
    list: (name: string, of: string) => Promise.resolve(lists.get(packagesPath(name, of))),
    locked,
  };
  return resolve(job, platform.images.get('science')!);
}

const asked = ({ files }: Resolved): string | undefined => files.get('requirements.txt');
/** The recipe of `image`, as a lock has it. */
const recipeOf = async (image: Record<string, unknown>): Promise<string> => {
  const { recipe } = await resolved({ image });
  fake.solved.length = 0;
  return recipe;
};

describe('the packages of an image', () => {
  test('are solved on its base by digest, and every one is pinned in the folder', async () => {
    const answer = await resolved({ image: { pip } });
    const image = `${BASE}@${digest}`;
    expect(fake.solved).toEqual([{ image, wanted: 'pebble\n', held: [], mirrors: {} }]);
    expect(asked(answer)).toBe('pebble==1.0 --hash=sha256:11\n');
    expect(answer).toMatchObject({ base: image, packages: [pebble], exactly: undefined });
    expect(answer.files.get('Dockerfile')).toContain(`\nFROM ${image}\n`);
    fake.solves = () => ({ code: 0, stdout: report('1.1', '33'), stderr: '' });
    expect((await resolved({ image: { pip } })).hash).not.toBe(answer.hash);
  });

  test('are the same while recipe and base are: nobody is asked', async () => {
    const recipe = await recipeOf({ pip });
    const answer = await resolved({ image: { pip }, before: [pebble, curl], recipe });
    expect(fake.solved).toEqual([]);
    expect(answer.packages).toEqual([pebble]);
    expect(answer.hash).toBe((await resolved({ image: { pip } })).hash);
  });

  test('keep their version on another base', async () => {
    const recipe = await recipeOf({ pip });
    fake.registry.set(`${BASE}:1`, newer);
    await resolved({ image: { pip }, before: [pebble, curl], recipe });
    const image = `${BASE}@${newer}`;
    expect(fake.solved).toEqual([{ image, wanted: 'pebble\n', held: [pebble], mirrors: {} }]);
  });

  test('keep their version after an edit', async () => {
    await resolved({ image: { pip }, before: [pebble], recipe: '1'.repeat(40) });
    expect(fake.solved).toMatchObject([{ held: [pebble] }]);
  });

  test('float with OGGM from a repository', async () => {
    const image = { pip, oggm: { git: 'OGGM/oggm', ref: 'main' } };
    const recipe = await recipeOf(image);
    await resolved({ image, before: [pebble], recipe });
    const wanted = 'pebble\noggm[full] @ git+https://github.com/OGGM/oggm@main\n';
    expect(fake.solved).toMatchObject([{ wanted, held: [] }]);
  });

  test.each<[string, string | undefined]>([
    ['is gone', undefined],
    ['is another one', 'pip pebble 0.9 sha256:11\n'],
  ])('are solved anew where the list of the build before %s', async (_, list) => {
    const recipe = await recipeOf({ pip });
    await resolved({ image: { pip }, before: [pebble], recipe, list });
    expect(fake.solved).toMatchObject([{ held: [] }]);
  });

  test('are solved where the build before had none of its own', async () => {
    const recipe = await recipeOf({ pip });
    await resolved({ image: { pip }, before: [curl], recipe });
    expect(fake.solved).toMatchObject([{ held: [] }]);
  });

  test.each<[string, Record<string, unknown>, string | undefined]>([
    ['where there are none', {}, undefined],
    ['beside those of conda, which come first', { pip, conda: ['a'] }, 'pebble\n'],
    ['of an environment of conda', { pip, from: undefined }, undefined],
  ])('are not solved %s', async (_, image, expected) => {
    const answer = await resolved({ image });
    expect(fake.solved).toEqual([]);
    expect(answer.packages).toEqual([]);
    expect(asked(answer)).toBe(expected);
  });

  test.each<[string, { code: number; stdout: string; stderr: string }, string]>([
    [
      'there is none',
      {
        code: 1,
        stdout: report('1.0', '11'),
        stderr: 'ERROR: No matching distribution found for pebble\n',
      },
      'its packages cannot be resolved: ERROR: No matching distribution found for pebble',
    ],
    [
      'pip says something else',
      { code: 0, stdout: '', stderr: 'ERROR: x' },
      'its packages cannot be resolved: pip’s report: it is no JSON object',
    ],
  ])('fail where %s', async (_, ended, message) => {
    fake.solves = () => ended;
    expect(await failureOf(resolved({ image: { pip } }))).toMatchObject({
      name: 'ImageFailure',
      message,
      hint: 'correct pip: or oggm: in image.yaml',
    });
  });
});

describe('an old build, again', () => {
  test('has its packages on its base; neither pip nor a registry is asked', async () => {
    fake.registry.set(`${BASE}:1`, newer);
    const answer = await resolved({
      image: { pip: ['other'] },
      before: [pebble, curl],
      locked: build,
    });
    expect(asked(answer)).toBe('pebble==1.0 --hash=sha256:11\n');
    expect(answer).toMatchObject({
      base: `${BASE}@${digest}`,
      packages: [pebble],
      exactly: [curl, pebble],
    });
    expect(fake.outside.calls).toEqual([]);
  });

  test.each<[string, Asked, string]>([
    ['that there is not', { before: [pebble], locked: '2026-01-01-aaaaaa' }, build],
    ['without a lock', { locked: build }, 'none'],
    ['without its list', { before: [pebble], list: undefined, locked: build }, build],
    ['with a list that was changed', { before: [pebble], list: 'x', locked: build }, build],
  ])('%s', async (_, more, builds) => {
    expect(await failureOf(resolved({ image: { pip }, ...more }))).toMatchObject({
      message: `the lock of science has no build ${more.locked ?? ''} with its list of packages`,
      hint: `builds: ${builds}; lists: images/science/packages/BUILD.txt`,
    });
  });
});

describe('packages of conda', () => {
  const numpy: Package = {
    manager: 'conda',
    name: 'numpy',
    version: '2.3.4=py312_0',
    source: 'sha256:44',
  };
  const oggm: Package = {
    manager: 'pip',
    name: 'oggm',
    version: '1.6.4.dev1',
    source: `found-git+https://github.com/OGGM/oggm@${'4f'.repeat(20)}`,
  };
  const before = [numpy, pebble, oggm, curl];
  const alone = { from: undefined, channels: ['ours', 'conda-forge'], conda: ['ours::numpy'] };
  const beside = { conda: ['numpy'], pip };
  const git = { git: 'OGGM/oggm', ref: 'main' };
  const dependencies = ({ files }: Resolved): string =>
    files.get('environment.yml')?.split('dependencies:\n')[1] ?? '';
  const listed = `  - python=3.13
  - pip
  - "ours::numpy=2.3.4=py312_0"
  - pip:
      - "oggm @ git+https://github.com/OGGM/oggm@${'4f'.repeat(20)}"
      - "pebble==1.0"
`;
  const steps = ({ files }: Resolved): string[] =>
    files.get('Dockerfile')?.match(/mamba install .*\n.*/gu) ?? [];
  const mamba = (...names: string[]): string =>
    `mamba install --yes --override-channels --channel "conda-forge" \\\n     ${names.join(' ')} \\`;

  test('an environment is built on a base by digest, which decides its content', async () => {
    const one = await resolved({ image: alone });
    expect(one.base).toBe(`docker.io/library/buildpack-deps@${digest}`);
    const settings: unknown = JSON.parse(one.files.get('repo2docker_config.json') ?? '');
    expect(settings).toHaveProperty('Repo2Docker.base_image', one.base);
    fake.registry.set(ENVIRONMENT_BASE, newer);
    expect((await resolved({ image: alone })).hash).not.toBe(one.hash);
  });

  test('are installed again while the recipe is the same, on whatever base, and its content is the same', async () => {
    const one = await resolved({ image: alone });
    const { recipe } = one;
    const again = await resolved({ image: alone, before, recipe });
    expect(dependencies(again)).toBe(listed);
    expect(again.hash).toBe(one.hash);
    expect(again.packages).toEqual([]);
    fake.registry.set(ENVIRONMENT_BASE, newer);
    expect(dependencies(await resolved({ image: alone, before, recipe }))).toBe(listed);
  });

  test('float after an edit', async () => {
    const edited = await resolved({ image: alone, before });
    expect(dependencies(edited)).toContain('"ours::numpy"\n');
  });

  test('float with OGGM from a repository, whose commit decides the content', async () => {
    const image = { ...alone, oggm: git };
    fake.refs.set('main', 'a1'.repeat(20));
    const one = await resolved({ image });
    const line = `"oggm[full] @ git+https://github.com/OGGM/oggm@${'a1'.repeat(20)}"`;
    expect(dependencies(one)).toContain(`"ours::numpy"\n  - pip:\n      - ${line}\n`);
    expect(dependencies(await resolved({ image, before, recipe: one.recipe }))).toBe(
      dependencies(one),
    );
    fake.refs.set('main', 'b2'.repeat(20));
    const next = await resolved({ image });
    expect([next.recipe, next.hash === one.hash]).toEqual([one.recipe, false]);
  });

  test('on another image are installed again while its base is the same, and float on a newer', async () => {
    const { recipe } = await resolved({ image: beside });
    const again = await resolved({ image: beside, before, recipe });
    expect(steps(again)).toEqual([mamba('"numpy=2.3.4=py312_0"')]);
    const commit = `oggm @ git+https://github.com/OGGM/oggm@${'4f'.repeat(20)}`;
    expect(asked(again)).toBe(`${commit}\npebble==1.0\n`);
    fake.registry.set(`${BASE}:1`, newer);
    const other = await resolved({ image: beside, before, recipe });
    expect([steps(other), asked(other)]).toEqual([[mamba('"numpy"')], 'pebble\n']);
  });

  test.each([
    ['of an environment', alone, ENVIRONMENT_BASE],
    ['on another image', beside, `${BASE}:1`],
    ['with OGGM from a repository', { ...alone, oggm: git }, ENVIRONMENT_BASE],
  ])('of an old build %s: its list on its base, and nobody is asked', async (_, image, base) => {
    fake.registry.set(base, newer);
    const answer = await resolved({ image, before, locked: build });
    const text = [...answer.files.values()].join();
    for (const one of ['numpy=2.3.4=py312_0', 'pebble==1.0', `oggm@${'4f'.repeat(20)}`])
      expect(text).toContain(one);
    expect(answer.base).toBe(`${base.replace(/:[^:]*$/u, '')}@${digest}`);
    expect(answer.exactly).toHaveLength(before.length);
    expect(fake.outside.calls).toEqual([]);
  });
});

describe('a base that was withdrawn', () => {
  const HERE = 'registry.example.org/hubs';
  const job = (locked?: string): [Parameters<typeof resolve>[0], Parameters<typeof resolve>[1]] => {
    const child = { title: 'C', from: { image: `${HERE}/science`, track: 'candidate' } };
    const yanked = { digest: newer, yanked: 'it crashes' };
    const lock = { recipe: '1'.repeat(40), builds: { [build]: yanked }, channels: {} };
    const text = packagesText([curl]);
    const past = { digest, base: newer, packages: packagesHash(text) };
    const platform = platformWith({
      'images/child/image.yaml': child,
      'images/child/image.lock.yaml': { ...lock, builds: { [build]: past } },
      'images/science/image.lock.yaml': lock,
    });
    const known = {
      ports: fake.ports(() => Promise.resolve('')),
      platform,
      files: () => Promise.resolve([]),
      list: () => Promise.resolve(text),
      locked,
    };
    return [known, platform.images.get('child')!];
  };

  test('is built on by nothing new, and says so', async () => {
    fake.registry.set(`${HERE}/science:candidate`, newer);
    expect(await failureOf(resolve(...job()))).toMatchObject({
      message: `its base is ${build} of science, which was withdrawn: it crashes`,
      hint: 'build science anew, or name another version below from:; a tag follows the lock with `image promote --pull-request`',
    });
    fake.registry.set(`${HERE}/science:candidate`, digest);
    expect(await resolve(...job())).toMatchObject({ base: `${HERE}/science@${digest}` });
  });

  test('serves an old build that is built again', async () => {
    expect(await resolve(...job(build))).toMatchObject({ base: `${HERE}/science@${newer}` });
  });
});
