import { describe, expect, test } from '@jest/globals';
import {
  credentialIn,
  shapedIn,
  withoutCredentials,
} from '../../../src/core/credentials/shapes.ts';
import { SAMPLES } from './samples.ts';

const encoded = (text: string, how: 'base64' | 'base64url' = 'base64'): string =>
  Buffer.from(text).toString(how);

describe.each(SAMPLES)('%s is seen (%#)', (what, text) => {
  test('alone, within other text, and not one letter too short', () => {
    expect(credentialIn(text)).toBe(what);
    expect(credentialIn(`before, "${text}" and after`)).toBe(what);
    expect(shapedIn(`ab ${text}`)[0]).toMatchObject({ what });
  });

  test('as base64, of either alphabet, folded, beside other text, and twice', () => {
    const long = `name: something-long-enough\nsecret: ${text}\n`;
    for (const inside of [text, ` ${text}`, `  ${text}`, long]) {
      expect(credentialIn(encoded(inside))).toBe(what);
      expect(credentialIn(encoded(inside, 'base64url'))).toBe(what);
      expect(credentialIn(encoded(encoded(inside)))).toBe(what);
      expect(credentialIn(`data/${encoded(inside)}`)).toBe(what);
    }
    expect(credentialIn(encoded(long).replaceAll(/.{20}/gu, '$&\n'))).toBe(what);
  });

  test('and is left out of messages', () => {
    const rest = withoutCredentials(`before ${text} after ${text}.`);
    expect(rest).toContain('before ');
    expect(rest).toContain('(hidden)');
    for (const found of shapedIn(text)) expect(rest).not.toContain(found.text);
    expect(shapedIn(rest)).toEqual([]);
  });
});

test.each([
  '',
  'nothing at all',
  'https://hub.example.org:8443/~user@host',
  'https://hub.example.org:8443',
  'https://user@hub.example.org/a',
  'postgres://$(USER):$(PASSWORD)@db',
  'postgres://user:${PASSWORD}@db',
  'postgres://user:{password}@db',
  'postgres://user:<password>@db',
  'postgres://user:***@db',
  'git@github.com:OGGM/oggm.git',
  'mailto:somebody@example.org',
  'registry.example.org/base:1@sha256:aaaa',
  `sha256:${'0123456789abcdef'.repeat(4)}`,
  `AKIA${'B2'.repeat(7)}`,
  `AKIA${'B2'.repeat(9)}`,
  `xAKIA${'B2'.repeat(8)}`,
  `ghp_${'a'.repeat(29)}`,
  `AIza${'a'.repeat(34)}`,
  'a Bearer token stands in the header',
  'Authorization: token $TOKEN',
  'authorization: see the page about access for 2026',
  'Basic understanding-of-glaciers',
  '-----BEGIN CERTIFICATE-----',
  '-----BEGIN PUBLIC KEY-----',
  'eyJhbGciOiJIUzI1NiJ9',
  'python-socketio-websocket-client-more',
  encoded('nothing that anybody should be afraid of, and long'),
])('%j holds none', (text) => {
  expect(credentialIn(text)).toBeUndefined();
  expect(withoutCredentials(text)).toBe(text);
});

test('base64 is looked into twice and no deeper', () => {
  const token = `ghp_${'a1'.repeat(18)}`;
  expect(credentialIn(encoded(encoded(token)))).toBe('a token of GitHub');
  expect(credentialIn(encoded(encoded(encoded(token))))).toBeUndefined();
});

test('several in one text are all seen, with their places', () => {
  const token = `ghp_${'a1'.repeat(18)}`;
  const key = `AKIA${'B2'.repeat(8)}`;
  expect(shapedIn(`${key} ${token} ${key}`)).toEqual([
    { what: 'a key of AWS', text: key, index: 0 },
    { what: 'a key of AWS', text: key, index: 62 },
    { what: 'a token of GitHub', text: token, index: 21 },
  ]);
});
