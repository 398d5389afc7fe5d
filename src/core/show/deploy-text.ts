import { digestOf } from '../digest.ts';
import type { Json } from '../json.ts';
import type { Ending } from '../plan/result.ts';
import { unitId } from '../unit.ts';
import type { Unit, WantedRelease } from '../unit.ts';
import { escapeMarkdown } from './findings.ts';

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
  const width = Math.max(...results.map(({ unit }) => unitId(unit).length));
  return results
    .map(({ unit, outcome, reason, seconds }) => {
      const total = PHASES.reduce((sum, phase) => sum + seconds[phase], 0);
      const time =
        total === 0
          ? ''
          : ` in ${total.toFixed(1)} s (${PHASES.map((phase) => `${phase} ${seconds[phase].toFixed(1)}`).join(', ')})`;
      return `${MARKS[outcome]} ${unitId(unit).padEnd(width)}  ${outcome}${time}\n${reason === '' ? '' : `  ${reason}\n`}`;
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

/** The health table of a summary on GitHub. */
export function deployMarkdown(results: readonly ShownResult[]): string {
  if (results.length === 0) return 'Nothing to do: what is merged already runs.\n';
  const rows = results.map(
    ({ unit, outcome, reason, seconds }) =>
      `| ${MARKS[outcome]} | ${unitId(unit)} | ${outcome} | ${PHASES.map((phase) => seconds[phase].toFixed(1)).join(' | ')} | ${escapeMarkdown(reason.slice(0, 300))} |\n`,
  );
  const checks = results.flatMap(({ unit, health }) =>
    health.map(
      ({ ok, check, image, seconds, detail }) =>
        `| ${ok ? '✓' : '✗'} | ${unitId(unit)} | ${escapeMarkdown(check)} | ${image ?? ''} | ${seconds.toFixed(1)} | ${escapeMarkdown(detail.slice(0, 300))} |\n`,
    ),
  );
  return `| | hub | outcome | ${PHASES.join(' | ')} | |\n|---|---|---|---|---|---|---|---|\n${rows.join('')}${checks.length === 0 ? '' : `\n| | hub | check | image | s | |\n|---|---|---|---|---|---|\n${checks.join('')}`}`;
}
