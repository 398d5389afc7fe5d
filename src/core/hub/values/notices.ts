import type { Withdrawn } from '../../images/withdrawn.ts';
import type { HubContext, Part } from './part.ts';

/** What the hub's pages tell everybody, and whether servers may start. A new notice restarts nothing. */
export function noticesPart({ withdrawn }: HubContext): Part {
  const announcement = withdrawn.map(withdrawnText).join(' ');
  return { glaciocloud: { notices: { v: 1, announcement, spawning: { open: true } } } };
}

function withdrawnText({ title, build, why, isOffered }: Withdrawn): string {
  const next = isOffered
    ? 'stop yours and start it again to get the last good one'
    : 'until there is another, no server starts with this image';
  const what = `The image “${title}” of ${build.slice(0, 10)} was withdrawn (${why})`;
  return `${what}: servers that run it go on; ${next}.`;
}
