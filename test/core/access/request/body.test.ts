import { describe, expect, test } from '@jest/globals';
import { readBody } from '../../../../src/core/access/request/body.ts';
import { accessBody, renewBody, requestPlatform } from '../../../support/request-body.ts';
import { fc } from '../../../support/property.ts';

const platform = requestPlatform();
const read = (body: string) => readBody(body, platform);
const EDITED = {
  kind: 'wrong',
  code: 'edited',
  message: 'it has not the shape that the form gives: it was edited by hand',
};
const TOO_LONG = { kind: 'wrong', code: 'too-long', message: 'it is too long' };
const HIDDEN = {
  kind: 'wrong',
  code: 'characters',
  message: 'it holds characters that nobody sees',
};
const notOffered = (label: string) => ({
  kind: 'wrong',
  code: 'choice',
  message: `“${label}” is not what the form offers`,
});
const ASKED = { kind: 'access', tier: 'researcher', days: 90, cohort: undefined };

describe('a body that GitHub made from the form', () => {
  test.each([
    ['as it is', accessBody(), ASKED],
    ['with the lines of Windows', accessBody().replaceAll('\n', '\r\n'), ASKED],
    ['of old Macs', accessBody().replaceAll('\n', '\r'), ASKED],
    ['with a class', accessBody({ cohort: 'class-27' }), { ...ASKED, cohort: 'class-27' }],
    ['for students', accessBody({ tier: 'student' }), { ...ASKED, tier: 'student' }],
    ['for a week', accessBody({ time: '1 week' }), { ...ASKED, days: 7 }],
    ['with a small x', accessBody().replace('[X]', '[x]'), ASKED],
    ['for more time', renewBody(), { kind: 'renew', days: 30 }],
    ['for 6 months more', renewBody({ time: '6 months' }), { kind: 'renew', days: 180 }],
    ['with other headings in it', accessBody({ reason: '### Why\n\n# A' }), ASKED],
    ['with a picture of joined parts', accessBody({ reason: 'on ice 🧑‍🔬' }), ASKED],
    ['with a tab', accessBody({ reason: 'a\tb' }), ASKED],
  ])('%s', (_name, body, asked) => {
    expect(read(body)).toEqual({ kind: 'read', asked });
  });
});

describe('what is no request', () => {
  test.each([
    '',
    'My server does not start',
    '### What for\n\nice',
    ` ${accessBody()}`,
    `\n${accessBody()}`,
    accessBody().replace('###', '####'),
    accessBody().replace('Kind of access', 'Kind of\u{A0}access'),
  ])('%j', (body) => {
    expect(read(body)).toEqual({ kind: 'none' });
  });
});

describe('what is wrong', () => {
  const smuggled = (label: string, value: string) =>
    accessBody({ reason: `ice\n\n### ${label}\n\n${value}` });
  test.each([
    ['a second tier in the text', smuggled('Kind of access', 'student'), EDITED],
    ['a second time', smuggled('For how long', '1 week'), EDITED],
    ['a second class', smuggled('Class or workshop', 'class'), EDITED],
    ['second rules', smuggled('Rules', 'none'), EDITED],
    ['a second text', smuggled('What for', 'ice'), EDITED],
    ['the same in a block of code', accessBody({ reason: '```\n### Rules\n```' }), EDITED],
    ['what looks like a label', smuggled('\u{212A}ind of access', 'student'), EDITED],
    ['a heading within a choice', accessBody({ tier: 'student\n\n### Rules\n\nx' }), EDITED],
    ['a heading alone', '### Kind of access', EDITED],
    ['no text', accessBody({ reason: '' }), EDITED],
    ['no answer', accessBody({ reason: '_No response_' }), EDITED],
    ['another order', accessBody().replace('For how long', 'Rules'), EDITED],
    ['a field that is gone', accessBody().replace('### Rules', '### Rule'), EDITED],
    ['two tiers', accessBody({ tier: 'researcher, student' }), notOffered('Kind of access')],
    ['no such tier', accessBody({ tier: 'admin' }), notOffered('Kind of access')],
    ['a word of JavaScript', accessBody({ tier: 'constructor' }), notOffered('Kind of access')],
    ['no such time', accessBody({ time: '9 months' }), notOffered('For how long')],
    ['a time beyond all tiers', accessBody({ time: '1 year' }), notOffered('For how long')],
    ['a class of two words', accessBody({ cohort: 'class 27' }), notOffered('Class or workshop')],
    ['a class elsewhere', accessBody({ cohort: '../members/1' }), notOffered('Class or workshop')],
    ['a long name', accessBody({ cohort: 'a'.repeat(33) }), notOffered('Class or workshop')],
    ['rules not accepted', accessBody({ rules: '- [ ] I use' }), notOffered('Rules')],
    ['more time than there is', renewBody({ time: '1 year' }), notOffered('For how much longer')],
    ['no such time to renew', renewBody({ time: 'ever' }), notOffered('For how much longer')],
    ['other rules to renew', renewBody({ rules: '- [X] mine' }), notOffered('Rules')],
    ['nothing to renew for', renewBody({ reason: '' }), EDITED],
    ['a direction', accessBody({ reason: 'a\u{202E}b' }), HIDDEN],
    ['a control', accessBody({ reason: 'a\u{0}b' }), HIDDEN],
    ['an escape', renewBody({ reason: 'a\u{1B}[2Jb' }), HIDDEN],
    ['half a character', accessBody({ reason: 'a\u{D800}b' }), HIDDEN],
    ['another separator of lines', accessBody({ reason: 'a\u{2028}b' }), HIDDEN],
    ['too many characters', accessBody({ reason: 'é'.repeat(4001) }), TOO_LONG],
    ['far too many', accessBody({ reason: 'x'.repeat(60_000) }), TOO_LONG],
  ])('%s', (_name, body, expected) => {
    expect(read(body)).toEqual(expected);
  });

  test('as many characters as there may be', () => {
    expect(read(accessBody({ reason: '🏔'.repeat(4000) })).kind).toBe('read');
    expect(read(accessBody({ cohort: 'a'.repeat(32) })).kind).toBe('read');
    expect(read(`${accessBody()}${'\n'.repeat(20_000 - accessBody().length)}`).kind).toBe('read');
    expect(read(`${accessBody()}${'\n'.repeat(20_001 - accessBody().length)}`)).toEqual(TOO_LONG);
  });
});

/** 100,000 with `REQUEST_FUZZ_RUNS=100000`. */
const RUNS = { numRuns: Number(process.env['REQUEST_FUZZ_RUNS'] ?? 500) };

const LABELS = ['Kind of access', 'For how long', 'Class or workshop', 'Rules', 'What for'];
const anything = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(...LABELS.flatMap((label) => [`### ${label}`, `\n### ${label}\n`, label])),
  fc.constantFrom('```', '\r\n', '\n\n', '_No response_', '\u{202E}', '- [X] ', 'admin', 'student'),
);
const freeText = fc.array(anything, { maxLength: 12 }).map((parts) => parts.join(''));

describe('whatever stands in the free text', () => {
  test('no other field changes', () => {
    fc.assert(
      fc.property(freeText, (reason) => {
        const result = read(accessBody({ reason }));
        expect(result.kind === 'read' ? result.asked : ASKED).toEqual(ASKED);
        expect(result.kind).not.toBe('none');
      }),
      RUNS,
    );
  });

  test('any body is read, refused or left alone', () => {
    fc.assert(
      fc.property(freeText, (body) => {
        expect(['read', 'wrong', 'none']).toContain(read(body).kind);
      }),
      RUNS,
    );
  });
});
