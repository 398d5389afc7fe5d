import { describe, expect, test } from '@jest/globals';
import type { Effect } from '../../../../src/core/access/audit/effects.ts';
import { NO_ORIGIN } from '../../../../src/core/access/audit/line.ts';
import { filesBehind, originOf } from '../../../../src/core/access/audit/origin.ts';
import { auditLine, held } from '../../../support/audit.ts';

const effect = (groups: string[], more: Partial<Effect> = {}): Effect =>
  auditLine({ after: held({ groups }), ...more });
const MEMBER = { path: 'access/members/7.yaml', id: undefined };

describe('files behind an effect', () => {
  test.each<[string, Effect, unknown[]]>([
    ['a tier is in the person’s file', effect(['tier:researcher']), [MEMBER]],
    [
      'a class is in its file, where the id stands',
      effect(['cohort:course', 'tier:student']),
      [{ path: 'access/cohorts/course.yaml', id: '7' }, MEMBER],
    ],
    [
      'the person alone is in the hub’s file',
      effect(['user:7']),
      [{ path: 'environments/science.yaml', id: '7' }],
    ],
    ['somebody else’s group is nothing of theirs', effect(['user:70']), []],
    ['a team is in no file', effect(['team:OGGM/users']), []],
    [
      'who goes was in the files of what they had',
      effect([], { kind: 'revoke', before: held(), after: null }),
      [MEMBER],
    ],
    ['what they have counts before what they had', effect(['team:a/b'], { before: held() }), []],
    ['an end is decided by nobody', effect(['tier:researcher'], { kind: 'expire' }), []],
    ['without an id nothing can be looked for', effect(['tier:researcher'], { subject: null }), []],
    ['with nothing before and after there is nothing', effect([], { after: null }), []],
  ])('%s', (_what, of, files) => {
    expect(filesBehind(of)).toEqual(files);
  });
});

describe('the origin', () => {
  const commit = (message: string, sha = 'c'.repeat(40), time = 1) => ({ sha, time, message });
  const squash = 'Access, request 12: writes members/7.yaml (#34)\n\nApproved-by: 99';

  test.each<[string, string, Partial<typeof NO_ORIGIN>]>([
    ['a request that was approved in its issue', squash, { pull: 34, issue: 12, approver: '99' }],
    [
      'one that a person merged',
      'Merge pull request #34 from x/request-12\n\nAccess, request 12: writes members/7.yaml',
      { pull: 34, issue: 12 },
    ],
    ['a pull request of a person', 'Let Ada in (#34)', { pull: 34 }],
    ['a push', 'Let Ada in', {}],
    ['a text that only quotes one', 'Reverts "x (#34)" and so on\n\n> Approved-by: 99', {}],
    ['an approver who is none', 'x\n\nApproved-by: ada', {}],
    ['several approvers: the last', 'x\n\nApproved-by: 1\nApproved-by: 2', { approver: '2' }],
  ])('is read from the message: %s', (_what, message, told) => {
    const wanted = { ...NO_ORIGIN, commit: 'c'.repeat(40), ...told };
    expect(originOf([commit(message)], new Set())).toEqual(wanted);
  });

  test('is the newest of several commits', () => {
    const [old, young] = [commit('x (#1)', 'a'.repeat(40), 1), commit('x (#2)', 'b'.repeat(40), 2)];
    expect(originOf([old, young], new Set()).commit).toBe(young.sha);
    expect(originOf([young, old], new Set()).commit).toBe(young.sha);
  });

  test('is none where the commit was named before: something else decided', () => {
    expect(originOf([commit(squash)], new Set(['c'.repeat(40)]))).toEqual(NO_ORIGIN);
    expect(originOf([], new Set())).toEqual(NO_ORIGIN);
  });
});
