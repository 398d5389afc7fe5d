import { expect, test } from '@jest/globals';
import { explainRule } from '../../src/commands/explain.ts';
import { FILE_RULES } from '../../src/core/check/file-rules.ts';
import { RULES } from '../../src/core/check/rules.ts';
import { UsageError } from '../../src/failure.ts';

const all = [...FILE_RULES, ...RULES];
const [first] = all;

test('without a name every rule is listed, a line each', () => {
  const { exit, text, json } = explainRule(undefined);
  expect(exit).toBe(0);
  expect(text.split('\n')).toEqual([...all.map(({ id, title }) => `${id.padEnd(24)}${title}`), '']);
  expect(json).toEqual({
    schema_version: 1,
    rules: all.map(({ id, severity, title, why }) => ({ id, severity, title, why })),
  });
});

test.each([first!.id, RULES[0]!.id])('the rule %s is explained', (id) => {
  const { severity, title, why } = all.find((one) => one.id === id)!;
  expect(explainRule(id)).toMatchObject({
    exit: 0,
    text: `${id} (${severity})\n\n${title}\n\n${why}\n`,
    json: { schema_version: 1, id, severity, title, why },
  });
});

test.each([
  ['unit-nam', 'did you mean "unit-name"?'],
  ['zzzzzzzzzzzz', '`glaciocloud explain` lists them'],
])('a rule %s is not there', (id, hint) => {
  expect(() => explainRule(id)).toThrow(new UsageError(`there is no rule "${id}"`, hint));
  try {
    explainRule(id);
  } catch (error) {
    expect(error).toMatchObject({ hint, exit: 2 });
  }
  expect.assertions(2);
});
