import type { Duration, Platform } from '../../model/types.ts';
import { isDay } from '../days.ts';
import type { Day } from '../days.ts';
import { tierEnd } from '../people.ts';
import { CLASS_LABELS, classHubs } from './class-form.ts';

/** A class that somebody asks for, and leads. */
export interface AskedClass {
  kind: 'class';
  slug: string;
  title: string;
  hub: string;
  tier: string;
  image: string;
  from: Day;
  until: Day;
  /** Members at most. */
  people: number;
}

/** Name of a cohort's file. */
export const COHORT = /^(?=.{1,32}$)[a-z](-?[a-z0-9])*$/u;

export const CLASS_FIELDS = Object.values(CLASS_LABELS);

const DAY = /^\d{4}-\d\d-\d\d$/u;
const MOST_PEOPLE = 1000;
const MOST_TITLE = 80;

type ClassField = keyof typeof CLASS_LABELS;
const NAMES: readonly string[] = Object.keys(CLASS_LABELS);

/** Fields of the form for classes, but rules and text; or the label of the one that is not as it must be. */
export function classOf(
  values: readonly string[],
  files: Pick<Platform, 'settings' | 'environments'>,
): AskedClass | string {
  const field = (name: ClassField): string => values[NAMES.indexOf(name)] ?? '';
  const asked: AskedClass = {
    kind: 'class',
    slug: field('slug'),
    title: field('title'),
    hub: field('hub'),
    tier: field('tier'),
    image: field('image'),
    from: field('from'),
    until: field('until'),
    people: /^[1-9]\d{0,3}$/u.test(field('people')) ? Number(field('people')) : 0,
  };
  const hub = classHubs(files).find(({ name }) => name === asked.hub);
  const longest = files.settings.data.tiers[asked.tier]?.until ?? '0d';
  const checks: [ClassField, boolean | undefined][] = [
    ['slug', COHORT.test(asked.slug)],
    ['title', isTitle(asked.title)],
    ['hub', hub !== undefined],
    ['tier', hub?.tiers.includes(asked.tier)],
    ['image', hub?.images.includes(asked.image)],
    ['from', isWritten(asked.from)],
    ['until', isEnd(asked, longest)],
    ['people', asked.people > 0 && asked.people <= MOST_PEOPLE],
  ];
  const wrong = checks.find(([, isRight]) => isRight !== true);
  return wrong === undefined ? asked : CLASS_LABELS[wrong[0]];
}

function isEnd({ from, until }: AskedClass, longest: Duration): boolean {
  if (!isWritten(from) || !isWritten(until)) return false;
  return until >= from && until <= tierEnd({ from, until }, longest, from);
}

function isWritten(day: string): boolean {
  return DAY.test(day) && isDay(day);
}

function isTitle(title: string): boolean {
  const isOneLine = title !== '' && title !== '_No response_' && !/[\n\t]/u.test(title);
  return isOneLine && Array.from(title).length <= MOST_TITLE;
}
