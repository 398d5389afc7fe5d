import { describe, expect, test } from '@jest/globals';
import { lastWords, messageText, scriptRefusal } from '../../../src/core/refusals/words.ts';

const CODE = 'command terminated with exit code 1\n';

describe('a script in a pod', () => {
  test.each<[string, string, string]>([
    ['its own last line', `Traceback\nKeyError: 'x'\n${CODE}`, "the script says “KeyError: 'x'”"],
    ['nothing, and it ended', CODE, 'the script does not say why'],
    ['what it reported', `{"a": 1}\n${CODE}`, 'the script does not say why'],
    ['nothing at all', '', 'kubectl does not say why'],
    [
      'what kubectl refused',
      'Error from server (NotFound): deployments.apps "hub" not found\n',
      'deployment hub: it is not there',
    ],
    ['what nobody has read yet', 'error: oh\n', 'kubectl says “error: oh”'],
  ])('brought nothing, told by %s', (_what, stderr, text) => {
    expect(scriptRefusal(stderr).text).toBe(text);
  });

  test('has a cure where kubectl’s refusal has one', () => {
    expect(scriptRefusal('error: pods "hub-1" not found').cure).toBe(
      'see whether somebody has deleted it',
    );
  });
});

test.each<[string, string]>([
  ['a\nhttps://me:hush@example.org\u{1B}[31m\n\n', 'it says “https://example.org<U+001B>[31m”'],
  ['x'.repeat(301), `it says “${'x'.repeat(300)}…”`],
  [' \n', 'it does not say why'],
])('the end of a log is quoted, short and without logins: %j', (log, text) => {
  expect(lastWords('it', log)).toBe(text);
});

test.each<[string, string]>([
  ['Error: secret "hub" not found', 'secret hub: it is not there'],
  ['0/3 nodes are available', 'Kubernetes says “0/3 nodes are available”'],
])('Kubernetes leaves %j on an object', (message, text) => {
  expect(messageText(message)).toBe(text);
});
