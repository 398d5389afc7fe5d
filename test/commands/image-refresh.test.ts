import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { image } from '../../src/commands/image.ts';
import type { ImageInputs } from '../../src/commands/image.ts';
import { lockText } from '../../src/core/images/lock.ts';
import { ImageFailure } from '../../src/failure.ts';
import type { Outcome } from '../../src/outcome.ts';
import { FakeImages, NOTHING_ASKED, digestNo } from '../support/images.ts';
import { DOUBLE, commitAll, edit, git, temporary } from '../support/sample.ts';

/* Docker and registries are a double; test/images builds with the real ones. */
const MONDAY = Date.UTC(2026, 10, 23, 2);
const TUESDAY = MONDAY + 86_400_000;
const HERE = 'registry.example.org/hubs';
let folder: Awaited<ReturnType<typeof temporary>>;
let root: string;
let fake: FakeImages;

beforeEach(async () => {
  fake = new FakeImages();
  folder = await temporary();
  root = join(folder.path, 'platform');
  await cp(join(import.meta.dirname, '../core/rules/_base'), root, { recursive: true });
});
afterEach(() => folder.remove());

async function run(inputs: Partial<ImageInputs>): Promise<Outcome> {
  const ports = fake.ports((built) => readFile(join(built, 'Dockerfile'), 'utf8'));
  const report = { progress: () => undefined } as never;
  const where = { ...NOTHING_ASKED, root, chartsFrom: DOUBLE, now: MONDAY };
  return image({ ...where, ...inputs }, ports, report);
}

/** An image that is built on `science`, before it in the alphabet. */
async function child(): Promise<void> {
  await cp(join(root, 'images/science'), join(root, 'images/child'), { recursive: true });
  await writeFile(
    join(root, 'images/child/image.yaml'),
    `title: Child\nfrom: {image: ${HERE}/science, track: candidate}\n`,
  );
}

describe('image refresh', () => {
  test('builds what is due and pushes what passed; one that is built on another comes after it', async () => {
    await child();
    const answer = await run({ target: ['refresh'] });
    expect(answer.exit).toBe(0);
    expect(answer.json).toMatchObject({
      schema_version: 1,
      images: [
        { image: 'child', outcome: 'built', digest: digestNo(2), pull_request: null },
        { image: 'science', outcome: 'built', digest: digestNo(1), reason: 'tested and pushed' },
      ],
    });
    expect(fake.registry.get(`${HERE}/science:candidate`)).toBe(digestNo(1));
    expect(fake.registry.get(`${HERE}/child:candidate`)).toBe(digestNo(2));
  });

  test('lets tags leave what was withdrawn before anything is built on it', async () => {
    await child();
    const [bad, good] = [digestNo(8), digestNo(9)];
    const tests = { oggm: 'passed' as const };
    const lock = lockText({
      recipe: '1'.repeat(40),
      builds: {
        '2026-11-01-aaaaaa': { digest: good, tests },
        '2026-11-02-bbbbbb': { digest: bad, tests, yanked: 'it crashes' },
      },
      channels: { candidate: '2026-11-01-aaaaaa' },
    });
    await writeFile(join(root, 'images/science/image.lock.yaml'), lock);
    await git(root, 'init', '--quiet');
    await commitAll(root, 'files');
    fake.registry.set(`${HERE}/science:candidate`, bad);
    const told = {
      issueTexts: () => Promise.resolve([]),
      openIssue: () => Promise.resolve(1),
      closeIssue: () => Promise.resolve(),
      withdraw: () => Promise.resolve(),
      propose: () => Promise.resolve({ number: 7, head: 'c' }),
      startWorkflow: () => Promise.resolve(),
    } as never; // a double of GitHub
    const ports = fake.ports((built) => readFile(join(built, 'Dockerfile'), 'utf8'));
    const inputs = { ...NOTHING_ASKED, root, chartsFrom: DOUBLE, now: MONDAY };
    const said: string[] = [];
    const report = { progress: (text: string) => said.push(text) } as never;
    const asked = { github: told, run: undefined };
    const answer = await image({ ...inputs, target: ['refresh', 'child'] }, ports, report, asked);
    expect(answer.json).toMatchObject({
      images: [{ image: 'child', outcome: 'built', pull_request: 7 }],
    });
    expect(fake.registry.get(`${HERE}/science:candidate`)).toBe(good);
    fake.registry.set(`${HERE}/science:candidate`, bad);
    const copy = (): Promise<void> =>
      Promise.reject(new ImageFailure('cannot copy', { hint: 'look there' }));
    const broken = { ...ports, registry: { ...ports.registry, copy } };
    const failed = await image({ ...inputs, target: ['refresh', 'child'] }, broken, report, asked);
    expect(said).toContain('science: its tags do not follow its lock: cannot copy; look there');
    expect(failed.json).toMatchObject({
      images: [
        {
          outcome: 'failed',
          reason: expect.stringMatching(/^its base is 2026-11-02-bbbbbb of science, which was/u),
        },
      ],
    });
  });

  test('has time for OGGM’s own tests, and only it', async () => {
    const full = 'oggm: {version: 1.6.3}\ntests: {oggm: full}';
    await edit(root, 'images/science/image.yaml', 'oggm: {version: 1.6.3}', full);
    const suite = (): string[] =>
      fake.outside.made('run').filter((one) => one.includes('check_suite.py'));
    await run({ target: ['build', 'science'], push: true });
    expect([fake.outside.made('push').length, suite()]).toEqual([1, []]);
    fake.registry.clear();
    await run({ target: ['refresh'] });
    expect(suite()).toEqual(['run: check_suite.py in the image']);
    expect(fake.runs.at(-1)).toMatchObject({ network: 'open', timeoutMs: 7_200_000 });
  });

  test('waits for its day, unless it is named', async () => {
    const answer = await run({ target: ['refresh'], now: TUESDAY });
    expect(answer.text).toBe('… science waiting: it is rebuilt on Mondays\n');
    expect(fake.outside.made('build')).toEqual([]);
    const named = await run({ target: ['refresh', 'science'], now: TUESDAY });
    expect(named.text).toMatch(/^✓ science built 2026-11-26-[0-9a-f]{6}: tested and pushed\n$/u);
  });

  test('holds while a candidate is tried', async () => {
    const build = '2026-11-23-bbbbbb';
    const tests = { oggm: 'passed' } as const;
    const builds = { [build]: { digest: digestNo(9), tests } };
    const lock = { recipe: '1'.repeat(40), builds, channels: { candidate: build } };
    const locked = (): Promise<void> =>
      writeFile(join(root, 'images/science/image.lock.yaml'), lockText(lock));
    await locked();
    expect(await run({ target: ['refresh'] })).toMatchObject({
      json: { images: [{ outcome: 'built' }] },
    });
    await locked();
    await edit(root, 'environments/hub.yaml', 'wave: production', 'wave: staging');
    expect(await run({ target: ['refresh'] })).toMatchObject({
      exit: 0,
      json: { images: [{ outcome: 'waiting', build, digest: digestNo(9) }] },
    });
  });

  test.each<[string, (tag: string) => boolean, number]>([
    ['every image', () => false, 1],
    ['one of them', (tag) => tag.includes('/science:'), 3],
  ])('a failure of %s', async (_what, works, exit) => {
    await child();
    fake.builds = (tag) => ({ lines: [], ok: works(tag) });
    expect(await run({ target: ['refresh'] })).toMatchObject({ exit });
  });

  test('refuses files with mistakes, and names that are none', async () => {
    await expect(run({ target: ['refresh', 'x'] })).rejects.toMatchObject({ exit: 2 });
    await edit(root, 'environments/hub.yaml', 'memory: 4G', 'memory: 4Gi');
    expect(await run({ target: ['refresh'] })).toMatchObject({ exit: 2 });
    expect(fake.outside.calls).toEqual(['ready: ']); // Docker is there; nothing is asked of it
  });
});
