import { applyAccess } from '../apply/access/apply.ts';
import type { AccessWorld, HubAccessResult } from '../apply/access/apply.ts';
import { writeNotices } from '../apply/access/notices.ts';
import { agesToAsk, decideAccess, loginsToAsk } from '../core/access/decide.ts';
import type { AccessFacts, AccessPlan } from '../core/access/decide.ts';
import { dayOf } from '../core/access/days.ts';
import { placedBelow, withoutPeople } from '../core/access/findings.ts';
import { peopleOf } from '../core/access/people.ts';
import type { AbsentHub, PresentHubs, UnreadHub } from '../core/access/present.ts';
import type { TeamLists } from '../core/access/teams.ts';
import { isTeam } from '../core/access/teams.ts';
import type { Detail } from '../core/access/text.ts';
import { noticesText } from '../core/notices/notices.ts';
import { mentionsOf } from '../core/access/wanted.ts';
import type { HubWish } from '../core/access/wanted.ts';
import { runRules } from '../core/check/run.ts';
import { onePerPlace } from '../core/finding.ts';
import type { Finding } from '../core/finding.ts';
import type { Reading } from '../core/model/platform.ts';
import type { Platform } from '../core/model/types.ts';
import { Failure, UsageError, messageOf } from '../failure.ts';
import { gatherPlatform, gatherWithPeople, peopleFolder } from '../gather/platform.ts';
import type { Accounts, Directory, Logins, NameKeeper } from '../ports/access.ts';
import { writeAudit } from './access-audit.ts';
import type { AuditWorld } from './access-audit.ts';

export interface AccessInputs {
  root: string;
  /** A checkout of the access repository. */
  people: string | undefined;
  /** All, where none is named. */
  hubs: readonly string[];
  now: number;
  detail: Detail;
}

/** What access is compared with, and where people are looked up. */
export interface AccessSources {
  /** Of these hubs, those that are there. */
  present(hubs: readonly string[]): Promise<PresentHubs>;
  /** Whether a hub that is not there counts as one with nobody in it. */
  plansAbsent: boolean;
  directory: Directory;
  accounts: Logins & Pick<Accounts, 'byLogin'>;
  names: NameKeeper;
}

/** Everything that was gathered, and the plan that follows from it. */
export interface PlannedAccess {
  facts: AccessFacts;
  plan: AccessPlan;
  findings: Finding[];
  /** What each hub that is there announces, and who may start servers, as text. */
  notices: ReadonlyMap<string, string>;
  /** Hubs that are left out: who is in them is not known. */
  unread: readonly UnreadHub[];
  /** Hubs that are not there, and so have no part in the plan. */
  absent: readonly AbsentHub[];
  /** How often GitHub was asked. */
  requests: number;
}

export type AccessPlanning =
  ({ kind: 'planned' } & PlannedAccess) | { kind: 'refused'; findings: Finding[] };

/** Files, teams and what hubs know → the plan. A mistake in one person's file holds up nobody else. */
export async function planAccess(
  inputs: AccessInputs,
  sources: AccessSources,
): Promise<AccessPlanning> {
  const { root, people, now } = inputs;
  const reading =
    people === undefined ? await gatherPlatform(root) : await gatherWithPeople(root, people);
  const below = people === undefined ? 'access/' : await peopleFolder(people);
  const { platform } = reading;
  if (!platform)
    return { kind: 'refused', findings: placedBelow(told(reading, inputs.detail), below) };
  needPeople(platform, people);
  const findings = findingsOf(reading, platform, now);
  const hubs = wishesOf(platform, inputs.hubs);
  const { present, unread } = await sources.present(hubs.map(({ hub }) => hub));
  const wishes = hubs.filter(({ hub }) => sources.plansAbsent || present.has(hub));
  const isThere = new Set([...wishes, ...unread].map(({ hub }) => hub));
  const absent = hubs
    .filter(({ hub }) => !isThere.has(hub))
    .map(({ hub, data }): AbsentHub => ({ hub, release: data.adopt?.release ?? '' }));
  const { lists, requests } = await teamsOf(wishes, sources.directory);
  const named = await withLogins(
    {
      wishes,
      people: peopleOf(platform, findings, dayOf(now)),
      teams: lists,
      present,
      book: await sources.names.read(),
      unnamed: new Set(),
      now,
    },
    sources.accounts,
  );
  const { facts, requests: more } = await withAges(named.facts, sources.accounts);
  const theirs = placedBelow(
    findings.filter(({ at }) => at.file.startsWith('access/')),
    below,
  );
  const notices = new Map(wishes.map(({ hub }) => [hub, noticesText(platform, hub)]));
  const plan = decideAccess(facts);
  const asked = requests + named.requests + more;
  const around = { findings: theirs, notices, unread, absent, requests: asked };
  return { kind: 'planned', facts, plan, ...around };
}

/** Files of classes hold ids alone, and names are given by logins. Without GitHub those who have none wait. */
async function withLogins(
  facts: AccessFacts,
  accounts: Logins,
): Promise<{ facts: AccessFacts; requests: number }> {
  const ids = loginsToAsk(facts);
  if (ids.length === 0) return { facts, requests: 0 };
  try {
    const { found, requests } = await accounts.byId(ids);
    const logins = new Map([...facts.people.logins, ...found]);
    return { facts: { ...facts, people: { ...facts.people, logins } }, requests };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { facts: { ...facts, unnamed: new Set(ids) }, requests: 0 };
  }
}

/** How old accounts are that want a name of a hub that was taken over. Whose age nobody says waits. */
async function withAges(
  facts: AccessFacts,
  accounts: Pick<Accounts, 'byLogin'>,
): Promise<{ facts: AccessFacts; requests: number }> {
  const asked = agesToAsk(facts);
  if (asked.size === 0) return { facts, requests: 0 };
  try {
    const { found, requests } = await accounts.byLogin([...asked.values()]);
    const created = [...found.values()].map(({ id, createdAt }): [string, number] => [
      String(id),
      createdAt,
    ]);
    const known = new Map(created);
    const others = [...asked.keys()].filter((id) => !known.has(id));
    const unnamed = new Set([...facts.unnamed, ...others]);
    return { facts: { ...facts, created: known, unnamed }, requests };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return {
      facts: { ...facts, unnamed: new Set([...facts.unnamed, ...asked.keys()]) },
      requests: 0,
    };
  }
}

function told({ findings }: Reading, detail: Detail): Finding[] {
  return detail === 'everybody' ? findings : withoutPeople(findings);
}

/** The plan that was followed, what came of it, and whether all of it is written down. */
export interface MadeTrue {
  plan: AccessPlan;
  results: HubAccessResult[];
  audited: boolean;
}

/**
 * Names go into the branch before any hub hears them. Where they cannot be kept nobody new enters, and everything else
 * goes on.
 */
export async function makeTrue(
  { facts, plan }: Pick<PlannedAccess, 'facts' | 'plan'>,
  world: AccessWorld & AuditWorld,
): Promise<MadeTrue> {
  const book = new Map([...(facts.book ?? []), ...plan.names]);
  const kept = plan.names.size === 0 || (await keepNames(plan, world));
  const followed = kept ? plan : decideAccess({ ...facts, book: undefined });
  const results = await applyAccess(followed, world, book);
  const audited = await writeAudit({ plan: followed, results }, world);
  return { plan: followed, results, audited };
}

async function keepNames({ names }: AccessPlan, world: AccessWorld): Promise<boolean> {
  try {
    await world.names.keep(names);
    return true;
  } catch (error) {
    world.progress(`nobody new enters: ${messageOf(error)}`);
    return false;
  }
}

/** Each hub for itself, before its people. Names those where it could not be written. */
export async function announce(
  { notices }: Pick<PlannedAccess, 'notices'>,
  world: AccessWorld,
): Promise<string[]> {
  const failed = await Promise.all(
    [...notices].map(async ([hub, text]) => {
      try {
        if (await writeNotices(hub, text, world)) world.progress(`${hub}: the notices are written`);
        return [];
      } catch (error) {
        world.progress(`${hub}: the notices are not written: ${messageOf(error)}`);
        return [hub];
      }
    }),
  );
  return failed.flat();
}

/** Names and audit are where people's files are: fails where these are elsewhere, and nobody says where. */
export async function confirmPeople({
  root,
  people,
}: Pick<AccessInputs, 'root' | 'people'>): Promise<void> {
  const { platform } = await gatherPlatform(root);
  if (platform) needPeople(platform, people);
}

/** Without its people's files a platform would seem to let nobody in. */
function needPeople({ settings }: Platform, people: string | undefined): void {
  const { access } = settings.data;
  if (access && people === undefined)
    throw new UsageError(
      `people’s files are in ${access.repository}, and --people is not given`,
      'check that repository out, and name the folder with --people',
    );
}

function findingsOf({ findings }: Reading, platform: Platform, now: number): Finding[] {
  return onePerPlace([...findings, ...runRules({ platform, now, defaults: undefined })]);
}

/** Every hub, where none is named. */
export function hubsAsked(platform: Platform, asked: readonly string[]): string[] {
  return wishesOf(platform, asked).map(({ hub }) => hub);
}

function wishesOf({ environments }: Platform, asked: readonly string[]): HubWish[] {
  for (const hub of asked)
    if (!environments.has(hub))
      throw new UsageError(
        `there is no hub "${hub}", or its file has mistakes`,
        `hubs: ${[...environments.keys()].join(', ')}`,
      );
  return [...environments.values()]
    .filter(({ name }) => asked.length === 0 || asked.includes(name))
    .map(({ name, file, data }) => ({ hub: name, file, data }));
}

/** Nobody is asked where no hub names a team. */
async function teamsOf(
  wishes: readonly HubWish[],
  directory: Directory,
): Promise<{ lists: TeamLists; requests: number }> {
  const named = new Set(wishes.flatMap(({ data }) => mentionsOf(data)).filter(isTeam));
  return named.size === 0 ? { lists: new Map(), requests: 0 } : directory.teams([...named]);
}
