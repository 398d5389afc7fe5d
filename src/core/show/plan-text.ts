import { terminal } from '../escape.ts';
import type { Terminal } from '../escape.ts';
import type { JsonObject } from '../json.ts';
import type { ShownReason, ShownStep } from '../plan/family.ts';
import type { Plan } from '../plan/plan.ts';
import type { ObjectChange } from '../plan/types.ts';
import { followsTitle } from '../plan/words.ts';
import { byPlace, findingLine, findingLines, findingsJson, plural } from './findings.ts';
import { countsJson, headlines, unchangedText } from './counts.ts';
import { against } from './frame.ts';
import type { PlanFrame } from './frame.ts';
import { byRisk, groupEqual } from './groups.ts';
import { isMasked, maskedText } from './masked.ts';
import { placesText, tellOnce } from './shared.ts';
import type { Shared, Told } from './shared.ts';

/** The plan in a terminal: what the pull request would show, and every changed line. */
export function planText(plan: Plan, frame: PlanFrame): string {
  const { above, below } = byPlace(plan.findings);
  const { first, shared, told } = tellOnce(groupEqual(byRisk(plan.steps)));
  const parts = [
    ...above.map(findingLine).map(noteText),
    ...first.flatMap(groupText),
    ...shared.map(sharedText),
    ...told.flatMap(groupText),
    ...plan.orphans.map(
      ({ title }) =>
        terminal`[?] ${title}: runs, but no file names it; add it to \`removals:\` in platform.yaml to remove it\n`,
    ),
    ...plan.charts
      .filter(({ double }) => double)

      .map(({ name }) => terminal`! made with a test double of the chart ${name}\n`),
    ...findingLines(below).map(noteText),
  ];
  const last = [
    plan.steps.length === 0 ? 'nothing changes' : headlines(plan).join(', '),
    unchangedText(plan),
    against(plan, frame),
    `plan ${plan.digest.slice(0, 12)}`,
  ];
  const gap = parts.length > 0 ? terminal`\n` : terminal``;
  return terminal`${parts}${gap}${last.join(' · ')}\n`.text;
}

function noteText(line: string): Terminal {
  return terminal`! ${line}\n`;
}

function sharedText(one: Shared): Terminal {
  const felt = one.effects === '' ? terminal`` : terminal`    users notice: ${one.effects}\n`;
  return terminal`[${one.marker}] ${placesText(one.steps)}\n${felt}    ${one.reason.text}\n`;
}

function groupText({ first, steps, reasons, effects }: Told): Terminal[] {
  const wave = first.wave === '' || first.order === 0 ? '' : `  wave ${first.order}, ${first.wave}`;
  const titles = steps.map(({ title }) => title).join(', ');
  const title =
    steps.length > 1
      ? `${plural(steps.length, first.noun)}, the same change: ${titles}`
      : first.title;
  return [
    terminal`[${first.marker}] ${title}${wave}\n`,
    terminal`    users notice: ${effects}\n`,
    ...detailText(first, reasons),
  ];
}

function detailText({ detail, diff }: ShownStep, reasons: readonly ShownReason[]): Terminal[] {
  if (detail === 'names')
    return diff ? [terminal`    ${plural(diff.changed.length, 'object')}\n`] : [];
  return [...reasons.map(reasonLine), ...(diff?.changed.map(objectText) ?? [])];
}

function reasonLine({ text, follows = [] }: ShownReason): Terminal {
  const more = follows.length > 0 ? `  (${followsTitle(follows)})` : '';
  return terminal`    ${text}${more}\n`;
}

function objectText(change: ObjectChange): Terminal {
  const { kind, object, lines } = change;
  if (isMasked(change))
    return terminal`    ${kind} ${object.kind} ${object.name}: ${maskedText(change)}\n`;
  const shown = lines.map((line) => terminal`      ${line}\n`);
  return terminal`    ${kind} ${object.kind} ${object.name}\n${shown}`;
}

/** The contract of `plan --json`. */
export function planJson(plan: Plan, frame: PlanFrame): JsonObject {
  return {
    schema_version: 1,
    digest: plan.digest,
    base: frame.base?.commit ?? null,
    head: frame.head ?? null,
    counts: countsJson(plan),
    findings: findingsJson(plan.findings),
    steps: byRisk(plan.steps).map(stepJson),
    unchanged: plan.unchanged.map(({ json }) => json),
    orphans: plan.orphans.map(({ json }) => json),
  };
}

/** `codes` stand beside the texts of `why` and `effects`, in their order; `follows`: what only follows from each. */
function stepJson({ family, json, reasons, effects }: ShownStep): JsonObject {
  return {
    ...json,
    family,
    codes: {
      why: reasons.map(({ code }) => code),
      follows: reasons.map(({ follows = [] }) => [...follows]),
      effects: effects.map(({ code }) => code),
    },
  };
}
