import { describe, expect, test } from '@jest/globals';
import type { Finding } from '../../../src/core/finding.ts';
import { against } from '../../../src/core/show/frame.ts';
import { planJson, planText } from '../../../src/core/show/plan-text.ts';
import { NO_FRAME, aChange, aDiff, aPlan, aStep, aUnit } from '../../support/shown.ts';

const finding: Finding = {
  rule: 'r',
  severity: 'warning',
  at: { file: 'f', line: 1, column: 2 },
  message: 'm',
  hint: 'h',
};
const LAST = 'plan 0123456789ab\n';

describe('a plan in a terminal', () => {
  test('where nothing changes is one line', () => {
    expect(planText(aPlan(), NO_FRAME)).toBe(
      `nothing changes · 0 hubs unchanged · nothing is deployed yet · ${LAST}`,
    );
    expect(planText(aPlan({ unchanged: [aUnit('a')] }), NO_FRAME)).toBe(
      `nothing changes · 1 hub unchanged · compared with the given record · ${LAST}`,
    );
  });

  test('shows a change with its wave, effects, reasons and every line', () => {
    const reasons = ['a', 'b', 'c', 'd', 'e'].map((text) => ({ code: 'value', text }));
    const effects = [
      { code: 'image', text: 'least', risk: 1 },
      { code: 'address', text: 'worst', risk: 8 },
    ];
    expect(planText(aPlan({ steps: [aStep({ reasons, effects })] }), NO_FRAME)).toBe(
      [
        '[~] h  wave 2, production',
        '    users notice: worst; least',
        ...['a', 'b', 'c', 'd', 'e'].map((text) => `    ${text}`),
        '    changed ConfigMap notices',
        '      - a: 1',
        '      + a: 2',
        '',
        `1 hub changes · 0 hubs unchanged · compared with the given record · ${LAST}`,
      ].join('\n'),
    );
  });

  test.each([
    [
      'what comes is counted',
      '[+] h\n    users notice: idle servers stop\n    2 objects\n\n',
      {
        marker: '+' as const,
        diff: aDiff({ changed: [aChange(), aChange()] }),
      },
    ],
    [
      'what goes has no objects',
      '[−] h\n    users notice: idle servers stop\n\n',
      {
        marker: '−' as const,
        diff: undefined,
      },
    ],
  ])('%s', (_what, text, more) => {
    const step = aStep({ ...more, detail: 'names', order: 0 });
    expect(planText(aPlan({ steps: [step] }), NO_FRAME)).toContain(text);
  });

  test('a change without objects has its reasons alone', () => {
    const step = aStep({ diff: undefined });
    expect(planText(aPlan({ steps: [step] }), NO_FRAME)).toContain('    a 1 → 2\n\n1 hub changes');
  });

  test.each([
    ['before all waves', 0, 'clusters'],
    ['in no wave', 9, ''],
  ])('a step %s names none', (_what, order, wave) => {
    expect(planText(aPlan({ steps: [aStep({ order, wave })] }), NO_FRAME)).toMatch(/^\[~\] h\n/u);
  });

  test('the same change is shown once, with all its places', () => {
    const steps = ['a', 'b'].map((name) => aStep({ id: name, title: name, noun: 'jar' }));
    expect(planText(aPlan({ steps }), NO_FRAME)).toMatch(
      /^\[~\] 2 jars, the same change: a, b {2}wave 2, production\n/u,
    );
  });

  test('what is left alone, made with a double, or found comes after the steps', () => {
    const pin = { name: 'c', version: '1', digest: 'd', double: true, verified: true };
    const plan = aPlan({
      orphans: [aUnit('lost')],
      charts: [pin, { ...pin, name: 'real', double: false }],
      findings: [finding],
    });
    expect(planText(plan, NO_FRAME)).toBe(
      [
        '[?] lost: runs, but no file names it; add it to `removals:` in platform.yaml to remove it',
        '! made with a test double of the chart c',
        '! f:1:2  warning r  m; h',
        '',
        `nothing changes · 0 hubs unchanged · compared with the given record · ${LAST}`,
      ].join('\n'),
    );
  });
});

test('what gives people something else than the files say comes before the steps', () => {
  const findings = [finding, { ...finding, message: 'first', upFront: true as const }];
  const text = planText(aPlan({ steps: [aStep()], findings }), NO_FRAME).split('\n');
  expect(text[0]).toBe('! f:1:2  warning r  first; h');
  expect(text[1]).toMatch(/^\[~\] /u);
  expect(text.filter((line) => line.startsWith('! '))).toEqual([
    '! f:1:2  warning r  first; h',
    '! f:1:2  warning r  m; h',
  ]);
});

test('of many findings the first thousand are shown, and how many more there are', () => {
  const findings = Array.from({ length: 1001 }, () => finding);
  const lines = planText(aPlan({ findings }), NO_FRAME).split('\n');
  expect(lines.slice(999, 1002)).toEqual([
    '! f:1:2  warning r  m; h',
    '! … 1 more; --json has all of them',
    '',
  ]);
});

describe('a plan is compared', () => {
  const base = { commit: 'abcdef0123', at: '2026-11-21T10:00:00Z' };
  test.each([
    [
      'with what runs',
      aPlan(),
      { ...NO_FRAME, base },
      'compared with what runs now (deployed 21 Nov 2026 from abcdef0)',
    ],
    [
      'with nothing',
      aPlan({ steps: [aStep({ marker: '+' })] }),
      NO_FRAME,
      'nothing is deployed yet',
    ],
    [
      'with nothing where others have made the hub',
      aPlan({ steps: [aStep({ marker: '→' })] }),
      NO_FRAME,
      'nothing is deployed yet',
    ],
    [
      'with a record of what stays',
      aPlan({ unchanged: [aUnit('a')] }),
      NO_FRAME,
      'compared with the given record',
    ],
    [
      'with a record of what is lost',
      aPlan({ orphans: [aUnit('a')] }),
      NO_FRAME,
      'compared with the given record',
    ],
    [
      'with a record of what changes',
      aPlan({ steps: [aStep({ marker: '+' }), aStep()] }),
      NO_FRAME,
      'compared with the given record',
    ],
  ])('%s', (_what, plan, frame, text) => {
    expect(against(plan, frame)).toBe(text);
  });
});

describe('a plan as JSON', () => {
  test('has steps in the order in which they are shown, and codes beside texts', () => {
    const steps = [
      aStep({ id: 'b', risk: 1, json: { kind: 'upgrade', unit: 'b' } }),
      aStep({
        id: 'a',
        risk: 2,
        family: 'toy',
        json: { kind: 'fill' },
        reasons: [
          { code: 'one', text: '1' },
          { code: 'two', text: '2' },
        ],
        effects: [],
      }),
    ];
    const plan = aPlan({
      steps,
      unchanged: [aUnit('u')],
      orphans: [aUnit('o', 'cluster')],
      findings: [finding],
    });
    const base = { commit: 'c', at: '2026-11-21T10:00:00Z' };
    expect(planJson(plan, { head: 'h', base, full: undefined, call: 'glaciocloud' })).toEqual({
      schema_version: 1,
      digest: '0123456789abcdef0123',
      base: 'c',
      head: 'h',
      counts: { hubs: 2, unchanged: 1, others: [] },
      findings: [
        { rule: 'r', severity: 'warning', file: 'f', line: 1, column: 2, message: 'm', hint: 'h' },
      ],
      steps: [
        {
          kind: 'fill',
          family: 'toy',
          codes: { why: ['one', 'two'], follows: [[], []], effects: [] },
        },
        {
          kind: 'upgrade',
          unit: 'b',
          family: 'hub',
          codes: { why: ['value'], follows: [[]], effects: ['idle'] },
        },
      ],
      unchanged: [{ kind: 'hub', name: 'u' }],
      orphans: [{ kind: 'cluster', name: 'o' }],
    });
  });

  test('says null where there is no commit', () => {
    expect(planJson(aPlan(), NO_FRAME)).toMatchObject({ base: null, head: null });
  });
});
