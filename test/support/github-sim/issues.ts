import { BODY_LIMIT, Refusal, found, text, userBody } from './call.ts';
import type { Call, Handler } from './call.ts';
import type { Body } from './contract.ts';
import type { OperationId } from './operations.ts';
import type { Comment, Issue, Permission, Repository, User } from './state.ts';

export const issueOf = ({ repository, parameters }: Call): Issue =>
  found(repository.issues.get(Number(parameters['issue_number'] ?? parameters['pull_number'])));

/** Issues and pull requests are changed by the same fields. */
export function changed(call: Call): Issue {
  const { state, title, body } = call.body;
  const issue = issueOf(call);
  if (state !== undefined) issue.state = state === 'closed' ? 'closed' : 'open';
  if (title !== undefined) issue.title = text(title);
  if (body !== undefined) issue.body = text(body, BODY_LIMIT);
  return issue;
}

const association = (user: User): Body => ({
  author_association: user.association ?? 'NONE',
});

const commentBody = ({ id, user, body, created_at, updated_at }: Comment): Body => ({
  id,
  user: userBody(user),
  ...association(user),
  body,
  created_at,
  updated_at,
});

function issueBody(issue: Issue): Body {
  return {
    number: issue.number,
    title: issue.title,
    body: issue.body,
    state: issue.state,
    user: userBody(issue.user),
    ...association(issue.user),
    labels: issue.labels.map((name) => ({ name })),
    comments: issue.comments.length,
    locked: issue.locked === true,
    ...(issue.created_at === undefined ? {} : { created_at: issue.created_at }),
    ...(issue.pull ? { pull_request: {} } : {}),
  };
}

function findComment(repository: Repository, id: number): { issue: Issue; comment: Comment } {
  for (const issue of repository.issues.values()) {
    const comment = issue.comments.find((one) => one.id === id);
    if (comment) return { issue, comment };
  }
  throw new Refusal(404, 'Not Found');
}

const TALK: readonly Permission[] = ['issues', 'pull-requests'];

/** Issues, their labels and comments. */
export const ISSUES: Readonly<Partial<Record<OperationId, Handler>>> = {
  'issues/list-labels-for-repo': {
    handle: ({ repository }) => ({
      status: 200,
      body: repository.labels.map((name) => ({ name })),
    }),
  },
  'issues/lock': {
    needs: ['issues'],
    handle: (call) => {
      issueOf(call).locked = true;
      return { status: 204 };
    },
  },
  'issues/list-for-repo': {
    handle: ({ repository, query }) => {
      const labels = (query.get('labels') ?? '').split(',').filter(Boolean);
      const state = query.get('state') ?? 'open';
      return {
        status: 200,
        body: [...repository.issues.values()]
          .filter(
            (issue) =>
              (state === 'all' || issue.state === state) &&
              labels.every((label) => issue.labels.includes(label)) &&
              [null, issue.user.login].includes(query.get('creator')),
          )
          .sort((a, b) => b.number - a.number)
          .map(issueBody),
      };
    },
  },
  'issues/create': {
    handle: ({ state, token, repository, body }) => {
      // Anyone may open an issue; labels of those without write access are dropped without a word.
      const labels =
        token.write.includes('issues') && Array.isArray(body['labels'])
          ? body['labels'].map(String)
          : [];
      const issue: Issue = {
        created_at: state.now(),
        number: repository.issues.size + 1,
        title: text(body['title']),
        body: text(body['body'], BODY_LIMIT),
        state: 'open',
        user: token.user,
        labels,
        comments: [],
        pull: undefined,
      };
      repository.issues.set(issue.number, issue);
      state.nextId();
      return { status: 201, body: issueBody(issue) };
    },
  },
  'issues/get': { handle: (call) => ({ status: 200, body: issueBody(issueOf(call)) }) },
  'issues/update': {
    needs: ['issues'],
    handle: (call) => ({ status: 200, body: issueBody(changed(call)) }),
  },
  'issues/list-comments': {
    handle: (call) => ({ status: 200, body: issueOf(call).comments.map(commentBody) }),
  },
  'issues/create-comment': {
    needs: TALK,
    handle: (call) => {
      const at = call.state.now();
      const comment: Comment = {
        id: call.state.nextId(),
        user: call.token.user,
        body: text(call.body['body'], BODY_LIMIT),
        created_at: at,
        updated_at: at,
      };
      issueOf(call).comments.push(comment);
      return { status: 201, body: commentBody(comment) };
    },
  },
  'issues/get-comment': {
    handle: ({ repository, parameters }) => ({
      status: 200,
      body: commentBody(findComment(repository, Number(parameters['comment_id'])).comment),
    }),
  },
  'issues/update-comment': {
    needs: TALK,
    handle: ({ state, repository, parameters, body }) => {
      const { comment } = findComment(repository, Number(parameters['comment_id']));
      comment.body = text(body['body'], BODY_LIMIT);
      comment.updated_at = state.now();
      return { status: 200, body: commentBody(comment) };
    },
  },
  'issues/delete-comment': {
    needs: TALK,
    handle: ({ repository, parameters }) => {
      const { issue, comment } = findComment(repository, Number(parameters['comment_id']));
      issue.comments.splice(issue.comments.indexOf(comment), 1);
      return { status: 204 };
    },
  },
  'issues/add-labels': {
    needs: TALK,
    handle: (call) => {
      const issue = issueOf(call);
      const given = Array.isArray(call.body['labels']) ? call.body['labels'].map(String) : [];
      issue.labels = [...new Set([...issue.labels, ...given])];
      return { status: 200, body: issue.labels.map((name) => ({ name })) };
    },
  },
  'issues/remove-label': {
    needs: TALK,
    handle: (call) => {
      const issue = issueOf(call);
      if (!issue.labels.includes(call.parameters['name'] ?? ''))
        throw new Refusal(404, 'Label does not exist');
      issue.labels = issue.labels.filter((name) => name !== call.parameters['name']);
      return { status: 200, body: issue.labels.map((name) => ({ name })) };
    },
  },
  'issues/unlock': {
    needs: TALK,
    handle: (call) => {
      issueOf(call).locked = false;
      return { status: 204 };
    },
  },
  'issues/list-labels-on-issue': {
    handle: (call) => ({ status: 200, body: issueOf(call).labels.map((name) => ({ name })) }),
  },
  'issues/create-label': {
    needs: TALK,
    handle: ({ repository, body }) => {
      const name = text(body['name']);
      if (repository.labels.some((one) => one.toLowerCase() === name.toLowerCase()))
        throw new Refusal(422, 'Validation Failed');
      repository.labels.push(name);
      return { status: 201, body: { name } };
    },
  },
};
