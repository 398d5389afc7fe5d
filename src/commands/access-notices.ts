import { withoutPeople } from '../core/access/findings.ts';
import { UsageError } from '../failure.ts';
import { tellEnds } from '../flow/access-notices.ts';
import { gatherPlatform, gatherWithPeople } from '../gather/platform.ts';
import { SCHEMA_VERSION, outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import type { RequestDesk } from '../ports/requests.ts';

export interface NoticeInputs {
  root: string;
  people: string | undefined;
  now: number;
}

/** Every night: who is to hear that access ends. Prints numbers only. */
export async function accessNotices(
  { root, people, now }: NoticeInputs,
  desk: RequestDesk,
): Promise<Outcome> {
  const { platform, findings } =
    people === undefined ? await gatherPlatform(root) : await gatherWithPeople(root, people);
  if (!platform) return refused(withoutPeople(findings));
  if (platform.settings.data.access && people === undefined)
    throw new UsageError('people’s files are elsewhere, and --people is not given');
  const { soon, ended } = await tellEnds(platform, desk, now);
  return outcome({
    exit: 0,
    text: `${soon} end soon, ${ended} have ended\n`,
    json: { schema_version: SCHEMA_VERSION, soon, ended },
  });
}
