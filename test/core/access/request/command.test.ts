import { describe, expect, test } from '@jest/globals';
import { readCommand } from '../../../../src/core/access/request/command.ts';
import { fc } from '../../../support/property.ts';

const NONE = { kind: 'none' };
const malformed = (name: string, usage: string) => ({
  kind: 'malformed',
  name,
  usage: `write \`${usage}\`, as the first line`,
});

describe('a command', () => {
  test.each([
    ['/approve', { name: 'approve' }],
    ['/hold', { name: 'hold' }],
    ['/withdraw', { name: 'withdraw' }],
    ['/renew', { name: 'renew' }],
    ['/recheck', { name: 'recheck' }],
    ['/deny not for glaciers', { name: 'deny', why: 'not for glaciers' }],
    ['/revoke left', { name: 'revoke', why: 'left' }],
    [`/deny ${'🏔'.repeat(300)}`, { name: 'deny', why: '🏔'.repeat(300) }],
    ['/extend 2027-02-28', { name: 'extend', until: '2027-02-28' }],
    ['/extend 2028-02-29', { name: 'extend', until: '2028-02-29' }],
    ['/approve\n\nWelcome!', { name: 'approve' }],
    ['/approve\r\nWelcome!', { name: 'approve' }],
    ['/deny no\r/approve', { name: 'deny', why: 'no' }],
  ])('%j', (comment, command) => {
    expect(readCommand(comment)).toEqual({ kind: 'command', command });
  });
});

test.each([
  '',
  'approve',
  '/approved',
  '/approve!',
  '/Approve',
  ' /approve',
  '\n/approve',
  '> /approve',
  '`/approve`',
  '```\n/approve\n```',
  'please /approve',
  '\u{200B}/approve',
  '/approve\u{200B}',
  '//approve',
  '/constructor',
  '/toString',
  '/try 1',
  '/',
])('%j is for people', (comment) => {
  expect(readCommand(comment)).toEqual(NONE);
});

test.each([
  ['/approve ', 'approve', '/approve'],
  ['/approve please', 'approve', '/approve'],
  ['/hold 3 days', 'hold', '/hold'],
  ['/withdraw now', 'withdraw', '/withdraw'],
  ['/renew 1 year', 'renew', '/renew'],
  ['/recheck it', 'recheck', '/recheck'],
  ['/deny', 'deny', '/deny WHY'],
  ['/deny  ', 'deny', '/deny WHY'],
  ['/revoke', 'revoke', '/revoke WHY'],
  ['/revoke a\u{202E}b', 'revoke', '/revoke WHY'],
  [`/revoke ${'x'.repeat(301)}`, 'revoke', '/revoke WHY'],
  ['/extend', 'extend', '/extend 2027-02-28'],
  ['/extend 2027-02-29', 'extend', '/extend 2027-02-28'],
  ['/extend tomorrow', 'extend', '/extend 2027-02-28'],
  ['/extend 2027-02-28 ', 'extend', '/extend 2027-02-28'],
])('%j is answered with how to write it', (comment, name, usage) => {
  expect(readCommand(comment)).toEqual(malformed(name, usage));
});

const RUNS = { numRuns: Number(process.env['REQUEST_FUZZ_RUNS'] ?? 500) };

test('nothing but a whole first line is a command', () => {
  const part = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('/approve', '/extend 2027-02-28', '\n', '\r', ' ', '>', '`', '!'),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const comment = parts.join('');
      const reading = readCommand(comment);
      const [line = ''] = comment.split(/[\r\n]/u, 1);
      if (reading.kind === 'command' && reading.command.name === 'approve')
        expect(line).toBe('/approve');
      else expect(line).not.toBe('/approve');
    }),
    RUNS,
  );
});
