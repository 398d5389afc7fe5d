import { expect, test } from '@jest/globals';
import { screen, screenJson } from '../../src/core/escape.ts';
import type { Finding } from '../../src/core/finding.ts';
import type { Plan } from '../../src/core/plan/plan.ts';
import { findingsMarkdown, findingsText } from '../../src/core/show/findings.ts';
import type { PlanFrame } from '../../src/core/show/frame.ts';
import { planHtml } from '../../src/core/show/plan-html.ts';
import { planMarkdown } from '../../src/core/show/plan-markdown.ts';
import { planJson, planText } from '../../src/core/show/plan-text.ts';
import { aChange, aDiff, aPlan, aStep } from '../support/shown.ts';
import { HOSTILE, expectHtml, expectMarkdown, expectScreen } from './targets.ts';
import { fc } from '../support/property.ts';

/** Every place of a plan, filled with what `next` gives. */
function filled(next: () => string): { plan: Plan; frame: PlanFrame } {
  const object = () => ({ apiVersion: next(), kind: next(), namespace: next(), name: next() });
  const shared = `in several: ${next()}`;
  const unit = () => ({ id: next(), title: next(), noun: 'hub', json: { name: next() } });
  const step = (detail: 'changes' | 'names', shape: string) =>
    aStep({
      id: next(),
      title: next(),
      noun: next(),
      hubs: [next()],
      wave: next(),
      summary: next(),
      reasons: [
        { code: 'image', text: shape === 'a' ? `a ${next()}` : shared, follows: [next(), next()] },
      ],
      effects: [{ code: 'none', text: next(), risk: 1 }],
      touched: [{ noun: next(), name: next() }],
      reviewed: { name: next(), digest: next() },
      diff: aDiff({
        changed: [
          aChange({ object: object(), lines: [`+ ${next()}`, `- ${next()}`, next()] }),
          aChange({ kind: 'renamed', object: object(), before: object(), lines: [next()] }),
        ],
      }),
      detail,
      shape,
      json: { unit: next() },
    });
  const finding = (severity: Finding['severity']): Finding => ({
    rule: next(),
    severity,
    at: { file: next(), line: 1, column: 1 },
    message: next(),
    hint: next(),
  });
  const chart = (double: boolean) => ({
    name: next(),
    version: next(),
    digest: next(),
    double,
    verified: false,
  });
  const plan = aPlan({
    digest: next(),
    steps: [step('changes', 'a'), step('names', 'b'), step('changes', 'c'), step('changes', 'c')],
    unchanged: [unit()],
    orphans: [unit()],
    findings: [finding('error'), finding('warning')],
    charts: [chart(true), chart(false)],
  });
  const frame = {
    head: next(),
    base: { commit: next(), at: '2026-11-21T10:00:00Z' },
    full: next(),
    call: next(),
  };
  return { plan, frame };
}

const TEXTS = fc.array(HOSTILE, { minLength: 90, maxLength: 90 });
const hostile = (texts: readonly string[]): ReturnType<typeof filled> => {
  let at = 0;
  return filled(() => texts[at++ % texts.length] ?? '');
};
const ordinary = filled(() => 'ice');
const RUNS = { numRuns: 60 };

const TAGS = ['<details>', '</details>', '<summary>', '</summary>', '<sub>', '</sub>', '<br>'];

test('the comment', () => {
  const marks = /^<!-- glaciocloud plan -->$/gmu;
  fc.assert(
    fc.property(TEXTS, (texts) => {
      const { plan, frame } = hostile(texts);
      const text = planMarkdown(plan, { ...frame, full: undefined });
      expect(text.match(marks)).toHaveLength(1);
      expectMarkdown(text.replaceAll(marks, ''), TAGS);
    }),
    RUNS,
  );
});

test('the comment has the lines that it has with ordinary text', () => {
  const lines = (text: string): number => text.split('\n').length;
  const own = lines(planMarkdown(ordinary.plan, ordinary.frame));
  fc.assert(
    fc.property(TEXTS, (texts) => {
      const { plan, frame } = hostile(texts);
      expect(lines(planMarkdown(plan, frame))).toBe(own);
    }),
    RUNS,
  );
});

test('the page', () => {
  const own = planHtml(ordinary.plan, ordinary.frame).replaceAll(/class="\w*"/gu, '');
  fc.assert(
    fc.property(TEXTS, (texts) => {
      const { plan, frame } = hostile(texts);
      expectHtml(planHtml(plan, frame).replaceAll(/class="\w*"/gu, ''), own);
    }),
    RUNS,
  );
});

test('the terminal', () => {
  const lines = (text: string): number => text.split('\n').length;
  const own = lines(planText(ordinary.plan, ordinary.frame));
  fc.assert(
    fc.property(TEXTS, (texts) => {
      const { plan, frame } = hostile(texts);
      const text = planText(plan, frame);
      expect(lines(text)).toBe(own);
      expectScreen(screen(text));
    }),
    RUNS,
  );
});

test('JSON is the same data', () => {
  fc.assert(
    fc.property(TEXTS, (texts) => {
      const { plan, frame } = hostile(texts);
      const json = planJson(plan, frame);
      const shown = screenJson(JSON.stringify(json, null, 2));
      expect(JSON.parse(shown)).toEqual(JSON.parse(JSON.stringify(json)));
      expectScreen(shown);
    }),
    RUNS,
  );
});

test('findings', () => {
  fc.assert(
    fc.property(TEXTS, (texts) => {
      const { findings } = hostile(texts).plan;
      expect(findingsText(findings).split('\n')).toHaveLength(5);
      expectScreen(screen(findingsText(findings)));
      const table = findingsMarkdown(findings);
      expectMarkdown(table);
      expect(table.split('\n')).toHaveLength(7);
      for (const row of table.split('\n').slice(2, 6))
        expect(row.replaceAll('\\|', '').split('|')).toHaveLength(7);
    }),
    RUNS,
  );
});
