import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { zipSync } from 'fflate';
import { githubStage } from '../support/github-sim/stage.ts';
import type { GithubStage } from '../support/github-sim/stage.ts';

const FILE = 'reviewed.json';
let stage: GithubStage;

beforeEach(async () => {
  stage = await githubStage();
});
afterEach(() => stage.sim.close());

const read = (): Promise<string | undefined> => stage.forge.reviewedFile('reviewed-5', FILE);
const downloads = (): string[] =>
  stage.sim.log.map(({ path }) => path).filter((path) => path.includes('/blobs/'));

describe('what a plan showed', () => {
  test('is in the artifact of the plan workflow, and the token goes to GitHub only', async () => {
    stage.artifact('reviewed-5', { [FILE]: 'ours', 'other.txt': 'no' });
    expect(await read()).toBe('ours');
    expect(downloads()).toHaveLength(1);
  });

  test('is the same where GitHub names the branch of the workflow', async () => {
    stage.artifact('reviewed-5', { [FILE]: 'ours' }, { path: '.github/workflows/plan.yml@main' });
    expect(await read()).toBe('ours');
  });

  test.each<[string, NonNullable<Parameters<GithubStage['artifact']>[2]>]>([
    ['a run of a pull request', { event: 'pull_request' }],
    ['a run of a push', { event: 'push' }],
    ['a run by hand', { event: 'workflow_dispatch' }],
    ['another workflow', { path: '.github/workflows/check.yml' }],
    ['a workflow of a longer name', { path: 'x/.github/workflows/plan.yml' }],
    ['another branch', { branch: 'topic' }],
    ['a fork', { headRepository: 4711 }],
  ])('is not in that of %s, which hides no other either', async (_what, run) => {
    stage.artifact('reviewed-5', { [FILE]: 'forged' }, run);
    expect(await read()).toBeUndefined();
    expect(downloads()).toEqual([]);
    const forged = stage.repository.artifacts.pop();
    stage.artifact('reviewed-5', { [FILE]: 'ours' });
    if (forged) stage.repository.artifacts.push({ ...forged, id: stage.sim.state.nextId() });
    expect(await read()).toBe('ours');
  });

  test('is what the run says of itself, whatever the list of artifacts says', async () => {
    const home = { id: stage.repository.id };
    const run = {
      id: stage.artifact('reviewed-5', { [FILE]: 'ours' }).run.id,
      event: 'workflow_run',
      path: '.github/workflows/plan.yml',
      head_branch: 'main',
      repository: home,
      head_repository: home,
    };
    const said = async (part: object): Promise<string | undefined> => {
      stage.answerOnce('GET', /actions\/runs/u, { status: 200, body: { ...run, ...part } });
      return read();
    };
    expect(await said({})).toBe('ours');
    expect(await said({ head_branch: 'topic' })).toBeUndefined();
    expect(await said({ repository: { id: 4711 } })).toBeUndefined();
    expect(await said({ head_repository: { id: 4711 } })).toBeUndefined();
    expect(await said({ head_repository: null })).toBeUndefined();
  });

  test('is the newest', async () => {
    stage.artifact('reviewed-5', { [FILE]: 'old' });
    stage.artifact('reviewed-5', { [FILE]: 'new' });
    stage.repository.artifacts.reverse();
    expect(await read()).toBe('new');
  });

  test('is not what was shown before, where the newest has expired', async () => {
    stage.artifact('reviewed-5', { [FILE]: 'old' });
    stage.artifact('reviewed-5', { [FILE]: 'new' }, { expired: true });
    expect(await read()).toBeUndefined();
    expect(downloads()).toEqual([]);
  });

  test('is not in an artifact of another name, nor in another file', async () => {
    stage.artifact('reviewed-55', { [FILE]: 'of another' });
    stage.artifact('plan', { [FILE]: 'the page' });
    expect(await read()).toBeUndefined();
    stage.artifact('reviewed-5', { 'x/reviewed.json': 'elsewhere' });
    expect(await read()).toBeUndefined();
  });

  test.each([404, 410])('is gone between the list and the download: %d', async (status) => {
    stage.artifact('reviewed-5', { [FILE]: 'ours' });
    stage.answerOnce('GET', /zip$/u, { status });
    expect(await read()).toBeUndefined();
  });

  test('is refused where the token may not look', async () => {
    stage.answerOnce('GET', /artifacts$/u, { status: 403, message: 'Sorry' });
    await expect(read()).rejects.toThrow('GitHub refused artifacts: Sorry');
    stage.artifact('reviewed-5', { [FILE]: 'ours' });
    stage.answerOnce('GET', /zip$/u, { status: 403, message: 'Sorry' });
    await expect(read()).rejects.toThrow('GitHub refused an artifact: Sorry');
  });
});

describe('limits', () => {
  const MILLION = 1_000_000;

  test.each([
    [MILLION, true],
    [MILLION + 1, false],
  ])('of a file that unpacks to %d bytes', async (size, fits) => {
    stage.artifact('reviewed-5', { [FILE]: ' '.repeat(size) });
    expect((await read())?.length).toBe(fits ? size : undefined);
  });

  test('of an archive: it is not even fetched', async () => {
    const artifact = stage.artifact('reviewed-5', { [FILE]: 'ours' });
    artifact.zip = Buffer.concat([artifact.zip, Buffer.alloc(MILLION)]);
    expect(await read()).toBeUndefined();
    expect(downloads()).toEqual([]);
  });

  test.each<[string, Uint8Array]>([
    ['nothing', Buffer.alloc(0)],
    ['no archive', Buffer.from('{"version":1}')],
  ])('%s is no record', async (_what, zip) => {
    stage.artifact('reviewed-5', { [FILE]: 'ours' }).zip = zip;
    expect(await read()).toBeUndefined();
  });

  test('half an archive, and bytes that are no text, are no record', async () => {
    const artifact = stage.artifact('reviewed-5', { [FILE]: 'ours' });
    const whole = Buffer.from(artifact.zip);
    artifact.zip = whole.subarray(0, whole.length / 2);
    expect(await read()).toBeUndefined();
    artifact.zip = zipSync({ [FILE]: Uint8Array.of(0x6f, 0xff) });
    expect(await read()).toBeUndefined();
  });

  test('an archive that says less than it unpacks to gives no more than it says', async () => {
    const artifact = stage.artifact('reviewed-5', { [FILE]: ' '.repeat(5 * MILLION) });
    const lie = Buffer.from(artifact.zip);
    lie.writeUInt32LE(10, sizeAt(lie));
    artifact.zip = lie;
    expect((await read())?.length).toBe(10);
  });

  test('an archive with a file that is far too large beside ours is unpacked without it', async () => {
    stage.artifact('reviewed-5', { 'bomb.json': ' '.repeat(10 * MILLION), [FILE]: 'ours' });
    expect(await read()).toBe('ours');
  });

  test.each([
    ['../reviewed.json'],
    ['/reviewed.json'],
    ['./reviewed.json'],
    ['x/../reviewed.json'],
    ['..\\reviewed.json'],
    ['reviewed.json/'],
    ['reviewed.json\0.txt'],
    ['Reviewed.json'],
  ])('a file of another name is not ours, whatever it may be read as: %j', async (name) => {
    stage.artifact('reviewed-5', Object.fromEntries([[name, 'forged']]));
    expect(await read()).toBeUndefined();
  });
});

/** Where an archive says how large its first file is: 24 bytes into its directory. */
function sizeAt(zip: Buffer): number {
  return zip.indexOf(Buffer.from('504b0102', 'hex')) + 24;
}

test('however many forged artifacts there are, ours is found', async () => {
  stage.artifact('reviewed-5', { [FILE]: 'ours' });
  const forged = [
    { event: 'pull_request', headRepository: 4711 },
    { branch: 'topic', path: '.github/workflows/plan.yml' },
  ];
  for (let index = 0; index < 60; index += 1)
    for (const run of forged) stage.artifact('reviewed-5', { [FILE]: 'forged' }, run);
  expect(await read()).toBe('ours');
});

describe('what a run has left', () => {
  const run = { id: 7, event: 'pull_request', branch: 'topic', headRepository: 4711 };
  const left = (names: readonly string[]): Promise<Map<string, string | undefined>> =>
    stage.forge.filesOfRun(7, names, 'image.json');

  test('is in its artifacts of these names, and in no other run’s', async () => {
    stage.artifact('image-a', { 'image.json': 'a' }, run);
    stage.artifact('image-b', { 'other.json': 'b' }, run);
    stage.artifact('image-c', { 'image.json': 'c' }, { ...run, id: 8 });
    stage.artifact('image-d', { 'image.json': 'd' }, run);
    expect([...(await left(['image-a', 'image-b', 'image-c']))].sort()).toEqual([
      ['image-a', 'a'],
      ['image-b', undefined],
    ]);
    expect(downloads()).toHaveLength(2);
  });

  test('is the newest, where it was repeated', async () => {
    stage.artifact('image-a', { 'image.json': 'old' }, run);
    stage.artifact('image-a', { 'image.json': 'new' }, run);
    expect([...(await left(['image-a']))]).toEqual([['image-a', 'new']]);
    expect(downloads()).toHaveLength(1);
  });

  test('is not fetched where it is too large, has expired, or is more than anybody reads', async () => {
    const large = stage.artifact('image-a', { 'image.json': 'a' }, run);
    large.zip = Buffer.concat([large.zip, Buffer.alloc(1_000_000)]);
    stage.artifact('image-b', { 'image.json': 'b' }, { ...run, expired: true });
    expect([...(await left(['image-a', 'image-b'])).values()]).toEqual([undefined, undefined]);
    expect(downloads()).toEqual([]);
    const names = Array.from({ length: 65 }, (_, index) => `many-${index}`);
    for (const name of names) stage.artifact(name, { 'image.json': name }, run);
    const files = await left(names);
    expect([files.size, downloads().length, files.get('many-0')]).toEqual([65, 64, undefined]);
    expect(files.get('many-1')).toBe('many-1');
  });
});
