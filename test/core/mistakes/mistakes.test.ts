import { describe, expect, test } from '@jest/globals';
import type { Finding } from '../../../src/core/finding.ts';
import { SLIPS, WHOLE } from './everywhere.ts';
import { IN_HUBS } from './in-hubs.ts';
import { IN_OTHERS } from './in-others.ts';
import { SOUND, findingsOf, newFindings } from './sound.ts';

/** One file of each kind that people write. */
const FILES = ['environments/hub.yaml', ...Object.keys(IN_OTHERS)];

/** What is expected of a finding; parts of the message and of the hint. */
interface Expected {
  line: number;
  rule: string;
  message: string;
  hint: string;
}

/** The finding as it is expected, with all its text where it is not. */
function asExpected(found: Finding | undefined, file: string, expected: Expected): unknown {
  if (!found) return 'nothing is found';
  const { at, rule, message, hint } = found;
  const isThere = at.file === file && at.line === expected.line && rule === expected.rule;
  const isSaid = message.includes(expected.message) && hint.includes(expected.hint);
  return isThere && isSaid ? expected : found;
}

function expectFindings(file: string, text: string, expected: readonly Expected[]): void {
  const found = newFindings({ [file]: text });
  const rest = [...found];
  const matched = expected.map((one) => {
    const fits = rest.findIndex((candidate) => asExpected(candidate, file, one) === one);
    return fits < 0 ? asExpected(rest[0], file, one) : (rest.splice(fits, 1), one);
  });
  expect(matched).toEqual(expected);
  expect(rest).toEqual([]);
}

test('the sound platform holds a file of each kind, and no error', () => {
  expect(FILES.filter((file) => !SOUND.has(file))).toEqual([]);
  expect(findingsOf(SOUND).filter(({ severity }) => severity === 'error')).toEqual([]);
});

test('a mistake that would change nothing, or is listed twice, is none', () => {
  const rows = [['environments/hub.yaml', IN_HUBS] as const, ...Object.entries(IN_OTHERS)];
  for (const [file, list] of rows)
    for (const [what, from, to] of list)
      expect([file, what, from !== to, SOUND.get(file)?.split(from).length]).toEqual([
        file,
        what,
        true,
        2,
      ]);
  const kinds = [...SLIPS, ...WHOLE].map(({ what }) => what);
  expect(new Set(kinds).size).toBe(kinds.length);
});

const OWN = [['environments/hub.yaml', IN_HUBS] as const, ...Object.entries(IN_OTHERS)].flatMap(
  ([file, list]) => list.map(([what, from, to, ...finds]) => ({ file, what, from, to, finds })),
);

describe(`${OWN.length} mistakes of one file each`, () => {
  test.each(OWN)('$file: $what', ({ file, from, to, finds }) => {
    const broken = (SOUND.get(file) ?? '').replace(from, () => to);
    const lines = broken.split('\n');
    expectFindings(
      file,
      broken,
      finds.map((one) => {
        const [, where = '', rule = '', message = '', hint = ''] =
          /^(.*) → ([a-z-]+): (.*?) ?\| (.*)$/u.exec(one) ?? [];
        // Of two lines alike the second one is the mistake.
        return {
          line: lines.findLastIndex((line) => line.includes(where)) + 1,
          rule,
          message,
          hint,
        };
      }),
    );
  });
});

const TYPED = FILES.flatMap((file) => SLIPS.map((slip) => ({ file, slip, what: slip.what })));

describe(`${SLIPS.length} slips of the pen in each of ${FILES.length} files`, () => {
  test.each(TYPED)('$file: $what', ({ file, slip }) => {
    const text = `\n${SOUND.get(file) ?? ''}`;
    const place = /\n( *)([a-z]+): ([^[{\n]+)(?=\n)/u.exec(text);
    if (!place) throw new Error(`${file} has no line "key: value"`);
    const [whole, indent = '', key = '', value = ''] = place;
    const typed = slip
      .type(key, value)
      .split('\n')
      .map((line) => (/^[<=>]{7}/u.test(line) ? line : `${indent}${line}`));
    const line = text.slice(0, place.index).split('\n').length + (slip.line ?? 0);
    const said = ({ message, hint }: Pick<Expected, 'message' | 'hint'>) => ({
      message: message.replace('KEY', key),
      hint: hint.replace('KEY', key),
    });
    const broken = text.replace(whole, () => `\n${typed.join('\n')}`).slice(1);
    expectFindings(file, broken, [{ line, rule: slip.rule, ...said(slip) }]);
  });
});

const PLAIN = FILES.filter((file) => file.endsWith('.yaml'));

describe(`${WHOLE.length} mistakes of the whole in each of ${PLAIN.length} files`, () => {
  const cases = PLAIN.flatMap((file) => WHOLE.map((whole) => ({ file, whole, what: whole.what })));
  test.each(cases)('$file: $what', ({ file, whole: { type, line, rule, message, hint } }) => {
    const text = SOUND.get(file) ?? '';
    const found = newFindings({ [file]: type(text) }).filter((one) => one.at.file === file);
    const [one] = found;
    const expected = { line: line(text), rule, message, hint };
    expect(asExpected(one, file, expected)).toEqual(expected);
  });
});

test.each(PLAIN)('%s with lines that end as on Windows is right', (file) => {
  expect(newFindings({ [file]: (SOUND.get(file) ?? '').replaceAll('\n', '\r\n') })).toEqual([]);
});

test('one in each file at once: each is found in the same run', () => {
  const wrong = FILES.filter((file) => file !== 'platform.yaml');
  const found = newFindings(
    Object.fromEntries(
      wrong.map((file) => [file, (SOUND.get(file) ?? '').replace(/\n( *)([a-z]+):/u, '\n$1$2x:')]),
    ),
  );
  expect([...new Set(found.map(({ at }) => at.file))].sort()).toEqual([...wrong].sort());
});
