import { describe, expect, test } from '@jest/globals';
import {
  ANSWER_MARK,
  answerText,
  stateOf,
  underWayText,
} from '../../../../src/core/access/request/answer.ts';
import { NOTHING } from '../../../../src/core/access/request/decision.ts';
import type { Decision } from '../../../../src/core/access/request/decision.ts';
import { STATES } from '../../../../src/core/access/request/facts.ts';

const answer = (more: Partial<Decision> = {}, page?: string) =>
  answerText({ ...NOTHING, ...more }, more.state ?? 'needs-review', { page });

describe('the one comment', () => {
  test('says where it stands, what follows, when it ends, and who may write what', () => {
    expect(
      answer({ until: '2027-02-21' }, 'https://github.com/example/access/pull/40').split('\n'),
    ).toEqual([
      '<!-- glaciocloud-request needs-review -->',
      '**This request waits for somebody who decides.**',
      '',
      'An approver looks at it; for a class, its lead may decide, too. What changes: [the pull request](https://github.com/example/access/pull/40)',
      '',
      'Access would end on 2027-02-21, in the evening (UTC).',
      '',
      'Approvers write /approve, /hold or /deny WHY; who asks may write /withdraw.',
      '',
    ]);
  });

  test('says when access ends', () => {
    expect(answer({ state: 'active', until: '2027-02-21' })).toContain(
      '\nAccess ends on 2027-02-21, in the evening (UTC).\n',
    );
  });

  test('says why, as plain text', () => {
    const refused = { code: 'edited', reason: 'see @all <!-- x --> **y** #1' } as const;
    const shown = 'see @\u{200B}all &lt;\\!-- x --&gt; \\*\\*y\\*\\* \\#\u{200B}1';
    expect(answer({ state: 'invalid', refused })).toContain(`\nWhy: ${shown}.\n`);
    expect(answer({ command: 'approve', refused })).toContain(
      `\n\`/approve\` did nothing: ${shown}.\n`,
    );
  });

  test.each(STATES)('of a request that is %s is found again, and says so', (state) => {
    const text = answer({ state });
    expect(text.startsWith(ANSWER_MARK)).toBe(true);
    expect(stateOf(text)).toBe(state);
    expect(text.split('\n').filter((line) => line !== '')).toHaveLength(4);
  });

  test('says of an end that it is under way, and is found again', () => {
    const text = underWayText('revoked');
    expect(text).toBe(
      '<!-- glaciocloud-request revoked -->\n**This is under way.** If this line stays, write the command again.\n',
    );
    expect(stateOf(text)).toBe('revoked');
  });

  test.each([
    '',
    'active',
    '<!-- glaciocloud-request gone -->',
    '> <!-- glaciocloud-request active -->',
    '<!-- glaciocloud-reques active -->',
  ])('%j says no state', (text) => {
    expect(stateOf(text)).toBeUndefined();
  });
});
