import { expect, test } from '@jest/globals';
import { Failure, UsageError, messageOf } from '../../src/failure.ts';
import { SCHEMA_VERSION, outcome, refused } from '../../src/outcome.ts';

class Special extends Failure {}

test('a failure has the name of its kind, what to do, its cause, and the exit code 1', () => {
  const cause = new Error('below');
  expect(new Special('broken', { hint: 'mend it', cause })).toMatchObject({
    name: 'Special',
    message: 'broken',
    hint: 'mend it',
    exit: 1,
    cause,
  });
  expect(new Failure('broken', { hint: 'mend it', exit: 3 }).exit).toBe(3);
});

test('a mistake in usage ends with 2, and points to the help', () => {
  expect(new UsageError('no')).toMatchObject({
    name: 'UsageError',
    message: 'no',
    hint: 'see `glaciocloud --help`',
    exit: 2,
  });
  expect(new UsageError('no', 'do this').hint).toBe('do this');
});

test.each<[unknown, string]>([
  [new Error('said'), 'said'],
  [{ message: 'from elsewhere' }, 'from elsewhere'],
  [{ message: 7 }, '[object Object]'],
  [{}, '[object Object]'],
  ['text', 'text'],
  [null, 'null'],
  [undefined, 'undefined'],
])('the text of what was thrown: %p', (thrown, text) => {
  expect(messageOf(thrown)).toBe(text);
});

test('an outcome says nothing of which nobody spoke', () => {
  expect(outcome({ exit: 3, text: 'partly' })).toEqual({
    exit: 3,
    text: 'partly',
    json: { schema_version: SCHEMA_VERSION },
    findings: [],
    outputs: {},
    summary: '',
  });
});

test('files with errors end with 2 and all findings, for people, programs and the summary', () => {
  const finding = {
    severity: 'error',
    rule: 'memory-suffix',
    at: { file: 'environments/hub.yaml', line: 9, column: 27 },
    message: 'it is wrong',
    hint: 'do this',
  } as const;
  const result = refused([finding]);
  expect(result).toMatchObject({ exit: 2, findings: [finding], outputs: {} });
  expect(result.json).toMatchObject({
    schema_version: SCHEMA_VERSION,
    findings: [{ rule: 'memory-suffix' }],
  });
  expect(result.text).toContain('environments/hub.yaml:9:27');
  expect(result.summary).toContain('environments/hub.yaml:9');
});
