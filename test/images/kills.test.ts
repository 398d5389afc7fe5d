import { mkdir, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pMap from 'p-map';
import type { ImageResult } from '../../src/core/images/test-report.ts';
import { killingTools } from '../support/killer.ts';
import { DOCKER, MINUTES, SOUND, inRegistry, must, tags, testPlatform } from './support.ts';
import type { TestPlatform } from './support.ts';

/*
 * `image build --push` and `image refresh` that are killed with SIGKILL before or after a call to Docker or repo2docker.
 * With --all two images at a time, each in a platform of its own; without, one is built and killed at one call.
 */
const ALL = process.env['GLACIOCLOUD_IMAGES_ALL'] === '1';
type Name = 'killed-build' | 'killed-refresh';
const NAMES: readonly Name[] = ALL ? ['killed-build', 'killed-refresh'] : ['killed-build'];
const TOOLS = {
  GLACIOCLOUD_DOCKER: DOCKER,
  GLACIOCLOUD_REPO2DOCKER: process.env['GLACIOCLOUD_REPO2DOCKER'] ?? '',
};

const platforms = new Map<Name, TestPlatform>();
const calls = new Map<Name, number>();

beforeAll(async () => {
  for (const name of NAMES) platforms.set(name, await testPlatform());
  await pMap(NAMES, async (name) => {
    await change(name, 0);
    const counter = await killingTools(platformOf(name).folder, 0, 'before', TOOLS);
    expect(await run(name, counter.env)).toMatchObject({ outcome: 'built' });
    calls.set(name, await counter.calls());
  });
}, 6 * MINUTES);
afterAll(async () => {
  for (const platform of platforms.values()) await platform.remove();
});

function platformOf(name: Name): TestPlatform {
  const platform = platforms.get(name);
  if (!platform) throw new Error(`there is no platform for ${name}`);
  return platform;
}

/** Its last layer is another one. */
async function change(name: Name, round: number): Promise<void> {
  const platform = platformOf(name);
  const file = { ...SOUND, env: { ROUND: String(round) }, tests: { oggm: 'none' } };
  await platform.image(name, file);
}

/** Undefined where it was killed. What it keeps on disk for a time is in a folder of its own. */
async function run(name: Name, env: Record<string, string> = {}): Promise<ImageResult | undefined> {
  const platform = platformOf(name);
  const TMPDIR = join(platform.folder, '..', `${name}-${process.pid}`);
  await mkdir(TMPDIR, { recursive: true });
  const command = name === 'killed-build' ? ['build', name, '--push'] : ['refresh', name];
  const { stdout } = await platform.run(['image', ...command, '--json'], { ...env, TMPDIR });
  const left = (await readdir(TMPDIR)).filter((entry) => entry.startsWith('glaciocloud-registry-'));
  if (stdout === '') return undefined;
  expect(left).toEqual([]);
  return (JSON.parse(stdout) as { images: ImageResult[] }).images[0];
}

/** What the registry has: tag → digest. */
async function tagged(name: Name): Promise<Map<string, string | null>> {
  const all = new Map<string, string | null>();
  for (const tag of await tags(name))
    all.set(tag, (await inRegistry(`${name}/manifests/${tag}`)).digest);
  return all;
}

const lockOf = (name: Name): Promise<string> =>
  readFile(join(platformOf(name).folder, `images/${name}/image.lock.yaml`), 'utf8');

/** Kills one run at that call and lets the next one finish it; what is wrong then. */
async function killedAt(name: Name, point: number, when: 'before' | 'after'): Promise<string[]> {
  await change(name, point);
  const before = await tagged(name);
  const trap = await killingTools(platformOf(name).folder, point, when, TOOLS);
  const ended = await run(name, trap.env);
  const between = await tagged(name);
  const fresh = [...between].filter(([tag]) => tag !== 'candidate' && !before.has(tag));
  const lock = await lockOf(name);
  const next = await run(name);
  const after = await tagged(name);
  const content = [...after.keys()].filter((tag) => tag !== 'candidate' && !before.has(tag));
  const digest = next?.digest ?? '';
  const wrong = {
    'it was not killed': ended !== undefined,
    'candidate was half': ![before.get('candidate'), fresh[0]?.[1]].includes(
      between.get('candidate'),
    ),
    'the lock came before the tag': lock.includes(fresh[0]?.[1] ?? digest) && !fresh.length,
    'what was tagged is not what the next run found': fresh.some(([, one]) => one !== digest),
    'the next run failed': !['built', 'unchanged'].includes(next?.outcome ?? 'failed'),
    'a test failed': next?.tests.some(({ ok }) => !ok) ?? true,
    'there is not one new tag': content.length !== 1 || after.get(content[0] ?? '') !== digest,
    'candidate is another': after.get('candidate') !== digest,
    'the lock says another digest': !(await lockOf(name)).includes(`digest: "${digest}"`),
  };
  return Object.entries(wrong).flatMap(([what, is]) =>
    is ? [`${name} ${when} ${point}: ${what}`] : [],
  );
}

test(
  'a killed run leaves no half tag, the next one finishes it, and nothing is left in Docker',
  async () => {
    const wrong = await pMap(NAMES, async (name) => {
      const whole = calls.get(name) ?? 0;
      const count = ALL ? whole : 1;
      const found: string[] = [];
      for (let index = 0; index < count; index += 1) {
        // The two images are killed at calls between each other's.
        const shift = name === 'killed-build' ? 0.25 : 0.75;
        const point = Math.max(1, Math.ceil(((index + shift) * whole) / count));
        const when = index % 2 === 0 ? 'before' : 'after';
        found.push(...(await killedAt(name, point, when)));
        process.stderr.write(`  ▸ ${name}: killed ${when} call ${point} of ${whole}\n`);
      }
      return found;
    });
    expect(wrong.flat()).toEqual([]);
    const label = 'label=org.glaciocloud.image-test';
    const containers = await must(DOCKER, ['ps', '--all', '--quiet', '--filter', label]);
    const volumes = await must(DOCKER, ['volume', 'ls', '--quiet', '--filter', label]);
    const images = await must(DOCKER, ['image', 'ls', '--format', '{{.Repository}}']);
    expect([containers, volumes]).toEqual(['', '']);
    expect(images.split('\n').filter((one) => one.includes('glaciocloud-run-'))).toEqual([]);
  },
  60 * MINUTES,
);
