import type { FoundAccounts } from '../core/access/class/roster.ts';
import type { Audit, AuditLine } from '../core/access/audit/line.ts';
import type { Commit, Written } from '../core/access/audit/origin.ts';
import type { NameBook } from '../core/access/names.ts';
import type { TeamLists } from '../core/access/teams.ts';
import type { Who } from '../core/model/types.ts';

/* What access needs of the outside: the same kind of interfaces as in `src/ports.ts`. */

/** Who is in which team of an organisation. */
export interface Directory {
  /** Teams that cannot be read in full are unknown, each with why; `requests`: how often somebody was asked. */
  teams(wanted: readonly Who[]): Promise<{ lists: TeamLists; requests: number }>;
}

/** Where names in hubs are given once and for all: a branch with one file for each id. */
export interface NameKeeper {
  /** Undefined where it is damaged: then nobody can say whose a name is. */
  read(): Promise<NameBook | undefined>;
  /** Adds names, or claims to names. Fails where somebody else wrote meanwhile. */
  keep(names: NameBook): Promise<void>;
}

/** What accounts are called. */
export interface Logins {
  /** By id; who has no account any more is missing. `requests`: how often somebody was asked. */
  byId(ids: readonly string[]): Promise<{ found: ReadonlyMap<string, string>; requests: number }>;
}

/** Accounts by their logins. */
export interface Accounts {
  /** Those that there are; `requests`: how often somebody was asked. */
  byLogin(logins: readonly string[]): Promise<{ found: FoundAccounts; requests: number }>;
}

/** Where each effect on a person is written down: a branch that only grows. */
export interface AuditKeeper {
  read(): Promise<Audit>;
  /** Fails where somebody else wrote meanwhile. */
  append(lines: readonly AuditLine[]): Promise<void>;
}

/** What git knows of people's files. */
export interface FileHistory {
  /** The newest commit that changed it; undefined where there is none, or the clone is too shallow to say. */
  newest(file: Written): Promise<Commit | undefined>;
}

/** Names and audit together, for whoever is to be erased from both. */
export interface Erasure {
  read(): Promise<{ book: NameBook | undefined; audit: Audit }>;
  /** Both anew, without what stood there before; all or nothing. */
  restart(whole: { book: NameBook; lines: readonly AuditLine[] }): Promise<void>;
}
