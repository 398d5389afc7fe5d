import { restartsHub } from '../hub/explain.ts';
import { unitOf } from '../hub/step.ts';
import type { Plan, ReleaseStep } from '../hub/step.ts';
import { byRisk, effectText, effectsText, marker, reasonText, unitTitle } from '../hub/words.ts';
import type { Json } from '../json.ts';
import type { ObjectChange } from '../plan/types.ts';
import { findingLine, findingsJson, plural } from './findings.ts';
import { groupEqual } from './groups.ts';
import { against } from './plan-markdown.ts';
import type { PlanFrame } from './plan-markdown.ts';

/** The plan in a terminal: what the pull request would show, and every changed line. */
export function planText(plan: Plan, frame: PlanFrame): string {
  const groups = groupEqual(byRisk(plan.steps));
  const parts: string[] = [];
  for (const { first, steps } of groups) {
    const wave =
      first.kind === 'remove' || first.to.order === 0
        ? ''
        : `  wave ${first.to.order}, ${first.to.wave}`;
    const title =
      steps.length > 1
        ? `${steps.length} hubs, the same change: ${steps.map((step) => unitTitle(unitOf(step))).join(', ')}`
        : unitTitle(unitOf(first));
    parts.push(`[${marker(first)}] ${title}${wave}\n`);
    parts.push(`    users notice: ${effectsText(first)}\n`);
    if (first.kind === 'remove') continue;
    if (first.kind === 'upgrade')
      parts.push(...first.why.map((reason) => `    ${reasonText(reason)}\n`));
    parts.push(
      ...(first.kind === 'install'
        ? [`    ${plural(first.diff.changed.length, 'object')}\n`]
        : first.diff.changed.map(objectText)),
    );
  }
  for (const unit of plan.orphans)
    parts.push(
      `[?] ${unitTitle(unit)}: runs, but no file names it; add it to \`removals:\` in platform.yaml to remove it\n`,
    );
  for (const chart of plan.charts.filter(({ double }) => double))
    parts.push(`! made with a test double of the chart ${chart.name}\n`);
  for (const finding of plan.findings) parts.push(`! ${findingLine(finding)}\n`);
  const changes = plan.steps.length === 0 ? 'nothing changes' : plural(plan.steps.length, 'step');
  parts.push(
    `${parts.length > 0 ? '\n' : ''}${changes}, ${plan.unchanged.length} unchanged · ${against(plan, frame)} · plan ${plan.digest.slice(0, 12)}\n`,
  );
  return parts.join('');
}

function objectText({ kind, object, lines }: ObjectChange): string {
  return `    ${kind} ${object.kind} ${object.name}\n${lines.map((line) => `      ${line}\n`).join('')}`;
}

/** The contract of `plan --json`. */
export function planJson(plan: Plan, frame: PlanFrame): Json {
  return {
    schema_version: 1,
    digest: plan.digest,
    base: frame.base?.commit ?? null,
    head: frame.head ?? null,
    findings: findingsJson(plan.findings),
    steps: byRisk(plan.steps).map(stepJson),
    unchanged: plan.unchanged.map(({ kind, cluster, name }) => ({ kind, cluster, name })),
    orphans: plan.orphans.map(({ kind, cluster, name }) => ({ kind, cluster, name })),
  };
}

function stepJson(step: ReleaseStep): Json {
  const { kind, cluster, name } = unitOf(step);
  const unit = { kind, cluster, name };
  if (step.kind === 'remove')
    return {
      kind: step.kind,
      unit,
      wave: null,
      from: null,
      to: null,
      restartsHub: false,
      why: [step.why],
      effects: [effectsText(step)],
      diff: { added: [], removed: [], changed: [] },
    };
  const ref = ({ kind: what, name: called }: { kind: string; name: string }): Json =>
    `${what}/${called}`;
  return {
    kind: step.kind,
    unit,
    wave: step.to.wave,
    from: step.kind === 'upgrade' ? step.from.digest : null,
    to: step.to.digest,
    restartsHub: restartsHub(step),
    why: step.why.map(reasonText),
    effects: step.effects.map(effectText),
    diff: {
      added: step.diff.added.map(ref),
      removed: step.diff.removed.map(ref),
      changed: step.diff.changed
        .filter(({ kind: how }) => how === 'changed' || how === 'renamed')
        .map(({ object }) => ref(object)),
    },
  };
}
