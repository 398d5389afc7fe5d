import type { Finding } from '../finding.ts';
import { seconds } from '../model/quantities.ts';
import type { CohortFile, Doc, MemberFile, Platform, Who } from '../model/types.ts';
import { daysAfter } from './days.ts';
import type { Day, Span } from './days.ts';

/** What somebody belongs to, for how long, and the file or team that says so. */
export interface Affiliation extends Span {
  who: Who;
  why: string;
}

/** The exact number of people who are meant to lose access at once, of a hub or a team. */
export interface MeantRemoval {
  from: string;
  count: number;
}

/** Who leads a class. No file can write such a group: it is no `Who` of a schema. */
export const LEADS = 'leads:';

/** What the people's files say. Ids are GitHub's, as text. */
export interface People {
  affiliations: ReadonlyMap<string, readonly Affiliation[]>;
  /** Logins as files write them: to give names by, never to know somebody by. */
  logins: ReadonlyMap<string, string>;
  /** Files with mistakes: who was let in by them stays as they are. */
  unreadable: { ids: ReadonlySet<string>; cohorts: ReadonlySet<string>; limits: boolean };
  removals: readonly MeantRemoval[];
  protected: ReadonlySet<string>;
}

/** A tier's longest time ends access, whatever day a file writes. */
export function tierEnd(span: Span, tier: string, today: Day): Day {
  const days = Math.floor(seconds(tier) / 86_400);
  return daysAfter(span.from ?? today, days);
}

/** Files with errors do not count; whom they are about is remembered. */
export function peopleOf(platform: Platform, findings: readonly Finding[], today: Day): People {
  const collected = new Collector(platform, brokenFiles(findings), today);
  for (const member of platform.members.values()) collected.member(member);
  for (const cohort of platform.cohorts.values()) collected.cohort(cohort);
  for (const name of platform.names.get('member') ?? [])
    if (!platform.members.has(name)) collected.unreadableIds.add(name);
  for (const name of platform.names.get('cohort') ?? [])
    if (!platform.cohorts.has(name)) collected.unreadableCohorts.add(name);
  return collected.people();
}

function brokenFiles(findings: readonly Finding[]): Set<string> {
  return new Set(findings.filter(({ severity }) => severity === 'error').map(({ at }) => at.file));
}

class Collector {
  readonly unreadableIds = new Set<string>();
  readonly unreadableCohorts = new Set<string>();
  readonly #platform: Platform;
  readonly #broken: ReadonlySet<string>;
  readonly #today: Day;
  readonly #affiliations = new Map<string, Affiliation[]>();
  readonly #logins = new Map<string, string>();

  constructor(platform: Platform, broken: ReadonlySet<string>, today: Day) {
    this.#platform = platform;
    this.#broken = broken;
    this.#today = today;
  }

  member(doc: Doc<MemberFile>): void {
    const { id, login, tier, from, until } = doc.data;
    if (this.#broken.has(doc.file)) {
      this.unreadableIds.add(doc.name).add(String(id));
      return;
    }
    if (login !== undefined) this.#logins.set(String(id), login);
    const span = this.#limited({ from, until }, tier);
    this.#add(id, { who: `tier:${tier}`, why: doc.file, ...span });
  }

  /** Whoever answers for a cohort is in it. */
  cohort(doc: Doc<CohortFile>): void {
    const { leads, members, tier, from, until } = doc.data;
    if (this.#broken.has(doc.file)) {
      this.unreadableCohorts.add(doc.name);
      return;
    }
    const span = this.#limited({ from, until }, tier);
    for (const id of new Set([...leads, ...members]))
      for (const who of [`tier:${tier}`, `cohort:${doc.name}`])
        this.#add(id, { who, why: doc.file, ...span });
    for (const id of leads) this.#add(id, { who: `${LEADS}${doc.name}`, why: doc.file, ...span });
  }

  people(): People {
    const { accessRemovals, names } = this.#platform;
    const limits = accessRemovals && !this.#broken.has(accessRemovals.file) && accessRemovals.data;
    return {
      affiliations: this.#affiliations,
      logins: this.#logins,
      unreadable: {
        ids: this.unreadableIds,
        cohorts: this.unreadableCohorts,
        limits: limits === undefined ? names.has('access-removals') : limits === false,
      },
      removals: limits ? limits.removals : [],
      protected: new Set((limits ? limits.protected : []).map(String)),
    };
  }

  #limited(span: { from: Day | undefined; until: Day }, tier: string): Span {
    const longest = this.#platform.settings.data.tiers[tier];
    if (!longest) return span;
    const end = tierEnd(span, longest.until, this.#today);
    return { from: span.from, until: end < span.until ? end : span.until };
  }

  #add(id: number, affiliation: Affiliation): void {
    const key = String(id);
    this.#affiliations.set(key, [...(this.#affiliations.get(key) ?? []), affiliation]);
  }
}
