import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { accessImport } from '../../src/commands/access-import.ts';
import type { ImportInputs } from '../../src/commands/access-import.ts';
import type { FoundAccount } from '../../src/core/access/class/roster.ts';
import type { TeamList } from '../../src/core/access/teams.ts';
import { at } from '../../src/core/json.ts';
import { failureOf } from '../support/program.ts';
import { copyPlatform, edit, temporary } from '../support/sample.ts';

/** 24 November 2026, noon: a researcher may stay until 23 May 2027. */
const NOW = Date.UTC(2026, 10, 24, 12);
const UNTIL = '2027-02-28';

let folder: Awaited<ReturnType<typeof temporary>>;
beforeEach(async () => {
  folder = await temporary();
  await copyPlatform(place('platform'));
});
afterEach(() => folder.remove());

const place = (path: string): string => join(folder.path, path);
async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(place(path)), { recursive: true });
  await writeFile(place(path), text);
}
const read = (path: string): Promise<string> => readFile(place(path), 'utf8');
const members = async (path = 'platform/access/members'): Promise<string[]> =>
  (await readdir(place(path)).catch((): string[] => [])).sort();

/** Doubles of GitHub: two accounts, and one team. */
const account = (id: number, login: string): [string, FoundAccount] => [
  login.toLowerCase(),
  { id, login, name: undefined, createdAt: 0 },
];
const TEAM: TeamList = {
  kind: 'complete',
  members: [
    { id: '7', login: 'Ada' },
    { id: '8', login: undefined },
  ],
};

function run(given: Partial<ImportInputs>, team = TEAM) {
  const inputs: ImportInputs = {
    root: place('platform'),
    people: undefined,
    from: 'team:OGGM/users',
    tier: 'researcher',
    until: UNTIL,
    now: NOW,
    ...given,
  };
  return accessImport(inputs, {
    accounts: {
      byLogin: () =>
        Promise.resolve({ found: new Map([account(7, 'Ada'), account(9, 'eva')]), requests: 1 }),
    },
    directory: {
      teams: () => Promise.resolve({ lists: new Map([['team:oggm/users', team]]), requests: 1 }),
    },
  });
}

const MEMBER = `id: 7\nlogin: "Ada"\ntier: "researcher"\nuntil: "${UNTIL}"\n`;

describe('an import', () => {
  test('of a team writes a file for each, and nothing the second time', async () => {
    const { exit, text } = await run({});
    expect([exit, text]).toEqual([
      0,
      '2 new, 0 there already, 0 there with another meaning, 0 unknown, 0 lines without a login\n' +
        '  + access/members/7.yaml  Ada\n  + access/members/8.yaml  \n' +
        'written; look at them, then ask for them in a pull request\n',
    ]);
    expect(await members()).toEqual(['7.yaml', '8.yaml']);
    expect(await read('platform/access/members/7.yaml')).toBe(MEMBER);
    const again = await run({});
    expect([again.exit, again.text]).toEqual([
      0,
      '0 new, 2 there already, 0 there with another meaning, 0 unknown, 0 lines without a login\n  = 7\n  = 8\nnothing is written\n',
    ]);
  });

  test('of a list asks GitHub who its logins are', async () => {
    await write('people.csv', 'login,name\nAda,A\nnobody,N\n???,x\nEVA\nada\n');
    const { exit, text, json } = await run({ from: place('people.csv') });
    expect([exit, text]).toEqual([
      0,
      '2 new, 0 there already, 0 there with another meaning, 1 unknown, 1 lines without a login\n' +
        '  + access/members/7.yaml  Ada\n  + access/members/9.yaml  eva\n' +
        '  ⚠ nobody is called nobody\n  ⚠ line 4 holds no login\n' +
        'written; look at them, then ask for them in a pull request\n',
    ]);
    expect(json).toEqual({
      schema_version: 1,
      written: true,
      writes: [
        { id: 7, login: 'Ada', file: 'access/members/7.yaml' },
        { id: 9, login: 'eva', file: 'access/members/9.yaml' },
      ],
      already: [],
      refused: [],
      unknown: ['nobody'],
      skipped: [4],
    });
  });

  test.each<[string, string, string]>([
    [
      'another day',
      MEMBER.replace(UNTIL, '2027-03-01'),
      'access/members/7.yaml says researcher until 2027-03-01',
    ],
    [
      'another tier',
      MEMBER.replace('researcher', 'student'),
      'access/members/7.yaml says student until 2027-02-28',
    ],
    [
      'a beginning',
      `${MEMBER}from: "2026-12-01"\n`,
      'access/members/7.yaml says researcher from 2026-12-01 until 2027-02-28',
    ],
    ['a mistake', 'id: 7\n', 'access/members/7.yaml has a mistake'],
  ])('writes nothing where a file has %s', async (_what, text, why) => {
    await write('platform/access/members/7.yaml', text);
    const result = await run({});
    expect([result.exit, at(result.json, '/refused'), at(result.json, '/written')]).toEqual([
      2,
      [{ id: 7, why }],
      false,
    ]);
    expect(result.text).toContain(`  ✗ 7: ${why}\nnothing is written\n`);
    expect(await members()).toEqual(['7.yaml']);
    expect(await read('platform/access/members/7.yaml')).toBe(text);
  });

  test.each(['', 'access/'])(
    'writes where people’s files are: below "%s" of their clone',
    async (below) => {
      await edit(
        place('platform'),
        'platform.yaml',
        '\nremovals:',
        '\naccess: {repository: a/b}\nremovals:',
      );
      await write(`people/${below}approvers.yaml`, 'approvers: []\n');
      await run({ people: place('people') });
      expect(await members(`people/${below}members`)).toEqual(['7.yaml', '8.yaml']);
      expect(await members()).toEqual([]);
    },
  );
});

describe('is refused', () => {
  test('a team that is not known in full', async () => {
    expect(await failureOf(run({}, { kind: 'unknown', why: 'a page is missing' }))).toMatchObject({
      message: 'team:OGGM/users is not known in full: a page is missing',
      exit: 1,
    });
    expect(await members()).toEqual([]);
  });

  test.each<[Partial<ImportInputs>, string, string]>([
    [
      { from: undefined },
      'access import needs --from team:ORG/SLUG, or --from FILE with logins',
      '',
    ],
    [{ tier: undefined }, 'access import needs --tier and --until', 'tiers: researcher'],
    [{ tier: 'king' }, 'access import needs --tier and --until', 'tiers: researcher'],
    [{ until: undefined }, 'access import needs --tier and --until', 'tiers: researcher'],
    [
      { until: '2026-11-23' },
      '--until 2026-11-23 is no day that researcher allows',
      'write a day from 2026-11-24 to 2027-05-23',
    ],
    [
      { until: '2027-05-24' },
      '--until 2027-05-24 is no day that researcher allows',
      'write a day from',
    ],
    [
      { until: '2027-02-30' },
      '--until 2027-02-30 is no day that researcher allows',
      'write a day from',
    ],
    [
      { until: '2027-02-28T10:00Z' },
      '--until 2027-02-28T10:00Z is no day that researcher allows',
      'write a day from',
    ],
  ])('%j', async (given, message, hint) => {
    expect(await failureOf(run(given))).toMatchObject({
      message,
      hint: expect.stringContaining(hint),
      exit: 2,
    });
  });

  test.each(['2026-11-24', '2027-05-23'])('not %s, the first or last day', async (until) => {
    expect((await run({ until })).exit).toBe(0);
  });

  test('an import without the files of people that are elsewhere', async () => {
    await edit(
      place('platform'),
      'platform.yaml',
      '\nremovals:',
      '\naccess: {repository: a/b}\nremovals:',
    );
    expect(await failureOf(run({}))).toMatchObject({
      message: 'people’s files are in a/b, and --people is not given',
    });
  });
});
