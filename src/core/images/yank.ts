import { compareText } from '../json.ts';
import type { ImageBuild, ImageLockFile } from '../model/types.ts';
import { isTested } from './decide.ts';

/** A lock before it has its checksum. */
export type LockContent = Omit<ImageLockFile, 'checksum'>;

type Channel = keyof ImageLockFile['channels'];

/** `to` is undefined where no build is left that is good enough: the channel names none any more. */
export interface ChannelMove {
  channel: Channel;
  from: string;
  to: string | undefined;
}

export type YankDecision =
  | { kind: 'unknown' }
  /** It was withdrawn before, for this reason. */
  | { kind: 'already'; why: string }
  | { kind: 'yanked'; lock: LockContent; digest: string; moves: ChannelMove[] };

/** What a lock becomes when a build is withdrawn: each channel that named it goes back to its last good build. */
export function yankBuild(
  { recipe, builds, channels }: ImageLockFile,
  name: string,
  why: string,
  registry: string,
): YankDecision {
  const build = new Map(Object.entries(builds)).get(name);
  if (!build) return { kind: 'unknown' };
  if (build.yanked !== undefined) return { kind: 'already', why: build.yanked };
  const rest: Builds = { ...builds, [name]: { ...build, yanked: why } };
  const moves: ChannelMove[] = [];
  if (channels.candidate === name)
    moves.push({ channel: 'candidate', from: name, to: newestGood(rest, registry) });
  if (channels.stable === name)
    moves.push({ channel: 'stable', from: name, to: lastPromoted(rest, registry) });
  return {
    kind: 'yanked',
    lock: { recipe, builds: rest, channels: moved(channels, moves) },
    digest: build.digest,
    moves,
  };
}

type Builds = ImageLockFile['builds'];

/** The newest build that a channel may name. */
function newestGood(builds: Builds, registry: string): string | undefined {
  return goodBuilds(builds, registry)
    .map(([name]) => name)
    .sort(compareText)
    .at(-1);
}

/** Stable never gets what it never had: that is for a promotion. */
function lastPromoted(builds: Builds, registry: string): string | undefined {
  return goodBuilds(builds, registry)
    .flatMap(([name, { promoted }]) => (promoted === undefined ? [] : [{ name, promoted }]))
    .sort((a, b) => compareText(a.promoted, b.promoted))
    .at(-1)?.name;
}

function goodBuilds(builds: Builds, registry: string): [string, ImageBuild][] {
  return Object.entries(builds).filter(([, build]) => isGood(build, registry));
}

/** Tested, not withdrawn, and where hubs pull from. */
export function isGood({ tests, yanked, registry: where }: ImageBuild, registry: string): boolean {
  return isTested(tests) && yanked === undefined && (where === undefined || where === registry);
}

function moved(
  channels: ImageLockFile['channels'],
  moves: readonly ChannelMove[],
): ImageLockFile['channels'] {
  const names = new Map<string, string | undefined>(Object.entries(channels));
  for (const { channel, to } of moves) names.set(channel, to);
  const [candidate, stable] = [names.get('candidate'), names.get('stable')];
  return { ...(candidate !== undefined && { candidate }), ...(stable !== undefined && { stable }) };
}
