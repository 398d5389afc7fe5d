import type {
  Author,
  RequestComment,
  RequestIssue,
  ShownPull,
} from '../../core/access/request/facts.ts';
import type { RequestDesk, RequestPulls } from '../../ports/requests.ts';
import type { Answer } from './answer.ts';
import { GithubClient } from './client.ts';
import type { GithubSettings, Second } from './client.ts';
import { GithubOwnPulls } from './own-pulls.ts';
import { GithubPulls } from './pulls.ts';
import { timeIn } from './time.ts';
import { dispatch } from './workflow-starts.ts';

/** Issues of the repository in which people ask. */
export function githubRequestDesk(settings: GithubSettings, second: Second = 1000): RequestDesk {
  const client = new GithubClient(settings, second);
  const pulls = new GithubPulls(client);
  return {
    issue: async (issue) => {
      const found = await client.askMaybe('the issue', 'GET /issues/{issue}', { issue });
      // GitHub leads on to where an issue was moved, which is none of ours.
      return found?.id('/number') === issue ? issueOf(found) : undefined;
    },
    comment: async (comment) => {
      const route = 'GET /issues/comments/{comment}';
      const found = await client.askMaybe('the comment', route, { comment });
      return found && commentOf(found);
    },
    openOf: async ({ login }) => {
      const listed = await client.all('issues', 'GET /issues', { state: 'open', creator: login });
      return listed.filter((one) => !one.has('/pull_request')).map(numbered);
    },
    accountSince: async (id) => {
      const account = await client.askGlobal('an account', 'GET /user/{id}', { id });
      return timeIn(account, '/created_at');
    },
    answer: (issue, mark) => pulls.markedText(issue, mark),
    keepAnswer: async (issue, mark, body) => {
      await pulls.stickyComment(issue, mark, body);
    },
    end: async (issue) => {
      // Closed last: an issue that is closed is done.
      await client.ask('the issue', 'PUT /issues/{issue}/lock', { issue });
      await client.ask('the issue', 'PATCH /issues/{issue}', { issue, state: 'closed' });
    },
    start: (workflow) => dispatch(client, workflow),
  };
}

/** Pull requests in the repository with people's files. */
export function githubRequestPulls(settings: GithubSettings, second: Second = 1000): RequestPulls {
  const client = new GithubClient(settings, second);
  const own = new GithubOwnPulls(client);
  return {
    propose: (proposal) => own.propose(proposal),
    withdraw: (branch, why) => own.withdraw(branch, why),
    merge: (pull, head, message) => own.merge(pull, head, message),
    shown: async (branch) => {
      const open = await own.openFrom(branch);
      return open && shownOf(client, open);
    },
  };
}

function authorOf(item: Answer): Author {
  // The author of an account that is gone is null: then it is nobody who could ask.
  if (!item.has('/user')) return { id: 0, login: 'ghost', isBot: true };
  const isBot = item.text('/user/type') === 'Bot';
  return { id: item.id('/user/id'), login: item.text('/user/login'), isBot };
}

function issueOf(item: Answer): RequestIssue {
  return {
    number: item.id('/number'),
    author: authorOf(item),
    body: item.textOrNone('/body') ?? '',
    isOpen: item.text('/state') === 'open',
    isPull: item.has('/pull_request'),
    createdAt: timeIn(item, '/created_at'),
  };
}

function commentOf(item: Answer): RequestComment {
  return {
    author: authorOf(item),
    body: item.textOrNone('/body') ?? '',
    createdAt: timeIn(item, '/created_at'),
    updatedAt: timeIn(item, '/updated_at'),
  };
}

function numbered(item: Answer): { number: number; body: string } {
  return { number: item.id('/number'), body: item.textOrNone('/body') ?? '' };
}

async function shownOf(client: GithubClient, open: Answer): Promise<ShownPull> {
  const head = open.sha('/head/sha');
  const pull = open.id('/number');
  const commit = await client.ask('the branch', 'GET /git/commits/{commit}', { commit: head });
  const files = new Map<string, string | null>();
  for (const file of await client.all('files', 'GET /pulls/{pull}/files', { pull }))
    files.set(file.text('/filename'), await textOf(client, file));
  return {
    number: pull,
    url: open.text('/html_url'),
    head,
    headAt: timeIn(commit, '/committer/date'),
    files,
  };
}

async function textOf(client: GithubClient, file: Answer): Promise<string | null> {
  if (file.text('/status') === 'removed') return null;
  const blob = file.sha('/sha');
  const found = await client.ask('a file', 'GET /git/blobs/{blob}', { blob });
  return Buffer.from(found.text('/content'), 'base64').toString('utf8');
}
