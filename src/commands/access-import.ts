import { dirname, join } from 'node:path';
import { readLogins } from '../core/access/class/logins.ts';
import { loginKey } from '../core/access/class/roster.ts';
import { dayOf, isDay } from '../core/access/days.ts';
import { placeBelow } from '../core/access/findings.ts';
import { importJson, importOf, importText } from '../core/access/import.ts';
import type { ImportResult, ImportTerms } from '../core/access/import.ts';
import { tierEnd } from '../core/access/people.ts';
import { isTeam, teamList } from '../core/access/teams.ts';
import type { Account } from '../core/access/teams.ts';
import type { Platform } from '../core/model/types.ts';
import { fileText, writeWhole } from '../edges/files.ts';
import { makeFolder } from '../edges/make-folder.ts';
import { Failure, UsageError } from '../failure.ts';
import { confirmPeople } from '../flow/access.ts';
import { gatherPlatform, gatherWithPeople, peopleFolder } from '../gather/platform.ts';
import { SCHEMA_VERSION, outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import type { Accounts, Directory } from '../ports/access.ts';

export interface ImportInputs {
  root: string;
  people: string | undefined;
  /** `team:ORG/SLUG`, or a file with logins. */
  from: string | undefined;
  tier: string | undefined;
  until: string | undefined;
  now: number;
}

/** Where accounts are looked up. */
export interface ImportWorld {
  accounts: Accounts;
  directory: Directory;
}

/** A team or a list of logins → a file for each person. Where one is there with another meaning, nothing is written. */
export async function accessImport(inputs: ImportInputs, world: ImportWorld): Promise<Outcome> {
  const { root, people, from } = inputs;
  if (from === undefined)
    throw new UsageError('access import needs --from team:ORG/SLUG, or --from FILE with logins');
  await confirmPeople(inputs);
  const { platform, findings } =
    people === undefined ? await gatherPlatform(root) : await gatherWithPeople(root, people);
  if (!platform) return refused(findings);
  const terms = termsOf(inputs, platform);
  const found = isTeam(from) ? await teamOf(from, world) : await listOf(from, world);
  const { accounts, unknown, skipped } = found;
  const result = importOf(accounts, terms, platform);
  const isClear = result.refused.length === 0;
  if (isClear) await write(inputs, result);
  const written = isClear && result.writes.length > 0;
  const told: ImportResult = { ...result, written, unknown, skipped };
  return outcome({
    exit: isClear ? 0 : 2,
    text: importText(told),
    json: { schema_version: SCHEMA_VERSION, ...importJson(told) },
  });
}

function termsOf({ tier, until, now }: ImportInputs, { settings }: Platform): ImportTerms {
  const { tiers } = settings.data;
  if (tier === undefined || until === undefined || !Object.hasOwn(tiers, tier))
    throw new UsageError(
      'access import needs --tier and --until',
      `tiers: ${Object.keys(tiers).join(', ')}; a last day such as 2027-02-28`,
    );
  const today = dayOf(now);
  const longest = tierEnd({ from: undefined, until: undefined }, tiers[tier]?.until ?? '0d', today);
  if (!/^\d{4}-\d\d-\d\d$/u.test(until) || !isDay(until) || until < today || until > longest)
    throw new UsageError(
      `--until ${until} is no day that ${tier} allows`,
      `write a day from ${today} to ${longest}`,
    );
  return { tier, until };
}

type Found = Pick<ImportResult, 'unknown' | 'skipped'> & { accounts: Account[] };

async function teamOf(team: string, { directory }: ImportWorld): Promise<Found> {
  const { lists } = await directory.teams([team]);
  const list = teamList(lists, team);
  if (list.kind === 'unknown')
    throw new Failure(`${team} is not known in full: ${list.why}`, {
      hint: 'the token must be allowed to read members of the organisation',
    });
  return { accounts: [...list.members], unknown: [], skipped: [] };
}

async function listOf(file: string, { accounts }: ImportWorld): Promise<Found> {
  const { logins, skipped } = readLogins(await fileText(file));
  const { found } = await accounts.byLogin(logins);
  const unknown = logins.filter((login) => !found.has(loginKey(login)));
  return {
    accounts: [...found.values()].map(({ id, login }) => ({ id: String(id), login })),
    unknown,
    skipped: skipped.filter(({ why }) => why === 'no-login').map(({ line }) => line),
  };
}

async function write(
  { root, people }: ImportInputs,
  { writes }: Pick<ImportResult, 'writes'>,
): Promise<void> {
  const below = people === undefined ? 'access/' : await peopleFolder(people);
  for (const { change } of writes) {
    const path = join(people ?? root, placeBelow(change.path, below));
    await makeFolder(dirname(path));
    await writeWhole(path, change.text ?? '');
  }
}
