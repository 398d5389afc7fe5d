import { expect, test } from '@jest/globals';
import { computingText, keepsBusy } from '../../../src/core/hub/computing.ts';

const LONGEST = Date.UTC(2026, 10, 27, 18) / 1000;

test.each([
  [
    { computing: 3, longest: LONGEST, over: 0 },
    '3 servers compute, the longest until 2026-11-27 18:00 UTC at the latest',
  ],
  [
    { computing: 1, longest: LONGEST + 0.5, over: 2 },
    '1 server computes, the longest until 2026-11-27 18:00 UTC at the latest; 2 servers compute for longer than is kept',
  ],
  [{ computing: 0, longest: null, over: 1 }, '1 server computes for longer than is kept'],
  [{ computing: 0, longest: null, over: 0 }, undefined],
  [{ computing: 1, longest: 1e300, over: 0 }, undefined],
  [{ computing: -1, longest: null, over: 0 }, undefined],
  [{ computing: 1, longest: LONGEST, over: 0, v: 2 }, undefined],
  [{ computing: '1' }, undefined],
])('who computes: %j', (computing, text) => {
  expect(computingText(JSON.stringify({ computing: { v: 1, ...computing } }))).toBe(text);
});

test('what is no answer says nothing', () => {
  for (const line of ['', 'a warning', '{}', '[]', 'null'])
    expect(computingText(line)).toBeUndefined();
});

test('a hub knows who computes where it keeps them', () => {
  expect(keepsBusy({ glaciocloud: { sessions: { keepBusy: true } } })).toBe(true);
  expect(keepsBusy({ glaciocloud: { sessions: { keepBusy: false } } })).toBe(false);
  expect(keepsBusy({})).toBe(false);
});
