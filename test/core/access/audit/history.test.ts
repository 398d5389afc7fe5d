import { describe, expect, test } from '@jest/globals';
import {
  aboutOf,
  historyJson,
  historyOf,
  historyText,
} from '../../../../src/core/access/audit/history.ts';
import type { AuditLine, DamagedLine } from '../../../../src/core/access/audit/line.ts';
import { auditLine, held } from '../../../support/audit.ts';

const text = (word: string, lines: AuditLine[], damaged: DamagedLine[] = []): string[] =>
  historyText(historyOf({ lines, damaged }, aboutOf(word)), aboutOf(word))
    .split('\n')
    .slice(0, -1);

const APPROVED = auditLine({ commit: 'c0ffee1'.repeat(5), pull: 34, issue: 12, approver: '99' });
const EXTENDED = auditLine({
  at: '2027-01-20T08:30:00.000Z',
  kind: 'change',
  before: held(),
  after: held({ until: '2027-02-28' }),
  commit: 'a'.repeat(40),
});
const ENDED = auditLine({
  at: '2027-03-01T00:12:00.000Z',
  kind: 'expire',
  before: held({ until: '2027-02-28' }),
  after: null,
  why: 'access ended 2027-02-28',
});
const IN_SCHOOL = auditLine({
  hub: 'school',
  subject: '8',
  why: 'team:OGGM/users',
  after: held({ until: null }),
});

test.each([
  ['7', { kind: 'person', id: '7' }],
  ['9'.repeat(19), { kind: 'person', id: '9'.repeat(19) }],
  ['9'.repeat(20), { kind: 'hub', hub: '9'.repeat(20) }],
  ['07', { kind: 'hub', hub: '07' }],
  ['erased-0a1b', { kind: 'person', id: 'erased-0a1b' }],
  ['erased-', { kind: 'hub', hub: 'erased-' }],
  ['science', { kind: 'hub', hub: 'science' }],
])('%s is %j', (word, about) => {
  expect(aboutOf(word)).toEqual(about);
});

describe('the history', () => {
  test('of a person says what happened, by whom, and what is now', () => {
    expect(text('7', [APPROVED, IN_SCHOOL, EXTENDED, ENDED])).toEqual([
      '2026-11-24 12:00  science  7  grant   until 2027-01-31                     approved by 99, request 12, pull request 34, commit c0ffee1',
      '2027-01-20 08:30  science  7  change  until 2027-01-31 → until 2027-02-28  commit aaaaaaa',
      '2027-03-01 00:12  science  7  expire                                       no commit',
      'now science 7: out',
    ]);
  });

  test('of a hub says it of everybody', () => {
    const other = auditLine({
      hub: 'school',
      after: held({ admin: true, from: '2027-01-01' }),
      why: '',
    });
    expect(text('school', [APPROVED, IN_SCHOOL, other])).toEqual([
      '2026-11-24 12:00  school  8  grant  no end                                          no commit: team:OGGM/users',
      '2026-11-24 12:00  school  7  grant  administrator from 2027-01-01 until 2027-01-31  no commit',
      'now school 8: in, no end',
      'now school 7: in, until 2027-01-31',
    ]);
  });

  test('tells who is not seen to be out, and what a later run saw', () => {
    const stuck = auditLine({
      kind: 'revoke',
      before: held(),
      after: null,
      result: 'stuck',
      why: 'gone',
    });
    const found = auditLine({
      kind: 'change',
      before: held(),
      after: held({ groups: [] }),
      result: 'found',
      why: '',
    });
    expect(text('7', [found, stuck])).toEqual([
      '2026-11-24 12:00  science  7  change  until 2027-01-31  no commit (seen by a later run)',
      '2026-11-24 12:00  science  7  revoke                    no commit: gone (not seen to be out)',
      'now science 7: not seen to be out',
    ]);
  });

  test('of nobody says so', () => {
    expect(text('70', [APPROVED])).toEqual(['nothing is written down about 70']);
  });

  test('calls people by what the hub called them where there is no id, on one line', () => {
    const eva = auditLine({
      subject: null,
      name: 'eva\n\u001B[2J',
      after: null,
      kind: 'revoke',
      why: '',
    });
    expect(text('science', [eva])).toEqual([
      expect.stringContaining('science  eva <U+001B>[2J'),
      'now science name:eva <U+001B>[2J: out',
    ]);
  });

  test('names lines that are damaged, and shows the others', () => {
    const damaged = [{ file: '2026-11.jsonl', line: 3, reason: 'it is no JSON object' }];
    expect(text('7', [APPROVED], damaged).slice(1)).toEqual([
      'now science 7: in, until 2027-01-31',
      '⚠ 2026-11.jsonl, line 3 of the branch audit is damaged: it is no JSON object',
    ]);
  });

  test('is given as JSON too', () => {
    const damaged = [{ file: '2026-11.jsonl', line: 3, reason: 'x' }];
    const json = historyJson(
      historyOf({ lines: [APPROVED, IN_SCHOOL], damaged }, aboutOf('science')),
    );
    expect(json).toEqual({
      lines: [APPROVED],
      now: [{ hub: 'science', id: '7', in: true, until: '2027-01-31', owed: false }],
      damaged,
    });
    expect(historyJson(historyOf({ lines: [ENDED], damaged: [] }, aboutOf('7')))['now']).toEqual([
      { hub: 'science', id: '7', in: false, until: null, owed: false },
    ]);
  });
});
