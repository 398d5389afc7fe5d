import type { Entries } from './entry.ts';
import type { MeantRemoval } from './people.ts';
import type { AccessStep, HeldStep, HubSteps, PresentHub } from './plan.ts';
import { isTeam, teamKey } from './teams.ts';

/** So many may go at once without anybody saying that it is meant. */
const FEW = 5;
/** So many of a hundred. */
const SHARE = 20;

/** A hub with its steps, its file, and how many it wants. */
export interface Counted {
  hub: string;
  result: HubSteps;
  present: PresentHub;
  /** How many are to be in it. */
  wanted: number;
}

/** More than a mistake in a file, or of a team, may take out. */
export function isMany(going: number, present: number): boolean {
  return going > Math.max(FEW, Math.floor((present * SHARE) / 100));
}

/** Revocations that are too many at once are held, in their hub or of their team; nothing else is. By hub. */
export function gated(
  hubs: readonly Counted[],
  meant: readonly MeantRemoval[],
): ReadonlyMap<string, HubSteps> {
  const teams = teamsInTrouble(hubs, meant);
  return new Map(hubs.map((one) => [one.hub, gatedHub(one, meant, teams)]));
}

/**
 * Whom a run took out of the file was counted there, and is not asked for twice. Anybody else without an entry counts:
 * the file itself may be lost.
 */
function isCounted({ kind, name, before }: AccessStep, { owed }: PresentHub): boolean {
  return kind === 'revoke' && (before !== undefined || owed?.has(name) !== true);
}

function gatedHub(
  counted: Counted,
  meant: readonly MeantRemoval[],
  teams: ReadonlyMap<string, string>,
): HubSteps {
  const { hub, result } = counted;
  const trouble = hubTrouble(counted, meant);
  // As soon as the file lets anybody in, whoever else was there before the hub was taken over is out.
  const { inherited, entries } = counted.present;
  const isFirst = inherited !== undefined && entries.size === 0;
  // Whoever waits for a name may be one of them, and would lose their server.
  const waits = isFirst && result.held.some(({ reason }) => reason === 'no-names');
  const waiting: Trouble | undefined = waits ? WAITING : undefined;
  const gatedResult: HubSteps = { steps: [], held: [...result.held] };
  for (const step of result.steps) {
    const held =
      isFirst || isCounted(step, counted.present)
        ? (waiting ?? trouble ?? teamTrouble(step, teams))
        : undefined;
    if (held) gatedResult.held.push({ hub, id: step.id, ...held });
    else gatedResult.steps.push(step);
  }
  return gatedResult;
}

type Trouble = Pick<HeldStep, 'reason' | 'text'>;

const WAITING: Trouble = {
  reason: 'no-names',
  text:
    'others wait for their names, and people of the hub before could be put out for it: a token that GitHub ' +
    'answers, or adopt: {people: …} in the hub’s file, says whose names they are',
};

function hubTrouble(
  { hub, result, present, wanted }: Counted,
  meant: readonly MeantRemoval[],
): Trouble | undefined {
  const going = result.steps.filter((step) => isCounted(step, present)).length;
  if (isMeant(hub, going, meant)) return undefined;
  // One person who is the last may go: that is no empty file.
  if (wanted === 0 && going > 1)
    return { reason: 'nobody-left', text: `nobody would be left in ${hub}; ${ask(hub, going)}` };
  if (!isMany(going, present.entries.size)) return undefined;
  const inFile = present.entries.size;
  const leaving =
    going > inFile ? `${going}, and ${inFile} are in its file,` : `${going} of ${inFile}`;
  return { reason: 'too-many', text: `${leaving} would leave ${hub}; ${ask(hub, going)}` };
}

function ask(from: string, count: number): string {
  return `if that is meant, write {from: ${from}, count: ${count}, reason: …} into access/removals.yaml`;
}

function isMeant(from: string, count: number, meant: readonly MeantRemoval[]): boolean {
  return meant.some((one) => teamKey(one.from) === teamKey(from) && one.count === count);
}

/** Teams that would lose too many of those whom hubs know, over all hubs, by key. */
function teamsInTrouble(
  hubs: readonly Counted[],
  meant: readonly MeantRemoval[],
): Map<string, string> {
  const going = new Map<string, Set<string>>();
  for (const { result } of hubs)
    for (const step of result.steps)
      for (const team of step.kind === 'revoke' ? teamsOf(step) : []) into(going, team, step.name);
  const troubled = new Map<string, string>();
  for (const [team, names] of going) {
    const known = membersOf(
      team,
      hubs.map(({ present }) => present.entries),
    );
    if (isMany(names.size, known) && !isMeant(team, names.size, meant))
      troubled.set(team, `${names.size} of ${known} would leave ${team}; ${ask(team, names.size)}`);
  }
  return troubled;
}

function teamsOf({ before }: AccessStep): string[] {
  return (before?.groups ?? []).filter(isTeam).map(teamKey);
}

function into(sets: Map<string, Set<string>>, key: string, value: string): void {
  sets.set(key, (sets.get(key) ?? new Set()).add(value));
}

function membersOf(team: string, hubs: readonly Entries[]): number {
  const all = hubs.flatMap((entries) => [...entries.values()]);
  const inTeam = all.filter(({ groups }) => groups.some((group) => teamKey(group) === team));
  return new Set(inTeam.map(({ name }) => name)).size;
}

function teamTrouble(step: AccessStep, teams: ReadonlyMap<string, string>): Trouble | undefined {
  for (const team of teamsOf(step)) {
    const text = teams.get(team);
    if (text !== undefined) return { reason: 'too-many', text };
  }
  return undefined;
}
