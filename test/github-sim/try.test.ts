import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { tryOut } from '../../src/commands/try.ts';
import type { Outcome } from '../../src/outcome.ts';
import { githubStage } from '../support/github-sim/stage.ts';
import type { GithubStage } from '../support/github-sim/stage.ts';
import { ROOT, copyPlatform, edit, temporary } from '../support/sample.ts';

const HEAD = 'b'.repeat(40);
const OLD = 'e'.repeat(40);
let stage: GithubStage;

beforeEach(async () => {
  stage = await githubStage();
  stage.pull({ sha: HEAD });
});
afterEach(() => stage.sim.close());

const attempt = (
  part: { login?: string; commit?: string | undefined } = {},
  root = ROOT,
): Promise<Outcome> =>
  tryOut(root, { pull: 1, login: 'example', commit: HEAD, ...part }, stage.forge);

test('who may push tries exactly the head of a pull request, on the clusters of the first wave', async () => {
  const outputs = {
    commit: HEAD,
    pull: '1',
    clusters: '["bremen"]',
    reason: '/try of pull request 1 by example',
  };
  expect(await attempt()).toMatchObject({
    exit: 0,
    text: 'bbbbbbb of pull request 1: bremen\n',
    json: { schema_version: 1, ...outputs },
    outputs,
  });
  stage.repository.permissions.set(stage.stranger.id, 'write');
  expect((await attempt({ login: 'stranger' })).outputs['reason']).toBe(
    '/try of pull request 1 by stranger',
  );
});

describe('refused is', () => {
  test.each([
    [
      'somebody who may not push',
      { login: 'stranger' },
      'stranger may not push here, so may not try either',
      'ask a maintainer',
    ],
    [
      'a commit that is not the head any more',
      { commit: OLD },
      'eeeeeee is not the head of pull request 1 any more',
      `its head is ${HEAD}: look at it, then try that`,
    ],
    [
      'no commit',
      { commit: undefined },
      '/try needs the whole commit, 40 hex digits',
      'copy it from the pull request, so that nobody changes what is tried in between',
    ],
  ])('%s', async (_what, part, message, hint) => {
    await expect(attempt(part)).rejects.toMatchObject({ message, hint, exit: 1 });
  });

  test('a platform that cannot be read', async () => {
    const folder = await temporary();
    try {
      await copyPlatform(folder.path);
      await edit(folder.path, 'platform.yaml', 'waves:', 'waves: [');
      expect(await attempt({}, folder.path)).toMatchObject({ exit: 2, outputs: {} });
      expect(stage.sim.log).toEqual([]);
    } finally {
      await folder.remove();
    }
  });
});

test('each cluster of the first wave is named once, and those of later waves are not', async () => {
  const folder = await temporary();
  try {
    await copyPlatform(folder.path);
    const first = (await attempt({}, folder.path)).outputs['clusters'];
    await edit(folder.path, 'environments/hub.yaml', 'cluster: bremen', 'cluster: zzz');
    expect((await attempt({}, folder.path)).outputs['clusters']).toBe(first);
    await edit(folder.path, 'environments/hub-staging.yaml', 'cluster: bremen', 'cluster: aaa');
    expect((await attempt({}, folder.path)).outputs['clusters']).toBe('["aaa"]');
  } finally {
    await folder.remove();
  }
});
