import type { Platform } from '../../model/types.ts';
import type { Source } from '../../source.ts';
import type { TeamLists } from '../teams.ts';

/** Somebody on GitHub. The id stays when the login is renamed. */
export interface Author {
  id: number;
  login: string;
  isBot: boolean;
}

/** An issue as GitHub has it now. Times are milliseconds since 1970. */
export interface RequestIssue {
  number: number;
  author: Author;
  body: string;
  isOpen: boolean;
  isPull: boolean;
  createdAt: number;
}

/** A comment as GitHub has it now. */
export interface RequestComment {
  author: Author;
  body: string;
  createdAt: number;
  updatedAt: number;
}

/** The one open pull request from the branch of a request. */
export interface ShownPull {
  number: number;
  /** Address of its page. */
  url: string;
  head: string;
  /** When its newest commit was made. */
  headAt: number;
  /** Its files; null is one that it takes away. */
  files: ReadonlyMap<string, string | null>;
}

/** Where a request stands. */
export const STATES = [
  'invalid',
  'needs-review',
  'on-hold',
  'approved',
  'active',
  'denied',
  'withdrawn',
  'revoked',
  'expired',
] as const;
export type RequestState = (typeof STATES)[number];

/** Everything that decides what becomes of an issue or a comment. */
export interface RequestFacts {
  issue: RequestIssue;
  /** Undefined where the issue itself was opened or edited. */
  comment: RequestComment | undefined;
  /** The default branch, with people's files. */
  platform: Platform;
  /** Texts of the files, by path. */
  sources: ReadonlyMap<string, Pick<Source, 'file' | 'text'>>;
  teams: TeamLists;
  pull: ShownPull | undefined;
  /** An older open request of the same account. */
  older: number | undefined;
  accountSince: number;
  /** What our own comment on the issue said last. */
  said: RequestState | undefined;
  now: number;
}
