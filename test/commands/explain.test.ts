import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { explainRule } from '../../src/commands/explain.ts';
import { FILE_RULES } from '../../src/core/check/file-rules.ts';
import { RULES } from '../../src/core/check/rules.ts';
import { UsageError } from '../../src/failure.ts';
import { SLIPS, WHOLE } from '../core/mistakes/everywhere.ts';
import { IN_HUBS } from '../core/mistakes/in-hubs.ts';
import { IN_OTHERS } from '../core/mistakes/in-others.ts';
import { ROOT } from '../support/sample.ts';

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

/** Rules that findings are written with anywhere in `src`: `rule: 'yaml'`, `id: 'unit-name'`, `const RULE = 'x'`. */
function idsInSource(): string[] {
  const core = join(ROOT, 'src/core');
  const files = readdirSync(core, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const text = readFileSync(join(core, file), 'utf8');
      const said = [...text.matchAll(/\brule: '([a-z-]+)'|\b[A-Z]*_?RULE = '([a-z-]+)'/gu)];
      const rules = [...text.matchAll(/\bid: '([a-z-]+)',\s+severity:/gu)];
      return [...said, ...rules].map(([, one, second]) => one ?? second ?? '');
    });
}

test('whatever rule a finding names can be explained', () => {
  const rows = [...IN_HUBS, ...Object.values(IN_OTHERS).flat()].flatMap(
    ([, , , ...finds]) => finds,
  );
  const found = rows.map((one) => /→ ([a-z-]+):/u.exec(one)?.[1] ?? one);
  const ids = new Set([
    ...idsInSource(),
    ...found,
    ...[...SLIPS, ...WHOLE].map(({ rule }) => rule),
  ]);
  expect(ids.size).toBeGreaterThan(100);
  for (const id of ids) expect([id, explainRule(id).exit]).toEqual([id, 0]);
});
