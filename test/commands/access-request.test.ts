import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { accessRequest } from '../../src/commands/access-request.ts';
import { answerText } from '../../src/core/access/request/answer.ts';
import { NOTHING } from '../../src/core/access/request/decision.ts';
import type { RequestWorld } from '../../src/flow/access-request.ts';
import { accessBody } from '../support/request-body.ts';
import { STRANGER, comment, issue } from '../support/request-facts.ts';
import { commitAll, git, temporary } from '../support/sample.ts';
import { HUB, textsWith } from '../support/written.ts';

let folder: Awaited<ReturnType<typeof temporary>>;
beforeEach(async () => {
  folder = await temporary();
  const texts = textsWith({
    'platform.yaml': { tiers: { researcher: { until: '180d' } } },
    [HUB]: { access: { allow: ['tier:researcher'], admins: [] } },
  });
  for (const [path, text] of texts) {
    await mkdir(dirname(join(folder.path, path)), { recursive: true });
    await writeFile(join(folder.path, path), text);
  }
});
afterEach(() => folder.remove());

/** A double of GitHub, where this issue has our answer already. test/github-sim has the real client. */
function world(body = accessBody()): RequestWorld {
  const refuse = () => Promise.reject(new Error('the double does not do this'));
  return {
    desk: {
      issue: () => Promise.resolve(issue({ body })),
      comment: () => Promise.resolve(comment('/approve', { author: STRANGER })),
      openOf: () => Promise.resolve([]),
      accountSince: () => Promise.resolve(0),
      answer: () => Promise.resolve(answerText(NOTHING, 'needs-review', { page: undefined })),
      keepAnswer: () => Promise.resolve(),
      end: refuse,
      start: refuse,
    },
    pullsIn: () => ({
      propose: refuse,
      withdraw: refuse,
      merge: refuse,
      shown: () => Promise.resolve(undefined),
    }),
    directory: { teams: refuse },
  };
}

const run = (asked: { comment?: number; body?: string }) =>
  accessRequest(
    {
      root: folder.path,
      people: undefined,
      event: { issue: 12, comment: asked.comment },
      now: Date.UTC(2026, 10, 24, 12),
    },
    world(asked.body),
  );

describe('access request', () => {
  beforeEach(async () => {
    await git(folder.path, 'init', '-q');
    await commitAll(folder.path, 'files');
  });

  test('says what was refused, and has not failed', async () => {
    expect(await run({ comment: 34 })).toMatchObject({
      exit: 0,
      text: 'issue 12: needs-review (not-approver)\n',
      json: {
        schema_version: 1,
        issue: 12,
        state: 'needs-review',
        command: 'approve',
        refused: { code: 'not-approver', reason: 'only an approver may write /approve' },
        pull: null,
      },
      outputs: { state: 'needs-review' },
    });
  });

  test('says what is wrong with a request, and nothing of it', async () => {
    const outcome = await run({ body: accessBody({ reason: 'canary\n### Rules' }) });
    expect(outcome).toMatchObject({
      text: 'issue 12: invalid (edited)\n',
      json: { state: 'invalid', command: null, refused: { code: 'edited' } },
    });
    expect(JSON.stringify(outcome)).not.toContain('canary');
  });

  test('a platform that cannot be read is refused', async () => {
    await writeFile(join(folder.path, 'platform.yaml'), 'nothing: true\n');
    await mkdir(join(folder.path, 'access/members'), { recursive: true });
    await writeFile(join(folder.path, 'access/members/7001.yaml'), 'login: "canary login"\n');
    const outcome = await run({});
    expect(outcome.exit).toBe(2);
    expect(outcome.text).toContain('platform.yaml:1');
    expect(JSON.stringify(outcome)).not.toMatch(/7001|canary/u);
  });
});

test('it needs a clone', async () => {
  await expect(run({})).rejects.toMatchObject({
    message: `${folder.path} is no clone`,
    hint: 'check out the repository with people’s files',
  });
});
