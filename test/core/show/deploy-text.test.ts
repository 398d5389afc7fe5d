import { describe, expect, test } from '@jest/globals';
import { digestOf } from '../../../src/core/digest.ts';
import { deployJson, deployMarkdown, deployText } from '../../../src/core/show/deploy-text.ts';
import { hubUnit, wantedHub } from '../../support/shown.ts';

const NONE = { preflight: 0, upgrade: 0, rollout: 0, health: 0 };
const one = {
  unit: hubUnit('a'),
  kind: 'upgrade',
  outcome: 'done' as const,
  code: 'deployed' as const,
  reason: '',
  seconds: { preflight: 1, upgrade: 2.25, rollout: 3, health: 4.04 },
  health: [
    { image: 'science', check: 'server', ok: true, seconds: 1.26, detail: 'a | b' },
    { image: null, check: 'hub', ok: false, seconds: 0, detail: 'x'.repeat(301) },
  ],
};
const other = {
  ...one,
  unit: { kind: 'cluster', cluster: 'c', name: 'c' } as const,
  outcome: 'failed' as const,
  code: 'product' as const,
  reason: 'no *way*',
  seconds: NONE,
  health: [],
};

describe('a deployment in words', () => {
  test('names each unit with its outcome, its time and its reason', () => {
    expect(deployText([one, other])).toBe(
      [
        '✓ a           done in 10.3 s (preflight 1.0, upgrade 2.3, rollout 3.0, health 4.0)',
        '✗ clusters/c  failed',
        '  no *way*',
        '',
      ].join('\n'),
    );
    expect(deployText([])).toBe('nothing to do: what is merged already runs\n');
  });

  test.each([
    ['done', '✓'],
    ['failed', '✗'],
    ['rolled-back', '↩'],
    ['blocked', '■'],
    ['waiting', '…'],
  ] as const)('has a mark for %s', (outcome, mark) => {
    expect(deployText([{ ...other, outcome }]).split(' ')[0]).toBe(mark);
    expect(deployMarkdown([{ ...other, outcome }])).toContain(
      `| ${mark} | clusters/c | ${outcome} |`,
    );
  });
});

describe('a deployment as tables', () => {
  const head = [
    '| | hub | outcome | preflight | upgrade | rollout | health | |',
    '|---|---|---|---|---|---|---|---|',
  ];

  test('has hubs, then health checks', () => {
    expect(deployMarkdown([one, other]).split('\n')).toEqual([
      ...head,
      '| ✓ | a | done | 1.0 | 2.3 | 3.0 | 4.0 |  |',
      '| ✗ | clusters/c | failed | 0.0 | 0.0 | 0.0 | 0.0 | no \\*way\\* |',
      '',
      '| | hub | check | image | s | |',
      '|---|---|---|---|---|---|',
      '| ✓ | a | server | science | 1.3 | a \\| b |',
      `| ✗ | a | hub |  | 0.0 | ${'x'.repeat(300)} |`,
      '',
    ]);
  });

  test('has no checks where nothing was checked, and no table where nothing was done', () => {
    const long = deployMarkdown([{ ...other, reason: 'y'.repeat(301) }]).split('\n');
    expect(long).toEqual([
      ...head,
      `| ✗ | clusters/c | failed | 0.0 | 0.0 | 0.0 | 0.0 | ${'y'.repeat(300)} |`,
      '',
    ]);
    expect(deployMarkdown([])).toBe('Nothing to do: what is merged already runs.\n');
  });
});

test('a deployment as JSON', () => {
  const wanted = [wantedHub('a', 'd1'), wantedHub('b', 'd2')];
  const json = deployJson([one, other], wanted);
  expect(Object.keys(json)).toEqual(['digest', 'steps', 'health']);
  expect(json).toMatchObject({
    digest: digestOf([
      ['a', 'd1'],
      ['b', 'd2'],
    ]),
    steps: [
      { kind: 'upgrade', unit: one.unit, outcome: 'done', reason: '', seconds: one.seconds },
      { kind: 'upgrade', unit: other.unit, outcome: 'failed', reason: 'no *way*', seconds: NONE },
    ],
  });
  expect(json['health']).toEqual(one.health.map((line) => ({ unit: one.unit, ...line })));
});
