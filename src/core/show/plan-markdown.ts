import { unitOf } from '../hub/step.ts';
import type { Plan, ReleaseStep } from '../hub/step.ts';
import { byRisk, effectsText, marker, reasonText, reasonsText, unitTitle } from '../hub/words.ts';
import { COMMENT_LIMIT } from '../model/limits.ts';
import type { ObjectChange } from '../plan/types.ts';
import { day } from '../time.ts';
import { countText, escapeMarkdown, findingLine, plural } from './findings.ts';
import { groupEqual } from './groups.ts';
import type { Group } from './groups.ts';
import { COMMENT_MARKER, stepsLine } from './reviewed.ts';

/** Where the plan stands in time: shown, never part of its digest. */
export interface PlanFrame {
  /** Commit of the proposed files. */
  head: string | undefined;
  /** Commit that was deployed last, and when. */
  base: { commit: string; at: string } | undefined;
  /** Address of the whole plan, where there is one. */
  full: string | undefined;
}

/** A block is shown whole or not at all. */
interface Block {
  text: string;
  /** What is said instead, when there is no room. */
  left: string;
}

/** The sticky comment of a pull request: one table, a sentence where it helps, the rest folded; at most 65,536 code points. */
export function planMarkdown(plan: Plan, frame: PlanFrame, limit = COMMENT_LIMIT): string {
  const steps = byRisk(plan.steps);
  const groups = groupEqual(steps);
  const head = `${COMMENT_MARKER}\n${headline(plan, frame)}\n`;
  const foot = footer(plan, frame);
  return fit(head, [table(groups, plan), ...notes(plan), ...details(groups)], foot, limit);
}

function headline(plan: Plan, frame: PlanFrame): string {
  const hubs = plan.steps.filter((step) => unitOf(step).kind === 'hub').length;
  const images = new Set(
    plan.steps.flatMap((step) =>
      step.kind === 'remove'
        ? []
        : step.effects.flatMap((effect) => (effect.kind === 'image' ? [effect.name] : [])),
    ),
  );
  const counts = [
    hubs > 0 ? `${plural(hubs, 'hub')} ${hubs === 1 ? 'changes' : 'change'}` : 'no hub changes',
    images.size > 0 ? plural(images.size, 'image') : '',
  ];
  const place = [frame.head === undefined ? '' : frame.head.slice(0, 7), against(plan, frame)];
  return `### Plan · ${counts.filter(Boolean).join(' · ')}\n\n${place.filter(Boolean).join(', ')}\n`;
}

/** What the plan is compared with, in words. */
export function against({ steps, unchanged, orphans }: Plan, { base }: PlanFrame): string {
  if (base !== undefined)
    return `compared with what runs now (deployed ${day(base.at)} from ${base.commit.slice(0, 7)})`;
  const known =
    unchanged.length + orphans.length > 0 || steps.some(({ kind }) => kind !== 'install');
  return known ? 'compared with the given record' : 'nothing is deployed yet';
}

function table(groups: readonly Group[], plan: Plan): Block {
  if (plan.steps.length === 0 && plan.orphans.length === 0)
    return block('Everything that is merged already runs. Merging this changes no hub.\n');
  const rows = groups.map(
    ({ first, steps }) =>
      `| ${marker(first)} | ${names(steps)} | ${escapeMarkdown(reasonsText(first))} | ${escapeMarkdown(effectsText(first))} |\n`,
  );
  const unchanged = plan.unchanged.filter(({ kind }) => kind === 'hub');
  if (unchanged.length > 0)
    rows.push(
      `| = | ${unchanged.length > 4 ? `${unchanged.length} hubs` : unchanged.map(({ name }) => name).join(', ')} | nothing | |\n`,
    );
  return block(`| | hub | what happens | users notice |\n|---|---|---|---|\n${rows.join('')}`);
}

function names(steps: readonly ReleaseStep[]): string {
  const wave = (step: ReleaseStep): string =>
    step.kind === 'remove' || step.to.order === 0
      ? ''
      : ` (wave ${step.to.order}, ${step.to.wave})`;
  const titles = steps.map((step) => unitTitle(unitOf(step)));
  const first = steps[0];
  if (!first || titles.length === 1) return `${titles[0] ?? ''}${first ? wave(first) : ''}`;
  const shown = titles.slice(0, 3).join(', ');
  return `same change in ${titles.length} hubs, shown once: ${shown}${titles.length > 3 ? ', …' : ''}${wave(first)}`;
}

function notes(plan: Plan): Block[] {
  const lines: string[] = [];
  for (const unit of plan.orphans) {
    lines.push(
      `⚠ ${unitTitle(unit)} runs, but no file names it any more. Nothing happens to it until \`removals:\` in platform.yaml says what becomes of its homes.`,
    );
  }
  for (const chart of plan.charts) {
    if (chart.double)
      lines.push(
        `⚠ Made with a test double of the chart ${chart.name}, not with the chart itself.`,
      );
    else if (!chart.verified)
      lines.push(
        `ℹ Chart ${chart.name} ${chart.version} is not verified: no pinned SHA-256 vouches for it.`,
      );
  }
  const findings = plan.findings
    .slice(0, 20)
    .map(
      (finding) =>
        `- ${finding.severity === 'error' ? '✗' : '⚠'} ${escapeMarkdown(findingLine(finding))}\n`,
    );
  return [
    ...(lines.length > 0 ? [block(`\n${lines.join('\n\n')}\n`)] : []),
    ...(findings.length > 0
      ? [block(`\n${fold(`check: ${countText(plan.findings)}`, findings.join(''))}`, 'findings')]
      : []),
  ];
}

function details(groups: readonly Group[]): Block[] {
  return groups.flatMap(({ first, steps }) => {
    if (first.kind === 'remove') return [];
    const title = steps.length > 1 ? `${steps.length} hubs` : unitTitle(first.to.unit);
    const values = first.why.map((reason) => `- ${escapeMarkdown(reasonText(reason))}\n`);
    const { plus, minus, changed } = first.diff;
    const blocks: Block[] = [];
    if (first.kind === 'upgrade')
      blocks.push(
        block(
          `\n${fold(`${title}: what changes (${first.why.length})`, values.join(''))}`,
          `${title}: what changes`,
        ),
      );
    if (changed.length > 0) {
      const texts =
        first.kind === 'install'
          ? [changed.map((one) => `- ${one.object.kind} ${one.object.name}\n`).join('')]
          : changed.map(objectBlock);
      blocks.push(
        block(
          `\n${fold(`${title}: manifests that change (${plural(changed.length, 'object')}, +${plus} −${minus})`, texts.join('\n'))}`,
          `${title}: manifests`,
        ),
      );
    }
    return blocks;
  });
}

function objectBlock({ kind, object, before, lines }: ObjectChange): string {
  const text = lines.join('\n');
  const fence = '`'.repeat(
    Math.max(3, ...[...text.matchAll(/`+/gu)].map(([ticks]) => ticks.length + 1)),
  );
  const what = kind === 'renamed' ? `renamed from ${before?.name ?? ''}` : kind;
  return `**${object.kind} ${object.name}** ${what}\n\n${fence}diff\n${text}\n${fence}\n`;
}

function footer(plan: Plan, frame: PlanFrame): string {
  const full = frame.full === undefined ? '' : ` · [whole plan](${frame.full})`;
  return `\n${stepsLine(plan)}\n<sub>plan ${plan.digest.slice(0, 12)}${full} · the same on your machine: \`npx glaciocloud plan\` · why a rule exists: \`npx glaciocloud explain RULE\`</sub>\n`;
}

function fold(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n</details>\n`;
}

function block(text: string, left = ''): Block {
  return { text, left };
}

/** Code points, as GitHub counts characters. */
export function length(text: string): number {
  return Array.from(text).length;
}

/** Blocks as long as there is room; what does not fit is named. Never cuts inside a block. */
export function fit(head: string, blocks: readonly Block[], foot: string, limit: number): string {
  const note = (left: readonly string[]): string =>
    left.length === 0
      ? ''
      : `\n⚠ Too long for a comment, left out: ${left.slice(0, 20).join(', ')}${left.length > 20 ? ` and ${left.length - 20} more` : ''}.\n`;
  const kept: string[] = [];
  const left: string[] = [];
  let room = limit - length(head) - length(foot);
  const reserve = 1500;
  for (const { text, left: name } of blocks) {
    const size = length(text);
    if (size <= room - reserve) {
      kept.push(text);
      room -= size;
    } else {
      left.push(name === '' ? 'the table' : name);
    }
  }
  return `${head}${kept.join('')}${note(left)}${foot}`;
}
