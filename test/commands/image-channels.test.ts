import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { image } from '../../src/commands/image.ts';
import type { ImageInputs } from '../../src/commands/image.ts';
import { wantedReleases } from '../../src/core/hub/release.ts';
import { lockText } from '../../src/core/images/lock.ts';
import type { LockContent } from '../../src/core/images/yank.ts';
import { at, objectOf, textAt } from '../../src/core/json.ts';
import { noticesText } from '../../src/core/notices/notices.ts';
import type { ImageBuild } from '../../src/core/model/types.ts';
import type { Release } from '../../src/core/unit.ts';
import { ImageFailure } from '../../src/failure.ts';
import { gatherPlatform } from '../../src/gather/platform.ts';
import type { Outcome } from '../../src/outcome.ts';
import type { Proposal } from '../../src/ports/own-pulls.ts';
import { FakeImages, NOTHING_ASKED } from '../support/images.ts';
import { commitAll, edit, git, temporary } from '../support/sample.ts';

/* Files and git are real; nothing is built here, so Docker and registries are a double that nobody asks. */
const LOCK = 'images/science/image.lock.yaml';
const NOW = Date.UTC(2026, 10, 26, 12);
const old = '2026-11-20-aaaaaa';
const fresh = '2026-11-25-bbbbbb';
const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const build = (letter: string, more: Partial<ImageBuild> = {}): ImageBuild => ({
  digest: digest(letter),
  tests: { oggm: 'passed' },
  ...more,
});
const LOCKED: LockContent = {
  recipe: '1'.repeat(40),
  builds: { [old]: build('a', { promoted: '2026-11-20T12:00:00Z' }), [fresh]: build('b') },
  channels: { candidate: fresh, stable: old },
};
let folder: Awaited<ReturnType<typeof temporary>>;
let root: string;

beforeEach(async () => {
  folder = await temporary();
  root = join(folder.path, 'platform');
  await cp(join(import.meta.dirname, '../core/rules/_base'), root, { recursive: true });
  await put(LOCK, lockText(LOCKED));
  await git(root, 'init', '--quiet', '--initial-branch=main');
  await commitAll(root, 'files');
});
afterEach(() => folder.remove());

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

/** Makes the hub one of the candidate wave. */
async function trying(): Promise<void> {
  await edit(root, 'environments/hub.yaml', 'wave: production', 'wave: staging');
  await commitAll(root, 'the hub tries');
}

/** A commit on the branch `deployed`: what the hub ran from then on. */
async function deployed(letter: string, at: string): Promise<void> {
  const unit = { kind: 'hub', cluster: 'main', name: 'hub' };
  const reference = `registry.example.org/hubs/science@${digest(letter)}`;
  const images = [{ name: 'science', reference }];
  const release = { v: 1, unit, namespace: 'hub', charts: [], values: {}, images, secrets: [] };
  const known = await git(root, 'branch', '--list', 'deployed');
  await git(root, 'checkout', '--quiet', ...(known === '' ? ['--orphan'] : []), 'deployed');
  if (known === '') await git(root, 'rm', '-rf', '--quiet', '.');
  await put('hub/release.json', JSON.stringify({ digest: at, release }));
  await put('hub/status.json', JSON.stringify({ at, commit: 'c' }));
  await commitAll(root, at);
  await git(root, 'checkout', '--quiet', 'main');
}

interface Wanted {
  references: string[];
  announcement: string;
  /** What restarts a hub when it changes. */
  restarting: unknown;
  text: string;
}

/** What the files ask of the hub, which runs the build of this letter. */
async function wanted(running: string): Promise<Wanted> {
  const { platform } = await gatherPlatform(root);
  if (!platform) throw new Error('the files cannot be read');
  const charts = { pins: [], codeDigest: 'c' };
  const unit = { kind: 'hub', cluster: 'main', name: 'hub' } as const;
  const reference = `registry.example.org/hubs/science@${digest(running)}`;
  const images = [{ name: 'science', reference }];
  const there: Release = {
    v: 1,
    unit,
    namespace: 'hub',
    charts: [],
    values: {},
    images,
    secrets: [],
  };
  const found = wantedReleases(platform, charts, [{ unit, release: there }]);
  const release = found.find((one) => one.unit.kind === 'hub')?.release;
  if (!release) throw new Error('the hub has no release');
  return {
    references: release.images.map((one) => one.reference),
    announcement: textAt(objectOf(noticesText(platform, 'hub')), '/notices/0/text'),
    restarting: at(release.values, '/jupyterhub'),
    text: JSON.stringify(release),
  };
}

async function run(inputs: Partial<ImageInputs>): Promise<Outcome> {
  const ports = new FakeImages().ports(() => Promise.resolve(''));
  return image({ ...NOTHING_ASKED, root, now: NOW, ...inputs }, ports, SILENT);
}

const SILENT = { progress: () => undefined } as never;
/** A double of GitHub: no issue is open, and every pull request is the seventh. */
const TELLS_NOBODY = {
  issueTexts: () => Promise.resolve([]),
  propose: () => Promise.resolve({ number: 7, head: 'c' }),
  startWorkflow: () => Promise.resolve(),
} as never;

const lock = (): Promise<string> => readFile(join(root, LOCK), 'utf8');
const result = (more: object): object => ({
  schema_version: 1,
  images: [
    {
      image: 'science',
      build: fresh,
      digest: LOCKED.builds[fresh]?.digest,
      size_bytes: null,
      seconds: { resolve: 0, build: 0, test: 0, push: 0 },
      tests: [],
      packages: [],
      oggm_commit: null,
      pull_request: null,
      hubs: [],
      ...more,
    },
  ],
});

describe('image promote', () => {
  const promoted = lockText({
    ...LOCKED,
    builds: { ...LOCKED.builds, [fresh]: build('b', { promoted: '2026-11-26T12:00:00Z' }) },
    channels: { candidate: fresh, stable: fresh },
  });

  test('by name, where no hub tries the image', async () => {
    const answer = await run({ target: ['promote', 'science', 'science'] });
    expect(answer.json).toEqual(result({ outcome: 'promoted', reason: 'stable names it now' }));
    expect(answer.text).toBe(`✓ science promoted ${fresh}: stable names it now\n`);
    expect(answer.exit).toBe(0);
    expect(await lock()).toBe(promoted);
    const again = await run({ target: ['promote', 'science'] });
    expect(again.text).toBe(`· science unchanged: stable is ${fresh}\n`);
  });

  test('without a name what nobody tries waits for a person', async () => {
    const answer = await run({ target: ['promote'] });
    const reason = 'no hub of a candidate wave offers it: a person promotes it, by its name';
    expect(answer.json).toEqual(result({ outcome: 'waiting', reason }));
    expect(await lock()).toBe(lockText(LOCKED));
  });

  test('after the soak, which other changes of the hub do not begin again', async () => {
    await edit(root, 'platform.yaml', 'images: stable}', 'images: stable, soak: 24h}');
    await trying();
    const text = async (): Promise<string> => (await run({ target: ['promote'] })).text;
    expect(await text()).toBe(`… science waiting ${fresh}: not running yet on hub\n`);
    await deployed('b', '2026-11-20T12:00:00Z');
    await deployed('a', '2026-11-24T12:00:00Z');
    expect(await text()).toBe(`… science waiting ${fresh}: not running yet on hub\n`);
    await deployed('b', '2026-11-25T13:00:00Z');
    await deployed('b', '2026-11-26T11:00:00Z');
    expect(await text()).toBe(`… science waiting ${fresh}: it soaks until 2026-11-26T13:00:00Z\n`);
    const later = await run({ target: ['promote'], now: NOW + 3_600_000 });
    expect(later.text).toBe(`✓ science promoted ${fresh}: stable names it now\n`);
  });

  test('reads what runs from a folder where one is named', async () => {
    await trying();
    await deployed('b', '2026-11-26T11:59:00Z');
    await git(root, 'worktree', 'add', '--quiet', '../present', 'deployed');
    await rm(join(folder.path, 'present/.git'));
    const present = join(folder.path, 'present');
    const answer = await run({ target: ['promote'], present });
    expect(answer.text).toBe(`✓ science promoted ${fresh}: stable names it now\n`);
  });

  test('says where nothing was built', async () => {
    await rm(join(root, LOCK));
    const answer = await run({ target: ['promote'] });
    expect(answer.text).toBe('· science unchanged: nothing of it was built yet\n');
  });

  test.each([
    ['at the top of its repository', '', LOCK],
    ['in a folder of its repository', 'platform', `platform/${LOCK}`],
  ])('asks for the files of a platform %s', async (_where, at, path) => {
    await rm(join(root, '.git'), { recursive: true });
    const top = at === '' ? root : folder.path;
    await git(top, 'init', '--quiet');
    await commitAll(top, 'files');
    const asked: string[] = [];
    const github = {
      ...(TELLS_NOBODY as object),
      propose: ({ files }: Proposal) => {
        asked.push(...files.keys());
        return Promise.resolve({ number: 7, head: 'c' });
      },
    } as never;
    const fake = new FakeImages();
    const inputs = { ...NOTHING_ASKED, root, now: NOW, target: ['promote', 'science'] };
    const ports = fake.ports(() => Promise.resolve(''));
    await image(inputs, ports, SILENT, { github, run: undefined });
    expect(asked).toEqual([path]);
  });

  test('what a registry has lost of one image keeps no other from its promotion', async () => {
    const other = lockText({ ...LOCKED, channels: { candidate: fresh } });
    await cp(join(root, 'images/science'), join(root, 'images/other'), { recursive: true });
    await put('images/other/image.lock.yaml', other);
    await commitAll(root, 'two images');
    const ports = new FakeImages().ports(() => Promise.resolve(''));
    const copy = (): Promise<void> =>
      Promise.reject(new ImageFailure('cannot copy', { hint: 'look there' }));
    const registry = { ...ports.registry, copy };
    const inputs = { ...NOTHING_ASKED, root, now: NOW, target: ['promote', 'science', 'other'] };
    const asked = { github: TELLS_NOBODY, run: undefined };
    const answer = await image(inputs, { ...ports, registry }, SILENT, asked);
    expect(answer).toMatchObject({
      exit: 3,
      json: {
        images: [
          {
            image: 'science',
            outcome: 'failed',
            reason: 'its tags do not follow its lock: cannot copy; look there',
          },
          { image: 'other', outcome: 'promoted', build: fresh, pull_request: 7 },
        ],
      },
    });
  });

  test('refuses files with mistakes, and names that are none', async () => {
    await expect(run({ target: ['promote', 'x'] })).rejects.toMatchObject({
      message: 'there is no image "x"',
      hint: 'images: science',
      exit: 2,
    });
    await edit(root, LOCK, `candidate: ${fresh}`, `candidate: ${old}`);
    expect(await run({ target: ['promote', 'science'] })).toMatchObject({ exit: 2 });
    await edit(root, 'platform.yaml', 'glaciocloud: 1', '- none');
    expect(await run({ target: ['promote', 'science'] })).toMatchObject({ exit: 2 });
  });
});

describe('image yank', () => {
  const asked = { target: ['yank', 'science', fresh], reason: 'numpy crashes' };

  test('moves its channel to the last good build, and names the hubs that run it', async () => {
    await deployed('b', '2026-11-26T11:00:00Z');
    const answer = await run(asked);
    const reason = `candidate is ${old} again`;
    expect(answer.json).toEqual(result({ outcome: 'yanked', reason, hubs: ['hub'] }));
    expect(await lock()).toBe(
      lockText({
        ...LOCKED,
        builds: { ...LOCKED.builds, [fresh]: build('b', { yanked: 'numpy crashes' }) },
        channels: { candidate: old, stable: old },
      }),
    );
    const again = await run({ ...asked, reason: 'really' });
    const before = 'it was withdrawn before: numpy crashes';
    expect(again.json).toEqual(result({ outcome: 'unchanged', reason: before }));
  });

  test('no hub starts it again, none is restarted for it, and its pages say why', async () => {
    await trying();
    const before = await wanted('b');
    expect(before.references).toEqual([`registry.example.org/hubs/science@${digest('b')}`]);
    await run(asked);
    const after = await wanted('b');
    expect(after.references).toEqual([`registry.example.org/hubs/science@${digest('a')}`]);
    expect(after.text).not.toContain(digest('b'));
    expect(after.restarting).toEqual(before.restarting);
    const title = 'The image “Science” of 2026-11-25 was withdrawn (numpy crashes)';
    const next = 'stop yours and start it again to get the last good one';
    expect([before.announcement, after.announcement]).toEqual([
      '',
      `${title}: servers that run it go on; ${next}.`,
    ]);
    await run({ target: ['yank', 'science', old], reason: 'old too' });
    const none = await wanted('a');
    expect(none.references).toEqual([]);
    expect(none.announcement).toContain('no server starts with this image');
  });

  test('of the only good one: the channels name none', async () => {
    await run(asked);
    const answer = await run({ target: ['yank', 'science', old], reason: 'old too' });
    expect(answer.text).toBe(
      `✓ science yanked ${old}: candidate names no build any more, stable names no build any more\n`,
    );
    expect(await lock()).toContain('\nchannels: {}\n');
  });

  test('of a build that no channel names, where other files have mistakes and there is no clone', async () => {
    await put(LOCK, lockText({ ...LOCKED, channels: { stable: old } }));
    await rm(join(root, '.git'), { recursive: true });
    await edit(root, 'environments/hub.yaml', 'memory: 4G', 'memory: 4Gi');
    const answer = await run(asked);
    expect(answer.text).toMatch(
      `✓ science yanked ${fresh}: no channel named it; nobody knows which hubs run it: what is deployed cannot`,
    );
    expect(await lock()).toContain('yanked: "numpy crashes"');
  });

  test('not in a lock that somebody changed', async () => {
    await edit(root, LOCK, `candidate: ${fresh}`, `candidate: ${old}`);
    const answer = await run(asked);
    expect(answer.exit).toBe(2);
    expect(answer.findings.map(({ rule }) => rule)).toEqual(['lock-edited']);
  });

  test.each<[string, Partial<ImageInputs>, string, string]>([
    [
      'an image',
      { target: ['yank'] },
      'image yank needs an image and its build',
      'write: image yank IMAGE BUILD --reason TEXT',
    ],
    [
      'a build',
      { target: ['yank', 'science'] },
      'image yank needs an image and its build',
      'write: image yank IMAGE BUILD --reason TEXT',
    ],
    [
      'nothing more',
      { target: ['yank', 'science', fresh, old] },
      'image yank needs an image and its build',
      'write: image yank IMAGE BUILD --reason TEXT',
    ],
    [
      'a reason',
      { reason: undefined },
      'image yank needs a reason',
      'write: image yank IMAGE BUILD --reason TEXT',
    ],
    [
      'a reason that says something',
      { reason: '' },
      'image yank needs a reason',
      'write: image yank IMAGE BUILD --reason TEXT',
    ],
    [
      'more than a space as reason',
      { reason: ' ' },
      'image yank needs a reason',
      'write: image yank IMAGE BUILD --reason TEXT',
    ],
    [
      'a reason that fits',
      { reason: '🧊'.repeat(201) },
      'a reason is one line of at most 200 characters',
      'say in short what is wrong with the build',
    ],
    [
      'a reason of one line',
      { reason: 'a\nb' },
      'a reason is one line of at most 200 characters',
      'say in short what is wrong with the build',
    ],
    [
      'a reason without a credential',
      { reason: `log in with ghp_${'a1'.repeat(18)}` },
      'the reason holds a token of GitHub',
      'everybody reads it, in the lock and on the hub: say it without, and revoke what you wrote',
    ],
    [
      'an image that there is',
      { target: ['yank', 'x', fresh] },
      'there is no image "x"',
      'images: science',
    ],
    [
      'a build that there is',
      { target: ['yank', 'science', '2026-11-01-cccccc'] },
      'science has no build "2026-11-01-cccccc"',
      `builds: ${old}, ${fresh}`,
    ],
  ])('needs %s', async (_what, inputs, message, hint) => {
    await expect(run({ ...asked, ...inputs })).rejects.toMatchObject({ message, hint, exit: 2 });
  });

  test('takes a reason of 200 characters, and needs a lock', async () => {
    expect((await run({ ...asked, reason: '🧊'.repeat(200) })).exit).toBe(0);
    await rm(join(root, LOCK));
    await expect(run(asked)).rejects.toMatchObject({ message: 'science has no lock', exit: 2 });
  });

  test('refuses a platform that cannot be read', async () => {
    await edit(root, 'platform.yaml', 'glaciocloud: 1', '- none');
    expect(await run(asked)).toMatchObject({ exit: 2 });
  });
});
