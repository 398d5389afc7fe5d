import { found, text, userBody } from './call.ts';
import type { Answer, Call, Handler } from './call.ts';
import type { Body } from './contract.ts';
import type { OperationId } from './operations.ts';
import type { Comment, Issue, Permission, Reaction } from './state.ts';

const TALK: readonly Permission[] = ['issues', 'pull-requests'];

const reactionBody = ({ id, user, content }: Reaction): Body => ({
  id,
  user: userBody(user),
  content,
});

const issueOf = ({ repository, parameters }: Call): Issue =>
  found(repository.issues.get(Number(parameters['issue_number'])));

function commentOf({ repository, parameters }: Call): Comment {
  const all = [...repository.issues.values()].flatMap(({ comments }) => comments);
  return found(all.find(({ id }) => id === Number(parameters['comment_id'])));
}

/** 201 for a new one, 200 for one that the same account has given already. */
function react({ state, token, body }: Call, on: Comment | Issue): Answer {
  const content = text(body['content']);
  on.reactions ??= [];
  const known = on.reactions.find(
    (one) => one.user.id === token.user.id && one.content === content,
  );
  if (known) return { status: 200, body: reactionBody(known) };
  const fresh: Reaction = { id: state.nextId(), user: token.user, content };
  on.reactions.push(fresh);
  return { status: 201, body: reactionBody(fresh) };
}

const listed = ({ reactions = [] }: Comment | Issue): Answer => ({
  status: 200,
  body: reactions.map(reactionBody),
});

/** Thumbs and eyes beneath issues and comments. */
export const REACTIONS: Readonly<Partial<Record<OperationId, Handler>>> = {
  'reactions/create-for-issue': { needs: TALK, handle: (call) => react(call, issueOf(call)) },
  'reactions/create-for-issue-comment': {
    needs: TALK,
    handle: (call) => react(call, commentOf(call)),
  },
  'reactions/list-for-issue': { handle: (call) => listed(issueOf(call)) },
  'reactions/list-for-issue-comment': { handle: (call) => listed(commentOf(call)) },
};
