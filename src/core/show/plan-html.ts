import Handlebars from 'handlebars';
import { oneLine } from '../escape.ts';
import type { ShownStep } from '../plan/family.ts';
import type { Plan } from '../plan/plan.ts';
import type { ObjectChange } from '../plan/types.ts';
import { effectsText, followsTitle } from '../plan/words.ts';
import { headlines, stayingHubs, unchangedText } from './counts.ts';
import { byPlace, countText, findingLine, findingLines } from './findings.ts';
import { against } from './frame.ts';
import type { PlanFrame } from './frame.ts';
import { byRisk, groupEqual } from './groups.ts';
import { isMasked, maskedText } from './masked.ts';
import { PAGE } from './plan-page.ts';
import { placesText, tellOnce } from './shared.ts';
import type { Telling, Told } from './shared.ts';

/** The whole plan as one page without scripts. */
export function planHtml(plan: Plan, frame: PlanFrame): string {
  const telling = tellOnce(groupEqual(byRisk(plan.steps)));
  const { above, below } = byPlace(plan.findings);
  const page = {
    digest: plan.digest.slice(0, 12),
    count: plan.steps.length === 0 ? 'nothing changes' : headlines(plan).join(' · '),
    head: frame.head?.slice(0, 7) ?? '',
    base: against(plan, frame),
    unchanged: unchangedText(plan),
    above: above.map(findingLine),
    rows: rows(plan, telling),
    notes: notes(plan),
    found: countText(below),
    findings: findingLines(below),
    groups: [...telling.first, ...telling.told].map(section),
    call: frame.call,
  };
  // Handlebars escapes every {{value}}, and `seen` what is in it unseen: what stands in files stays text.
  return Handlebars.compile(PAGE, { strict: true })(seen(page));
}

type Shown = string | number | readonly Shown[] | { readonly [name: string]: Shown };

/** Every text of the page, without characters that act unseen. */
function seen(value: Shown): Shown {
  if (typeof value === 'string') return oneLine(value);
  if (typeof value === 'number') return value;
  if (isList(value)) return value.map(seen);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, seen(one)]));
}

function isList(value: Shown): value is readonly Shown[] {
  return Array.isArray(value);
}

/** The table of what happens, which is the table of contents too. */
function rows(plan: Plan, { first, shared, told }: Telling): Shown[] {
  const row = { to: '', wave: '', summary: '', effects: '' };
  const staying = stayingHubs(plan);
  return [
    ...first.map(groupRow),
    ...shared.map((one) => ({
      ...row,
      marker: one.marker,
      title: placesText(one.steps, 3),
      summary: one.reason.text,
      effects: one.effects,
    })),
    ...told.map((one, index) => groupRow(one, first.length + index)),
    ...plan.orphans.map(({ title }) => ({ ...row, marker: '?', title, summary: ORPHANED })),
    ...(staying.length > 0 && plan.steps.length > 0
      ? [{ ...row, marker: '=', title: staying.join(', '), summary: 'nothing' }]
      : []),
  ];
}

function groupRow(one: Told, index: number): Shown {
  return {
    marker: one.first.marker,
    to: sectionId(index),
    title: one.steps.length > 3 ? placesText(one.steps, 3) : titles(one),
    wave: waveText(one.first),
    summary: one.summary,
    effects: one.effects,
  };
}

const ORPHANED =
  'runs, but no file names it any more; nothing happens to it until removals: in platform.yaml says what becomes of its homes';

function notes({ charts }: Plan): string[] {
  return charts.flatMap(({ name, version, double, verified }) => {
    if (double) return [`Made with a test double of the chart ${name}, not with the chart itself.`];
    return verified
      ? []
      : [`Chart ${name} ${version} is not verified: no pinned SHA-256 vouches for it.`];
  });
}

function sectionId(index: number): string {
  return `change-${index + 1}`;
}

function titles({ steps }: Told): string {
  return steps.map(({ title }) => title).join(', ');
}

function waveText({ wave, order }: ShownStep): string {
  return wave === '' || order === 0 ? '' : `(wave ${order}, ${wave})`;
}

function section(one: Told, index: number): Shown {
  const { first } = one;
  return {
    id: sectionId(index),
    marker: first.marker,
    title: titles(one),
    wave: waveText(first),
    effects: effectsText(first.effects),
    reasons: first.reasons.map(({ text, follows = [] }) => ({
      text,
      follows,
      title: followsTitle(follows),
    })),
    objects: first.diff?.changed.map(shownObject) ?? [],
  };
}

function shownObject(change: ObjectChange): Shown {
  const { kind, object, before, lines, plus, minus } = change;
  const named = { kind: object.kind, name: object.name, plus, minus };
  if (isMasked(change)) return { ...named, how: `${kind}, ${maskedText(change)}`, lines: [] };
  return {
    ...named,
    how: kind === 'renamed' ? `renamed from ${before?.name ?? ''}` : kind,
    lines: lines.map((text) => ({ text, class: lineClass(text) })),
  };
}

function lineClass(line: string): string {
  if (line.startsWith('+')) return 'add';
  return line.startsWith('-') ? 'del' : '';
}
