import { expect, test } from '@jest/globals';
import { readLogins } from '../../../../src/core/access/class/logins.ts';
import { fc } from '../../../support/property.ts';

test.each<[string, string, string[]]>([
  ['one a line', 'ada\nBob\n', ['ada', 'Bob']],
  ['lines of Windows and old Macs', 'ada\r\nbob\reva', ['ada', 'bob', 'eva']],
  ['an @ before it', '@ada\n @bob \n', ['ada', 'bob']],
  ['comments and empty lines', '# the class\n\nada # came late\n   \nbob', ['ada', 'bob']],
  ['tables with commas, semicolons and tabs', 'ada,Ada L.\nbob;1\neva\t2', ['ada', 'bob', 'eva']],
  ['quotes', '"ada","Lovelace, Ada"\n" bob "', ['ada', 'bob']],
  ['a mark of Windows', '\u{FEFF}ada', ['ada']],
  [
    'all that GitHub gives',
    `a\n9-a\nada_example\n${'a'.repeat(39)}`,
    ['a', '9-a', 'ada_example', 'a'.repeat(39)],
  ],
  ['the same twice', 'ada\nADA', ['ada', 'ADA']],
])('logins with %s', (_name, text, logins) => {
  expect(readLogins(text)).toEqual({ logins, skipped: [] });
});

test.each(['login', 'GitHub username', 'User', '"Login",Name', 'GitHub'])(
  'a first line %j is a heading, and told',
  (line) => {
    const { logins, skipped } = readLogins(`# list\n${line}\nada`);
    expect(logins).toEqual(['ada']);
    expect(skipped).toMatchObject([{ line: 2, why: 'heading' }]);
  },
);

test('further down such a word is a login', () => {
  expect(readLogins('ada\nlogin')).toEqual({ logins: ['ada', 'login'], skipped: [] });
});

test.each([
  ['ada@example.org', 'ada@example.org'],
  ['Ada Lovelace', 'Ada Lovelace'],
  ['-ada', '-ada'],
  ['a'.repeat(40), 'a'.repeat(40)],
  ['b'.repeat(99), 'b'.repeat(60)],
  ['@@ada', '@@ada'],
  ['ada"', 'ada"'],
])('%j is no login, and told with its line', (line, text) => {
  expect(readLogins(`eva\n\n${line}`)).toEqual({
    logins: ['eva'],
    skipped: [{ line: 3, text, why: 'no-login' }],
  });
});

test('each line with something in it is a login or told', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), (lines) => {
      const text = lines.map((line) => `x${line.replaceAll(/[\r\n#]/gu, '')}`).join('\n');
      const { logins, skipped } = readLogins(text);
      expect(logins.length + skipped.length).toBe(lines.length);
      for (const login of logins) expect(login).toMatch(/^[\w-]{1,39}$/u);
    }),
  );
});
