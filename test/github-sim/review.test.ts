import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pullRequest, review } from '../../src/commands/review.ts';
import { COMMENT_MARKER } from '../../src/core/show/reviewed.ts';
import type { Outcome } from '../../src/outcome.ts';
import { githubStage } from '../support/github-sim/stage.ts';
import type { GithubStage } from '../support/github-sim/stage.ts';
import type { Issue } from '../support/github-sim/state.ts';
import { DOUBLE, copyPlatform, edit, temporary } from '../support/sample.ts';

const HEAD = 'a'.repeat(40);
let stage: GithubStage;
let pull: Issue;

beforeEach(async () => {
  stage = await githubStage();
  pull = stage.pull({ sha: HEAD, mergeSha: 'c'.repeat(40) });
});
afterEach(() => stage.sim.close());

describe('the pull request of a finished check', () => {
  const run = { headOwner: 'example', headBranch: 'topic', headSha: HEAD };

  test('is given on with the commit to look at', async () => {
    expect(await pullRequest(run, stage.forge)).toMatchObject({
      exit: 0,
      text: `pull request 1 at ${HEAD}\n`,
      outputs: { number: '1', head: HEAD, merge: 'c'.repeat(40) },
    });
    const body = { number: 1, head: { sha: HEAD }, merge_commit_sha: null };
    stage.answerOnce('GET', /pulls\/1$/u, { status: 200, body });
    expect((await pullRequest(run, stage.forge)).outputs['merge']).toBe(HEAD);
  });

  test('is none any more', async () => {
    pull.state = 'closed';
    expect(await pullRequest(run, stage.forge)).toMatchObject({
      exit: 0,
      text: 'no open pull request has this commit as its head: nothing to do\n',
      outputs: { number: '' },
    });
  });
});

describe('a review', () => {
  let folder: Awaited<ReturnType<typeof temporary>>;
  let said: string[];

  beforeEach(async () => {
    folder = await temporary();
    said = [];
    await copyPlatform(folder.path);
    await mkdir(join(folder.path, 'present'));
  });
  afterEach(() => folder.remove());

  const look = (head = HEAD): Promise<Outcome> =>
    review(
      {
        root: folder.path,
        repository: folder.path,
        chartsFrom: DOUBLE,
        present: join(folder.path, 'present'),
        html: undefined,
        pull: 1,
        head,
        full: undefined,
        now: Date.parse('2026-11-24T08:00:00Z'),
      },
      stage.forge,
      {
        progress: (text) => said.push(text),
        result: () => Promise.resolve(),
        failure: () => undefined,
      },
    );
  const breakFiles = (): Promise<void> =>
    edit(folder.path, 'environments/hub.yaml', 'title:', 'titel:');

  test('of files with errors is a comment that lists them', async () => {
    await breakFiles();
    const seen = await look();
    expect(seen.exit).toBe(2);
    expect(pull.comments.map(({ body }) => body)).toEqual([
      `${COMMENT_MARKER}\n### No plan: the files have errors\n\n${seen.summary}`,
    ]);
    expect(seen.summary).toContain('titel');
    expect(said).toContain('comment on pull request 1: created');
  });

  test.each([
    ['files with errors', true],
    ['good files', false],
  ])('of a commit that is no longer the head says nothing: %s', async (_what, broken) => {
    if (broken) await breakFiles();
    expect(await look('b'.repeat(40))).toMatchObject({
      exit: 0,
      text: 'the pull request has moved on: the run for its new head comments\n',
      outputs: {},
    });
    expect(pull.comments).toEqual([]);
  });
});
