import { code, fenced, hex, html, inMarkdown, joined, link } from '../escape.ts';
import type { Markdown } from '../escape.ts';
import type { Finding } from '../finding.ts';
import { COMMENT_LIMIT } from '../model/limits.ts';
import type { ShownReason, ShownStep } from '../plan/family.ts';
import type { Plan } from '../plan/plan.ts';
import type { ObjectChange } from '../plan/types.ts';
import { followsTitle } from '../plan/words.ts';
import { byPlace, countText, findingLine, plural } from './findings.ts';
import { headlines, stayingHubs } from './counts.ts';
import { comparison } from './frame.ts';
import type { PlanFrame } from './frame.ts';
import { byRisk, groupEqual } from './groups.ts';
import type { Group } from './groups.ts';
import { isMasked, maskedText } from './masked.ts';
import { COMMENT_MARKER } from './reviewed.ts';
import { placesText, tellOnce } from './shared.ts';
import type { Telling, Told } from './shared.ts';

const ORPHANED = inMarkdown`runs, but no file names it any more. Nothing happens to it until \`removals:\` in platform.yaml says what becomes of its homes.`;

/** Alone in a cell they mean nothing in Markdown. */
const MARKS = {
  '+': inMarkdown`+`,
  '→': inMarkdown`→`,
  '~': inMarkdown`~`,
  '−': inMarkdown`−`,
} as const;

/** A block is shown whole or not at all. */
interface Block {
  text: string;
  /** What is said instead, when there is no room. */
  left: string;
}

/**
 * The one comment of a pull request: a table, a sentence where it helps, the rest folded; at most
 * `limit` code points.
 */
export function planMarkdown(plan: Plan, frame: PlanFrame, limit = COMMENT_LIMIT): string {
  const groups = groupEqual(byRisk(plan.steps));
  const telling = tellOnce(groups);
  const head = `${COMMENT_MARKER}\n${headline(plan, frame)}\n`;
  const foot = footer(plan, frame);
  return fit(
    head,
    [...above(plan), table(telling, plan), ...notes(plan), ...details(groups)],
    foot,
    limit,
  );
}

function headline(plan: Plan, frame: PlanFrame): string {
  const title = joined(
    headlines(plan).map((one) => inMarkdown`${one}`),
    inMarkdown` · `,
  );
  const head =
    frame.head === undefined ? inMarkdown`` : inMarkdown`${hex(frame.head.slice(0, 7))}, `;
  return inMarkdown`### Plan · ${title}\n\n${head}${against(plan, frame)}\n`.text;
}

function against(plan: Plan, frame: PlanFrame): Markdown {
  const { words, commit } = comparison(plan, frame);
  return commit === undefined ? inMarkdown`${words}` : inMarkdown`${words} ${hex(commit)})`;
}

function table({ first, shared, told }: Telling, plan: Plan): Block {
  if (plan.steps.length === 0 && plan.orphans.length === 0)
    return block(
      inMarkdown`Everything that is merged already runs. Merging this changes no hub.\n`,
    );
  const rows = [
    ...first.map(groupRow),
    ...shared.map((one) => {
      const { steps, marker, reason, effects } = one;
      return inMarkdown`| ${MARKS[marker]} | ${placesText(steps, 3)} | ${reason.text} | ${effects} |\n`;
    }),
    ...told.map(groupRow),
  ];
  const titles = stayingHubs(plan);
  if (titles.length > 0) {
    const shown = titles.length > 4 ? plural(titles.length, 'hub') : titles.join(', ');
    rows.push(inMarkdown`| = | ${shown} | nothing | |\n`);
  }
  return block(inMarkdown`| | hub | what happens | users notice |\n|---|---|---|---|\n${rows}`);
}

function groupRow({ first, steps, summary, effects }: Told): Markdown {
  return inMarkdown`| ${MARKS[first.marker]} | ${names(steps)} | ${summary} | ${effects} |\n`;
}

function names(steps: readonly ShownStep[]): string {
  const [first] = steps;
  if (!first) return '';
  const wave =
    first.wave === '' || first.order === 0 ? '' : ` (wave ${first.order}, ${first.wave})`;
  if (steps.length === 1) return `${first.title}${wave}`;
  const titles = steps.map(({ title }) => title);
  const shown = `${titles.slice(0, 3).join(', ')}${titles.length > 3 ? ', …' : ''}`;
  return `same change in ${plural(steps.length, first.noun)}, shown once: ${shown}${wave}`;
}

/** Above the table: where people would get something else than the files say. */
function above({ findings }: Plan): Block[] {
  return byPlace(findings).above.map((finding) =>
    block(inMarkdown`⚠ ${findingLine(finding)}\n\n`, 'findings'),
  );
}

function notes(plan: Plan): Block[] {
  const lines = [
    ...plan.orphans.map(({ title }) => inMarkdown`⚠ ${title} ${ORPHANED}`),
    ...plan.charts.flatMap(chartNote),
  ];
  const blocks =
    lines.length > 0 ? [block(inMarkdown`\n${joined(lines, inMarkdown`\n\n`)}\n`)] : [];
  const { below } = byPlace(plan.findings);
  const findings = below.slice(0, 20).map(findingItem);
  if (findings.length > 0) {
    const text = fold(`check: ${countText(below)}`, findings);
    blocks.push(block(inMarkdown`\n${text}`, 'findings'));
  }
  return blocks;
}

function chartNote({ name, version, double, verified }: Plan['charts'][number]): Markdown[] {
  if (double)
    return [inMarkdown`⚠ Made with a test double of the chart ${name}, not with the chart itself.`];
  return verified
    ? []
    : [inMarkdown`ℹ Chart ${name} ${version} is not verified: no pinned SHA-256 vouches for it.`];
}

function findingItem(finding: Finding): Markdown {
  const mark = finding.severity === 'error' ? '✗' : '⚠';
  return inMarkdown`- ${mark} ${findingLine(finding)}\n`;
}

function details(groups: readonly Group[]): Block[] {
  return groups.flatMap(({ first, steps }) => {
    const title = steps.length > 1 ? plural(steps.length, first.noun) : first.title;
    return [...reasonBlocks(first, title), ...manifestBlocks(first, title)];
  });
}

function reasonBlocks({ detail, reasons }: ShownStep, title: string): Block[] {
  if (detail === 'names') return [];
  const lines = reasons.map(reasonItem);
  const text = fold(`${title}: what changes (${reasons.length})`, lines);
  return [block(inMarkdown`\n${text}`, `${title}: what changes`)];
}

function reasonItem({ text, follows = [] }: ShownReason): Markdown {
  if (follows.length === 0) return inMarkdown`- ${text}\n`;
  const summary = html(followsTitle(follows));
  const rest = joined(follows.map(html), inMarkdown`<br>`);
  return inMarkdown`- ${text}\n\n  <details><summary>${summary}</summary>${rest}</details>\n\n`;
}

function manifestBlocks({ detail, diff }: ShownStep, title: string): Block[] {
  if (!diff || diff.changed.length === 0) return [];
  const { changed, plus, minus } = diff;
  const body =
    detail === 'names'
      ? changed.map(({ object }) => inMarkdown`- ${object.kind} ${object.name}\n`)
      : [joined(changed.map(objectBlock), inMarkdown`\n`)];
  const count = `${plural(changed.length, 'object')}, +${plus} −${minus}`;
  const text = fold(`${title}: manifests that change (${count})`, body);
  return [block(inMarkdown`\n${text}`, `${title}: manifests`)];
}

function objectBlock(change: ObjectChange): Markdown {
  const { kind, object, before, lines } = change;
  if (isMasked(change))
    return inMarkdown`**${object.kind} ${object.name}** ${kind}: ${maskedText(change)}\n`;
  const what = kind === 'renamed' ? `renamed from ${before?.name ?? ''}` : kind;
  const changes = fenced('diff', lines);
  return inMarkdown`**${object.kind} ${object.name}** ${what}\n\n${changes}\n`;
}

function footer(plan: Plan, frame: PlanFrame): string {
  const parts = [
    inMarkdown`plan ${hex(plan.digest.slice(0, 12))}`,
    ...(frame.full === undefined ? [] : [link('whole plan', frame.full)]),
    inMarkdown`the same on your machine: ${code(`${frame.call} plan`)}`,
    inMarkdown`why a rule exists: ${code(`${frame.call} explain RULE`)}`,
  ];
  return `\n${inMarkdown`<sub>${joined(parts, inMarkdown` · `)}</sub>\n`.text}`;
}

/** The summary is HTML, in which Markdown is not read. */
function fold(summary: string, body: readonly Markdown[]): Markdown {
  return inMarkdown`<details><summary>${html(summary)}</summary>\n\n${body}\n</details>\n`;
}

function block({ text }: Markdown, left = ''): Block {
  return { text, left: inMarkdown`${left}`.text };
}

/** Code points, as GitHub counts characters. */
export function length(text: string): number {
  return Array.from(text).length;
}

/** Kept free for the note about what was left out. */
const RESERVE = 1500;

/** Blocks as long as there is room; what does not fit is named. Never cuts inside a block. */
export function fit(head: string, blocks: readonly Block[], foot: string, limit: number): string {
  const kept: string[] = [];
  const left: string[] = [];
  let room = limit - length(head) - length(foot) - RESERVE;
  for (const { text, left: name } of blocks) {
    const size = length(text);
    if (size <= room) {
      kept.push(text);
      room -= size;
    } else {
      left.push(name === '' ? 'the table' : name);
    }
  }
  return `${head}${kept.join('')}${leftOut(left)}${foot}`;
}

function leftOut(names: readonly string[]): string {
  if (names.length === 0) return '';
  const more = names.length > 20 ? ` and ${names.length - 20} more` : '';
  return `\n⚠ Too long for a comment, left out: ${names.slice(0, 20).join(', ')}${more}.\n`;
}
