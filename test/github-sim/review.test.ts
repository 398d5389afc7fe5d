import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pullRequest, review } from '../../src/commands/review.ts';
import { COMMENT_MARKER } from '../../src/core/show/reviewed.ts';
import type { Report } from '../../src/edges/report.ts';
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
      outputs: { number: '1', head: HEAD, base: 'b'.repeat(40), merge: 'c'.repeat(40) },
    });
    const body = { number: 1, head: { sha: HEAD }, base: { sha: HEAD }, merge_commit_sha: null };
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

  const report = (): Report => ({
    progress: (text) => said.push(text),
    result: () => Promise.resolve(),
    failure: () => undefined,
  });
  const look = (head = HEAD): Promise<Outcome> =>
    review(
      {
        root: folder.path,
        repository: folder.path,
        chartsFrom: DOUBLE,
        present: join(folder.path, 'present'),
        html: undefined,
        record: {
          file: join(folder.path, 'reviewed.json'),
          base: 'b'.repeat(40),
          merge: 'c'.repeat(40),
        },
        pull: 1,
        head,
        full: undefined,
        now: Date.parse('2026-11-24T08:00:00Z'),
      },
      stage.forge,
      report(),
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

  const kept = async (): Promise<unknown> =>
    JSON.parse(await readFile(join(folder.path, 'reviewed.json'), 'utf8'));
  const nothing = {
    version: 1,
    pull: 1,
    head: HEAD,
    base: 'b'.repeat(40),
    merge: 'c'.repeat(40),
    steps: [],
  };

  test('keeps what it showed, in full, and not in the comment', async () => {
    await look();
    expect(await kept()).toMatchObject({ version: 1, pull: 1, head: HEAD });
    const { steps } = (await kept()) as { steps: { name: string; digest: string }[] };
    expect(steps.map(({ name }) => name).sort()).toEqual(['classroom', 'hub', 'hub-staging']);
    for (const { digest } of steps) expect(digest).toMatch(/^[0-9a-f]{40}$/u);
    expect(pull.comments[0]?.body).not.toContain('glaciocloud steps');
  });

  test('that found errors, or was late, takes back what an earlier one kept', async () => {
    await look();
    await breakFiles();
    await look();
    expect(await kept()).toEqual(nothing);
  });

  test('of a commit that is no longer the head keeps nothing', async () => {
    await look('b'.repeat(40));
    expect(await kept()).toEqual({ ...nothing, head: 'b'.repeat(40) });
  });

  test('that fails marks the old comment as not current, and keeps nothing', async () => {
    await look();
    const wrong = review(
      {
        root: folder.path,
        repository: folder.path,
        chartsFrom: join(folder.path, 'nowhere'),
        present: join(folder.path, 'present'),
        html: undefined,
        record: {
          file: join(folder.path, 'reviewed.json'),
          base: 'b'.repeat(40),
          merge: 'c'.repeat(40),
        },
        pull: 1,
        head: HEAD,
        full: undefined,
        now: 0,
      },
      stage.forge,
      report(),
    );
    await expect(wrong).rejects.toThrow();
    expect(pull.comments.map(({ body }) => body)).toEqual([
      `${COMMENT_MARKER}\n### No plan: it could not be made\n\nWhat stood here before is about other files. The run says why; push again, or run it again.\n`,
    ]);
    expect(await kept()).toEqual(nothing);
  });

  test('that fails and may not comment tells the first failure', async () => {
    stage.answerOnce('POST', /comments$/u, { status: 403, message: 'Sorry' });
    stage.answerOnce('GET', /pulls\/1$/u, () => {
      stage.answerOnce('GET', /pulls\/1$/u, { status: 404, message: 'Gone' });
    });
    await expect(look()).rejects.toThrow('GitHub refused a comment: Sorry');
    expect(said).toEqual(['comment on pull request 1: GitHub refused the pull request: Gone']);
  });
});
