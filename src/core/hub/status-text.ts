import { columns } from '../columns.ts';
import { terminal } from '../escape.ts';
import type { Terminal } from '../escape.ts';
import type { Json } from '../json.ts';
import { duration } from '../time.ts';
import type { HubDrifted, HubStatus } from './status.ts';

/** Hubs that are named for one reason to wait; more are counted. */
const NAMED = 4;

/** As the plan marks units. */
const MARKS: Readonly<Record<HubStatus['is'], string>> = {
  'as wanted': '[=]',
  'to change': '[~]',
  'on trial': '[~]',
  'to be taken over': '[→]',
  'to come': '[+]',
  'to go': '[−]',
  'without a file': '[?]',
  'cannot be read': '[?]',
};

interface Column {
  head: string;
  cell: (one: HubStatus) => string;
}

/** In columns, below a hub what is wrong with it, and below all what they wait for: once, however many do. */
export function statusText(all: readonly HubStatus[], now: number): string {
  if (all.length === 0) return 'there are no hubs\n';
  const shown = columnsFor(all, now);
  const rows = [
    shown.map(({ head }) => head),
    ...all.map((one) => shown.map(({ cell }) => cell(one))),
  ];
  const [head = '', ...lines] = columns(rows).map((line) => line.trimEnd());
  const hubs = all.map((one, index): Terminal => terminal`${lines[index] ?? ''}\n${below(one)}`);
  return terminal`${head}\n${hubs}${waitLines(all)}${sum(all)}`.text;
}

/** Those that say something: most platforms have one cluster, and most runs ask none. */
function columnsFor(all: readonly HubStatus[], now: number): Column[] {
  const clusters = new Set(all.map(({ cluster }) => cluster));
  const isAsked = all.some(({ health }) => health !== '');
  return [
    { head: '', cell: ({ is }) => MARKS[is] },
    { head: 'hub', cell: ({ hub }) => hub },
    { head: 'wave', cell: ({ wave }) => wave || '-' },
    ...(clusters.size > 1 ? [{ head: 'cluster', cell: ({ cluster }: HubStatus) => cluster }] : []),
    { head: 'runs', cell: ({ runs }) => runs?.digest.slice(0, 7) ?? '-' },
    { head: 'for', cell: ({ runs }) => ageText(runs?.since, now) },
    ...(isAsked ? ASKED : []),
    { head: '', cell: whatOf },
  ];
}

function whatOf({ is, takeover }: HubStatus): string {
  return is === 'as wanted' ? '' : takeover || is;
}

const ASKED: readonly Column[] = [
  { head: 'health', cell: ({ health }) => (isWell(health) ? health : 'see below') },
  { head: 'drift', cell: ({ drift }) => driftCell(drift) },
];

/** Neither is a fault: a hub may be on another cluster, or nowhere yet. */
function isWell(health: string): boolean {
  return health === '' || health === 'healthy' || health === 'not on this cluster';
}

function driftCell(drift: HubDrifted | undefined): string {
  if (drift === undefined) return '-';
  if (drift.kind === 'unseen') return 'not seen';
  return drift.objects === 0 ? 'none' : `${drift.objects} object${drift.objects === 1 ? '' : 's'}`;
}

function ageText(since: string | undefined, now: number): string {
  if (since === undefined) return '-';
  const seconds = Math.max(0, (now - Date.parse(since)) / 1000);
  const unit = [86_400, 3600, 60].find((one) => seconds >= one);
  return unit === undefined ? 'now' : duration(Math.floor(seconds / unit) * unit);
}

function below({ health, drift }: HubStatus): Terminal[] {
  const lines = [
    ...(isWell(health) ? [] : [health]),
    ...(drift?.kind === 'unseen' ? [`drift: ${drift.why}`] : []),
  ];
  return lines.map((text) => terminal`    ✗ ${text}\n`);
}

function waitLines(all: readonly HubStatus[]): Terminal[] {
  const reasons = new Map<string, string[]>();
  for (const { waits, hub } of all)
    if (waits !== '') reasons.set(waits, [...(reasons.get(waits) ?? []), hub]);
  const lines = [...reasons].map(([why, hubs]) => terminal`${named(hubs)}\n    waits: ${why}\n`);
  return lines.length === 0 ? [] : [terminal`\n`, ...lines];
}

function named(hubs: readonly string[]): string {
  const more = hubs.length - NAMED;
  return `${hubs.slice(0, NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function sum(all: readonly HubStatus[]): Terminal {
  const counts = Object.keys(MARKS).flatMap((is) => {
    const count = all.filter((one) => one.is === is).length;
    return count === 0 ? [] : [`${count} ${is}`];
  });
  const drifted = all.filter(({ drift }) => drift?.kind === 'looked' && drift.objects > 0).length;
  const more = drifted === 0 ? [] : [`${drifted} drifted`];
  return terminal`\n${all.length} hub${all.length === 1 ? '' : 's'}: ${[...counts, ...more].join(', ')}\n`;
}

export function statusJson(all: readonly HubStatus[]): Json {
  return all.map(({ runs, drift, ...rest }) => ({
    ...rest,
    runs: runs ? { digest: runs.digest, since: runs.since ?? null } : null,
    drift: drift ? { ...drift } : null,
  }));
}
