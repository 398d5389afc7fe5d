import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { isAboutImages, reviewImages } from '../../src/commands/review-images.ts';
import { IMAGES_MARKER } from '../../src/core/images/build-comment.ts';
import { lockText } from '../../src/core/images/lock.ts';
import { packagesHash, packagesText } from '../../src/core/model/package-list.ts';
import type { Outcome } from '../../src/outcome.ts';
import { githubStage } from '../support/github-sim/stage.ts';
import type { GithubStage } from '../support/github-sim/stage.ts';
import type { Issue } from '../support/github-sim/state.ts';
import { copyPlatform, temporary } from '../support/sample.ts';

/* Files are real, GitHub is simulated; what a run has built is what its artifact says. */
const HEAD = 'a'.repeat(40);
const RUN = { id: 7, event: 'pull_request', branch: 'topic', headRepository: 4711 };
const PAGE = 'https://github.com/example/hubs/actions/runs/7';
const MOVED = 'the pull request has moved on: the run for its new head comments\n';
const BUILD = '2026-11-20-aaaaaa';
let stage: GithubStage;
let pull: Issue;
let folder: Awaited<ReturnType<typeof temporary>>;
let said: string[];

beforeEach(async () => {
  stage = await githubStage();
  pull = stage.pull({ sha: HEAD });
  folder = await temporary();
  said = [];
  for (const name of ['main', 'proposed']) await copyPlatform(join(folder.path, name));
});
afterEach(async () => {
  await stage.sim.close();
  await folder.remove();
});

const look = (head = HEAD): Promise<Outcome> =>
  reviewImages(
    {
      root: join(folder.path, 'proposed'),
      repository: join(folder.path, 'main'),
      pull: 1,
      head,
      run: { id: 7, address: PAGE },
    },
    stage.forge,
    { progress: (text: string) => void said.push(text) } as never,
  );

async function put(where: 'main' | 'proposed', path: string, text: string): Promise<void> {
  const whole = join(folder.path, where, path);
  await mkdir(dirname(whole), { recursive: true });
  await writeFile(whole, text);
}

/** What the run says of an image. */
function built(image: string, more: object = {}): void {
  const one = {
    image,
    outcome: 'built',
    build: '2026-11-26-bbbbbb',
    digest: `sha256:${'b'.repeat(64)}`,
    reason: 'tested, not pushed',
    size_bytes: 1.5e9,
    seconds: { resolve: 1, build: 60, test: 14.5, push: 0 },
    tests: [{ name: 'oggm', ok: true, seconds: 2, memory_mb: 512, detail: 'content' }],
    packages: ['pip numpy 2.1', 'pip oggm 1.6.3'],
    oggm_commit: null,
    ...more,
  };
  const text = JSON.stringify({ schema_version: 1, images: [one] });
  stage.artifact(`image-${image}`, { 'image.json': text }, RUN);
}

const comments = (): string[] => pull.comments.map(({ body }) => body);
const lines = (): string[] => (comments()[0] ?? '').split('\n').slice(5);

describe('a review', () => {
  test('is about the plan, or about images', () => {
    expect([isAboutImages([]), isAboutImages(['images'])]).toEqual([false, true]);
  });

  test.each([[['plan']], [['images', 'igm']], [['igm', 'images']]])('takes no %j', (target) => {
    expect(() => isAboutImages(target)).toThrow(
      expect.objectContaining({
        message: `review takes no "${target.join(' ')}"`,
        hint: 'write: review, or review images',
        exit: 2,
      }),
    );
  });
});

describe('images of a pull request', () => {
  test('are compared with the lock of the default branch, whatever the pull request says', async () => {
    const list = (numpy: string): string =>
      packagesText([
        { manager: 'pip', name: 'numpy', version: numpy, source: 'md5:0' },
        { manager: 'pip', name: 'oggm', version: '1.6.3', source: 'md5:0' },
      ]);
    for (const [where, numpy] of [
      ['main', '2.0'],
      ['proposed', '2.1'],
    ] as const) {
      const one = {
        digest: `sha256:${'a'.repeat(64)}`,
        tests: { oggm: 'passed' as const },
        packages: packagesHash(list(numpy)),
      };
      const locked = { recipe: '1'.repeat(40), builds: { [BUILD]: one } };
      const text = lockText({ ...locked, channels: { candidate: BUILD } });
      await put(where, 'images/igm/image.lock.yaml', text);
      await put(where, `images/igm/packages/${BUILD}.txt`, list(numpy));
    }
    built('igm');
    const answer = await look();
    expect(answer).toMatchObject({ exit: 0, text: 'images in the comment: igm\n' });
    expect(comments()).toEqual([answer.summary]);
    expect(lines()).toEqual([
      '### ✓ `igm`: tested, not pushed',
      '',
      'resolve 1 s, build 60 s, test 14.5 s, push 0 s, 1.50 GB',
      '',
      '| | test | time | memory | |',
      '| - | - | - | - | - |',
      '| ✓ | oggm | 2 s | 512 MB | content |',
      '',
      '| packages | | before | now |',
      '| - | - | - | - |',
      '| changed | [numpy](https://pypi.org/project/numpy/) | 2.0 | 2.1 |',
      '',
      'Who gets it: no hub when it is merged; hub when it is promoted.',
      '',
      '',
    ]);
    expect(said).toEqual(['comment on pull request 1: created']);
  });

  test('say what is new in OGGM since the default branch’s candidate, and ask no other repository', async () => {
    const { state } = stage.sim;
    const [from, to] = ['1'.repeat(40), '2'.repeat(40)];
    for (const owner of ['OGGM', 'secret']) {
      const { objects } = state.addRepository(state.addUser(owner), 'oggm');
      objects.set(from, { type: 'commit', tree: '', parents: [], message: 'old' });
      objects.set(to, { type: 'commit', tree: '', parents: [from], message: 'Faster ice' });
    }
    const one = {
      digest: `sha256:${'a'.repeat(64)}`,
      tests: { oggm: 'passed' as const },
      oggm: { version: '1.6.3', commit: from },
    };
    const locked = { recipe: '1'.repeat(40), builds: { [BUILD]: one } };
    const text = lockText({ ...locked, channels: { candidate: BUILD } });
    await put('main', 'images/igm/image.lock.yaml', text);
    built('igm', { oggm_commit: to });
    await look();
    const page = 'https://github.com/OGGM/oggm';
    expect(lines().filter((line) => line.includes(page))).toEqual([
      `OGGM: [1 commit since](${page}/compare/${from}...${to})`,
      `- [Faster ice](${page}/commit/${to})`,
    ]);
    built('igm', { oggm_commit: 'main' });
    await look();
    expect(lines()[0]).toBe('### ✗ `igm`: its result cannot be read');
    const file = 'images/igm/image.yaml';
    const image = await readFile(join(folder.path, 'main', file), 'utf8');
    await put('proposed', file, image.replace('OGGM/oggm', 'secret/oggm'));
    built('igm', { oggm_commit: to });
    await look();
    expect(comments()[0]).not.toContain('commit');
    expect(stage.sim.log.filter(({ path }) => path.startsWith('/repos/secret'))).toEqual([]);
  });

  test('are new where the default branch has no list, or cannot be read', async () => {
    built('igm');
    await look();
    expect(lines()).toContain('| added | [numpy](https://pypi.org/project/numpy/) |  | 2.1 |');
    await put('main', 'platform.yaml', '{');
    await look();
    expect(said.at(-1)).toBe('comment on pull request 1: unchanged');
  });

  test('stand in one comment, in their order, which the next run brings up to date', async () => {
    built('oggm-edu', { outcome: 'failed', reason: 'nothing is pushed: oggm failed' });
    built('igm');
    await look();
    expect(lines().filter((line) => line.startsWith('###'))).toEqual([
      '### ✓ `igm`: tested, not pushed',
      '### ✗ `oggm-edu`: nothing is pushed: oggm failed',
    ]);
    built('oggm-edu');
    await look();
    await look();
    expect(comments()).toHaveLength(1);
    expect(lines()).toContain('### ✓ `oggm-edu`: tested, not pushed');
    expect(said.map((text) => text.split(': ')[1])).toEqual(['created', 'updated', 'unchanged']);
  });

  test('are told in our own comment, whoever has written one that looks like it', async () => {
    const id = stage.sim.state.nextId();
    const [body, at] = [`${IMAGES_MARKER}\nall is well`, '2026-11-26T08:00:00Z'];
    const forged = { id, user: stage.stranger, body, created_at: at, updated_at: at };
    pull.comments.push(forged);
    built('igm');
    await look();
    expect(comments()).toHaveLength(2);
    expect(comments()[0]).toBe(forged.body);
    expect(pull.comments[1]?.user).toBe(stage.bot);
  });

  test.each<[string, string, string]>([
    ['no JSON', 'image.json', 'it is no JSON object'],
    ['no such file', 'x/image.json', 'there is none, or it is larger than a result can be'],
  ])('whose result is %s', async (_what, file, reason) => {
    stage.artifact('image-igm', { [file]: '' }, RUN);
    await look();
    expect(lines()).toEqual(['### ✗ `igm`: its result cannot be read', '', reason, '', '']);
  });
});

describe('nothing is said', () => {
  test.each<[string, () => Promise<void>]>([
    ['where nothing was built', () => Promise.resolve()],
    [
      'of images that no file names',
      () => {
        built('unknown');
        return Promise.resolve();
      },
    ],
    [
      'of another run',
      () => {
        stage.artifact('image-igm', { 'image.json': '' }, { ...RUN, id: 8 });
        return Promise.resolve();
      },
    ],
  ])('%s', async (_what, prepare) => {
    await prepare();
    expect(await look()).toMatchObject({
      exit: 0,
      text: 'the run has built no image: nothing to say\n',
    });
    expect(comments()).toEqual([]);
  });

  test('where the proposed files cannot be read', async () => {
    built('igm');
    await put('proposed', 'platform.yaml', '{');
    expect(await look()).toMatchObject({
      exit: 0,
      text: 'the files have errors, which the check tells: nothing to say\n',
    });
    expect(comments()).toEqual([]);
  });

  test('of a commit that is no longer the head', async () => {
    built('igm');
    expect(await look('b'.repeat(40))).toMatchObject({ exit: 0, text: MOVED });
    expect(comments()).toEqual([]);
  });
});
