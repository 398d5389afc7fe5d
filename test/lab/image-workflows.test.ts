import { chmod, cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { zipSync } from 'fflate';
import { bundle } from '../../scripts/build.ts';
import { REPO2DOCKER } from '../../src/core/images/build-plan.ts';
import { lockText } from '../../src/core/images/lock.ts';
import type { ImageResult } from '../../src/core/images/test-report.ts';
import { packagesHash, packagesText } from '../../src/core/model/package-list.ts';
import type { ExecResult } from '../../src/edges/exec.ts';
import { startGithubSim } from '../support/github-sim/server.ts';
import type { GithubSim } from '../support/github-sim/server.ts';
import type { Repository } from '../support/github-sim/state.ts';
import { ROOT, commitAll, edit, git, temporary } from '../support/sample.ts';
import { textsWith } from '../support/written.ts';
import { act, artifactsOf, serveChart } from './act.ts';
import { CACHE } from './lab.ts';

/*
 * The workflows of images as their files say, by nektos/act: jobs and what they hand to each other. GitHub is simulated; Docker,
 * repo2docker and registries are doubles, of which the image that `breaks` cannot be built. No cluster is needed.
 */
const PARTS = ['.github', 'action.yml', 'charts', 'image-tests', 'package.json', 'schemas'];
const PROGRAMS = ['docker', 'repo2docker', 'docker-registry', 'sudo', 'pipx'];
const IMAGES = ['science', 'breaks', 'third', 'fourth'];
/** What the simulated GitHub has of main: nothing that is asked for. */
const TREE = 'e'.repeat(40);
const ZEROS = '0'.repeat(40);
const BASE = { image: 'registry.example.org/base', digest: `sha256:${'a'.repeat(64)}` };
let folder: Awaited<ReturnType<typeof temporary>>;
let root: string;
let state: string;
let sim: GithubSim;
let repository: Repository;
let charts: Awaited<ReturnType<typeof serveChart>>;

beforeAll(async () => {
  folder = await temporary();
  root = join(folder.path, 'hubs');
  state = join(folder.path, 'state');
  charts = await serveChart(folder.path);
  for (const part of PARTS) await cp(join(ROOT, part), join(root, part), { recursive: true });
  await bundle(join(root, 'dist'), ROOT);
  await writeFiles();
  await programs();
  sim = await startGithubSim();
  repository = sim.state.addRepository(sim.state.addUser('example'), 'hubs');
  repository.actions.mayOpenPulls = true;
  const bot = sim.state.addUser('github-actions[bot]', 'Bot');
  sim.state.addToken('bot', bot, ['contents', 'issues', 'pull-requests']);
  await git(root, 'init', '-q', '-b', 'main');
  await git(root, 'remote', 'add', 'origin', 'https://github.com/example/hubs.git');
  await commit('The platform');
}, 120_000);
afterAll(async () => {
  charts.close();
  await sim.close();
  await folder.remove();
});
beforeEach(async () => {
  await rm(state, { recursive: true, force: true });
  await rm(artifactsOf(folder.path), { recursive: true, force: true });
});

async function writeFiles(): Promise<void> {
  const jupyterhub = { version: '4.4.0', repository: charts.address, sha256: null };
  const image = (name: string) => ({
    title: name,
    oggm: { version: '1.6.3' },
    rebuild: ['science', 'breaks'].includes(name) ? 'nightly' : 'never',
    from: BASE,
    env: { WORD: name },
  });
  const texts = textsWith({
    'platform.yaml': { charts: { allowPrivate: true, jupyterhub } },
    ...Object.fromEntries(IMAGES.map((name) => [`images/${name}/image.yaml`, image(name)])),
  });
  for (const [path, text] of texts) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

/** Doubles under the names that are looked for. */
async function programs(): Promise<void> {
  const double = join(ROOT, 'test/lab/image-programs.ts');
  await mkdir(join(folder.path, 'programs'));
  for (const name of PROGRAMS) {
    const path = join(folder.path, 'programs', name);
    const call = `exec "${process.execPath}" "${double}" "${state}" ${name} "$@"`;
    await writeFile(path, `#!/bin/sh\n${call}\n`);
    await chmod(path, 0o755);
  }
}

/** On main, here and on the simulated GitHub. */
async function commit(message: string): Promise<string> {
  const made = await commitAll(root, message);
  await git(root, 'update-ref', 'refs/remotes/origin/main', made);
  repository.refs.set('refs/heads/main', made);
  repository.objects.set(made, { type: 'commit', tree: TREE, parents: [], message });
  repository.objects.set(TREE, { type: 'tree', entries: new Map() });
  return made;
}

async function run(workflow: string, event: string, payload: object): Promise<ExecResult> {
  const programs = [join(folder.path, 'programs')];
  const bin = join(CACHE, 'bin');
  const place = { bin, root, folder: folder.path, api: sim.url, secrets: {}, programs };
  return act(place, workflow, event, payload);
}

/**
 * Jobs that ran our action, with the image of their matrix, and how it ended. (act calls every job of a matrix failed where one is.)
 */
function actions({ stdout }: ExecResult): string[] {
  const images = new Map(
    [...stdout.matchAll(/^\[(\S+) *\] 🧪 +Matrix: map\[image:(\S+)\]$/gmu)].map(
      ([, job = '', image = '']) => [job, image],
    ),
  );
  const ended = stdout.matchAll(/^\[(\S+) *\] {3}(?:✅|❌) +(Success|Failure) - Main \.\/ \[/gmu);
  return [...ended]
    .map(([, job = '', how = '']) => {
      const name = (job.split('/')[1] ?? '').replace(/-\d+$/u, '');
      return [name, images.get(job) ?? '', how].filter((word) => word !== '').join(' ');
    })
    .sort();
}

/** What was asked of the doubles, first lines. */
const calls = async (): Promise<string[]> =>
  (await readFile(join(state, 'calls'), 'utf8')).split('\n');

/** What the jobs of the last pull request have left, by its name. */
const left = new Map<string, string>();

async function artifacts(): Promise<[string, string, string][]> {
  left.clear();
  for (const name of (await readdir(artifactsOf(folder.path))).sort())
    left.set(name, await readFile(join(artifactsOf(folder.path), name), 'utf8'));
  return [...left].map(([name, text]) => {
    const [image] = (JSON.parse(text) as { images: ImageResult[] }).images;
    return [name, image?.outcome ?? '', image?.reason ?? ''];
  });
}

/** A build of the fourth image, as a build writes it. */
async function writeLock(): Promise<void> {
  const list = packagesText([{ manager: 'pip', name: 'oggm', version: '1.6.3', source: 'md5:0' }]);
  const build = '2026-11-20-aaaaaa';
  const one = {
    digest: BASE.digest,
    tests: { oggm: 'passed' as const },
    packages: packagesHash(list),
  };
  const locked = { recipe: '1'.repeat(40), builds: { [build]: one } };
  await mkdir(join(root, 'images/fourth/packages'), { recursive: true });
  await writeFile(join(root, `images/fourth/packages/${build}.txt`), list);
  await writeFile(
    join(root, 'images/fourth/image.lock.yaml'),
    lockText({ ...locked, channels: { candidate: build } }),
  );
}

/** Commits of the pull request. */
let base = '';
let head = '';

test('a pull request: each image in its own job, one that fails hides no other', async () => {
  base = await git(root, 'rev-parse', 'HEAD');
  await git(root, 'checkout', '-q', '-b', 'topic');
  for (const name of ['science', 'breaks', 'third'])
    await edit(root, `images/${name}/image.yaml`, 'title: ', 'title: New ');
  await writeLock();
  head = await commitAll(root, 'Three images and a lock');
  const payload = { pull_request: { number: 1, base: { sha: base } } };
  const answer = await run('image.yml', 'pull_request', payload);
  expect(answer.code).toBe(1);
  expect(actions(answer)).toEqual([
    'changed Success',
    'test breaks Failure',
    'test science Success',
    'test third Success',
  ]);
  expect(await artifacts()).toEqual([
    ['image-breaks', 'failed', expect.stringMatching(/^#5 ERROR: process /u)],
    ['image-science', 'built', 'tested, not pushed'],
    ['image-third', 'built', 'tested, not pushed'],
  ]);
  const asked = await calls();
  for (const call of [
    `pipx install jupyter-repo2docker==${REPO2DOCKER}`,
    'sudo tee /etc/docker/daemon.json',
    'sudo systemctl restart docker',
  ])
    expect(asked).toContain(call);
  expect(asked.filter((call) => /^docker (?:login|buildx imagetools create) /u.test(call))).toEqual(
    [],
  );
  expect(sim.log).toEqual([]);
}, 400_000);

test('what its run has left is told in one comment', async () => {
  await git(root, 'checkout', '-q', 'main');
  const pull = sim.state.addPull(repository, {
    title: 'Three images and a lock',
    user: repository.owner,
    head: { ref: 'topic', sha: head },
    base: { ref: 'main', sha: base },
    mergeSha: head,
  });
  const followed = { id: 7, event: 'pull_request', branch: 'topic', headRepository: repository.id };
  for (const [name, text] of left)
    repository.artifacts.push({
      id: sim.state.nextId(),
      name,
      run: { ...followed, path: '.github/workflows/image.yml' },
      expired: false,
      zip: zipSync({ 'image.json': Buffer.from(text) }),
    });
  const payload = {
    workflow_run: {
      id: followed.id,
      event: followed.event,
      head_sha: head,
      head_branch: 'topic',
      head_repository: { full_name: 'example/hubs', owner: { login: 'example' } },
    },
  };
  const answer = await run('image-comment.yml', 'workflow_run', payload);
  expect([answer.code, actions(answer)]).toEqual([0, ['comment Success', 'comment Success']]);
  const [told = '', ...more] = pull.comments.map(({ body }) => body);
  expect(more).toEqual([]);
  expect(told.split('\n').filter((line) => line.startsWith('###'))).toEqual([
    '### ✗ `breaks`: \\#\u200B5 ERROR: process "/bin/sh -c something" did not complete successfully: exit code: 1',
    '### ✓ `science`: tested, not pushed',
    '### ✓ `third`: tested, not pushed',
  ]);
}, 400_000);

/** Pull requests and issues that the platform has opened, with what they are about. */
const opened = (): string[] =>
  [...repository.issues.values()]
    .filter(({ user }) => user.login === 'github-actions[bot]')
    .map(({ pull, state: how, title }) => `${how} ${pull ? pull.head.ref : title}`)
    .sort();

/** The image that fails is told in one issue, however often it fails. */
const ASKED = [
  'open Image breaks could not be rebuilt',
  ...['fourth', 'science', 'third'].map((name) => `open glaciocloud/refresh-${name}`),
];

test('the first push of a branch: every image is built, and what passed is pushed and asked for', async () => {
  const answer = await run('image.yml', 'push', { ref: 'refs/heads/main', before: ZEROS });
  expect(answer.code).toBe(1);
  expect(actions(answer)).toEqual([
    'changed Success',
    'push breaks Failure',
    'push fourth Success',
    'push science Success',
    'push third Success',
  ]);
  expect(await calls()).toContain('docker login ghcr.io --username nektos/act --password-stdin');
  expect((await tags()).filter((tag) => tag.endsWith(':candidate'))).toEqual(
    ['fourth', 'science', 'third'].map((name) => `registry.example.org/hubs/${name}:candidate`),
  );
  expect(opened()).toEqual(ASKED);
}, 400_000);

test('the merge of a lock builds nothing', async () => {
  const before = await git(root, 'rev-parse', 'HEAD');
  await writeLock();
  await commit('Lock of an image');
  const answer = await run('image.yml', 'push', { ref: 'refs/heads/main', before });
  expect([answer.code, actions(answer)]).toEqual([0, ['changed Success']]);
}, 400_000);

/** What the double's registries have been given. */
const tags = async (): Promise<string[]> =>
  (await readdir(join(state, 'tags'))).map((name) => decodeURIComponent(name)).sort();

test('a night: promotions are asked for after a refresh that failed', async () => {
  const answer = await run('night.yml', 'schedule', {});
  expect(answer.code).toBe(1);
  expect(actions(answer)).toEqual(['images Failure', 'promote Success']);
  expect(answer.stdout).toMatch(
    /\n\[night\/images\] .*🏁[^]*\n\[night\/promote\] .*Run Main \.\/\n/u,
  );
  for (const name of ['fourth waiting', 'science unchanged'])
    expect(answer.stdout).toMatch(new RegExp(`\\n\\[night/promote\\] .* ${name}`, 'u'));
  expect(opened()).toEqual(ASKED);
}, 400_000);
