import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { branchOf, titleMark } from '../src/core/images/asked.ts';
import { imageFolder } from '../src/core/images/folder.ts';
import { resultJson } from '../src/core/images/flow-result.ts';
import { lockFiles } from '../src/core/images/new-build.ts';
import { lockText } from '../src/core/images/lock.ts';
import { packageLines } from '../src/core/images/package-lines.ts';
import type { ImageResult, TestResult } from '../src/core/images/test-report.ts';
import type { Package } from '../src/core/model/package-list.ts';
import type { Platform } from '../src/core/model/types.ts';
import { gatherPlatform } from '../src/gather/platform.ts';
import { commentOnImages, openPullRequest } from '../test/support/pull-request.ts';
import type { Stage } from '../test/support/pull-request.ts';
import { copyPlatform, edit, git } from '../test/support/sample.ts';

/*
 * An image that changes, as its two pull requests show it. Nothing is built: BUILT and TESTS stand in for what builds report. All that
 * is made of them (locks, comments, plans) comes from the code that does it in workflows.
 */
const IMAGE = 'oggm-latest';
const FILE = `images/${IMAGE}/image.yaml`;
const BEFORE = 'pip: [oggm-edu]';
const AFTER = 'pip: [oggm-edu, scikit-learn]';
const OLD = '2026-11-19-5c0d21';
const NEW = '2026-11-26-b7e94f';

/** Made up; names and forms are those of a build. */
const BUILT: Readonly<Record<string, { digit: string; bytes: number; packages: Package[] }>> = {
  [OLD]: {
    digit: '5',
    bytes: 3.91e9,
    packages: packages(['numpy 2.3.4', 'oggm 1.6.4.dev12', 'oggm-edu 0.2.1', 'xarray 2026.10.0']),
  },
  [NEW]: {
    digit: 'b',
    bytes: 4.02e9,
    packages: packages([
      ...['joblib 1.5.2', 'numpy 2.3.5', 'oggm 1.6.4.dev19', 'oggm-edu 0.2.1'],
      ...['scikit-learn 1.7.2', 'xarray 2026.10.0'],
    ]),
  },
};
const TESTS: readonly TestResult[] = [
  passed('size', 0, null, '4020.0 MB in 24 layers'),
  passed('packages', 4.1, 96, 'what was resolved is installed'),
  passed('server', 9.6, 212, 'JupyterLab answers'),
  passed('second start', 5.2, 208, 'JupyterLab answers'),
  passed('full home', 5.8, 201, 'JupyterLab answers'),
  passed('nbgitpuller', 6.3, 118, 'a course and its next version'),
  passed('oggm', 71.4, 1490, 'a glacier from baked data'),
];

function packages(lines: readonly string[]): Package[] {
  return lines.map((line) => {
    const [name = '', version = ''] = line.split(' ');
    return { manager: 'pip', name, version, source: 'files-sha256:00' };
  });
}

function passed(name: string, seconds: number, memory: number | null, detail: string): TestResult {
  return { name, ok: true, seconds, memory_mb: memory, detail };
}

/** The platform with a build of the image that hubs of every wave run. */
export async function platformWithImage(to: string): Promise<void> {
  await copyPlatform(to);
  await writeLock(to, OLD);
  const lock = (await filesAt(to)).locks.get(IMAGE);
  if (!lock) throw new Error('there is no lock');
  const channels = { candidate: OLD, stable: OLD };
  await writeFile(join(to, lock.file), lockText({ ...lock.data, channels }));
}

/** A pull request that edits image.yaml, and the one that asks for its build once it is merged. */
export async function demoImage(demo: Stage, { say, progress }: Told): Promise<void> {
  progress(`a pull request that adds a package to the image ${IMAGE}`);
  const edited = await openPullRequest(demo, 'scikit-learn', 'scikit-learn for everybody', (root) =>
    edit(root, FILE, BEFORE, AFTER),
  );
  const built = JSON.stringify({ schema_version: 1, images: [resultJson(resultOf(NEW))] });
  say(`\nPull request ${edited.pull.number}: ${edited.pull.title}`);
  say(`  ${FILE}\n  - ${BEFORE}\n  + ${AFTER}\n`);
  say('No image is built here: packages, seconds and sizes of its build are made up. The comment:');
  say(framed(await commentOnImages(demo, edited.pull, new Map([[IMAGE, built]]))));

  progress('it is merged, and the run on main asks for the lock of what it has built');
  const origin = join(demo.folder, 'origin');
  await git(origin, 'merge', '-q', '--ff-only', 'scikit-learn');
  const merged = { ...demo, main: await git(origin, 'rev-parse', 'HEAD') };
  const title = `${titleMark(IMAGE)}candidate ${NEW}`;
  const asked = await openPullRequest(merged, branchOf('refresh', IMAGE, null), title, (root) =>
    writeLock(root, NEW),
  );
  say(`\nPull request ${asked.pull.number}: ${title}. Its plan begins:`);
  say(framed(tableOf(asked.pull.comments.at(-1)?.body ?? '')));
}

export interface Told {
  say: (text: string) => unknown;
  progress: (text: string) => unknown;
}

async function filesAt(root: string): Promise<Platform> {
  const { platform } = await gatherPlatform(root);
  if (!platform) throw new Error('the platform cannot be read');
  return platform;
}

/** What a build that was tested and pushed writes. */
async function writeLock(root: string, name: string): Promise<void> {
  const platform = await filesAt(root);
  const image = platform.images.get(IMAGE);
  if (!image) throw new Error(`there is no ${FILE}`);
  const { size_bytes: size, digest, tests } = resultOf(name);
  const files = lockFiles(platform.locks.get(IMAGE)?.data, {
    image: IMAGE,
    recipe: imageFolder(IMAGE, image.data, platform.settings.data, []).hash,
    isCandidate: true,
    name,
    digest: digest ?? '',
    content: '0'.repeat(40),
    registry: platform.settings.data.registry,
    base: undefined,
    size: size ?? 0,
    tests,
    packages: BUILT[name]?.packages ?? [],
  });
  for (const [path, text] of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

function resultOf(name: string): ImageResult {
  const { digit = '', bytes = 0, packages = [] } = BUILT[name] ?? {};
  return {
    image: IMAGE,
    outcome: 'built',
    build: name,
    digest: `sha256:${digit.repeat(64)}`,
    reason: 'tested, not pushed',
    size_bytes: bytes,
    seconds: { resolve: 6.2, build: 148.7, test: 104.9, push: 0 },
    tests: [...TESTS],
    packages: packageLines(packages),
    oggm_commit: null,
  };
}

/** A plan without what is folded away. */
function tableOf(plan: string): string {
  return plan.split('<details>')[0]?.trim() ?? '';
}

export function framed(text: string): string {
  const line = '─'.repeat(78);
  return `${line}\n${text.trim()}\n${line}`;
}
