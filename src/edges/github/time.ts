import { GithubRefused } from './answer.ts';
import type { Answer } from './answer.ts';

/** Milliseconds since 1970 of a time in an answer. */
export function timeIn(item: Answer, path: string): number {
  const time = Date.parse(item.text(path));
  if (Number.isNaN(time))
    throw new GithubRefused(`GitHub gave a time that is none in ${path}`, {
      hint: 'try again later; if it stays, report it',
    });
  return time;
}
