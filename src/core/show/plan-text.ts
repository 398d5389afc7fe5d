import type { JsonObject } from '../json.ts';
import type { ShownStep } from '../plan/family.ts';
import type { Plan } from '../plan/plan.ts';
import type { ObjectChange } from '../plan/types.ts';
import { effectsText } from '../plan/words.ts';
import { findingLine, findingsJson, plural } from './findings.ts';
import { against } from './frame.ts';
import type { PlanFrame } from './frame.ts';
import { byRisk, groupEqual } from './groups.ts';
import type { Group } from './groups.ts';

/** The plan in a terminal: what the pull request would show, and every changed line. */
export function planText(plan: Plan, frame: PlanFrame): string {
  const parts = [
    ...groupEqual(byRisk(plan.steps)).flatMap(groupText),
    ...plan.orphans.map(
      ({ title }) =>
        `[?] ${title}: runs, but no file names it; add it to \`removals:\` in platform.yaml to remove it\n`,
    ),
    ...plan.charts
      .filter(({ double }) => double)
      .map(({ name }) => `! made with a test double of the chart ${name}\n`),
    ...plan.findings.map((finding) => `! ${findingLine(finding)}\n`),
  ];
  const changes = plan.steps.length === 0 ? 'nothing changes' : plural(plan.steps.length, 'step');
  const last = [
    `${changes}, ${plan.unchanged.length} unchanged`,
    against(plan, frame),
    `plan ${plan.digest.slice(0, 12)}`,
  ];
  return `${parts.join('')}${parts.length > 0 ? '\n' : ''}${last.join(' · ')}\n`;
}

function groupText({ first, steps }: Group): string[] {
  const wave = first.wave === '' || first.order === 0 ? '' : `  wave ${first.order}, ${first.wave}`;
  const titles = steps.map(({ title }) => title).join(', ');
  const title =
    steps.length > 1
      ? `${plural(steps.length, first.noun)}, the same change: ${titles}`
      : first.title;
  return [
    `[${first.marker}] ${title}${wave}\n`,
    `    users notice: ${effectsText(first.effects)}\n`,
    ...detailText(first),
  ];
}

function detailText({ detail, reasons, diff }: ShownStep): string[] {
  if (detail === 'names') return diff ? [`    ${plural(diff.changed.length, 'object')}\n`] : [];
  return [...reasons.map(({ text }) => `    ${text}\n`), ...(diff?.changed.map(objectText) ?? [])];
}

function objectText({ kind, object, lines }: ObjectChange): string {
  const shown = lines.map((line) => `      ${line}\n`).join('');
  return `    ${kind} ${object.kind} ${object.name}\n${shown}`;
}

/** The contract of `plan --json`. */
export function planJson(plan: Plan, frame: PlanFrame): JsonObject {
  return {
    schema_version: 1,
    digest: plan.digest,
    base: frame.base?.commit ?? null,
    head: frame.head ?? null,
    findings: findingsJson(plan.findings),
    steps: byRisk(plan.steps).map(stepJson),
    unchanged: plan.unchanged.map(({ json }) => json),
    orphans: plan.orphans.map(({ json }) => json),
  };
}

/** `codes` stand beside the texts of `why` and `effects`, in the same order. */
function stepJson({ family, json, reasons, effects }: ShownStep): JsonObject {
  return {
    ...json,
    family,
    codes: {
      why: reasons.map(({ code }) => code),
      effects: effects.map(({ code }) => code),
    },
  };
}
