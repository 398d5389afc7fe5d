import { parseEvents, YAMLException } from 'js-yaml';
import type { Event } from 'js-yaml';
import { brackets } from './brackets.ts';
import { colons } from './colons.ts';
import { copied, indentation } from './copied.ts';
import { quotes, unquoted } from './quotes.ts';
import { slipIn } from './slips.ts';
import type { Suspect } from './suspect.ts';
import { failureWords } from './words.ts';

/** A mistake, and the text that its offset counts in: the one from outside, with the mistakes before it mended. */
export type Mistake = Pick<Suspect, 'offset' | 'message' | 'hint'> & { text: string };

export interface Parsed {
  /** The text from outside, or what it becomes when its mistakes are mended; lines are the same. */
  text: string;
  /** Undefined where it cannot be mended. */
  events: readonly Event[] | undefined;
  mistakes: readonly Mistake[];
}

type Attempt = { events: readonly Event[] } | { failsAt: number; reason: string };

/** Somebody who makes more mistakes than these sees the rest next time. */
const MOST_MISTAKES = 20;
/** Looking for the cause of a mistake takes many readings: a longer text was written by no person. */
const LONGEST_MENDED = 20_000;
const MOST_READ = 500_000;

/** A text as events of YAML, with every mistake in it: one that is found is mended, and reading goes on. */
export function eventsOf(written: string): Parsed {
  const mistakes: Mistake[] = [];
  let text = written;
  for (let count = 0; count < MOST_MISTAKES; count += 1) {
    const tried = attempt(text);
    const events = 'events' in tried ? tried.events : undefined;
    const mistake = 'events' in tried ? slipIn(text, tried.events) : causeOf(text, tried);
    if (!mistake) {
      if ('reason' in tried)
        mistakes.push({ text, offset: tried.failsAt, ...failureWords(tried.reason) });
      return { text, events, mistakes };
    }
    mistakes.push({ ...mistake, text });
    text = mistake.mended;
  }
  return { text, events: undefined, mistakes };
}

function attempt(text: string): Attempt {
  try {
    return { events: [...parseEvents(text, {})] };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    return { failsAt: error.mark?.position ?? 0, reason: error.reason };
  }
}

/**
 * What somebody did, where the parser says only where it gave up: of all that may be meant, the first that makes the
 * text YAML. Where there are several mistakes, the uppermost that makes the text YAML up to its own line.
 */
function causeOf(text: string, { failsAt }: { failsAt: number }): Suspect | undefined {
  if (text.length > LONGEST_MENDED) return undefined;
  const suspects = upTo(MOST_READ / text.length, suspectsIn(text, failsAt));
  const sure = suspects.filter(({ isSure }) => isSure);
  if (sure.length > 0) return sure.find(({ mended }) => isYaml(mended)) ?? sure[0];
  const whole = suspects.find(({ mended }) => isYaml(mended));
  if (whole) return whole;
  return suspects.filter((one) => isCauseUpTo(text, one)).sort((a, b) => a.offset - b.offset)[0];
}

function* suspectsIn(text: string, failsAt: number): Generator<Suspect> {
  yield* copied(text);
  yield* quotes(text);
  yield* brackets(text);
  yield* colons(text);
  yield* unquoted(text);
  yield* indentation(text, failsAt);
}

function upTo<T>(most: number, all: Iterable<T>): T[] {
  const taken: T[] = [];
  for (const one of all) {
    if (taken.length >= most) break;
    taken.push(one);
  }
  return taken;
}

function isYaml(text: string): boolean {
  return 'events' in attempt(text);
}

function isCauseUpTo(text: string, { mended, until }: Suspect): boolean {
  const line = text.slice(0, until).split('\n').length;
  const upTo = (whole: string): string => `${whole.split('\n').slice(0, line).join('\n')}\n`;
  return !isYaml(upTo(text)) && isYaml(upTo(mended));
}
