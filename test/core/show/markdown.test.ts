import { describe, expect, test } from '@jest/globals';
import type { Finding } from '../../../src/core/finding.ts';
import { fit, length, planMarkdown } from '../../../src/core/show/plan-markdown.ts';
import { NO_FRAME, aChange, aDiff, aPlan, aStep, aUnit } from '../../support/shown.ts';
import { fc } from '../../support/property.ts';

const comment = (more: Parameters<typeof aPlan>[0], frame = NO_FRAME): string =>
  planMarkdown(aPlan(more), frame);
const rows = (text: string): string[] => text.split('\n').filter((line) => line.startsWith('| '));
const named = (name: string, more: Parameters<typeof aStep>[0] = {}) =>
  aStep({ id: name, title: name, shape: name, ...more });

describe('the comment begins', () => {
  test.each([
    ['nothing', [], 'no hub changes'],
    ['one hub', [named('a')], '1 hub changes'],
    ['two hubs', [named('a'), named('b')], '2 hubs change'],
    [
      'what goes and what comes, each by its own number',
      [
        named('a', { marker: '+' }),
        named('b'),
        named('c', { marker: '−' }),
        named('d', { marker: '+' }),
        named('e', { marker: '+', noun: 'jar' }),
        named('f', { marker: '→' }),
      ],
      '1 hub goes · 1 hub is taken over · 1 hub changes · 2 hubs come · 1 jar',
    ],
    ['two that go', [named('a', { marker: '−' }), named('b', { marker: '−' })], '2 hubs go'],
    ['one that comes', [named('a', { marker: '+' })], '1 hub comes'],
    ['no hub, but a cluster', [named('a', { noun: 'cluster' })], 'no hub changes · 1 cluster'],
    [
      'things by their names, each once',
      [
        named('a', {
          touched: [
            { noun: 'image', name: 'x' },
            { noun: 'jar', name: 'x' },
          ],
        }),
        named('b', {
          touched: [
            { noun: 'image', name: 'x' },
            { noun: 'image', name: 'y' },
          ],
        }),
      ],
      '2 hubs change · 2 images · 1 jar',
    ],
  ])('with what changes: %s', (_what, steps, text) => {
    expect(comment({ steps }).split('\n').slice(0, 2)).toEqual([
      '<!-- glaciocloud plan -->',
      `### Plan · ${text}`,
    ]);
  });

  test('with commits', () => {
    const base = { commit: 'abcdef0123', at: '2026-11-21T10:00:00Z' };
    const against = 'compared with what runs now (deployed 21 Nov 2026 from abcdef0)';
    expect(comment({}, { ...NO_FRAME, base, head: '1234567890' }).split('\n')[3]).toBe(
      `1234567, ${against}`,
    );
    expect(comment({}, { ...NO_FRAME, base }).split('\n')[3]).toBe(against);
  });
});

describe('the table', () => {
  test('says so where nothing changes', () => {
    const text = comment({ unchanged: [aUnit('a')] });
    expect(text).toContain(
      'Everything that is merged already runs. Merging this changes no hub.\n',
    );
    expect(rows(text)).toEqual([]);
    expect(rows(comment({ orphans: [aUnit('a')] }))).toHaveLength(1);
  });

  test('has a line for each change, worst first', () => {
    const steps = [
      named('b', { summary: 'a | b', order: 0 }),
      named('a', { wave: '', order: 9, marker: '−', risk: 10, effects: [] }),
      named('c', {
        marker: '+',
        order: 1,
        effects: [
          { code: 'x', text: 'least', risk: 1 },
          { code: 'y', text: '*worst*', risk: 2 },
        ],
      }),
    ];
    expect(rows(comment({ steps }))).toEqual([
      '| | hub | what happens | users notice |',
      '| − | a | a 1 → 2 |  |',
      '| ~ | b | a \\| b | idle servers stop |',
      '| + | c (wave 1, production) | a 1 → 2 | \\*worst\\*; least |',
    ]);
  });

  test.each([
    [2, 'same change in 2 hubs, shown once: h0, h1 (wave 2, production)'],
    [3, 'same change in 3 hubs, shown once: h0, h1, h2 (wave 2, production)'],
    [4, 'same change in 4 hubs, shown once: h0, h1, h2, … (wave 2, production)'],
  ])('shows the same change in %d hubs once', (count, text) => {
    const steps = Array.from({ length: count }, (_, index) =>
      named(`h${index}`, { shape: 'same' }),
    );
    const shown = comment({ steps });
    expect(rows(shown)[1]).toBe(`| ~ | ${text} | a 1 → 2 | idle servers stop |`);
    expect(shown).toContain(`<summary>${count} hubs: what changes (1)</summary>`);
    expect(shown).toContain(
      `<summary>${count} hubs: manifests that change (1 object, +1 −1)</summary>`,
    );
    expect(shown.split('```diff')).toHaveLength(2);
  });

  test('calls other things by their own noun', () => {
    const steps = ['a', 'b'].map((name) => named(name, { shape: 's', noun: 'jar' }));
    expect(rows(comment({ steps }))[1]).toContain('same change in 2 jars');
  });

  test.each([
    [4, 'h0, h1, h2, h3'],
    [5, '5 hubs'],
  ])('names %d hubs that stay', (count, text) => {
    const unchanged = Array.from({ length: count }, (_, index) => aUnit(`h${index}`));
    const shown = comment({
      steps: [named('a')],
      unchanged: [aUnit('c', 'cluster'), ...unchanged],
    });
    expect(rows(shown).at(-1)).toBe(`| = | ${text} | nothing | |`);
  });

  test('does not name what else stays', () => {
    const shown = comment({ steps: [named('a')], unchanged: [aUnit('c', 'cluster')] });
    expect(rows(shown)).toHaveLength(2);
  });
});

describe('notes', () => {
  const pin = { name: 'c', version: '1', digest: 'd', double: false, verified: true };
  const finding = (more: Partial<Finding>): Finding => ({
    rule: 'r',
    severity: 'error',
    at: { file: 'f', line: 1, column: 2 },
    message: 'm',
    hint: 'h',
    ...more,
  });

  test('name what is left alone and charts that nobody vouches for', () => {
    const charts = [
      pin,
      { ...pin, name: 'double', double: true, verified: false },
      { ...pin, name: 'unknown', verified: false },
    ];
    expect(comment({ orphans: [aUnit('lost')], charts })).toContain(
      [
        '',
        '⚠ lost runs, but no file names it any more. Nothing happens to it until `removals:` in platform.yaml says what becomes of its homes.',
        '',
        '⚠ Made with a test double of the chart double, not with the chart itself.',
        '',
        'ℹ Chart unknown 1 is not verified: no pinned SHA-256 vouches for it.',
        '',
      ].join('\n'),
    );
    expect(comment({ charts: [pin] })).not.toMatch(/[⚠ℹ]/u);
  });

  test('are named where there is no room for what was found', () => {
    const long = comment({ findings: [finding({ message: 'm'.repeat(70_000) })] });
    expect(long).toContain('⚠ Too long for a comment, left out: findings.\n');
  });

  test('stand above the table where people get something else than the files say', () => {
    const findings = [finding({}), finding({ severity: 'warning', upFront: true, message: '*x*' })];
    const text = comment({ findings });
    expect(text.split('\n').slice(4, 8)).toEqual([
      '',
      '⚠ f:1:2  warning r  \\*x\\*; h',
      '',
      'Everything that is merged already runs. Merging this changes no hub.',
    ]);
    expect(text).toContain('<summary>check: 1 error</summary>\n\n- ✗ f:1:2  r  m; h\n\n<');
  });

  test('fold what was found, twenty at most', () => {
    const one = comment({
      findings: [finding({ message: '*m*' }), finding({ severity: 'warning' })],
    });
    expect(one).toContain(
      [
        '<details><summary>check: 1 error, 1 warning</summary>',
        '',
        '- ✗ f:1:2  r  \\*m\\*; h',
        '- ⚠ f:1:2  warning r  m; h',
        '',
        '</details>',
      ].join('\n'),
    );
    const many = comment({ findings: Array.from({ length: 21 }, () => finding({})) });
    expect(many).toContain('check: 21 errors');
    expect(many.split('- ✗ ')).toHaveLength(21);
  });
});

describe('details', () => {
  test('give every reason and every line of a change', () => {
    const reasons = ['a', '*b*'].map((text) => ({ code: 'value', text }));
    const object = { apiVersion: 'v1', kind: 'Secret', namespace: '', name: 'new' };
    const before = { ...object, name: 'old' };
    const changed = [
      aChange(),
      aChange({ kind: 'renamed', object, before, lines: ['+ ```', '+ ````'] }),
    ];
    const shown = comment({
      steps: [aStep({ reasons, diff: aDiff({ changed, plus: 5, minus: 6 }) })],
    });
    expect(shown).toContain(
      '<details><summary>h: what changes (2)</summary>\n\n- a\n- \\*b\\*\n\n</details>',
    );
    expect(shown).toContain(
      [
        '<details><summary>h: manifests that change (2 objects, +5 −6)</summary>',
        '',
        '**ConfigMap notices** changed',
        '',
        '```diff',
        '- a: 1',
        '+ a: 2',
        '```',
        '',
        '**Secret new** renamed from old',
        '',
        '`````diff',
        '+ ```',
        '+ ````',
        '`````',
        '',
        '</details>',
      ].join('\n'),
    );
  });

  test('only name what is new as a whole', () => {
    const shown = comment({ steps: [aStep({ detail: 'names' })] });
    expect(shown).toContain(
      '<details><summary>h: manifests that change (1 object, +1 −1)</summary>\n\n- ConfigMap notices\n\n</details>',
    );
    expect(shown).not.toContain('what changes (');
    expect(shown).not.toContain('```diff');
  });

  test('are not there where no object changes', () => {
    for (const diff of [undefined, aDiff()])
      expect(comment({ steps: [aStep({ diff })] })).not.toContain('manifests');
  });
});

test('the comment ends with how to see more', () => {
  const end = (frame = NO_FRAME): string[] =>
    comment({ steps: [aStep()] }, frame)
      .trimEnd()
      .split('\n')
      .slice(-1);
  const more =
    'the same on your machine: `glaciocloud plan` · why a rule exists: `glaciocloud explain RULE`</sub>';
  expect(end()).toEqual([`<sub>plan 0123456789ab · ${more}`]);
  expect(end({ ...NO_FRAME, full: 'https://x' })[0]).toBe(
    `<sub>plan 0123456789ab · [whole plan](https://x) · ${more}`,
  );
  const call = 'npx --yes github:o/r#0123';
  expect(end({ ...NO_FRAME, call })[0]).toContain(`machine: \`${call} plan\` · `);
});

describe('room', () => {
  const blocks = fc.array(
    fc.record({
      text: fc
        .string({ unit: 'grapheme', maxLength: 3000 })
        .map((text) => `<b>${text.replaceAll('<', '')}</b>`),
      left: fc.constant('name'),
    }),
    { maxLength: 40 },
  );

  test('is never exceeded, counted in code points, and cuts stand between blocks', () => {
    fc.assert(
      fc.property(blocks, fc.integer({ min: 4000, max: 65_536 }), (parts, limit) => {
        const text = fit('head', parts, 'foot', limit);
        expect(length(text)).toBeLessThanOrEqual(limit);
        expect(text.split('<b>').length).toBe(text.split('</b>').length);
        expect(text.startsWith('head') && text.endsWith('foot')).toBe(true);
      }),
    );
  });

  test('is used to the last, but for what names the rest', () => {
    const block = (size: number, left = 'x'): { text: string; left: string } => ({
      text: '🧊'.repeat(size),
      left,
    });
    expect(fit('h', [block(100)], 'f', 1602)).toBe(`h${'🧊'.repeat(100)}f`);
    expect(fit('h', [block(100)], 'f', 1601)).toBe('h\n⚠ Too long for a comment, left out: x.\nf');
    expect(fit('h', [block(60), block(41, ''), block(40)], 'f', 1602)).toBe(
      `h${'🧊'.repeat(100)}\n⚠ Too long for a comment, left out: the table.\nf`,
    );
  });

  test('names twenty of what was left out', () => {
    const left = (count: number): string =>
      fit(
        '',
        Array.from({ length: count }, (_, index) => ({ text: 'x'.repeat(99), left: `${index}` })),
        '',
        1500,
      );
    const twenty = Array.from({ length: 20 }, (_, index) => index).join(', ');
    expect(left(20)).toBe(`\n⚠ Too long for a comment, left out: ${twenty}.\n`);
    expect(left(21)).toBe(`\n⚠ Too long for a comment, left out: ${twenty} and 1 more.\n`);
    expect(left(22)).toBe(`\n⚠ Too long for a comment, left out: ${twenty} and 2 more.\n`);
  });

  test('of a comment on GitHub is 65,536 code points', () => {
    const steps = Array.from({ length: 90 }, (_, index) =>
      named(`h${index}`, {
        diff: aDiff({ changed: [aChange({ lines: ['🧊'.repeat(1000)] })] }),
      }),
    );
    const text = comment({ steps });
    expect(length(text)).toBeLessThanOrEqual(65_536);
    expect(length(text)).toBeGreaterThan(60_000);
    expect(text).toContain('⚠ Too long for a comment, left out: ');
    expect(text).toMatch(/left out: h\d+: manifests/u);
    expect(planMarkdown(aPlan({ steps }), NO_FRAME, 3500)).toMatch(
      /left out: the table, h1: manifests, /u,
    );
  });

  test('an emoji is one character', () => {
    expect(length('🧊🏔')).toBe(2);
  });
});
