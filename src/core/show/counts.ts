import type { JsonObject } from '../json.ts';
import type { Plan } from '../plan/plan.ts';
import { plural } from './findings.ts';

/** What a platform is made of; everything else is counted beside it. */
const SUBJECT = 'hub';

/** How many of what a plan is about: the same in every view. */
interface Counts {
  /** Hubs that change. */
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

/** `2 hubs change`, `3 images`: what stands above every view. */
export function headlines(plan: Plan): string[] {
  const { hubs, others } = countsOf(plan);
  const verb = hubs === 1 ? 'changes' : 'change';
  return [
    hubs > 0 ? `${plural(hubs, SUBJECT)} ${verb}` : `no ${SUBJECT} changes`,
    ...others.map(({ noun, count }) => plural(count, noun)),
  ];
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
