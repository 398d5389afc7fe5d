import { terminal } from '../escape.ts';
import type { Terminal } from '../escape.ts';
import type { Json, JsonObject } from '../json.ts';
import { takeoverText } from '../model/takeover.ts';
import type { AccessPlan, HubPlan } from './decide.ts';
import type { AccessStep, HeldStep, StepKind } from './plan.ts';
import { STAY_HOURS } from './inherited.ts';
import type { AbsentHub, UnreadHub } from './present.ts';

/** How much is shown: where anybody may read along, numbers only, and nobody's id or name. */
export type Detail = 'everybody' | 'counts';

const SIGNS: Readonly<Record<StepKind, string>> = {
  grant: '+',
  change: '~',
  expire: '−',
  revoke: '−',
};
const KINDS = ['grant', 'change', 'expire', 'revoke'] as const satisfies readonly StepKind[];

/** How many steps of each kind, and how many are held. */
export type Counts = Record<StepKind | 'held', number>;

function countsOf({ steps, held }: Pick<HubPlan, 'steps' | 'held'>): Counts {
  const of = (kind: StepKind): number => steps.filter((step) => step.kind === kind).length;
  return {
    grant: of('grant'),
    change: of('change'),
    expire: of('expire'),
    revoke: of('revoke'),
    held: held.length,
  };
}

/** Numbers of a hub in words: `2 come, 1 is taken out`. */
function countsText(counts: Counts): string {
  const words: Record<StepKind | 'held', [one: string, many: string]> = {
    grant: ['comes in', 'come in'],
    change: ['changes', 'change'],
    expire: ['has come to the end', 'have come to the end'],
    revoke: ['is taken out', 'are taken out'],
    held: ['is held', 'are held'],
  };
  const said = [...KINDS, 'held' as const].flatMap((kind) => {
    const [one, many] = words[kind];
    const count = counts[kind];
    return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
  });
  return said.length === 0 ? 'nothing to do' : said.join(', ');
}

export function planText(plan: AccessPlan, detail: Detail): string {
  const hubs = plan.hubs.map((hub) => hubText(hub, detail));
  const unknown = plan.unknown.map(
    ({ team, why }) =>
      terminal`⚠ ${team} is not known in full (${why}): nobody is taken out of it\n`,
  );
  return terminal`${hubs}${unknown}`.text;
}

/** Hubs that are left out. What Kubernetes says of a hub's own Secret and pods names nobody. */
export function unreadText(unread: readonly UnreadHub[]): string {
  const lines = unread.map(({ hub, why }) => terminal`⚠ ${hub} is left out: ${why}\n`);
  return terminal`${lines}`.text;
}

export function unreadJson(unread: readonly UnreadHub[]): Json {
  return unread.map(({ hub, why }): Json => ({ hub, why }));
}

/** Hubs of which there is nothing to compare with yet, and what becomes of people of others' hubs. */
export function absentText(absent: readonly AbsentHub[]): string {
  const fresh = absent.filter(({ release }) => release === '').map(({ hub }) => hub);
  const taken = absent.filter(({ release }) => release !== '');
  return terminal`${taken.map(takeoverLine)}${fresh.length === 0 ? [] : [freshLine(fresh)]}`.text;
}

function takeoverLine({ hub, release }: AbsentHub): Terminal {
  const what = takeoverText({ release, namespace: hub });
  return terminal`${hub}: ${ABSENT}. Its deployment ${what}: ${AFTERWARDS}\n`;
}

const ABSENT = 'not deployed to this cluster, so nobody comes or goes there';

const AFTERWARDS =
  'whoever is logged in then goes on until access apply lets anybody in, for ' +
  `${STAY_HOURS} hours at most, and new logins need an entry. Who would come in: ` +
  'access plan --present FOLDER --directory FILE, with an empty folder';

function freshLine(hubs: readonly string[]): Terminal {
  return terminal`${ABSENT}: ${hubs.join(', ')}\n`;
}

export function absentJson(absent: readonly AbsentHub[]): Json {
  return absent.map(({ hub, release }): Json => ({ hub, adopts: release === '' ? null : release }));
}

/** What others said of a hub, where anybody may read along: it is kept back where it names somebody. */
export function namelessText(text: string, { present, entries, steps }: HubPlan): string {
  const known = [...present.entries, ...entries].flatMap(([id, { name }]) => [id, name]);
  const others = [...present.users, ...steps].map(({ name }) => name);
  const said = wordsOf(text);
  const isNaming = [...known, ...others].some((one) => said.includes(wordsOf(one)));
  return isNaming ? 'the cause names somebody: by hand, access apply shows it' : text;
}

/** Letters and digits with one space around each word: a name is found in the middle of an address or a pod's name. */
function wordsOf(text: string): string {
  const words = text.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  return ` ${words.filter((word) => word !== '').join(' ')} `;
}

function hubText(hub: HubPlan, detail: Detail): Terminal {
  const head = terminal`${hub.hub}: ${countsText(countsOf(hub))}\n`;
  if (detail === 'counts') return head;
  const steps = hub.steps.map(
    ({ kind, id, name, why, until }) =>
      terminal`  ${SIGNS[kind]} ${id ?? '?'} ${name}${untilText(kind, until)}  ${why}\n`,
  );
  const held = hub.held.map(({ id, text }) => terminal`  ⚠ ${id ?? '?'} stays as it is: ${text}\n`);
  return terminal`${head}${steps}${held}`;
}

function untilText(kind: StepKind, until: string | undefined): string {
  return until === undefined || kind === 'revoke' || kind === 'expire' ? '' : ` until ${until}`;
}

/** The parts of `access plan --json` that the plan itself gives. */
export function planJson(plan: AccessPlan, detail: Detail): JsonObject {
  const shown = detail === 'everybody';
  const held = shown ? plan.held.map(heldJson) : [];
  const counts = plan.hubs.map((hub): [string, Json] => [hub.hub, { ...countsOf(hub) }]);
  const unknown = plan.unknown.map(({ team, why }): Json => {
    return { hub: null, id: null, reason: 'incomplete', text: `${team}: ${why}` };
  });
  return {
    digest: plan.digest,
    steps: shown ? plan.hubs.flatMap(({ steps }) => steps.map(stepJson)) : [],
    counts: { ...totals(plan), hubs: Object.fromEntries(counts) },
    held: [...held, ...unknown],
  };
}

function totals(plan: AccessPlan): JsonObject {
  const steps = plan.hubs.flatMap((hub) => hub.steps);
  return { ...countsOf({ steps, held: [...plan.held] }) };
}

function stepJson({ kind, hub, id, name, why, until }: AccessStep): Json {
  return { kind, hub, id: idJson(id), name, why, until: until ?? null };
}

function heldJson({ hub, id, reason, text }: HeldStep): Json {
  return { hub, id: idJson(id), reason, text };
}

function idJson(id: string | undefined): number | null {
  return id === undefined ? null : Number(id);
}
