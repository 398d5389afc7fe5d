import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { gitAudit } from '../../src/edges/audit.ts';
import { auditLine } from '../support/audit.ts';
import { failureOf } from '../support/program.ts';
import { git, temporary } from '../support/sample.ts';

let folder: Awaited<ReturnType<typeof temporary>>;
let origin: string;
beforeEach(async () => {
  folder = await temporary();
  origin = join(folder.path, 'origin.git');
  await git(folder.path, 'init', '-q', '--bare', origin);
});
afterEach(() => folder.remove());

async function clone(name: string): Promise<string> {
  await git(folder.path, 'clone', '-q', origin, name);
  return join(folder.path, name);
}

const ada = auditLine();
const bob = auditLine({ subject: '8' });
const eva = auditLine({ subject: '9', at: '2026-12-01T00:00:00.000Z' });

describe('the branch of the audit', () => {
  test('grows by one commit for each run that did something', async () => {
    const root = await clone('one');
    await gitAudit(root).append([ada, bob]);
    await gitAudit(await clone('two')).append([eva]);
    await gitAudit(root).append([]);
    expect(await gitAudit(root).read()).toEqual({ lines: [ada, bob, eva], damaged: [] });
    expect(await git(origin, 'log', '--format=%s', 'audit')).toBe(
      'Audit: 1 effect\nAudit: 2 effects',
    );
    expect(await git(origin, 'ls-tree', '--name-only', 'audit')).toBe(
      '2026-11.jsonl\n2026-12.jsonl',
    );
  });

  test('that cannot be pushed is as it was, and the failure says what follows', async () => {
    const root = await clone('one');
    await git(origin, 'config', 'transfer.hideRefs', 'refs/heads/audit');
    expect(await failureOf(gitAudit(root).append([ada]))).toMatchObject({
      message: expect.stringMatching(/^the audit cannot be written: git push: /u),
      hint: 'run it again: what is missing is written by the next run; the branch audit must be writable',
      exit: 1,
    });
    expect(await gitAudit(root).read()).toEqual({ lines: [], damaged: [] });
  });
});
