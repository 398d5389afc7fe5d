import { HOLD_DAYS, WEEKLY_REBUILD_DAY } from '../model/limits.ts';
import type { Doc, ImageFile, ImageLockFile } from '../model/types.ts';
import { isGood } from './yank.ts';

const DAY_MS = 86_400_000;

export interface RefreshFacts {
  now: number;
  /** The platform's registry. */
  registry: string;
  /** Whether a hub of a candidate wave offers the image. */
  tried: boolean;
  /** How long a candidate is tried, in seconds. */
  soak: number;
  /** Something speaks against the candidate, such as an open issue. */
  troubled: boolean;
  /** A person asked for this very image. */
  named: boolean;
}

/** Whether an image is resolved again now, or why not. */
export type Due =
  | { kind: 'due' }
  | { kind: 'never' }
  /** It is not its day. */
  | { kind: 'weekly' }
  /** Its candidate is being tried: one that moves every night would never be promoted. */
  | { kind: 'held'; build: string };

export function decideRefresh(
  rebuild: ImageFile['rebuild'],
  lock: ImageLockFile | undefined,
  facts: RefreshFacts,
): Due {
  if (rebuild === 'never') return { kind: 'never' };
  const today = new Date(facts.now).getUTCDay();
  if (rebuild === 'weekly' && !facts.named && today !== WEEKLY_REBUILD_DAY)
    return { kind: 'weekly' };
  const held = lock && heldBuild(lock, facts);
  return held === undefined ? { kind: 'due' } : { kind: 'held', build: held };
}

/** A build that cannot soak, because its hubs do not come to run it, is not waited for without end. */
function heldBuild({ builds, channels }: ImageLockFile, facts: RefreshFacts): string | undefined {
  const { candidate, stable } = channels;
  const build = candidate === undefined ? undefined : builds[candidate];
  if (candidate === undefined || build === undefined || candidate === stable) return undefined;
  if (build.promoted !== undefined || !isGood(build, facts.registry)) return undefined;
  if (!facts.tried || facts.troubled) return undefined;
  const built = Date.parse(candidate.slice(0, 10));
  const longest = built + facts.soak * 1000 + HOLD_DAYS * DAY_MS;
  // A day that is still to come was written by a clock that was wrong.
  return built <= facts.now && facts.now < longest ? candidate : undefined;
}

/** In words, for people and JSON. */
export function notDueText(due: Exclude<Due, { kind: 'due' }>): string {
  switch (due.kind) {
    case 'never':
      return 'its file says that it is never rebuilt';
    case 'weekly':
      return 'it is rebuilt on Mondays';
    case 'held':
      return `${due.build} is being tried: the next build waits until it is promoted or has failed`;
  }
}

type Image = Pick<Doc<ImageFile>, 'name' | 'data'>;

/** Images that can be built side by side, in order: one that is built on another of them comes after it. */
export function buildRounds<T extends Image>(images: readonly T[], registry: string): T[][] {
  const rounds: T[][] = [];
  let left = [...images];
  while (left.length > 0) {
    const open = new Set(left.map(({ name }) => `${registry}/${name}`));
    const ready = left.filter(({ data }) => !open.has(data.from?.image ?? ''));
    // What is built on itself can only be built as it stands.
    const round = ready.length > 0 ? ready : left;
    rounds.push(round);
    left = left.filter((one) => !round.includes(one));
  }
  return rounds;
}
