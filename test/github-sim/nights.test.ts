import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import type { FlowResult } from '../../src/core/images/flow-result.ts';
import { lockText } from '../../src/core/images/lock.ts';
import type { ImageResult } from '../../src/core/images/test-report.ts';
import { packagesHash, packagesText } from '../../src/core/model/package-list.ts';
import type { ImageLockFile, Platform } from '../../src/core/model/types.ts';
import { followTags, promoteImage, yankImage } from '../../src/flow/image-channels.ts';
import { tellImages, troublesOf } from '../../src/flow/image-pulls.ts';
import { gatherLockFiles } from '../../src/gather/lock-files.ts';
import type { PullPlace } from '../../src/flow/image-pulls.ts';
import { refreshImages } from '../../src/flow/image-refresh.ts';
import { gatherPlatform } from '../../src/gather/platform.ts';
import { mergePull } from '../support/github-sim/pulls.ts';
import { githubStage } from '../support/github-sim/stage.ts';
import type { GithubStage } from '../support/github-sim/stage.ts';
import { temporary } from '../support/sample.ts';
import { HUB, textsWith } from '../support/written.ts';

/*
 * Seven nights of one image. GitHub is simulated and the clock is a number; what builds, tests and pushes is a double
 * that writes locks as a build does. test/images has the real one.
 */
const LOCK = 'images/science/image.lock.yaml';
const HERE = 'registry.example.org/hubs';
const HOUR = 3_600_000;
const digestOf = (letter: string): string => `sha256:${letter.repeat(64)}`;
const nameOf = (day: number, letter: string): string => `2026-11-${day}-${letter.repeat(6)}`;

let stage: GithubStage;
/** Whose token the nights have. */
let token: string;
let folder: Awaited<ReturnType<typeof temporary>>;
let root: string;
/** What upstream gives: a letter stands for everything that a build would find. */
let upstream: { letter: string; numpy: string; fails?: string };
/** What the registry has: moving tags, and every digest that has passed its tests. */
let tags: Map<string, string>;
let tested: Set<string>;
/** Digest of the candidate that the staging hub runs, and since when. */
let staging: { digest: string; at: string } | undefined;

const hub = load(textsWith({}).get(HUB) ?? '') as Record<string, unknown>;

beforeEach(async () => {
  stage = await githubStage();
  token = 'bot';
  stage.repository.actions.mayOpenPulls = true;
  folder = await temporary();
  root = join(folder.path, 'platform');
  [tags, tested, staging] = [new Map(), new Set(), undefined];
});
afterEach(async () => {
  await stage.sim.close();
  await folder.remove();
});

async function platformOnMain(
  settings: Record<string, unknown> = {},
  rebuild = 'nightly',
): Promise<void> {
  const waves = [
    { name: 'staging', images: 'candidate' },
    { name: 'production', images: 'stable', soak: '24h' },
  ];
  const texts = textsWith({
    'platform.yaml': { waves, tiers: {}, ...settings },
    'environments/try.yaml': { ...hub, url: 'https://try.example.org', wave: 'staging' },
    'images/science/image.yaml': { rebuild, oggm: { git: 'OGGM/oggm', ref: 'master' } },
  });
  await stage.forge.commitFiles('main', texts, 'files');
}

const main = (): string => stage.repository.refs.get('refs/heads/main') ?? '';

/** The newest commit of main, in the folder. */
async function checkout(): Promise<Platform> {
  await rm(root, { recursive: true, force: true });
  const commit = stage.repository.objects.get(main());
  const tree = commit?.type === 'commit' ? stage.repository.objects.get(commit.tree) : undefined;
  if (tree?.type !== 'tree') throw new Error('main has no tree');
  for (const [path, sha] of tree.entries) {
    const blob = stage.repository.objects.get(sha);
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), blob?.type === 'blob' ? blob.content : '');
  }
  const { platform } = await gatherPlatform(root);
  if (!platform) throw new Error('main cannot be read');
  return platform;
}

/** The double of a build: unchanged where the lock or the registry has this letter, else tested, pushed and locked. */
async function build(platform: Platform, day: number): Promise<ImageResult[]> {
  const { letter, numpy, fails } = upstream;
  const digest = digestOf(letter);
  const result = (outcome: ImageResult['outcome'], reason: string): ImageResult[] => [
    {
      image: 'science',
      outcome,
      build: null,
      digest,
      reason,
      size_bytes: 1.5e9,
      seconds: { resolve: 0, build: 0, test: 0, push: 0 },
      tests: [],
      packages: [],
      oggm_commit: null,
    },
  ];
  const before = platform.locks.get('science')?.data;
  const known = Object.entries(before?.builds ?? {}).find(([, one]) => one.digest === digest);
  if (known) return result('unchanged', `it is ${known[0]}`);
  if (fails !== undefined) return result('failed', fails);
  tested.add(digest);
  tags.set('candidate', digest);
  const name = nameOf(day, letter);
  const list = packagesText([{ manager: 'pip', name: 'numpy', version: numpy, source: 'md5:0' }]);
  const lock = {
    recipe: '1'.repeat(40),
    builds: {
      ...before?.builds,
      [name]: {
        digest,
        oggm: { version: '1.6.3', commit: letter.repeat(40) },
        tests: { oggm: 'passed' as const },
        packages: packagesHash(list),
      },
    },
    channels: { ...before?.channels, candidate: name },
  };
  await mkdir(join(root, 'images/science/packages'), { recursive: true });
  await writeFile(join(root, `images/science/packages/${name}.txt`), list);
  await writeFile(join(root, LOCK), lockText(lock));
  return result('built', 'tested and pushed');
}

const registry = {
  digest: (reference: string): Promise<string | undefined> =>
    Promise.resolve(tags.get(reference.split(':').at(-1) ?? '')),
  copy: (from: string, to: string): Promise<void> => {
    tags.set(to.split(':').at(-1) ?? '', from.split('@')[1] ?? '');
    return Promise.resolve();
  },
};

/** Of each run that the nights have started since this was asked before. */
const started = (): string[] =>
  stage.repository.dispatches.splice(0).map(({ workflow, ref }) => `${workflow} ${ref}`);
const REFRESH = ['check.yml glaciocloud/refresh-science', 'image.yml glaciocloud/refresh-science'];
const PROMOTE = ['check.yml glaciocloud/promote-science', 'image.yml glaciocloud/promote-science'];

const placeOf = async (platform: Platform, now: number): Promise<PullPlace> => {
  const before = new Map<string, ReadonlyMap<string, string>>();
  for (const name of platform.images.keys()) before.set(name, await gatherLockFiles(root, name));
  const run = 'https://github.com/example/hubs/actions/runs/1';
  return { github: stage.as(token), root, platform, base: main(), folder: '', run, now, before };
};

/** One night at 02:00: refresh, then promote, each upon the newest main as the workflow does it. */
async function night(day: number): Promise<Record<'refresh' | 'promote', FlowResult>> {
  const now = Date.UTC(2026, 10, day, 2);
  const first = await checkout();
  const images = [...first.images.values()];
  const place = await placeOf(first, now);
  const troubled = (await troublesOf(place, 'science')).length > 0 ? ['science'] : [];
  const built = await refreshImages({
    platform: first,
    images,
    named: false,
    now,
    troubled: new Set(troubled),
    build: () => build(first, day),
  });
  const [refresh] = await tellImages(place, 'refresh', built);

  const second = await checkout();
  const lock = second.locks.get('science');
  if (lock) await followTags(registry, second, lock);
  const [image] = second.images.values();
  if (!image) throw new Error('there is no image');
  const later = await placeOf(second, now);
  const present = await recordFolder();
  const wish = { image, named: false, troubles: await troublesOf(later, 'science') };
  const promoted = await promoteImage({ root, platform: second, present, now }, wish);
  const [promote] = await tellImages(later, 'promote', [promoted]);
  for (const digest of tags.values()) expect(tested).toContain(digest);
  if (!refresh || !promote) throw new Error('the night says nothing');
  return { refresh, promote };
}

/** What staging runs, in the shape of the branch `deployed`. */
async function recordFolder(): Promise<string> {
  const present = join(folder.path, 'present');
  await rm(present, { recursive: true, force: true });
  await mkdir(present, { recursive: true });
  if (!staging) return present;
  await mkdir(join(present, 'try'));
  const unit = { kind: 'hub', cluster: 'main', name: 'try' };
  const images = [{ name: 'science', reference: `${HERE}/science@${staging.digest}` }];
  const release = { v: 1, unit, namespace: 'try', charts: [], values: {}, images, secrets: [] };
  await writeFile(join(present, 'try/release.json'), JSON.stringify({ digest: 'd', release }));
  await writeFile(
    join(present, 'try/status.json'),
    JSON.stringify({ at: staging.at, commit: 'c' }),
  );
  return present;
}

/** A deployment: staging runs what main's candidate is. */
async function deploy(at: number): Promise<void> {
  const lock = (await checkout()).locks.get('science')?.data;
  const digest = lock?.builds[lock.channels.candidate ?? '']?.digest;
  if (digest !== undefined && digest !== staging?.digest)
    staging = { digest, at: new Date(at).toISOString() };
}

/** OGGM on GitHub: each letter's commit follows the one before it. */
function commitsUpstream(letters: string): void {
  const { state } = stage.sim;
  const { objects } = state.addRepository(state.addUser('OGGM'), 'oggm');
  let parents: string[] = [];
  for (const letter of letters) {
    const sha = letter.repeat(40);
    objects.set(sha, { type: 'commit', tree: '', parents, message: `Step ${letter}` });
    parents = [sha];
  }
}

/** A person merges; GitHub says why it cannot. */
function merge(number: number | null): string {
  const issue = stage.repository.issues.get(number ?? 0);
  if (!issue) throw new Error(`there is no pull request ${String(number)}`);
  try {
    mergePull(stage.repository, issue, {});
    return 'merged';
  } catch (error) {
    return error instanceof Error ? error.message : 'no';
  }
}

async function channels(): Promise<ImageLockFile['channels'] | undefined> {
  return (await checkout()).locks.get('science')?.data.channels;
}

/** Every issue and pull request, in a line. */
const told = (): string[] =>
  [...stage.repository.issues.values()].map(({ number, title, state, pull }) => {
    const is = pull?.merged === true ? 'merged' : state;
    return `${number} ${pull ? 'pull' : 'issue'} ${is}: ${title}`;
  });
const brief = ({ outcome, reason, pull_request: pull }: FlowResult): string =>
  `${outcome}${pull === null ? '' : ` #${pull}`}: ${reason}`;
const evening = (day: number): number => Date.UTC(2026, 10, day, 12);

test('seven nights, in which people merge', async () => {
  await platformOnMain();
  commitsUpstream('abc');
  upstream = { letter: 'a', numpy: '2.0' };

  // Night 1: nothing was ever built.
  const one = await night(21);
  expect(brief(one.refresh)).toBe('built #1: tested and pushed');
  expect(brief(one.promote)).toBe('unchanged: nothing of it was built yet');
  expect(told()).toEqual([`1 pull open: Image science: candidate ${nameOf(21, 'a')}`]);
  expect(started()).toEqual(REFRESH);

  // Night 2: nobody has merged, and a commit upstream: the pull request is replaced in place.
  upstream = { letter: 'b', numpy: '2.1' };
  const two = await night(22);
  expect(brief(two.refresh)).toBe('built #1: tested and pushed');
  expect(told()).toEqual([`1 pull open: Image science: candidate ${nameOf(22, 'b')}`]);
  expect(started()).toEqual(REFRESH);
  expect(merge(1)).toBe('merged');
  expect(await channels()).toEqual({ candidate: nameOf(22, 'b') });
  await deploy(evening(22));

  // Night 3: a new base; the candidate is tried, so nothing is built.
  upstream = { letter: 'c', numpy: '2.1' };
  const three = await night(23);
  expect(brief(three.refresh)).toBe(
    `waiting: ${nameOf(22, 'b')} is being tried: the next build waits until it is promoted or has failed`,
  );
  expect(brief(three.promote)).toBe('waiting: it soaks until 2026-11-23T12:00:00Z');
  expect(tags.get('candidate')).toBe(digestOf('b'));
  expect(tags.has('stable')).toBe(false);
  expect(started()).toEqual([]);

  // Night 4: it has soaked.
  const four = await night(24);
  expect(brief(four.promote)).toBe('promoted #2: stable names it now');
  expect(started()).toEqual(PROMOTE);
  expect(merge(2)).toBe('merged');
  expect(await channels()).toEqual({ candidate: nameOf(22, 'b'), stable: nameOf(22, 'b') });

  // Night 5: upstream is broken. The tag of what was promoted follows.
  upstream = { letter: 'c', numpy: '2.2', fails: 'nothing is pushed: oggm failed' };
  const five = await night(25);
  expect(brief(five.refresh)).toBe('failed: nothing is pushed: oggm failed');
  expect(started()).toEqual([]);
  expect(tags.get('stable')).toBe(digestOf('b'));
  expect(tags.get('candidate')).toBe(digestOf('b'));
  expect(stage.repository.issues.get(3)).toMatchObject({
    title: 'Image science could not be rebuilt',
    labels: ['glaciocloud-image', 'image:science'],
    state: 'open',
  });
  expect(stage.repository.issues.get(3)?.body).toContain(
    `the last good build is \`${nameOf(22, 'b')}\``,
  );

  // Night 6: it is well again. A person changes the same lock before the merge.
  upstream = { letter: 'c', numpy: '2.3' };
  const six = await night(26);
  expect(brief(six.refresh)).toBe('built #4: tested and pushed');
  expect(stage.repository.issues.get(4)?.body).toContain('| changed | [numpy]');
  expect(stage.repository.issues.get(4)?.body.split('\n').slice(4, 7)).toEqual([
    `OGGM: [1 commit since](https://github.com/OGGM/oggm/compare/${'b'.repeat(40)}...${'c'.repeat(40)})`,
    '',
    `- [Step c](https://github.com/OGGM/oggm/commit/${'c'.repeat(40)})`,
  ]);
  expect(stage.repository.issues.get(3)).toMatchObject({ state: 'closed' });
  expect(stage.repository.issues.get(3)?.comments.map(({ body }) => body)).toEqual([
    'science is well again: tested and pushed.',
  ]);
  const theirs = (await checkout()).locks.get('science')!.data;
  const kept = { ...theirs.builds[nameOf(22, 'b')]!, keep: 'a paper' };
  const changed = lockText({ ...theirs, builds: { [nameOf(22, 'b')]: kept } });
  await stage.forge.commitFiles('main', new Map([[LOCK, changed]]), 'keep it');
  const manual = stage.pull({ ref: 'by-hand' });
  expect(merge(4)).toBe('Pull Request is not mergeable');

  // Night 7: the same build upon the newest main; what a person has open is left alone.
  const seven = await night(27);
  expect(brief(seven.refresh)).toBe('built #4: tested and pushed');
  expect(merge(4)).toBe('merged');
  const lock = (await checkout()).locks.get('science')!.data;
  expect(lock.channels).toEqual({ candidate: nameOf(27, 'c'), stable: nameOf(22, 'b') });
  expect(lock.builds[nameOf(22, 'b')]?.keep).toBe('a paper');
  expect(tags.get('stable')).toBe(digestOf('b'));
  expect(manual).toMatchObject({ title: 'A change', state: 'open', comments: [] });
  expect(told()).toEqual([
    `1 pull merged: Image science: candidate ${nameOf(22, 'b')}`,
    `2 pull merged: Image science: stable ${nameOf(22, 'b')}`,
    '3 issue closed: Image science could not be rebuilt',
    `4 pull merged: Image science: candidate ${nameOf(27, 'c')}`,
    '5 pull open: A change',
  ]);
});

test('a night that is not its night leaves the pull request and the issue of an image as they are', async () => {
  await platformOnMain({}, 'weekly');
  upstream = { letter: 'a', numpy: '2.0' };
  expect(brief((await night(16)).refresh)).toBe('built #1: tested and pushed');
  expect(brief((await night(17)).refresh)).toBe('waiting: it is rebuilt on Mondays');
  upstream = { letter: 'b', numpy: '2.1', fails: 'nothing is pushed: oggm failed' };
  expect((await night(23)).refresh.outcome).toBe('failed');
  expect(brief((await night(24)).refresh)).toBe('waiting: it is rebuilt on Mondays');
  expect(told()).toEqual([
    `1 pull open: Image science: candidate ${nameOf(16, 'a')}`,
    '2 issue open: Image science could not be rebuilt',
  ]);
  expect(stage.repository.issues.get(1)?.comments).toEqual([]);
  expect(stage.repository.issues.get(2)?.comments).toEqual([]);
});

test('where the platform wishes it, the night merges what reaches candidate waves only', async () => {
  await platformOnMain({ automerge: 'candidate' });
  upstream = { letter: 'a', numpy: '2.0' };
  const one = await night(21);
  expect(brief(one.refresh)).toBe('built #1: tested and pushed, merged');
  expect(started()).toEqual([...REFRESH, 'deploy.yml main']);
  expect(await channels()).toEqual({ candidate: nameOf(21, 'a') });
  await deploy(Date.UTC(2026, 10, 21, 2) + HOUR);
  const two = await night(22);
  expect(brief(two.promote)).toBe('waiting: it soaks until 2026-11-22T03:00:00Z');
  const three = await night(23);
  expect(brief(three.promote)).toBe('promoted #2: stable names it now');
  expect(told()[1]).toBe(`2 pull open: Image science: stable ${nameOf(21, 'a')}`);
});

test('with the token of an App GitHub starts the workflows, and the night starts none', async () => {
  const app = { id: 4711, login: 'our-app[bot]', type: 'Bot' as const };
  stage.sim.state.addToken('app', app, ['contents', 'issues', 'pull-requests', 'actions']);
  token = 'app';
  await platformOnMain({ automerge: 'candidate' });
  upstream = { letter: 'a', numpy: '2.0' };
  expect(brief((await night(21)).refresh)).toBe('built #1: tested and pushed, merged');
  expect(started()).toEqual([]);
});

test('what cannot be started is said, and the pull request is there and merged all the same', async () => {
  stage.repository.workflows = ['check.yml'];
  await platformOnMain({ automerge: 'candidate' });
  upstream = { letter: 'a', numpy: '2.0' };
  const why = 'Not Found (it does not exist, or the token may not see it)';
  expect(brief((await night(21)).refresh)).toBe(
    `built #1: tested and pushed, image.yml not started: GitHub refused a run of image.yml: ${why}` +
      `, merged, deploy.yml not started: GitHub refused a run of deploy.yml: ${why}`,
  );
  expect(started()).toEqual(['check.yml glaciocloud/refresh-science']);
});

test('a pull request that GitHub does not merge stays open, and an issue keeps a build from its promotion', async () => {
  await platformOnMain({ automerge: 'candidate' });
  upstream = { letter: 'a', numpy: '2.0' };
  stage.answerOnce('PUT', /\/merge$/u, { status: 405, message: 'checks are missing' });
  const one = await night(21);
  expect(brief(one.refresh)).toBe(
    'built #1: tested and pushed, not merged: GitHub refused the merge: checks are missing',
  );
  expect(started()).toEqual(REFRESH);
  expect(merge(1)).toBe('merged');
  await deploy(evening(21));
  stage.issue({ labels: ['glaciocloud-probe', 'hub:try'] });
  upstream = { letter: 'a', numpy: '2.0' };
  const later = await night(23);
  expect(brief(later.promote)).toBe('waiting: the probe of try has an open issue');
  stage.issue({ labels: ['glaciocloud-image', 'image:science'], user: stage.owner });
  const last = await night(24);
  expect(brief(last.promote)).toBe(
    'waiting: an issue of the image is open, the probe of try has an open issue',
  );
});

test('what became old news is withdrawn, and what GitHub refuses is told as a failure', async () => {
  await platformOnMain();
  upstream = { letter: 'a', numpy: '2.0' };
  await night(21);
  merge(1);
  const lock = (await checkout()).locks.get('science')!.data;
  const stable = { ...lock, channels: { candidate: nameOf(21, 'a'), stable: nameOf(21, 'a') } };
  await stage.forge.commitFiles('main', new Map([[LOCK, lockText(stable)]]), 'by a person');
  upstream = { letter: 'b', numpy: '2.1' };
  expect(brief((await night(22)).refresh)).toBe('built #2: tested and pushed');
  upstream = { letter: 'a', numpy: '2.0' };
  expect(brief((await night(23)).refresh)).toBe(`unchanged: it is ${nameOf(21, 'a')}`);
  expect(stage.repository.issues.get(2)).toMatchObject({
    state: 'closed',
    comments: [{ body: 'There is nothing new any more.' }],
  });
  upstream = { letter: 'd', numpy: '2.4' };
  stage.repository.actions.mayOpenPulls = false;
  expect(brief((await night(24)).refresh)).toBe(
    'failed: tested and pushed; GitHub refused a pull request: GitHub Actions is not permitted to create or ' +
      'approve pull requests.; allow it: Settings, Actions, General, “Allow GitHub Actions to create and approve pull requests”',
  );
});

/** A person withdraws a build, and a pull request asks for it. */
async function withdrawn(build: string): Promise<FlowResult> {
  const platform = await checkout();
  const lock = platform.locks.get('science');
  if (!lock) throw new Error('there is no lock');
  const place = await placeOf(platform, evening(29));
  const present = await recordFolder();
  const result = await yankImage({ root, platform, present }, lock, build, 'it crashes');
  const [told] = await tellImages(place, 'yank', [result]);
  if (!told) throw new Error('yank says nothing');
  return told;
}

test('a second build that is withdrawn takes no first one’s pull request away', async () => {
  await platformOnMain();
  for (const [day, letter] of [
    [10, 'a'],
    [19, 'b'],
    [28, 'c'],
  ] as const) {
    upstream = { letter, numpy: `2.${day}` };
    merge((await night(day)).refresh.pull_request);
  }
  const [first, second, third] = [nameOf(10, 'a'), nameOf(19, 'b'), nameOf(28, 'c')];
  expect(brief(await withdrawn(third))).toBe(`yanked #4: candidate is ${second} again`);
  expect(brief(await withdrawn(first))).toBe('yanked #5: no channel named it');
  expect(merge(5)).toBe('merged');
  expect(brief(await withdrawn(first))).toBe('unchanged: it was withdrawn before: it crashes');
  expect(told().slice(3)).toEqual([
    `4 pull open: Image science: ${third} is withdrawn`,
    `5 pull merged: Image science: ${first} is withdrawn`,
  ]);
  expect(merge(4)).not.toBe('merged');
  expect(brief(await withdrawn(third))).toBe(`yanked #4: candidate is ${second} again`);
  expect(merge(4)).toBe('merged');
  const builds = (await checkout()).locks.get('science')?.data.builds ?? {};
  const gone = Object.keys(builds).filter((name) => builds[name]?.yanked !== undefined);
  expect(gone).toEqual([first, third]);
});
