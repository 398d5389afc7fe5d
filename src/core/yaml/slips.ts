import { EVENT_ID, SCALAR_STYLE } from 'js-yaml';
import type { Event, ScalarEvent } from 'js-yaml';
import { ODD_SPACE, oddSpace } from './copied.ts';
import { CURLY, curly, strayQuote } from './quotes.ts';
import { spaceAfter } from './colons.ts';
import type { Suspect } from './suspect.ts';

/** The first thing that YAML takes without a word, and that nobody means. */
export function slipIn(text: string, events: readonly Event[]): Suspect | undefined {
  for (const [index, event] of events.entries()) {
    if (event.type !== EVENT_ID.SCALAR || event.style !== SCALAR_STYLE.PLAIN) continue;
    const slip = event.valueStart < 0 ? undefined : slipOf(text, event, events[index + 1]);
    if (slip) return slip;
  }
  return undefined;
}

const INVISIBLE = /[\u200B\u2060\uFEFF]/u;
const ODD_EDGE = new RegExp(
  `^${ODD_SPACE.source}|${ODD_SPACE.source}$|(?<=:)${ODD_SPACE.source}`,
  'u',
);

function slipOf(text: string, event: ScalarEvent, next: Event | undefined): Suspect | undefined {
  const { valueStart: start, valueEnd: end } = event;
  const raw = text.slice(start, end);
  const odd = INVISIBLE.exec(raw) ?? ODD_EDGE.exec(raw);
  if (odd) return oddSpace(text, start + odd.index);
  if (CURLY.includes(raw[0] ?? '') && isWrapped(raw)) return curly(text, start);
  if (/^[^"]*[\p{L}.!?)]"$/u.test(raw) && !isKey(text, end)) return strayQuote(text, end - 1);
  const key = /^[A-Za-z][\w-]*(?=:[^\s/])/u.exec(raw);
  const isAlone = next?.type === EVENT_ID.SCALAR && next.valueStart < 0;
  return key && isAlone ? spaceAfter(text, start, start + key[0].length) : undefined;
}

/** A name that ends with a quote may be meant: programs make such keys. */
function isKey(text: string, end: number): boolean {
  return /^ *:(?:\s|$)/u.test(text.slice(end, end + 40));
}

/** All of it stands in curly quotes, or it was torn apart at a comma inside them. */
function isWrapped(raw: string): boolean {
  const rest = raw.slice(1);
  return new RegExp(`["'${CURLY}]$`, 'u').test(rest) || !new RegExp(`["${CURLY}]`, 'u').test(rest);
}
