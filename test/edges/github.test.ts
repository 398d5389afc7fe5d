import { afterAll, beforeEach, expect, test } from '@jest/globals';
import nock from 'nock';
import { githubForge } from '../../src/edges/github/forge.ts';

/* What exactly is sent. Undeclared requests fail, and so do declared ones that are not made. */
const API = 'https://github.example.org/api/v3';
const github = githubForge({ api: API, token: 'a-token', owner: 'example', repo: 'hubs' }, 1);
const reqheaders = { authorization: 'token a-token' };

beforeEach(() => {
  nock.cleanAll();
  nock.disableNetConnect();
});
afterAll(() => {
  nock.cleanAll();
  nock.enableNetConnect();
});

test('a pull request is asked for by owner and branch, open ones only', async () => {
  const scope = nock(API, { reqheaders })
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

test('comments are read page by page as GitHub links them, and who we are is asked beside the API', async () => {
  const page = (from: number): object[] =>
    Array.from({ length: 100 }, (_, index) => ({
      id: from + index,
      body: 'words',
      user: { id: 1 },
    }));
  const comments = '/repos/example/hubs/issues/7/comments';
  const scope = nock(API, { reqheaders })
    .get(comments)
    .query({ per_page: 100 })
    .reply(200, page(1), {
      link: `<${API}${comments}?per_page=100>; rel="prev", <${API}${comments}?after=x>; rel="next"`,
    })
    .get(comments)
    .query({ after: 'x' })
    .reply(200, [{ id: 500, body: '<!-- mark --> old', user: { id: 2 } }], {
      link: `<${API}${comments}?per_page=100>; rel="first"`,
    })
    .patch('/repos/example/hubs/issues/comments/500', { body: '<!-- mark --> new' })
    .reply(200, {});
  const who = nock('https://github.example.org', { reqheaders })
    .post('/api/graphql', { query: '{ viewer { databaseId } }' })
    .reply(200, { data: { viewer: { databaseId: 2 } } });
  expect(await github.stickyComment(7, '<!-- mark -->', '<!-- mark --> new')).toBe('updated');
  expect([scope.isDone(), who.isDone()]).toEqual([true, true]);
});
