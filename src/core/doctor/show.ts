import { terminal } from '../escape.ts';
import type { Terminal } from '../escape.ts';
import type { Json } from '../json.ts';
import type { Check } from './check.ts';

const GROUPS = { github: 'GitHub', cluster: 'clusters', secrets: 'secrets' } as const;
const MARKS: Readonly<Record<Check['state'], string>> = {
  ok: '✓',
  warning: '⚠',
  missing: '✗',
  unknown: '?',
};

/** What is there and what is missing, by group, each with the command for it below. */
export function doctorText(checks: readonly Check[]): string {
  const groups = Object.entries(GROUPS).flatMap(([group, title]) => {
    const lines = checks.filter(({ id }) => id.startsWith(`${group}/`)).map(checkLines);
    return lines.length === 0 ? [] : [terminal`${title}\n${lines}\n`];
  });
  return terminal`${groups}${summary(checks)}\n`.text;
}

function checkLines({ state, where, what, fix }: Check): Terminal {
  const command = fix === '' ? terminal`` : terminal`      ${fix}\n`;
  return terminal`  ${MARKS[state]} ${where}: ${what}\n${command}`;
}

function summary(checks: readonly Check[]): string {
  const count = (wanted: Check['state']): number =>
    checks.filter(({ state }) => state === wanted).length;
  const open = count('unknown');
  const rest = open === 0 ? '' : `, ${open} not asked: this is no word on those`;
  const warnings = count('warning');
  const warned = warnings === 0 ? '' : `, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`;
  return `${count('ok')} fine${warned}, ${count('missing')} missing${rest}`;
}

/** `fix` is null where nothing is to do. */
export function doctorJson(checks: readonly Check[]): Json {
  return checks.map(({ id, state, where, what, fix }): Json => ({
    id,
    state,
    where,
    what,
    fix: fix === '' ? null : fix,
  }));
}
