import { describe, expect, test } from '@jest/globals';
import { bookWithout, hubsOf, linesWithout } from '../../../../src/core/access/audit/erase.ts';
import type { AuditLine } from '../../../../src/core/access/audit/line.ts';
import { readBook, giveNames, nameFile, nameText } from '../../../../src/core/access/names.ts';
import { auditLine, held } from '../../../support/audit.ts';

describe('a line without an id', () => {
  test.each<[string, Partial<AuditLine>, Partial<AuditLine>]>([
    ['whom it is about', { subject: '7' }, { subject: 'erased-1a' }],
    ['who approved', { approver: '7' }, { approver: 'erased-1a' }],
    [
      'groups of one',
      { before: held({ groups: ['user:7', 'user:77'] }), after: held({ groups: ['user:7'] }) },
      {
        before: held({ groups: ['user:erased-1a', 'user:77'] }),
        after: held({ groups: ['user:erased-1a'] }),
      },
    ],
    [
      'a path',
      { why: 'access/members/7.yaml, team:a/b' },
      { why: 'access/members/erased-1a.yaml, team:a/b' },
    ],
    ['twice in it', { why: '7 7' }, { why: 'erased-1a erased-1a' }],
    ['not of others', { subject: '77', why: '17 7a a7', approver: '70' }, {}],
    ['not a number of something else', { subject: '8', run: 7, pull: 7, issue: 7, why: '' }, {}],
    ['where there is none', { subject: null, name: 'ada', why: '', approver: null }, {}],
  ])('%s', (_what, given, changed) => {
    const other = { subject: '8', why: '', before: held(), after: held() };
    const line = auditLine({ ...other, ...given });
    expect(linesWithout([line], '7', 'erased-1a')).toEqual([{ ...line, ...changed }]);
  });
});

test('the name stays taken, and is nobody’s any more', () => {
  const book = new Map([
    ['7', { name: 'ada', claims: { science: 'claim-ada' } }],
    ['8', { name: 'bob', claims: {} }],
  ]);
  const without = bookWithout(book, '7', 'erased-1a');
  expect(without).toEqual(
    new Map([
      ['erased-1a', { name: 'ada', claims: { science: 'claim-ada' } }],
      ['8', { name: 'bob', claims: {} }],
    ]),
  );
  const files = new Map([...without].map(([id, given]) => [nameFile(id), nameText(given)]));
  expect(readBook(files)).toEqual(without);
  const logins = new Map([['7', 'Ada']]);
  expect(giveNames(['7'], without, [], logins).fresh).toEqual(new Map([['7', 'ada-7']]));
});

test('hubs that are open are those that let in, or have not been seen to put out', () => {
  const out = auditLine({ kind: 'revoke', after: null });
  const lines = [
    auditLine(),
    auditLine({ hub: 'left' }),
    { ...out, hub: 'left' },
    { ...out, hub: 'stuck', result: 'stuck' as const },
    auditLine({ hub: 'other', subject: '8' }),
  ];
  expect(hubsOf(lines, '7')).toEqual(['science', 'stuck']);
  expect(hubsOf(lines, '9')).toEqual([]);
});
