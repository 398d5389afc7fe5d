import { describe, expect, test } from '@jest/globals';
import { planHtml } from '../../../src/core/show/plan-html.ts';
import { NO_FRAME, aChange, aDiff, aPlan, aStep, aUnit } from '../../support/shown.ts';

const page = (more: Parameters<typeof aPlan>[0], frame = NO_FRAME): string =>
  planHtml(aPlan(more), frame);

describe('a plan as a page', () => {
  test('names plan, head and what it is compared with', () => {
    const base = { commit: 'abcdef0123', at: '2026-11-21T10:00:00Z' };
    const text = page({}, { head: '1234567890', base, full: undefined, call: 'glaciocloud' });
    expect(text).toContain('<title>Plan 0123456789ab</title>');
    expect(text).toContain('<h1>Plan: nothing changes</h1>');
    expect(text).toContain(
      '<p class="meta">1234567 compared with what runs now (deployed 21 Nov 2026 from abcdef0) · plan 0123456789ab</p>',
    );
    expect(page({})).toContain('<p class="meta"> nothing is deployed yet ·');
    expect(text).not.toContain('<section>');
    expect(text).not.toContain('Unchanged');
  });

  test('shows a change with its lines', () => {
    const lines = ['  kept', '- a: 1', '+ a: 2'];
    const diff = aDiff({ changed: [aChange({ lines, plus: 3, minus: 4 })] });
    const effects = [
      { code: 'image', text: 'least', risk: 1 },
      { code: 'address', text: 'worst', risk: 8 },
    ];
    const text = page({ steps: [aStep({ diff, effects })], unchanged: [aUnit('x'), aUnit('y')] });
    expect(text).toContain('<h1>Plan: 1 of 3 change</h1>');
    expect(text).toContain('<h2>~ h <span>production</span></h2>');
    expect(text).toContain('<p>Users notice: worst; least</p>');
    expect(text).toContain('<ul><li>a 1 → 2</li></ul>');
    expect(text).toContain('<summary>ConfigMap notices: changed, +3 −4</summary>');
    expect(text).toContain(
      '<span class="">  kept</span><span class="del">- a: 1</span><span class="add">+ a: 2</span>',
    );
    expect(text).toContain('<p>Unchanged: x, y</p>');
  });

  test('shows the same change once, the worst first', () => {
    const steps = [
      aStep({ id: 'a', title: 'a' }),
      aStep({ id: 'b', title: 'b' }),
      aStep({ id: 'w', title: 'w', risk: 11, shape: 'x', marker: '−', diff: undefined, wave: '' }),
    ];
    const titles = [...page({ steps }).matchAll(/<h2>(.*)<\/h2>/gu)].map(([, title]) => title);
    expect(titles).toEqual(['− w <span></span>', '~ a, b <span>production</span>']);
    expect(page({ steps: steps.slice(2) })).not.toContain('<details>');
  });

  test('says what was found and what it was made with', () => {
    const pin = { name: 'c', version: '1', digest: 'd', double: true, verified: true };
    const at = { file: 'f', line: 1, column: 2 };
    const text = page({
      orphans: [aUnit('lost')],
      charts: [pin, { ...pin, name: 'real', double: false }],
      findings: [
        { rule: 'r', severity: 'error', at, message: 'm', hint: 'h' },
        { rule: 'r', severity: 'warning', at, message: 'first', hint: 'h', upFront: true },
      ],
    });
    expect([...text.matchAll(/<p class="warn">(.*?)<\/p>/gu)].map(([, note]) => note)).toEqual([
      'f:1:2  warning r  first; h',
      'lost runs, but no file names it any more.',
      'Made with a test double of the chart c.',
      'f:1:2  r  m; h',
    ]);
  });

  test('counts what was found beyond the first thousand', () => {
    const at = { file: 'f', line: 1, column: 2 };
    const one = { rule: 'r', severity: 'warning', at, message: 'm', hint: 'h' } as const;
    const text = page({ findings: Array.from({ length: 1002 }, () => one) });
    const notes = [...text.matchAll(/<p class="warn">(.*?)<\/p>/gu)].map(([, note]) => note);
    expect(notes.slice(999)).toEqual([
      'f:1:2  warning r  m; h',
      '… 2 more; --json has all of them',
    ]);
  });

  test('runs nothing, and text from files stays text', () => {
    const evil = '<script>alert(1)</script>';
    const step = aStep({
      title: evil,
      wave: evil,
      reasons: [{ code: 'value', text: evil }],
      effects: [{ code: 'none', text: evil, risk: 0 }],
      diff: aDiff({ changed: [aChange({ lines: [evil] })] }),
    });
    const text = page({ steps: [step], unchanged: [aUnit(evil)], orphans: [aUnit(evil)] });
    expect(text).not.toContain('<script');
    expect(text.split('&lt;script&gt;')).toHaveLength(8);
    expect(text).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  });
});
