import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { accessClass } from '../../src/commands/access-class.ts';
import type { ClassInputs } from '../../src/commands/access-class.ts';
import type { FoundAccount } from '../../src/core/access/class/roster.ts';
import type { Accounts } from '../../src/ports/access.ts';
import { failureOf } from '../support/program.ts';
import { copyPlatform, temporary } from '../support/sample.ts';

const COURSE = 'access/cohorts/course.yaml';
const TEXT = `# The course of the winter
title: Course
leads: [4]
tier: student
from: "2026-11-01"
until: "2026-12-20" # exams
capacity: 3
members:
  - 2 # bob
`;
const NOW = Date.UTC(2026, 10, 24, 12);

let folder: Awaited<ReturnType<typeof temporary>>;
beforeEach(async () => {
  folder = await temporary();
  await copyPlatform(join(folder.path, 'platform'));
  await write(`platform/${COURSE}`, TEXT);
});
afterEach(() => folder.remove());

const place = (path: string): string => join(folder.path, path);
async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(place(path)), { recursive: true });
  await writeFile(place(path), text);
}
const read = (path: string): Promise<string> => readFile(place(path), 'utf8');

/** A double of GitHub: people with these ids. */
function people(logins: Readonly<Record<string, number>>): Accounts {
  const found = Object.entries(logins).map(([login, id]): [string, FoundAccount] => [
    login,
    { id, login, name: `Canary ${login}`, createdAt: Date.UTC(2020, 0, 1) },
  ]);
  return { byLogin: () => Promise.resolve({ found: new Map(found), requests: 1 }) };
}
const GITHUB = people({ ada: 1, bob: 2, eva: 3, lea: 4 });

async function run(logins: string, given: Partial<ClassInputs> = {}, github = GITHUB) {
  await write('logins.txt', logins);
  const inputs: ClassInputs = {
    root: place('platform'),
    people: undefined,
    slug: 'course',
    logins: place('logins.txt'),
    now: NOW,
    detail: 'everybody',
    ...given,
  };
  return accessClass(inputs, github);
}

describe('access class', () => {
  test('writes ids behind those that are there, and nothing else', async () => {
    const { exit, json, text } = await run('ada\nbob\ngone\neva\n');
    expect(await read(`platform/${COURSE}`)).toBe(`${TEXT}  - 1\n  - 3\n`);
    expect([exit, text.split('\n')[0]]).toEqual([
      0,
      'course: 2 come in, 1 are in already, 1 unknown, 0 twice, 0 lines without a login',
    ]);
    expect(json).toMatchObject({
      schema_version: 1,
      cohort: 'course',
      written: true,
      unknown: ['gone'],
    });
  });

  test('once more there is nothing to write', async () => {
    await run('ada');
    const once = await read(`platform/${COURSE}`);
    expect((await run('ada')).json).toMatchObject({ written: false, counts: { already: 1 } });
    expect(await read(`platform/${COURSE}`)).toBe(once);
  });

  test.each([
    ['ada\neva', 0, true],
    ['ada\neva\nnew', 2, false],
  ])('of three places %j: exit %i, written %s', async (logins, exit, written) => {
    const github = people({ ada: 1, eva: 3, new: 5 });
    const result = await run(logins, {}, github);
    expect([result.exit, result.json]).toMatchObject([exit, { written }]);
    expect((await read(`platform/${COURSE}`)) === TEXT).toBe(!written);
  });

  test.each(['', 'access/'])('people’s files elsewhere, in %j', async (below) => {
    await rm(place(`platform/${COURSE}`));
    await write(
      'platform/platform.yaml',
      `${await read('platform/platform.yaml')}\naccess: {repository: a/b}\n`,
    );
    await write(`people/${below}cohorts/course.yaml`, TEXT);
    await run('ada', { people: place('people') });
    expect(await read(`people/${below}cohorts/course.yaml`)).toBe(`${TEXT}  - 1\n`);
    await write(`people/${below}cohorts/course.yaml`, `${TEXT}  - nobody\n`);
    expect(await failureOf(run('ada', { people: place('people') }))).toMatchObject({
      message: expect.stringMatching(
        new RegExp(`^${below}cohorts/course\\.yaml:\\d+: `, 'u'),
      ) as unknown,
    });
    expect(await failureOf(run('ada'))).toMatchObject({
      message: 'people’s files are in a/b, and --people is not given',
      exit: 2,
    });
  });

  test('where anybody may read along nobody is named', async () => {
    const { text, json } = await run('ada\ngone', { detail: 'counts' });
    expect(`${text}${JSON.stringify(json)}`).not.toMatch(/ada|gone|Canary/u);
    expect(json).toMatchObject({ counts: { comes: 1, unknown: 1 } });
  });
});

describe('refused before GitHub is asked', () => {
  const silent: Accounts = { byLogin: () => Promise.reject(new Error('nobody should ask')) };
  const failure = (given: Partial<ClassInputs>) => failureOf(run('ada', given, silent));

  test('without a class, or a list', async () => {
    const message = 'access class needs a class and --logins FILE';
    expect(await failure({ slug: undefined })).toMatchObject({ message, exit: 2 });
    expect(await failure({ logins: undefined })).toMatchObject({ message, exit: 2 });
  });

  test('a class that is not there', async () => {
    expect(await failure({ slug: 'other' })).toMatchObject({
      message: 'there is no class "other"',
      hint: 'classes: course',
      exit: 2,
    });
  });

  test('a class whose file has a mistake', async () => {
    await write(`platform/${COURSE}`, TEXT.replace('capacity: 3', 'capacity: 0'));
    expect(await failure({})).toMatchObject({
      message: expect.stringMatching(/^access\/cohorts\/course\.yaml:7: /u),
      exit: 2,
    });
  });

  test.each([
    ['2026-12-20T23:59Z', undefined],
    ['2026-12-21T00:00Z', 'the class ended on 2026-12-20'],
  ])('a class that is over, at %s', async (time, message) => {
    const failed = await run('ada', { now: Date.parse(time) }).catch((error: unknown) => error);
    expect(failed instanceof Error ? failed.message : undefined).toBe(message);
  });

  test('a platform that cannot be read', async () => {
    await write('platform/platform.yaml', 'nothing: true\n');
    expect((await run('ada', {}, silent)).exit).toBe(2);
  });
});

test('a list that cannot be added to is told, and stays', async () => {
  const text = TEXT.replace(/members:[^]*$/u, '"members": [2]\n');
  await write(`platform/${COURSE}`, text);
  expect(await failureOf(run('ada'))).toMatchObject({
    message: `members cannot be written into ${COURSE}`,
    hint: 'write `members:` as a list, one id a line',
    exit: 2,
  });
  expect(await read(`platform/${COURSE}`)).toBe(text);
});
