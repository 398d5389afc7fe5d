import { placeBelow } from '../core/access/findings.ts';
import { join } from 'node:path';
import { readLogins } from '../core/access/class/logins.ts';
import { rosterOf } from '../core/access/class/roster.ts';
import { classJson, classText } from '../core/access/class/text.ts';
import type { ClassResult } from '../core/access/class/text.ts';
import { dayOf } from '../core/access/days.ts';
import { withMembers } from '../core/access/request/change.ts';
import type { Detail } from '../core/access/text.ts';
import type { Reading } from '../core/model/platform.ts';
import type { Finding } from '../core/finding.ts';
import type { CohortFile, Doc, Platform } from '../core/model/types.ts';
import { fileText, writeWhole } from '../edges/files.ts';
import { Failure, UsageError } from '../failure.ts';
import { gatherPlatform, gatherWithPeople, peopleFolder } from '../gather/platform.ts';
import { SCHEMA_VERSION, outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import type { Accounts } from '../ports/access.ts';

export interface ClassInputs {
  root: string;
  /** A checkout of the access repository, where people's files are not here. */
  people: string | undefined;
  slug: string | undefined;
  /** File with logins. */
  logins: string | undefined;
  now: number;
  detail: Detail;
}

/** A list of logins → the ids in a class's file. More people than it has places: nothing is written. */
export async function accessClass(inputs: ClassInputs, accounts: Accounts): Promise<Outcome> {
  const { root, people, slug, logins, now, detail } = inputs;
  if (slug === undefined || logins === undefined)
    throw new UsageError('access class needs a class and --logins FILE');
  const reading =
    people === undefined ? await gatherPlatform(root) : await gatherWithPeople(root, people);
  const { platform } = reading;
  if (!platform) return refused(reading.findings);
  needPeople(platform, people);
  const below = people === undefined ? 'access/' : await peopleFolder(people);
  const cohort = openClass({ ...reading, platform, below }, slug, now);
  const list = readLogins(await fileText(logins));
  const { found, requests } = await accounts.byLogin(list.logins);
  const roster = rosterOf(list.logins, found, cohort.data, now);
  const { capacity } = cohort.data;
  const isFull = roster.members.length > capacity;
  const written = !isFull && roster.comes.length > 0;
  if (written) await write(inputs, reading, cohort, roster.members);
  const { file } = cohort;
  const { skipped } = list;
  const result: ClassResult = { slug, file, roster, skipped, capacity, written, requests };
  return outcome({
    exit: isFull ? 2 : 0,
    text: classText(result, detail),
    json: { schema_version: SCHEMA_VERSION, ...classJson(result, detail) },
  });
}

function needPeople({ settings }: Platform, people: string | undefined): void {
  if (settings.data.access && people === undefined)
    throw new UsageError(
      `people’s files are in ${settings.data.access.repository}, and --people is not given`,
      'check that repository out, and name the folder with --people',
    );
}

interface Classes {
  platform: Platform;
  findings: readonly Finding[];
  below: 'access/' | '';
}

function openClass(
  { platform, findings, below }: Classes,
  slug: string,
  now: number,
): Doc<CohortFile> {
  const { cohorts } = platform;
  const cohort = cohorts.get(slug);
  if (!cohort) {
    const file = `access/cohorts/${slug}.yaml`;
    const broken = findings.find(({ at }) => at.file === file);
    if (broken) {
      const place = placeBelow(file, below);
      throw new UsageError(`${place}:${broken.at.line}: ${broken.message}`, broken.hint);
    }
    throw new UsageError(
      `there is no class "${slug}"`,
      `classes: ${[...cohorts.keys()].join(', ')}`,
    );
  }
  if (cohort.data.until < dayOf(now))
    throw new UsageError(
      `the class ended on ${cohort.data.until}`,
      'give it a later `until:` first',
    );
  return cohort;
}

async function write(
  { root, people }: ClassInputs,
  { sources }: Reading,
  { file }: Doc<CohortFile>,
  members: readonly number[],
): Promise<void> {
  const source = sources.get(file);
  const change = source && withMembers(source, members);
  if (change?.text === undefined || change.text === null)
    throw new Failure(`members cannot be written into ${file}`, {
      hint: 'write `members:` as a list, one id a line',
      exit: 2,
    });
  const path =
    people === undefined
      ? join(root, file)
      : join(people, placeBelow(file, await peopleFolder(people)));
  await writeWhole(path, change.text);
}
