import type { CohortFile } from '../../model/types.ts';

/** An account of GitHub under a login. */
export interface FoundAccount {
  id: number;
  /** As GitHub writes it. */
  login: string;
  /** What the person calls themselves; undefined where they say nothing. */
  name: string | undefined;
  /** Milliseconds since 1970. */
  createdAt: number;
}

/** By login in small letters; a login that nobody has is not in it. */
export type FoundAccounts = ReadonlyMap<string, FoundAccount>;

/** Somebody on a list for a class. */
export interface Listed extends FoundAccount {
  /** Younger than accounts of people who are known to others. */
  isYoung: boolean;
}

/** What a list of logins means for a class. */
export interface Roster {
  comes: readonly Listed[];
  already: readonly Listed[];
  /** Logins that nobody has: mistyped, or renamed since. */
  unknown: readonly string[];
  /** Logins that stand there once more, in other letters or not. */
  doubled: readonly string[];
  /** The class's members afterwards, by id. */
  members: readonly number[];
}

/** Accounts that are younger are shown as such. */
const YOUNG_DAYS = 30;
const DAY_MS = 86_400_000;

export function loginKey(login: string): string {
  return login.toLowerCase();
}

/** Who of a list comes into a class. Its leads are in it already. */
export function rosterOf(
  logins: readonly string[],
  accounts: FoundAccounts,
  { members, leads }: Pick<CohortFile, 'members' | 'leads'>,
  now: number,
): Roster {
  const seen = new Set<string>();
  const [comes, already]: [Listed[], Listed[]] = [[], []];
  const [unknown, doubled]: [string[], string[]] = [[], []];
  for (const login of logins) {
    const account = accounts.get(loginKey(login));
    if (seen.has(loginKey(login))) doubled.push(login);
    else if (!account) unknown.push(login);
    else {
      const isIn = members.includes(account.id) || leads.includes(account.id);
      const isYoung = now - account.createdAt < YOUNG_DAYS * DAY_MS;
      (isIn ? already : comes).push({ ...account, isYoung });
    }
    seen.add(loginKey(login));
  }
  const all = [...members, ...comes.map(({ id }) => id)];
  return { comes, already, unknown, doubled, members: all };
}
