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
      '<p class="meta">1234567 compared with what runs now (deployed 21 Nov 2026 from abcdef0) · 0 hubs unchanged · plan 0123456789ab</p>',
    );
    expect(page({})).toContain('<p class="meta"> nothing is deployed yet ·');
    expect(text).not.toContain('<section>');
    expect(text).not.toContain('<table>');
  });

  test('shows a change with its lines', () => {
    const lines = ['  kept', '- a: 1', '+ a: 2'];
    const diff = aDiff({ changed: [aChange({ lines, plus: 3, minus: 4 })] });
    const effects = [
      { code: 'image', text: 'least', risk: 1 },
      { code: 'address', text: 'worst', risk: 8 },
    ];
    const text = page({ steps: [aStep({ diff, effects })], unchanged: [aUnit('x'), aUnit('y')] });
    expect(text).toContain('<h1>Plan: 1 hub changes</h1>');
    expect(text).toContain('<h2>~ h <span>(wave 2, production)</span></h2>');
    expect(text).toContain('<p>Users notice: worst; least</p>');
    expect(text).toContain('<ul><li>a 1 → 2</li></ul>');
    expect(text).toContain('<summary>ConfigMap notices: changed, +3 −4</summary>');
    expect(text).toContain(
      '<span class="">  kept</span><span class="del">- a: 1</span><span class="add">+ a: 2</span>',
    );
    expect(text).toContain('<a href="#change-1">h</a> (wave 2, production)</td><td>a 1 → 2</td>');
    expect(text).toContain('<td class="where">x, y </td><td>nothing</td>');
    expect(text).toContain('· 2 hubs unchanged ·');
  });

  test('shows the same change once, the worst first', () => {
    const steps = [
      aStep({ id: 'a', title: 'a' }),
      aStep({ id: 'b', title: 'b' }),
      aStep({ id: 'w', title: 'w', risk: 11, shape: 'x', marker: '−', diff: undefined, wave: '' }),
    ];
    const titles = [...page({ steps }).matchAll(/<h2>(.*)<\/h2>/gu)].map(([, title]) => title);
    expect(titles).toEqual(['− w <span></span>', '~ a, b <span>(wave 2, production)</span>']);
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
      'Made with a test double of the chart c, not with the chart itself.',
      'f:1:2  r  m; h',
    ]);
  });

  test('leads from what happens to the change, and names what nobody names any more', () => {
    const steps = [aStep(), aStep({ id: 'b', title: 'b', shape: 'b', risk: 1 })];
    const text = page({ steps, orphans: [aUnit('lost')] });
    const targets = [...text.matchAll(/href="#([^"]+)"/gu)].map(([, id]) => id);
    expect(targets).toEqual(['change-1', 'change-2']);
    for (const id of targets) expect(text).toContain(`<section id="${id}">`);
    expect(text).toContain('<td>?</td><td class="where">lost </td><td>runs, but no file names it');
    expect(text).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">');
  });

  test('folds what only follows, and shows no line of what is masked', () => {
    const field = (value: string) => `masked ${value.repeat(16)}`;
    const masked = aChange({
      fields: [{ path: '/data/values.yaml', from: field('0'), to: field('1') }],
      lines: ['- values.yaml: masked', '+ values.yaml: masked'],
    });
    const reasons = [{ code: 'field', text: 'a 1 → 2', follows: ['b 3 → 4', 'c 5 → 6'] }];
    const text = page({ steps: [aStep({ reasons, diff: aDiff({ changed: [masked] }) })] });
    expect(text).toContain(
      '<li>a 1 → 2<details><summary>2 values follow from it</summary><ul><li>b 3 → 4</li><li>c 5 → 6</li></ul></details></li>',
    );
    expect(text).toContain('<p>ConfigMap notices: changed, 1 value, masked</p>');
    expect(text).not.toContain('values.yaml');
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
    expect(text.split('&lt;script&gt;')).toHaveLength(11);
    expect(text).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  });
});
