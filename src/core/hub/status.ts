import { terminal } from '../escape.ts';
import type { Terminal } from '../escape.ts';
import type { Json } from '../json.ts';
import { columns } from '../columns.ts';
import type { Platform } from '../model/types.ts';
import { unitId } from '../unit.ts';
import type { Digest, Instant, PresentRelease, WantedRelease } from '../unit.ts';
import { waveGate } from './gates.ts';
import type { Earlier } from './gates.ts';
import { isSettled } from './state.ts';
import type { States } from './state.ts';

/** A hub in a line: what runs, whether it is wanted so, and what it waits for. */
export interface HubStatus {
  hub: string;
  cluster: string;
  wave: string;
  /** What runs, and since when, as far as it is known. */
  runs: { digest: Digest; since: Instant | undefined } | undefined;
  is: 'as wanted' | 'to come' | 'to change' | 'no file names it';
  /** What keeps a change back now; empty where nothing does. */
  waits: string;
  /** As the cluster knows it; empty where no cluster was asked. */
  health: string;
}

interface StatusFacts {
  platform: Platform;
  wanted: readonly WantedRelease[];
  /** What the branch `deployed` says. */
  present: readonly PresentRelease[];
  /** What a cluster knows of its hubs, where one was asked. */
  states: States | undefined;
  /** Milliseconds since 1970. */
  now: number;
}

/** Every hub that a file names or that runs, in the order of waves and names. */
export function statusOf(facts: StatusFacts): HubStatus[] {
  const wanted = facts.wanted.filter(({ unit }) => unit.kind === 'hub');
  const named = new Set(wanted.map(({ unit }) => unitId(unit)));
  const orphans = facts.present.filter(
    ({ unit }) => unit.kind === 'hub' && !named.has(unitId(unit)),
  );
  return [
    ...wanted.map((one) => wantedStatus(facts, one)),
    ...orphans.map(({ unit, digest, status }): HubStatus => ({
      hub: unit.name,
      cluster: unit.cluster,
      wave: '',
      runs: { digest, since: status?.at },
      is: 'no file names it',
      waits: '',
      health: healthOf(facts.states, unit.name),
    })),
  ];
}

function wantedStatus(facts: StatusFacts, one: WantedRelease): HubStatus {
  const { name, cluster } = one.unit;
  const runs = runsOf(facts, one);
  const is = isOf(runs?.digest, one.digest);
  return {
    hub: name,
    cluster,
    wave: one.wave,
    runs,
    is,
    waits: is === 'as wanted' ? '' : waitsFor(facts, one),
    health: healthOf(facts.states, name),
  };
}

function isOf(runs: Digest | undefined, wanted: Digest): HubStatus['is'] {
  if (runs === undefined) return 'to come';
  return runs === wanted ? 'as wanted' : 'to change';
}

/** The cluster's own word counts; the branch is what the last run has told. */
function runsOf({ present, states }: StatusFacts, { unit }: WantedRelease): HubStatus['runs'] {
  const healthy = states?.known.get(unit.name)?.healthy;
  if (healthy) return { digest: healthy.digest, since: healthy.since };
  const known = present.find((one) => unitId(one.unit) === unitId(unit));
  return known && { digest: known.digest, since: known.status?.at };
}

function healthOf(states: States | undefined, hub: string): string {
  if (states === undefined) return '';
  if (states.unreadable.has(hub)) return 'its state cannot be read';
  const state = states.known.get(hub);
  if (state === undefined) return 'not on this cluster';
  if (state.removing) return 'its removal has begun';
  if (state.quarantined) return `quarantined: ${state.quarantined.reason}`;
  if (state.hold) return `held until ${state.hold.until}: ${state.hold.reason}`;
  if (state.healthy && isSettled(state, state.healthy.digest)) return 'healthy';
  const why = state.last.reason === '' ? '' : `: ${state.last.reason}`;
  return `last run ${state.last.outcome}${why}`;
}

/** As a deployment would say it now, by what is known in public of the waves before. */
function waitsFor(facts: StatusFacts, one: WantedRelease): string {
  const { waves } = facts.platform.settings.data;
  const wave = waves.find(({ name }) => name === one.wave);
  if (!wave) return '';
  const before = waves.slice(0, waves.indexOf(wave)).map(({ name }) => name);
  const hubs = facts.wanted.filter(
    ({ unit, wave: name }) => unit.kind === 'hub' && before.includes(name),
  );
  const gate = waveGate(wave, {
    now: facts.now,
    earlier: hubs.map((hub) => earlier(facts, hub)),
    record: { kind: 'branch' },
    approved: false,
    doubt: undefined,
    hurried: false,
  });
  return gate.open ? 'nothing: the next run brings it' : gate.reason;
}

function earlier(facts: StatusFacts, one: WantedRelease): Earlier {
  const { name, cluster } = one.unit;
  const runs = runsOf(facts, one);
  const about = { name, cluster, wave: one.wave };
  if (runs === undefined) return { ...about, how: 'unseen', since: undefined };
  if (runs.digest !== one.digest) return { ...about, how: 'unfinished', since: undefined };
  const since = runs.since === undefined ? undefined : Date.parse(runs.since);
  return { ...about, how: 'healthy', since };
}

const HEAD = ['hub', 'wave', 'cluster', 'runs', 'since (UTC)', ''];

/** In columns, and below a hub what it waits for and how it is. */
export function statusText(all: readonly HubStatus[]): string {
  if (all.length === 0) return 'there are no hubs\n';
  const [head = '', ...lines] = columns([HEAD, ...all.map(cellsOf)]).map((line) => line.trimEnd());
  const shown = all.map((one, index): Terminal => terminal`${lines[index] ?? ''}\n${below(one)}`);
  return terminal`${head}\n${shown}`.text;
}

function cellsOf({ hub, wave, cluster, runs, is }: HubStatus): string[] {
  const since = runs?.since?.slice(0, 16).replace('T', ' ');
  return [hub, wave || '-', cluster, runs?.digest.slice(0, 7) ?? '-', since ?? '-', is];
}

function below({ waits, health }: HubStatus): Terminal[] {
  const lines = [
    ...(waits === '' ? [] : [`waits: ${waits}`]),
    ...(health === '' || health === 'healthy' ? [] : [health]),
  ];
  return lines.map((text) => terminal`    ${text}\n`);
}

export function statusJson(all: readonly HubStatus[]): Json {
  return all.map(({ runs, ...rest }) => ({
    ...rest,
    runs: runs ? { digest: runs.digest, since: runs.since ?? null } : null,
  }));
}
