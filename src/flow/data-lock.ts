import pMap from 'p-map';
import { addressesOf } from '../core/data/wanted.ts';
import type { Wanted } from '../core/data/wanted.ts';
import { surveyOf } from '../core/data/survey.ts';
import type { Found, Survey } from '../core/data/survey.ts';
import type { DataFile } from '../core/model/data-types.ts';
import type { Clock } from '../ports.ts';
import type { FileServers } from '../ports/data.ts';

export interface LockWorld {
  servers: FileServers;
  clock: Pick<Clock, 'sleep'>;
  progress: (text: string) => void;
}

/** OGGM's data lie on one server of a university. */
const PARALLEL = 2;
const TRIES = 5;
const LONGEST_WAIT_S = 60;
const SAY_EVERY = 25;

/** Asks servers for every file of a set, mirrors first. */
export async function surveySet(
  name: string,
  { wanted, mirrors }: { wanted: readonly Wanted[]; mirrors: DataFile['mirrors'] },
  world: LockWorld,
): Promise<Survey> {
  const found = new Map<string, Found>();
  await pMap(
    wanted,
    async ({ url }) => {
      found.set(url, await askAll(addressesOf(url, mirrors), world));
      if (found.size % SAY_EVERY === 0 || found.size === wanted.length)
        world.progress(`${name}: ${found.size} of ${wanted.length} files asked for`);
    },
    { concurrency: PARALLEL },
  );
  return surveyOf(wanted, (url) => found.get(url));
}

/** The first address that has the file counts; it is absent only where each says so. */
async function askAll(addresses: readonly string[], world: LockWorld): Promise<Found> {
  let last: Found = { kind: 'absent' };
  for (const address of addresses) {
    const answer = await askPatiently(address, world);
    if (answer.kind === 'size') return answer;
    if (answer.kind === 'fault') last = answer;
  }
  return last;
}

async function askPatiently(url: string, { servers, clock }: LockWorld): Promise<Found> {
  for (let tried = 1; ; tried += 1) {
    const answer = await servers.ask(url);
    if (answer.kind !== 'busy') return answer;
    if (tried === TRIES) return { kind: 'fault', why: `${answer.why}, ${TRIES} times` };
    const wait = Math.min(Math.max(2 ** tried, answer.wait ?? 0), LONGEST_WAIT_S);
    await clock.sleep(wait * 1000);
  }
}
