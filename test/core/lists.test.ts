import { describe, expect, test } from '@jest/globals';
import { fenced } from '../../src/core/escape.ts';
import { historyText } from '../../src/core/access/audit/history.ts';
import { append, greatest, least } from '../../src/core/lists.ts';
import { diffManifests } from '../../src/core/plan/diff.ts';
import { readPlatform } from '../../src/core/model/platform.ts';
import { auditLine } from '../support/audit.ts';

const MANY = 150_000;
const many = (text: string): string => text.repeat(MANY);

test('what is appended stands at the end, in its order', () => {
  const list = [1];
  append(list, []);
  append(list, [2, 3]);
  append(list, new Set([4]));
  expect(list).toEqual([1, 2, 3, 4]);
});

test.each<[number[], number, number]>([
  [[], Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  [[2], 2, 2],
  [[-1, 3, 2], 3, -1],
  [[3, -1, 2, Number.NaN], Number.NaN, Number.NaN],
])('the greatest and the least of %j', (numbers, most, fewest) => {
  expect([greatest(numbers), least(numbers)]).toEqual([most, fewest]);
});

describe('as many as somebody writes', () => {
  test('mistakes in a file', () => {
    const text = `title: CRU\nsize: 1Gi\nfiles: [${many('1,')}]\n`;
    const files = new Map([['data/cru.yaml', { kind: 'text', text } as const]]);
    expect(readPlatform(files).findings).toHaveLength(MANY + 1);
  });

  test('lines in an object', () => {
    const object = (data: string): string =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: b}\ndata:\n  text: |\n${data}`;
    const [first] = diffManifests(object('    a\n'), object(many('    b\n'))).changed;
    expect([first?.plus, first?.minus]).toEqual([MANY, 1]);
  });

  test('lines in a history', () => {
    const line = auditLine({ hub: 'one' });
    const history = { lines: Array.from({ length: MANY }, () => line), now: [], damaged: [] };
    expect(historyText(history, { kind: 'hub', hub: 'one' }).split('\n')).toHaveLength(MANY + 1);
  });

  test('ticks in a text', () => {
    expect(fenced('', [many('` ')]).text.slice(0, 4)).toBe('```\n');
  });
});
