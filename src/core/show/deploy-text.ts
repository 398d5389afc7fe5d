import { digestOf } from '../digest.ts';
import { inMarkdown, joined, oneLine, short, terminal } from '../escape.ts';
import type { Markdown } from '../escape.ts';
import type { Json } from '../json.ts';
import { greatest } from '../lists.ts';
import type { Ending } from '../plan/result.ts';
import { unitId } from '../unit.ts';
import type { Unit, WantedRelease } from '../unit.ts';

/** One unit's part of a deployment, for people and programs. */
export interface ShownResult extends Ending {
  unit: Unit;
  kind: string;
  seconds: { preflight: number; upgrade: number; rollout: number; health: number };
  health: readonly {
    image: string | null;
    check: string;
    ok: boolean;
    seconds: number;
    detail: string;
  }[];
}

const MARKS = { done: '✓', failed: '✗', 'rolled-back': '↩', blocked: '■', waiting: '…' } as const;
const PHASES = ['preflight', 'upgrade', 'rollout', 'health'] as const;

export function deployText(results: readonly ShownResult[]): string {
  if (results.length === 0) return 'nothing to do: what is merged already runs\n';
  const width = greatest(results.map(({ unit }) => oneLine(unitId(unit)).length));
  return results
    .map(({ unit, outcome, reason, seconds }) => {
      const total = PHASES.reduce((sum, phase) => sum + seconds[phase], 0);
      const phases = PHASES.map((phase) => `${phase} ${seconds[phase].toFixed(1)}`).join(', ');
      const time = total === 0 ? '' : ` in ${total.toFixed(1)} s (${phases})`;
      const name = oneLine(unitId(unit)).padEnd(width);
      const why = reason === '' ? terminal`` : terminal`  ${reason}\n`;
      return terminal`${MARKS[outcome]} ${name}  ${outcome}${time}\n${why}`.text;
    })
    .join('');
}

export function deployJson(
  results: readonly ShownResult[],
  wanted: readonly WantedRelease[],
): { [key: string]: Json } {
  return {
    digest: digestOf(wanted.map(({ unit, digest }): Json => [unitId(unit), digest])),
    steps: results.map(({ unit, kind, outcome, code, reason, seconds }) => ({
      kind,
      unit: { ...unit },
      outcome,
      code,
      reason,
      seconds: { ...seconds },
    })),
    health: results.flatMap(({ unit, health }) =>
      health.map(({ image, check, ok, seconds, detail }) => ({
        unit: { ...unit },
        image,
        check,
        ok,
        seconds,
        detail,
      })),
    ),
  };
}

/** Of a reason or a detail, so many characters stand in a table. */
const CELL = 300;

/** The health table of a summary on GitHub. */
export function deployMarkdown(results: readonly ShownResult[]): string {
  if (results.length === 0) return 'Nothing to do: what is merged already runs.\n';
  const cells = joined(
    PHASES.map((phase) => inMarkdown`${phase}`),
    BAR,
  );
  const rows = results.map(resultRow);
  const checks = results.flatMap(({ unit, health }) => health.map((line) => checkRow(unit, line)));
  const health = checks.length === 0 ? inMarkdown`` : inMarkdown`\n${CHECKS_HEAD}${checks}`;
  return inMarkdown`| | hub | outcome | ${cells} | |\n|---|---|---|---|---|---|---|---|\n${rows}${health}`
    .text;
}

const BAR = inMarkdown` | `;
const CHECKS_HEAD = inMarkdown`| | hub | check | image | s | |\n|---|---|---|---|---|---|\n`;

function resultRow({ unit, outcome, reason, seconds }: ShownResult): Markdown {
  const times = joined(
    PHASES.map((phase) => inMarkdown`${seconds[phase].toFixed(1)}`),
    BAR,
  );
  const why = short(reason, CELL);
  return inMarkdown`| ${MARKS[outcome]} | ${unitId(unit)} | ${outcome} | ${times} | ${why} |\n`;
}

function checkRow(
  unit: Unit,
  { ok, check, image, seconds, detail }: ShownResult['health'][number],
): Markdown {
  const mark = ok ? '✓' : '✗';
  const more = short(detail, CELL);
  return inMarkdown`| ${mark} | ${unitId(unit)} | ${check} | ${image ?? ''} | ${seconds.toFixed(1)} | ${more} |\n`;
}
