import { expect, test } from '@jest/globals';
import { flowJson, flowResult, flowText } from '../../../src/core/images/flow-result.ts';

const yanked = flowResult({
  image: 'science',
  outcome: 'yanked',
  build: '2026-11-25-bbbbbb',
  digest: `sha256:${'b'.repeat(64)}`,
  reason: 'stable is 2026-11-20-aaaaaa again',
  pull_request: 7,
  hubs: ['alps', 'bern'],
});

test('a result as programs read it: every field', () => {
  expect(flowJson(yanked)).toEqual({
    image: 'science',
    outcome: 'yanked',
    build: '2026-11-25-bbbbbb',
    digest: `sha256:${'b'.repeat(64)}`,
    reason: 'stable is 2026-11-20-aaaaaa again',
    size_bytes: null,
    seconds: { resolve: 0, build: 0, test: 0, push: 0 },
    tests: [],
    packages: [],
    oggm_commit: null,
    pull_request: 7,
    hubs: ['alps', 'bern'],
  });
  const test = { name: 'oggm', ok: true, seconds: 1, memory_mb: 2, detail: 'd' };
  expect(flowJson({ ...yanked, tests: [test], pull_request: null })).toMatchObject({
    tests: [test],
    pull_request: null,
  });
});

test('and as people do: a line for each, and what follows', () => {
  const waiting = flowResult({ image: 'igm', outcome: 'waiting', reason: 'no\nhub\u001B[1m' });
  const outcomes = ['built', 'unchanged', 'failed', 'promoted'] as const;
  const others = outcomes.map((outcome) => flowResult({ image: 'i', outcome, reason: 'r' }));
  expect(flowText([yanked, waiting, ...others]).split('\n')).toEqual([
    '✓ science yanked 2026-11-25-bbbbbb: stable is 2026-11-20-aaaaaa again (pull request 7)',
    '    alps runs it: new servers get another image when it is deployed',
    '    bern runs it: new servers get another image when it is deployed',
    '… igm waiting: no hub<U+001B>[1m',
    '✓ i built: r',
    '· i unchanged: r',
    '✗ i failed: r',
    '✓ i promoted: r',
    '',
  ]);
});
