import { afterAll, beforeEach, expect, test } from '@jest/globals';
import nock from 'nock';
import { Github } from '../../src/edges/github/github.ts';

/* What exactly is sent. Undeclared requests fail, and so do declared ones that are not made. */
const API = 'https://api.github.test';
const github = new Github({ api: API, token: 'a-token', owner: 'example', repo: 'hubs' });

beforeEach(() => {
  nock.cleanAll();
  nock.disableNetConnect();
});
afterAll(() => {
  nock.cleanAll();
  nock.enableNetConnect();
});

test('a pull request is asked for by owner and branch, open ones only', async () => {
  const scope = nock(API, { reqheaders: { authorization: 'token a-token' } })
    .get('/repos/example/hubs/pulls')
    .query({ state: 'open', head: 'somebody:topic', per_page: 100 })
    .reply(200, [{ number: 7, head: { sha: 'f'.repeat(40) } }]);
  expect(
    await github.pullRequestOf({
      headOwner: 'somebody',
      headBranch: 'topic',
      headSha: 'e'.repeat(40),
    }),
  ).toBeUndefined();
  expect(scope.isDone()).toBe(true);
});

test('comments are read to the last page before one is written', async () => {
  const page = (from: number): object[] =>
    Array.from({ length: 100 }, (_, index) => ({
      id: from + index,
      body: 'words',
      user: { type: 'User' },
    }));
  const scope = nock(API)
    .get('/repos/example/hubs/issues/7/comments')
    .query({ per_page: 100 })
    .reply(200, page(1), {
      link: `<${API}/repos/example/hubs/issues/7/comments?per_page=100&page=2>; rel="next"`,
    })
    .get('/repos/example/hubs/issues/7/comments')
    .query({ per_page: 100, page: 2 })
    .reply(200, [{ id: 500, body: '<!-- mark --> old', user: { type: 'Bot' } }])
    .patch('/repos/example/hubs/issues/comments/500', { body: '<!-- mark --> new' })
    .reply(200, {});
  expect(await github.stickyComment(7, '<!-- mark -->', '<!-- mark --> new')).toBe('updated');
  expect(scope.isDone()).toBe(true);
}, 20_000);
