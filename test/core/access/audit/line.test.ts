import { describe, expect, test } from '@jest/globals';
import {
  auditFile,
  heldOf,
  lineText,
  readAudit,
  sameHeld,
  withLines,
} from '../../../../src/core/access/audit/line.ts';
import { entry } from '../../../support/access-facts.ts';
import { auditLine, held } from '../../../support/audit.ts';
import { fc } from '../../../support/property.ts';

const november = auditLine();
const december = auditLine({ at: '2026-12-01T00:00:00.000Z', kind: 'revoke', after: null });

describe('a line', () => {
  test('is one line of JSON, the same for the same effect', () => {
    expect(lineText(november)).toBe(
      `{"after":{"admin":false,"from":null,"groups":["tier:researcher"],"until":"2027-01-31"},"approver":null,"at":"2026-11-24T12:00:00.000Z","before":null,"commit":null,"hub":"science","issue":null,"kind":"grant","name":null,"plan":"${'a'.repeat(64)}","pull":null,"result":"done","run":null,"subject":"7","v":1,"why":"access/members/7.yaml"}\n`,
    );
  });

  test('stands in the file of its month', () => {
    expect([auditFile(november), auditFile(december)]).toEqual(['2026-11.jsonl', '2026-12.jsonl']);
  });

  test('is read as it was written, whatever texts it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.option(fc.nat()), (text, number) => {
        const line = auditLine({ why: text, name: text, run: number, pull: number });
        expect(readAudit(new Map([['2026-11.jsonl', lineText(line)]])).lines).toEqual([line]);
      }),
    );
  });
});

describe('files of the branch', () => {
  test('are read in the order of months; other files are not', () => {
    const files = new Map([
      ['2026-12.jsonl', lineText(december)],
      ['2026-11.jsonl', lineText(november)],
      ['README.md', lineText(november)],
      ['x2026-11.jsonl', lineText(november)],
      ['2026-11.jsonl.old', lineText(november)],
    ]);
    expect(readAudit(files)).toEqual({ lines: [november, december], damaged: [] });
  });

  test.each<[string, string, string]>([
    ['no JSON', '{"v": 1,', 'it is no JSON object'],
    [
      'of another version',
      '{"v": 2}',
      'it is of format 2, which this version of glaciocloud does not know',
    ],
    [
      'without a hub',
      lineText(november).replace('"hub"', '"hut"'),
      'its field /hub is missing or is something else',
    ],
    [
      'with another kind',
      lineText(november).replace('"grant"', '"gift"'),
      'its field /kind is missing or is something else',
    ],
    [
      'with another result',
      lineText(november).replace('"done"', '"good"'),
      'its field /result is missing or is something else',
    ],
    [
      'with groups that are none',
      lineText(november).replace('["tier:researcher"]', '"all"'),
      'its field /after is missing or is something else',
    ],
  ])('%s: the line is named, and the others are read', (_what, bad, reason) => {
    const text = `${lineText(november)}${bad.trimEnd()}\n${lineText(december)}`;
    const { lines, damaged } = readAudit(new Map([['2026-11.jsonl', text]]));
    expect(lines).toEqual([november, december]);
    expect(damaged.map(({ file, line }) => [file, line])).toEqual([['2026-11.jsonl', 2]]);
    expect(damaged[0]?.reason).toBe(reason);
  });

  test('get lines below what they hold', () => {
    const before = new Map([['2026-11.jsonl', lineText(november)]]);
    const other = auditLine({ subject: '8' });
    expect(withLines(before, [other, december, december])).toEqual(
      new Map([
        ['2026-11.jsonl', `${lineText(november)}${lineText(other)}`],
        ['2026-12.jsonl', `${lineText(december)}${lineText(december)}`],
      ]),
    );
  });

  test('whose last line was cut off keep it apart from the new one', () => {
    const before = new Map([['2026-11.jsonl', '{"v":']]);
    expect(withLines(before, [november])).toEqual(
      new Map([['2026-11.jsonl', `{"v":\n${lineText(november)}`]]),
    );
  });
});

describe('what somebody has', () => {
  test('is their entry without a name', () => {
    const ada = entry('ada', { admin: true, groups: ['tier:researcher'], until: '2027-01-31' });
    expect(heldOf(ada)).toEqual(held({ admin: true }));
    expect(heldOf(entry('ada', { from: '2027-01-01' }))).toEqual(
      held({ groups: [], from: '2027-01-01', until: null }),
    );
    expect(heldOf(undefined)).toBeNull();
  });

  test.each([
    [null, null, true],
    [held(), held(), true],
    [held(), null, false],
    [held(), held({ until: null }), false],
    [held(), held({ groups: [] }), false],
    [held(), held({ admin: true }), false],
    [held(), held({ from: '2026-11-01' }), false],
  ])('%j is the same as %j: %s', (a, b, same) => {
    expect(sameHeld(a, b)).toBe(same);
  });
});
