import { code, inMarkdown, link } from '../../escape.ts';
import type { Markdown } from '../../escape.ts';
import type { Decision } from './decision.ts';
import { STATES } from './facts.ts';
import type { RequestState } from './facts.ts';

/** What our comment begins with, whatever it says: by it and by its author it is found again. */
export const ANSWER_MARK = '<!-- glaciocloud-request ';

/** What became of a decision on GitHub. */
export interface Done {
  /** Page of the pull request, where people can see it. */
  page: string | undefined;
}

/** The one comment on a request: where it stands, what happens next, who decides, when it ends. */
export function answerText(decision: Decision, state: RequestState, { page }: Done): string {
  const { until, refused, command, cohort } = decision;
  const lines = [
    inMarkdown`**${TITLES[state]}**\n`,
    inMarkdown`\n${nextText(state, page)}\n`,
    ...(until === undefined ? [] : [inMarkdown`\n${endText(state, until)}\n`]),
    ...(refused ? [refusedText(command, refused.reason)] : []),
    ...(cohort !== undefined && state === 'active' ? [classText(cohort)] : []),
    inMarkdown`\n${cohort === undefined ? HELP[state] : (CLASS_HELP[state] ?? HELP[state])}\n`,
  ];
  return `${ANSWER_MARK}${state} -->\n${lines.map(({ text }) => text).join('')}`;
}

/** What an end is said by before it has come about: whoever reads it must not take it for done. */
export function underWayText(state: RequestState): string {
  const text = inMarkdown`**This is under way.** If this line stays, write the command again.`;
  return `${ANSWER_MARK}${state} -->\n${text.text}\n`;
}

/** What a comment of ours said last. */
export function stateOf(comment: string): RequestState | undefined {
  const word = comment.slice(ANSWER_MARK.length).split(' ', 1)[0];
  return comment.startsWith(ANSWER_MARK) ? STATES.find((state) => state === word) : undefined;
}

const TITLES: Readonly<Record<RequestState, string>> = {
  invalid: 'This request cannot be used as it is.',
  'needs-review': 'This request waits for somebody who decides.',
  'on-hold': 'This request is on hold.',
  approved: 'This is approved, and waits to be merged.',
  active: 'You have access.',
  denied: 'This request was denied.',
  withdrawn: 'This request was withdrawn.',
  revoked: 'Access has ended.',
  expired: 'Access has come to its end.',
};

const NEXT: Readonly<Record<RequestState, string>> = {
  invalid: 'Edit the issue, and it is looked at again at once.',
  'needs-review': 'An approver looks at it; for a class, its lead may decide, too.',
  'on-hold': 'An approver has a question first: read the comments below.',
  approved: 'It takes effect some minutes after somebody merges it.',
  active: 'It may take some minutes until the hub lets you in.',
  denied: 'The reason stands in the comments.',
  withdrawn: 'Whoever wants access after all opens a new request.',
  revoked: 'Your files are kept for now. Whoever wants access again opens a new request.',
  expired: 'Your files are kept for now. Whoever wants access again opens a new request.',
};

const HELP: Readonly<Record<RequestState, string>> = {
  invalid: '/recheck looks at it again; /withdraw closes it.',
  'needs-review': 'Approvers write /approve, /hold or /deny WHY; who asks may write /withdraw.',
  'on-hold': 'Approvers write /approve or /deny WHY; who asks may write /withdraw.',
  approved: 'Who asks may write /withdraw.',
  active: '/renew asks for more time before it ends. Approvers write /extend DAY or /revoke WHY.',
  denied: 'This issue is closed.',
  withdrawn: 'This issue is closed.',
  revoked: 'This issue is closed.',
  expired: 'This issue is closed.',
};

/** What is not asked of a class: it ends when its file says. */
const CLASS_HELP: Readonly<Partial<Record<RequestState, string>>> = {
  active: 'Approvers write /revoke WHY, which takes the class away.',
};

function classText(cohort: string): Markdown {
  const command = code(`glaciocloud access class ${cohort} --logins FILE`);
  const late = code(`issues/new?template=access.yml&cohort=${cohort}`);
  return inMarkdown`\nMembers: send the team the list of their accounts, not here; it runs ${command}. \
Who comes late asks at ${late} of this repository, and you approve it there, up to the number of places.\n`;
}

function nextText(state: RequestState, page: string | undefined): Markdown {
  return page === undefined
    ? inMarkdown`${NEXT[state]}`
    : inMarkdown`${NEXT[state]} What changes: ${link('the pull request', page)}`;
}

function endText(state: RequestState, until: string): Markdown {
  return state === 'active'
    ? inMarkdown`Access ends on ${until}, in the evening (UTC).`
    : inMarkdown`Access would end on ${until}, in the evening (UTC).`;
}

function refusedText(command: Decision['command'], reason: string): Markdown {
  return command === undefined
    ? inMarkdown`\nWhy: ${reason}.\n`
    : inMarkdown`\n${code(`/${command}`)} did nothing: ${reason}.\n`;
}
