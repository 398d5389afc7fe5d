import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { accessErase } from '../../src/commands/access-erase.ts';
import { gitAudit } from '../../src/edges/audit.ts';
import { gitErasure } from '../../src/edges/erasure.ts';
import { gitNames } from '../../src/edges/names.ts';
import { auditLine } from '../support/audit.ts';
import { failureOf } from '../support/program.ts';
import { copyPlatform, edit, git, temporary } from '../support/sample.ts';

const ID = '583231';
const ADA = { name: 'ada', claims: { science: 'claim-ada' } };
const BOB = { name: 'bob', claims: {} };
const LET_IN = auditLine({ subject: ID, why: `access/members/${ID}.yaml` });
const OUT = auditLine({ subject: ID, kind: 'revoke', after: null, why: 'gone' });
const OTHER = auditLine({ subject: '8', approver: ID });

let folder: Awaited<ReturnType<typeof temporary>>;
let root: string;
let origin: string;
beforeEach(async () => {
  folder = await temporary();
  origin = join(folder.path, 'origin.git');
  await git(folder.path, 'init', '-q', '--bare', origin);
  root = join(folder.path, 'platform');
  await git(folder.path, 'clone', '-q', origin, 'platform');
  await copyPlatform(root);
  await gitNames(root).keep(new Map([[ID, ADA]]));
  await gitNames(root).keep(new Map([['8', BOB]]));
  await gitAudit(root).append([LET_IN, OTHER]);
});
afterEach(() => folder.remove());

const write = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
};
const erase = (...asked: string[]) =>
  accessErase({ root, people: undefined, asked }, gitErasure(root), { hex: () => '1a2b3c4d' });
/** Everything that anybody who clones the repository can find. */
const found = () => git(origin, 'log', '--all', '-p', '--format=%B');

describe('an erasure', () => {
  test('leaves the id in no file and no history of names and audit', async () => {
    await gitAudit(root).append([OUT]);
    expect(await found()).toContain(ID);
    const { exit, text, json } = await erase(ID);
    expect([exit, json]).toEqual([
      0,
      { schema_version: 1, tombstone: 'erased-1a2b3c4d', lines: 3, name: 'ada' },
    ]);
    expect(text).toBe(
      `3 lines of the audit say erased-1a2b3c4d in place of ${ID}; the name ada stays taken: who got it would get the files there, if they are still there: claim-ada in science\n` +
        'what still knows the id: the history of people’s files, the hub’s own memory of names (access.names.json on its volume), issues on GitHub, and clones of the branches names and audit\n',
    );
    expect(await found()).not.toContain(ID);
    expect(await gitNames(root).read()).toEqual(
      new Map([
        ['8', BOB],
        ['erased-1a2b3c4d', ADA],
      ]),
    );
    expect((await gitAudit(root).read()).lines).toEqual([
      { ...LET_IN, subject: 'erased-1a2b3c4d', why: 'access/members/erased-1a2b3c4d.yaml' },
      { ...OTHER, approver: 'erased-1a2b3c4d' },
      { ...OUT, subject: 'erased-1a2b3c4d' },
    ]);
  });

  test('is followed by more of both', async () => {
    await gitAudit(root).append([OUT]);
    await erase(ID);
    await gitAudit(root).append([OTHER]);
    await gitNames(root).keep(new Map([['9', { name: 'eva', claims: {} }]]));
    expect((await gitAudit(root).read()).lines).toHaveLength(4);
    expect((await gitNames(root).read())?.size).toBe(3);
  });

  test('of somebody of whom only the name is known takes the id from there', async () => {
    await gitNames(root).keep(new Map([['9', { name: 'eva', claims: {} }]]));
    expect((await erase('9')).text).toContain(
      '0 lines of the audit say erased-1a2b3c4d in place of 9; the name eva stays taken: no home of theirs is written down, but no name is given twice',
    );
    expect([...((await gitNames(root).read())?.keys() ?? [])]).toContain('erased-1a2b3c4d');
  });

  test('of nobody writes nothing', async () => {
    const before = await git(origin, 'for-each-ref');
    expect((await erase('999')).text).toBe('nothing is written down about 999\n');
    expect(await git(origin, 'for-each-ref')).toBe(before);
  });

  test('happens in both branches or in none', async () => {
    await gitAudit(root).append([OUT]);
    const hook = join(origin, 'hooks/update');
    await writeFile(hook, '#!/bin/sh\n[ "$1" != refs/heads/audit ]\n', { mode: 0o755 });
    const before = await git(origin, 'for-each-ref');
    expect(await failureOf(erase(ID))).toMatchObject({
      message: expect.stringMatching(/^nothing is erased: git push: /u),
      hint: expect.stringContaining('a forced push'),
    });
    expect(await git(origin, 'for-each-ref')).toBe(before);
  });
});

describe('is refused', () => {
  test.each([[[]], [['ada']], [['7', '8']], [['07']], [['1'.repeat(16)]]])('%j', async (asked) => {
    expect(await failureOf(erase(...asked))).toMatchObject({
      message: 'access erase is about one GitHub id',
      exit: 2,
    });
  });

  test('where the hub lets them in, as far as it is written down', async () => {
    expect(await failureOf(erase(ID))).toMatchObject({
      message: `${ID} is not out of science yet`,
      hint: 'access apply takes them out and writes it down; then erase them',
      exit: 1,
    });
  });

  test('where a branch is damaged', async () => {
    await gitNames(root).keep(new Map([['9', ADA]]));
    expect(await failureOf(erase(ID))).toMatchObject({
      message: 'the branches names or audit are damaged',
    });
  });

  const member = `id: ${ID}\ntier: researcher\nuntil: "2027-01-31"\n`;
  const cohort = (leads: string, members: string): string =>
    `title: A\nleads: [${leads}]\ntier: student\nfrom: "2026-11-01"\nuntil: "2026-12-20"\ncapacity: 3\nmembers: [${members}]\n`;
  test.each([
    [`access/members/${ID}.yaml`, member],
    [`access/members/${ID}.yaml`, `id: ${ID}\n`],
    ['access/cohorts/a.yaml', cohort('4', ID)],
    ['access/cohorts/a.yaml', cohort(ID, '4')],
    ['access/approvers.yaml', `approvers: [{id: ${ID}}]\n`],
    ['access/removals.yaml', `protected: [${ID}]\n`],
  ])('where %s speaks of them', async (path, text) => {
    await gitAudit(root).append([OUT]);
    await write(path, text);
    expect(await failureOf(erase(ID))).toMatchObject({
      message: `${path} still speaks of ${ID}`,
      hint: 'take the id out of there by a pull request, and let access apply follow it',
      exit: 2,
    });
  });

  test('where a hub’s file names them, and another file too', async () => {
    await gitAudit(root).append([OUT]);
    await write(`access/members/${ID}.yaml`, member);
    await edit(root, 'environments/hub.yaml', 'allow: [', `allow: ["user:${ID}", `);
    expect(await failureOf(erase(ID))).toMatchObject({
      message: `access/members/${ID}.yaml, environments/hub.yaml still speak of ${ID}`,
    });
  });
});
