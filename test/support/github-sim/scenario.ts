import { Octokit } from '@octokit/rest';

/** What a step of the scenario came to: a status, and of the answer what any GitHub must say alike. */
export type Seen = readonly [status: number, said?: unknown];

/** A GitHub, simulated by whomever, as three of its accounts see it. */
export interface Github {
  owner: Octokit;
  /** Has no right to write. */
  bob: Octokit;
  nobody: Octokit;
  /** Of earlier steps. */
  kept: Map<string, string>;
}

interface Answered {
  status: number;
  data: unknown;
  headers: { link?: string | undefined };
}

type Fields = Readonly<Record<string, unknown>>;
type Step = (github: Github) => Promise<Seen>;

export function client(url: string, token: string): Octokit {
  const silent = (): void => undefined;
  return new Octokit({
    baseUrl: url,
    auth: token,
    log: { debug: silent, info: silent, warn: silent, error: silent },
    request: { fetch: (...given: Parameters<typeof fetch>) => globalThis.fetch(...given) },
  });
}

const REPO = { owner: 'example', repo: 'hubs' };
const ORG = { org: 'OGGM' };

/** `pick` says what of an answer counts; of a refusal it is the status only. */
async function ask(
  octokit: Octokit,
  route: string,
  fields: Fields = {},
  pick: (answer: Answered) => unknown = () => undefined,
): Promise<Seen> {
  try {
    const answer: Answered = await octokit.request(route, { ...REPO, ...ORG, ...fields });
    const said = pick(answer);
    return said === undefined ? [answer.status] : [answer.status, said];
  } catch (error) {
    const { status } = error as { status?: number };
    if (status === undefined) throw error;
    return [status];
  }
}

/** A field of an answer by its path, in a list of each item. */
function at(path: string): (answer: Answered) => unknown {
  const of = (value: unknown): unknown =>
    path.split('/').reduce((inner: unknown, key) => (inner as Fields | null)?.[key], value);
  return ({ data }) => (Array.isArray(data) ? data.map(of) : of(data));
}

const names = at('name');
const logins = (answer: Answered): unknown => (at('login')(answer) as string[]).sort();
const links = ({ headers }: Answered): unknown => (headers.link ?? '').includes('rel="next"');

function keep(github: Github, key: string, path: string): (answer: Answered) => unknown {
  return (answer) => {
    github.kept.set(key, String(at(path)(answer)));
    return undefined;
  };
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const kept = ({ kept: values }: Github, key: string): string => values.get(key) ?? '';

const ISSUES = 'GET /repos/{owner}/{repo}/issues';
const ISSUE = '/repos/{owner}/{repo}/issues/{issue_number}';
const FILE = '/repos/{owner}/{repo}/contents/{path}';
const REFS = '/repos/{owner}/{repo}/git/refs';
const PULL = '/repos/{owner}/{repo}/pulls/{pull_number}';
const SEAT = '/orgs/{org}/teams/{team_slug}/memberships/{username}';

const issue = (number: number, more: Fields = {}): Fields => ({ issue_number: number, ...more });
const file = (text: string, more: Fields = {}): Fields => ({
  path: 'a/file.txt',
  message: 'a change',
  content: base64(text),
  ...more,
});
const seat = (username: string, more: Fields = {}): Fields => ({
  team_slug: 'users',
  username,
  ...more,
});

/** Everything that two GitHubs are asked, in this order. */
export const SCENARIO: Readonly<Record<string, Step>> = {
  'a token that nobody has': ({ nobody }) => ask(nobody, 'GET /user'),
  'whose a token is': ({ bob }) => ask(bob, 'GET /user', {}, at('login')),
  'an account in other letters': ({ owner }) =>
    ask(owner, 'GET /users/{username}', { username: 'BOB' }, at('login')),
  'an account that nobody has': ({ owner }) =>
    ask(owner, 'GET /users/{username}', { username: 'none' }),
  'a repository': ({ owner }) => ask(owner, 'GET /repos/{owner}/{repo}', {}, at('full_name')),
  'a repository that is not there': ({ owner }) =>
    ask(owner, 'GET /repos/{owner}/{repo}', { repo: 'none' }),

  'an issue': ({ owner }) =>
    ask(owner, 'POST /repos/{owner}/{repo}/issues', { title: 'One', body: 'text' }, at('number')),
  'an issue without a title': ({ owner }) => ask(owner, 'POST /repos/{owner}/{repo}/issues'),
  'an issue by anybody': ({ bob }) =>
    ask(bob, 'POST /repos/{owner}/{repo}/issues', { title: 'Two' }, at('user/login')),
  'labels of somebody who may not write': ({ bob }) =>
    ask(
      bob,
      'POST /repos/{owner}/{repo}/issues',
      { title: 'Three', labels: ['approved'] },
      ({ data }) => names({ status: 0, headers: {}, data: (data as Fields)['labels'] }),
    ),
  'an issue, read': ({ bob }) => ask(bob, `GET ${ISSUE}`, issue(1), at('title')),
  'an issue that is not there': ({ bob }) => ask(bob, `GET ${ISSUE}`, issue(99)),
  'an issue, changed': ({ owner }) =>
    ask(owner, `PATCH ${ISSUE}`, issue(1, { title: 'First' }), at('title')),
  'an issue, closed': ({ owner }) =>
    ask(owner, `PATCH ${ISSUE}`, issue(2, { state: 'closed' }), at('state')),
  'issues that are open': ({ bob }) => ask(bob, ISSUES, {}, at('number')),
  'issues that are closed': ({ bob }) => ask(bob, ISSUES, { state: 'closed' }, at('number')),
  'issues of somebody': ({ bob }) =>
    ask(bob, ISSUES, { state: 'all', creator: 'bob' }, at('number')),
  'an issue, locked': ({ owner }) =>
    ask(owner, `PUT ${ISSUE}/lock`, issue(1, { lock_reason: 'spam' })),
  'an issue, locked: read': ({ bob }) => ask(bob, `GET ${ISSUE}`, issue(1), at('locked')),
  'an issue, unlocked': ({ owner }) => ask(owner, `DELETE ${ISSUE}/lock`, issue(1)),

  'a label': ({ owner }) =>
    ask(owner, 'POST /repos/{owner}/{repo}/labels', { name: 'ice', color: 'ffffff' }, names),
  'a label that there is': ({ owner }) =>
    ask(owner, 'POST /repos/{owner}/{repo}/labels', { name: 'ICE', color: 'ffffff' }),
  'a label on an issue': ({ owner }) =>
    ask(owner, `POST ${ISSUE}/labels`, issue(1, { labels: ['ice'] }), names),
  'the same once more': ({ owner }) =>
    ask(owner, `POST ${ISSUE}/labels`, issue(1, { labels: ['ice'] }), names),
  'a label by somebody who may not write': ({ bob }) =>
    ask(bob, `POST ${ISSUE}/labels`, issue(1, { labels: ['ice'] })),
  'issues with a label': ({ bob }) => ask(bob, ISSUES, { labels: 'ice' }, at('number')),
  'a label, taken away': ({ owner }) =>
    ask(owner, `DELETE ${ISSUE}/labels/{name}`, issue(1, { name: 'ice' }), names),
  'a label that is not there, taken away': ({ owner }) =>
    ask(owner, `DELETE ${ISSUE}/labels/{name}`, issue(1, { name: 'ice' })),

  'a comment': (github) =>
    ask(
      github.owner,
      `POST ${ISSUE}/comments`,
      issue(1, { body: 'first' }),
      keep(github, 'comment', 'id'),
    ),
  comments: ({ bob }) => ask(bob, `GET ${ISSUE}/comments`, issue(1), at('body')),
  'a comment that is too long': ({ owner }) =>
    ask(owner, `POST ${ISSUE}/comments`, issue(1, { body: 'x'.repeat(65_537) })),
  'a comment on nothing': ({ owner }) =>
    ask(owner, `POST ${ISSUE}/comments`, issue(99, { body: 'x' })),
  'a comment, changed': (github) =>
    ask(
      github.owner,
      'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}',
      { comment_id: kept(github, 'comment'), body: 'second' },
      at('body'),
    ),
  'a comment of somebody else, changed': (github) =>
    ask(github.bob, 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', {
      comment_id: kept(github, 'comment'),
      body: 'third',
    }),
  'a comment, taken away': (github) =>
    ask(github.owner, 'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}', {
      comment_id: kept(github, 'comment'),
    }),
  'a comment that is gone': (github) =>
    ask(github.owner, 'GET /repos/{owner}/{repo}/issues/comments/{comment_id}', {
      comment_id: kept(github, 'comment'),
    }),
  'a reaction': ({ owner }) => ask(owner, `POST ${ISSUE}/reactions`, issue(1, { content: 'eyes' })),

  'many issues': async ({ owner }) => {
    for (let count = 0; count < 32; count += 1)
      await ask(owner, 'POST /repos/{owner}/{repo}/issues', { title: `Page ${count}` });
    return [200];
  },
  'a page of the usual size': ({ bob }) =>
    ask(bob, ISSUES, { state: 'all' }, (answer) => [
      (answer.data as unknown[]).length,
      links(answer),
    ]),
  'the second of pages of ten': ({ bob }) =>
    ask(bob, ISSUES, { state: 'all', per_page: 10, page: 2 }, (answer) => [
      (at('number')(answer) as number[])[0],
      links(answer),
    ]),
  'the last page': ({ bob }) =>
    ask(bob, ISSUES, { state: 'all', per_page: 10, page: 4 }, (answer) => [
      (answer.data as unknown[]).length,
      links(answer),
    ]),
  'a page behind the last': ({ bob }) =>
    ask(bob, ISSUES, { state: 'all', page: 9 }, (answer) => [answer.data, links(answer)]),

  'a file': ({ owner }) => ask(owner, `PUT ${FILE}`, file('one'), at('content/path')),
  'a file, read': (github) => ask(github.bob, `GET ${FILE}`, file(''), keep(github, 'file', 'sha')),
  'a file’s content': ({ bob }) =>
    ask(bob, `GET ${FILE}`, { path: 'a/file.txt' }, ({ data }) =>
      Buffer.from(String((data as Fields)['content']), 'base64').toString(),
    ),
  'a file that is not there': ({ bob }) => ask(bob, `GET ${FILE}`, { path: 'none' }),
  'a file without its sha': ({ owner }) => ask(owner, `PUT ${FILE}`, file('two')),
  'a file with a wrong sha': ({ owner }) =>
    ask(owner, `PUT ${FILE}`, file('two', { sha: 'a'.repeat(40) })),
  'a file with its sha': (github) =>
    ask(github.owner, `PUT ${FILE}`, file('two', { sha: kept(github, 'file') })),
  'a file with the sha of before': (github) =>
    ask(github.owner, `PUT ${FILE}`, file('three', { sha: kept(github, 'file') })),
  'a file by somebody who may not write': ({ bob }) =>
    ask(bob, `PUT ${FILE}`, file('x', { path: 'b.txt' })),

  'a branch': (github) =>
    ask(
      github.bob,
      'GET /repos/{owner}/{repo}/git/ref/{ref}',
      { ref: 'heads/main' },
      keep(github, 'main', 'object/sha'),
    ),
  'a branch that is not there': ({ bob }) =>
    ask(bob, 'GET /repos/{owner}/{repo}/git/ref/{ref}', { ref: 'heads/none' }),
  'a branch, made': (github) =>
    ask(
      github.owner,
      `POST ${REFS}`,
      { ref: 'refs/heads/topic', sha: kept(github, 'main') },
      at('ref'),
    ),
  'a branch that there is, made': (github) =>
    ask(github.owner, `POST ${REFS}`, { ref: 'refs/heads/topic', sha: kept(github, 'main') }),
  'a branch of nothing': ({ owner }) =>
    ask(owner, `POST ${REFS}`, { ref: 'refs/heads/void', sha: 'b'.repeat(40) }),
  'a file of a branch': (github) =>
    ask(
      github.owner,
      `PUT ${FILE}`,
      file('new', { path: 'new.txt', branch: 'topic' }),
      keep(github, 'topic', 'commit/sha'),
    ),
  'a branch, moved on': (github) =>
    ask(github.owner, `PATCH ${REFS}/{ref}`, { ref: 'heads/topic', sha: kept(github, 'topic') }),
  'a branch, moved back': (github) =>
    ask(github.owner, `PATCH ${REFS}/{ref}`, { ref: 'heads/topic', sha: kept(github, 'main') }),
  'a branch, made and taken away': async (github) => {
    const sha = kept(github, 'main');
    await ask(github.owner, `POST ${REFS}`, { ref: 'refs/heads/short', sha });
    return ask(github.owner, `DELETE ${REFS}/{ref}`, { ref: 'heads/short' });
  },
  'a branch that is gone, taken away': ({ owner }) =>
    ask(owner, `DELETE ${REFS}/{ref}`, { ref: 'heads/short' }),

  'a pull request': (github) =>
    ask(
      github.owner,
      'POST /repos/{owner}/{repo}/pulls',
      { title: 'New', head: 'topic', base: 'main' },
      keep(github, 'pull', 'number'),
    ),
  'a pull request that there is': ({ owner }) =>
    ask(owner, 'POST /repos/{owner}/{repo}/pulls', { title: 'New', head: 'topic', base: 'main' }),
  'pull requests of a branch': ({ bob }) =>
    ask(bob, 'GET /repos/{owner}/{repo}/pulls', { head: 'example:topic' }, at('title')),
  'files of a pull request': (github) =>
    ask(github.bob, `GET ${PULL}/files`, { pull_number: kept(github, 'pull') }, at('filename')),
  'a merge of another head': (github) =>
    ask(github.owner, `PUT ${PULL}/merge`, {
      pull_number: kept(github, 'pull'),
      sha: 'c'.repeat(40),
    }),
  'a merge': (github) =>
    ask(
      github.owner,
      `PUT ${PULL}/merge`,
      { pull_number: kept(github, 'pull'), sha: kept(github, 'topic') },
      at('merged'),
    ),
  'a merge once more': (github) =>
    ask(github.owner, `PUT ${PULL}/merge`, {
      pull_number: kept(github, 'pull'),
      sha: kept(github, 'topic'),
    }),
  'a merge by somebody who may not write': (github) =>
    ask(github.bob, `PUT ${PULL}/merge`, {
      pull_number: kept(github, 'pull'),
      sha: kept(github, 'topic'),
    }),
  'a file that was merged': ({ bob }) => ask(bob, `GET ${FILE}`, { path: 'new.txt' }, at('path')),

  'a team': ({ owner }) => ask(owner, 'POST /orgs/{org}/teams', { name: 'Users' }, at('slug')),
  'a team that there is': ({ owner }) => ask(owner, 'POST /orgs/{org}/teams', { name: 'users' }),
  'a member, added': ({ owner }) =>
    ask(owner, `PUT ${SEAT}`, seat('bob', { role: 'member' }), at('state')),
  'a maintainer, added': ({ owner }) =>
    ask(owner, `PUT ${SEAT}`, seat('eva', { role: 'maintainer' }), at('role')),
  'nobody, added': ({ owner }) => ask(owner, `PUT ${SEAT}`, seat('none', { role: 'member' })),
  'somebody of no organisation, added': ({ owner }) =>
    ask(owner, `PUT ${SEAT}`, seat('guest', { role: 'member' }), at('state')),
  'members of a team': ({ owner }) =>
    ask(owner, 'GET /orgs/{org}/teams/{team_slug}/members', { team_slug: 'users' }, logins),
  'members of a team that is not there': ({ owner }) =>
    ask(owner, 'GET /orgs/{org}/teams/{team_slug}/members', { team_slug: 'none' }),
  'a member in other letters': ({ owner }) => ask(owner, `GET ${SEAT}`, seat('BOB'), at('state')),
  'an organisation in other letters': ({ owner }) =>
    ask(owner, 'GET /orgs/{org}/members', { org: 'oggm' }, logins),
  'a member, taken away': ({ owner }) => ask(owner, `DELETE ${SEAT}`, seat('bob')),
  'a member that is gone': ({ owner }) => ask(owner, `GET ${SEAT}`, seat('bob')),
};
