import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { image } from '../../src/commands/image.ts';
import type { ImageInputs } from '../../src/commands/image.ts';
import { ImageFailure } from '../../src/failure.ts';
import { ENVIRONMENT_BASE } from '../../src/core/images/build-plan.ts';
import { lockChecksum } from '../../src/core/images/lock.ts';
import { resolveImage } from '../../src/core/images/resolve.ts';
import { gatherPlatform } from '../../src/gather/platform.ts';
import type { Outcome } from '../../src/outcome.ts';
import type { Asked } from '../../src/flow/image-pulls.ts';
import { githubStage } from '../support/github-sim/stage.ts';
import type { GithubStage } from '../support/github-sim/stage.ts';
import { FakeImages, NOTHING_ASKED, digestNo } from '../support/images.ts';
import { DOUBLE, commitAll, edit, git, temporary } from '../support/sample.ts';

/* Docker and registries are a double; test/images runs the same command with the real ones. */
const NOW = Date.UTC(2026, 10, 26);
let folder: Awaited<ReturnType<typeof temporary>>;
let root: string;
let fake: FakeImages;
let told: string[];

beforeAll(async () => {
  folder = await temporary();
  root = join(folder.path, 'platform');
  await cp(join(import.meta.dirname, '../core/rules/_base'), root, { recursive: true });
});
afterAll(() => folder.remove());
beforeEach(() => {
  fake = new FakeImages();
  told = [];
});

interface Run extends Partial<ImageInputs> {
  /** What the double finds as a recipe. */
  recipe?: string;
}

function run({ recipe = 'Dockerfile', ...inputs }: Run, asked?: Asked): Promise<Outcome> {
  const ports = fake.ports((built) => readFile(join(built, recipe), 'utf8'));
  const report = { progress: (text: string) => told.push(text) } as never;
  const where = { ...NOTHING_ASKED, root, chartsFrom: DOUBLE, now: NOW };
  return image({ ...where, ...inputs }, ports, report, asked);
}

describe('image build', () => {
  test('gives what others read: every field, and 0', async () => {
    const answer = await run({ target: ['build', 'science'] });
    expect(answer.exit).toBe(0);
    expect(answer.json).toEqual({
      schema_version: 1,
      images: [
        {
          image: 'science',
          outcome: 'built',
          build: expect.stringMatching(/^2026-11-26-[0-9a-f]{6}$/u),
          digest: digestNo(1),
          reason: 'tested, not pushed',
          size_bytes: 1e9,
          seconds: { resolve: 0, build: 60, test: 18, push: 0 },
          tests: expect.arrayContaining([
            {
              name: 'size',
              ok: true,
              seconds: 0,
              memory_mb: null,
              detail: '1000.0 MB in 9 layers',
            },
          ]),
          packages: ['pip oggm 1.6.3'],
          oggm_commit: null,
        },
      ],
    });
    expect(answer.text).toMatch(/^✓ science built sha256:0+1: tested, not pushed /u);
    expect(told[1]).toBe('science: passed size (0.0 s): 1000.0 MB in 9 layers');
  });

  test.each<[string, Partial<ImageInputs>, string]>([
    ['the platform’s registry', {}, 'registry.example.org/hubs'],
    ['the one that is named', { registry: 'other.example.org/x' }, 'other.example.org/x'],
  ])('pushes to %s', async (_, inputs, target) => {
    await run({ target: ['build', 'science'], push: true, ...inputs });
    expect(fake.registry.get(`${target}/science:candidate`)).toBe(digestNo(1));
  });

  test('writes the lock of what is in the platform’s registry, and hubs of candidate waves get it', async () => {
    const own = join(folder.path, 'own');
    await cp(join(import.meta.dirname, '../core/rules/_base'), own, { recursive: true });
    const push = { root: own, target: ['build', 'science'], push: true };
    await run({ ...push, registry: 'other.example.org/x' });
    expect((await gatherPlatform(own)).platform?.locks.size).toBe(0);
    await run(push);
    const { platform, findings } = await gatherPlatform(own);
    expect(findings.map(({ message }) => message)).toEqual([]);
    const lock = platform?.locks.get('science');
    expect(lock?.data.checksum).toBe(lock && lockChecksum(lock.data));
    const [image] = [...(platform?.images.values() ?? [])];
    const registry = 'registry.example.org/hubs';
    const resolved = image && resolveImage(registry, image, lock, 'candidate');
    expect(resolved).toEqual({
      kind: 'locked',
      reference: `${registry}/science@${digestNo(2)}`,
      build: lock?.data.channels.candidate,
    });
    expect(image && resolveImage(registry, image, lock, 'stable')).toEqual({ kind: 'unpromoted' });
    const answer = await run(push);
    expect(answer.json).toMatchObject({
      images: [{ outcome: 'unchanged', reason: `it is ${lock?.data.channels.candidate ?? ''}` }],
    });
  });

  test('builds an old build again by its list on disk', async () => {
    const own = join(folder.path, 'again');
    await cp(join(import.meta.dirname, '../core/rules/_base'), own, { recursive: true });
    const one = { root: own, target: ['build', 'science'] };
    await run({ ...one, push: true });
    const lock = (await gatherPlatform(own)).platform?.locks.get('science');
    const locked = lock?.data.channels.candidate ?? '';
    expect((await run({ ...one, locked })).json).toMatchObject({ images: [{ outcome: 'built' }] });
    const { json } = await run({ ...one, locked: '2026-01-01-aaaaaa' });
    const reason = expect.stringContaining('has no build 2026-01-01-aaaaaa');
    expect(json).toMatchObject({ images: [{ outcome: 'failed', reason }] });
  });

  describe('with --pull-request', () => {
    let stage: GithubStage;
    beforeEach(async () => {
      stage = await githubStage();
    });
    afterEach(() => stage.sim.close());
    /** The simulated GitHub has the commit too, with other files. */
    const onGithub = async (commit: string): Promise<void> => {
      stage.repository.actions.mayOpenPulls = true;
      await stage.forge.commitFiles('main', new Map([['README.md', '']]), 'first');
      const main = stage.repository.refs.get('refs/heads/main') ?? '';
      const known = stage.repository.objects.get(main);
      if (known) stage.repository.objects.set(commit, known);
    };
    const asked = () => ({ github: stage.forge, run: undefined });

    test('needs --push', async () => {
      await expect(run({ target: ['build', 'science'] }, asked())).rejects.toMatchObject({
        message: 'image build --pull-request needs --push',
        hint: 'a lock names what was pushed',
        exit: 2,
      });
      expect(fake.outside.calls).toEqual([]);
    });

    test('needs a clone', async () => {
      const inputs = { target: ['build', 'science'], push: true };
      await expect(run(inputs, asked())).rejects.toMatchObject({
        message: '--pull-request needs a clone',
        hint: 'run it where the platform is checked out',
        exit: 2,
      });
    });

    test('tells a failure in the issue of the image', async () => {
      const cloned = join(folder.path, 'asked');
      await cp(root, cloned, { recursive: true });
      await git(cloned, 'init', '--quiet');
      await onGithub(await commitAll(cloned, 'first'));
      fake.builds = () => ({ lines: [], ok: false });
      const inputs = { root: cloned, target: ['build', 'science'], push: true };
      const answer = await run(inputs, asked());
      expect(answer.exit).toBe(1);
      expect(answer.json).toMatchObject({ images: [{ outcome: 'failed', pull_request: null }] });
      const [issue] = stage.repository.issues.values();
      expect(issue?.labels).toEqual(['glaciocloud-image', 'image:science']);
      fake.builds = () => ({ lines: [], ok: true });
      expect((await run(inputs, asked())).exit).toBe(0);
      expect(issue?.state).toBe('closed');
    });
  });

  test('takes every image, or each once', async () => {
    const names = async (inputs: Partial<ImageInputs>): Promise<string[]> =>
      (await run(inputs)).text.match(/science built/gu) ?? [];
    expect(await names({ target: ['build'], all: true })).toHaveLength(1);
    expect(await names({ target: ['build', 'science', 'science'] })).toHaveLength(1);
  });

  test('that fails ends with 1', async () => {
    fake.builds = () => ({ lines: [], ok: false });
    const answer = await run({ target: ['build', 'science'] });
    expect(answer.exit).toBe(1);
    expect(answer.json).toMatchObject({ images: [{ outcome: 'failed', digest: null }] });
  });

  test('says the commit and its time', async () => {
    const cloned = join(folder.path, 'clone');
    await cp(root, cloned, { recursive: true });
    await git(cloned, 'init', '--quiet');
    await commitAll(cloned, 'first');
    await run({ root: cloned, target: ['build', 'science'] });
    const sha = (await git(cloned, 'rev-parse', 'HEAD')).trim();
    const time = (await git(cloned, 'log', '-1', '--format=%ct')).trim();
    const [one] = fake.built.values();
    expect(one?.labels['org.opencontainers.image.revision']).toBe(sha);
    expect(one?.epoch).toBe(Number(time));
  });

  test.each<[string, Partial<ImageInputs>, string, string]>([
    [
      'an image',
      { target: ['build'] },
      'image build needs an image, or --all',
      'see `glaciocloud --help`',
    ],
    [
      'one image for a build',
      { target: ['build', 'science', 'other'], locked: '2026-01-01-aaaaaa' },
      '--locked is for one image',
      'write: image build IMAGE --locked BUILD',
    ],
    [
      'an image that there is',
      { target: ['build', 'x'] },
      'there is no image "x"',
      'images: science',
    ],
  ])('needs %s', async (_, inputs, message, hint) => {
    await expect(run(inputs)).rejects.toMatchObject({ message, hint, exit: 2 });
    expect(fake.outside.calls).toEqual([]);
  });

  test('that a hub waits for is what the build is for', async () => {
    const waits = join(folder.path, 'waits');
    await cp(join(import.meta.dirname, '../core/rules/_base'), waits, { recursive: true });
    await writeFile(join(waits, 'images/science/image.yaml'), 'title: Science\n');
    fake.registry.set(ENVIRONMENT_BASE, digestNo(9));
    const inputs = { root: waits, target: ['build', 'science'] };
    const answer = await run({ ...inputs, recipe: 'environment.yml' });
    expect(answer.text).toMatch(/^✓ science built /u);
    expect(answer.findings.map(({ rule, severity }) => [rule, severity])).toEqual([
      ['placeholder', 'warning'],
      ['image-unbuilt', 'error'],
    ]);
  });

  test('asks for Docker before it looks for the chart', async () => {
    const error = new ImageFailure('no Docker', { hint: 'install it' });
    fake.outside.fail({ call: 'ready', error });
    const inputs = { target: ['build', 'science'], chartsFrom: join(folder.path, 'no-charts') };
    await expect(run(inputs)).rejects.toBe(error);
    fake = new FakeImages();
    await expect(run(inputs)).rejects.toMatchObject({
      message: expect.stringContaining('no-charts holds neither'),
    });
  });

  test('refuses files with mistakes before anything is built', async () => {
    const wrong = join(folder.path, 'wrong');
    await cp(root, wrong, { recursive: true });
    await edit(wrong, 'environments/hub.yaml', 'memory: 4G', 'memory: 4Gi');
    expect(await run({ root: wrong, target: ['build', 'science'] })).toMatchObject({ exit: 2 });
    await edit(wrong, 'platform.yaml', 'glaciocloud: 1', '- none');
    expect(await run({ root: wrong, target: ['build', 'science'] })).toMatchObject({ exit: 2 });
    expect(fake.outside.calls).toEqual(['ready: ']);
  });
});
