import type { JsonObject } from '../json.ts';
import type { Plan } from '../plan/plan.ts';
import { plural } from './findings.ts';

/** What a platform is made of; everything else is counted beside it. */
const SUBJECT = 'hub';

/** What a step does to its subject, by its sign: of one, of several; worst first. */
const MOVES = [
  ['−', 'goes', 'go'],
  ['→', 'is taken over', 'are taken over'],
  ['~', 'changes', 'change'],
  ['+', 'comes', 'come'],
] as const;

/** How many of what a plan is about: the same in every view. */
interface Counts {
  /** Hubs that go, are taken over, change or come. */
  hubs: number;
  /** Hubs that stay as they are. */
  unchanged: number;
  /** Things by their names, each once in however many steps; other steps, where these name no such things. */
  others: { noun: string; count: number }[];
}

function countsOf({ steps, unchanged }: Plan): Counts {
  const names = new Map<string, Set<string>>();
  const add = (noun: string, name: string): void => {
    names.set(noun, (names.get(noun) ?? new Set()).add(name));
  };
  const things = steps.flatMap(({ touched }) => touched);
  const named = new Set([SUBJECT, ...things.map(({ noun }) => noun)]);
  for (const { noun, id } of steps) if (!named.has(noun)) add(noun, id);
  for (const { noun, name } of things) add(noun, name);
  return {
    hubs: steps.filter(({ noun }) => noun === SUBJECT).length,
    unchanged: unchanged.filter(({ noun }) => noun === SUBJECT).length,
    others: [...names].map(([noun, { size }]) => ({ noun, count: size })),
  };
}

/** `1 hub goes`, `2 hubs change`, `3 images`: what stands above every view. */
export function headlines(plan: Plan): string[] {
  const moves = movesOf(plan);
  return [
    ...(moves.length > 0 ? moves : [`no ${SUBJECT} changes`]),
    ...countsOf(plan).others.map(({ noun, count }) => plural(count, noun)),
  ];
}

/** A hub that goes is not one of many that change. */
function movesOf({ steps }: Plan): string[] {
  return MOVES.flatMap(([sign, one, several]) => {
    const count = steps.filter(({ noun, marker }) => noun === SUBJECT && marker === sign).length;
    return count > 0 ? [`${plural(count, SUBJECT)} ${count === 1 ? one : several}`] : [];
  });
}

/** `38 hubs unchanged` */
export function unchangedText(plan: Plan): string {
  return `${plural(countsOf(plan).unchanged, SUBJECT)} unchanged`;
}

/** Titles of the hubs that stay. */
export function stayingHubs({ unchanged }: Plan): string[] {
  return unchanged.filter(({ noun }) => noun === SUBJECT).map(({ title }) => title);
}

export function countsJson(plan: Plan): JsonObject {
  const { hubs, unchanged, others } = countsOf(plan);
  return { hubs, unchanged, others: others.map((one) => ({ ...one })) };
}
