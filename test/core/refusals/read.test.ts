import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { readRefusals } from '../../../src/core/refusals/read.ts';
import type { Tool } from '../../../src/core/refusals/read.ts';
import { refusalsText } from '../../../src/core/refusals/refusal.ts';
import type { Refusal } from '../../../src/core/refusals/refusal.ts';

/** What a program said, word for word, and what it becomes. */
interface Said {
  name: string;
  said: string;
  means: Partial<Refusal>[];
}

function saidIn(file: string): Said[] {
  return load(readFileSync(join(import.meta.dirname, `${file}.yaml`), 'utf8')) as Said[];
}

const FILES: [string, Tool][] = [
  ['kubectl', 'kubectl'],
  ['helm-4', 'Helm'],
  ['helm-3', 'Helm'],
  ['git', 'git'],
  ['sops', 'sops'],
  ['docker', 'Docker'],
];

describe.each(FILES)('what %s says', (file, tool) => {
  test.each(saidIn(file).map((one) => [one.name, one] as const))('%s', (_name, { said, means }) => {
    const all = means.map((one) => ({ object: '', field: '', cure: '', ...one }));
    expect(readRefusals(tool, said)).toEqual(all);
  });

  test('is repeated nowhere where it may be a secret', () => {
    const all = saidIn(file).map(({ said }) => refusalsText(readRefusals(tool, said)));
    expect(all.filter((text) => /hush|31337/u.test(text))).toEqual([]);
  });

  test('is mostly known', () => {
    const all = saidIn(file).flatMap(({ said }) => readRefusals(tool, said));
    expect(all.filter(({ kind }) => kind === 'unknown').length).toBeLessThan(1 + all.length / 10);
  });
});

describe('what nobody has read yet', () => {
  const text = (said: string): string => refusalsText(readRefusals('kubectl', said));

  test.each([
    ['', 'kubectl does not say why'],
    ['a\nb\nW1126 12:32:58.1 1 a.go:1] x\nc\nd\n', 'kubectl says “b c d”'],
    ['no\u{1B}[31m\u{202E}', 'kubectl says “no<U+001B>[31m<U+202E>”'],
    ['x'.repeat(400), `kubectl says “${'x'.repeat(400)}”`],
    [
      `what ${'x'.repeat(400)}: why`,
      `kubectl says “what ${'x'.repeat(95)} … ${'x'.repeat(292)}: why”`,
    ],
    ['https://me:hush@example.org says no', 'kubectl says “https://example.org says no”'],
  ])('is quoted, short and as its own words: %j', (said, expected) => {
    expect(text(said)).toBe(expected);
  });

  test('of sops is not repeated at all', () => {
    expect(refusalsText(readRefusals('sops', 'what is this: hush'))).toBe(
      'what sops says is not repeated, because it may hold parts of the file: `sops decrypt` shows it',
    );
  });

  test.each([
    'The "" is invalid: ',
    'Invalid value: [{"',
    'a.b "c" is forbidden: ',
    'x:1:1 executing ',
    '.Values.a ',
    'abc',
    'a b: ',
    '\n',
    '\n- ',
  ])('is read in a moment however long it is: %j', (part) => {
    const began = performance.now();
    for (const tool of ['kubectl', 'Helm', 'git', 'sops', 'Docker'] as const)
      expect(refusalsText(readRefusals(tool, part.repeat(30_000))).length).toBeLessThan(2500);
    expect(performance.now() - began).toBeLessThan(5000);
  });
});

test('of many refusals three are said, and each once', () => {
  const line = (name: string): string => `Error from server (NotFound): pods "${name}" not found\n`;
  const said = ['a', 'b', 'b', 'c', 'd', 'e'].map(line).join('');
  expect(refusalsText(readRefusals('kubectl', said))).toBe(
    'pod a: it is not there; pod b: it is not there; pod c: it is not there; and 2 more',
  );
});

describe('nobody answers at the address of the cluster', () => {
  const kinds = (said: string): string[] => readRefusals('kubectl', said).map(({ kind }) => kind);

  test.each([
    'dial tcp 192.0.2.1:6443: connect: connection refused',
    'The connection to the server 192.0.2.1 was refused - did you specify the right host or port?',
    'dial tcp 192.0.2.1:6443: i/o timeout',
    'net/http: TLS handshake timeout',
    'connect: no route to host',
    'connect: network is unreachable',
    'dial tcp: lookup api.example.org: no such host',
  ])('where it says %s', (said) => {
    expect(kinds(said)).toEqual(['unreachable']);
  });

  test.each([
    'Error from server (InternalError): connect: connection refused',
    'Error from server: error dialing backend: dial tcp 192.0.2.2:10250: i/o timeout',
    'an error on the server ("dial tcp: i/o timeout") has prevented the request from succeeding',
    'Error from server (Timeout): etcdserver: request timed out',
    'the server has received too many requests and has asked us to try again later',
    'Error from server (ServiceUnavailable): the server is currently unable to handle the request',
    'unexpected EOF',
    'context deadline exceeded',
  ])('but not where it says %j', (said) => {
    expect(kinds(said)).toEqual(['unavailable']);
  });
});
