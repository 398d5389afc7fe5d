import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { fromArguments } from '../../src/arguments.ts';
import { accessHistory } from '../../src/commands/access-history.ts';
import { at } from '../../src/core/json.ts';
import { dispatch } from '../../src/dispatch.ts';
import { gitAudit } from '../../src/edges/audit.ts';
import type { Report } from '../../src/edges/report.ts';
import { auditLine } from '../support/audit.ts';
import { failureOf } from '../support/program.ts';
import { copyPlatform, edit, git, temporary } from '../support/sample.ts';

let folder: Awaited<ReturnType<typeof temporary>>;
let root: string;
beforeEach(async () => {
  folder = await temporary();
  root = join(folder.path, 'platform');
  await copyPlatform(root);
  await git(root, 'init', '-q');
});
afterEach(() => folder.remove());

const history = (...asked: string[]) =>
  accessHistory({ root, people: undefined, asked }, gitAudit(root));

test('who let somebody in is read from the branch', async () => {
  await gitAudit(root).append([auditLine({ approver: '99' }), auditLine({ subject: '8' })]);
  const { exit, text, json } = await history('7');
  expect([exit, at(json, '/schema_version'), at(json, '/lines/0/approver')]).toEqual([0, 1, '99']);
  expect(text).toBe(
    '2026-11-24 12:00  science  7  grant  until 2027-01-31  approved by 99\nnow science 7: in, until 2027-01-31\n',
  );
});

test('a damaged line shows in the exit code', async () => {
  await gitAudit(root).append([auditLine({ at: 'whenever' })]);
  const damaging = {
    read: () => Promise.resolve({ lines: [], damaged: [{ file: 'f', line: 1, reason: 'r' }] }),
  };
  const asked = { root, people: undefined, asked: ['7'] };
  const { exit } = await accessHistory(asked, { ...gitAudit(root), ...damaging });
  expect(exit).toBe(3);
});

test.each([[[]], [['7', '8']]])('%j is not one person or hub', async (asked) => {
  expect(await failureOf(history(...asked))).toMatchObject({
    message: 'access history is about one person or one hub',
    hint: 'write access history ID, or access history HUB',
    exit: 2,
  });
});

test('people’s files that are elsewhere have to be given', async () => {
  await edit(
    root,
    'platform.yaml',
    '\nremovals:',
    '\naccess: {repository: example/access}\nremovals:',
  );
  expect(await failureOf(history('7'))).toMatchObject({
    message: 'people’s files are in example/access, and --people is not given',
  });
});

const listening: Report = {
  progress: () => undefined,
  result: () => Promise.resolve(),
  failure: () => undefined,
};
const asArguments = (...words: string[]) =>
  dispatch(fromArguments(['access', ...words, '--root', root]), listening);

test('where anybody may read along nothing is said', async () => {
  process.env['GITHUB_ACTIONS'] = 'true';
  try {
    expect(await failureOf(asArguments('history', '7'))).toMatchObject({
      message: 'anybody may read the log of this run',
      hint: 'run it at a terminal',
      exit: 2,
    });
  } finally {
    delete process.env['GITHUB_ACTIONS'];
  }
});

test('at a terminal it is', async () => {
  await gitAudit(root).append([auditLine()]);
  expect((await asArguments('history', '7')).text).toContain('science  7  grant');
});

test('a word that access does not know is answered with those that it does', async () => {
  expect(await failureOf(asArguments('hostory'))).toMatchObject({
    message: 'access knows no "hostory"',
    hint: 'write access plan, apply, history, request, class, import, homes, erase, notices or forms',
  });
});
