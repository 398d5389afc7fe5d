import type { ShownEffect, ShownReason } from './family.ts';
import { greatest } from '../lists.ts';

/** The first reasons in words, and how many more there are. */
export function summaryOf(reasons: readonly ShownReason[], most = 4): string {
  const texts = reasons.map(({ text }) => text);
  const shown = texts.slice(0, most).join(' · ');
  return texts.length > most ? `${shown} · and ${texts.length - most} more` : shown;
}

/** Above values that only follow from what was written. */
export function followsTitle({ length }: readonly string[]): string {
  return length === 1 ? '1 value follows from it' : `${length} values follow from it`;
}

/** What people notice, worst first. */
export function effectsText(effects: readonly ShownEffect[]): string {
  return [...effects]
    .sort((a, b) => b.risk - a.risk)
    .map(({ text }) => text)
    .join('; ');
}

/** How much a step can hurt: as much as its worst effect. */
export function riskOf(effects: readonly ShownEffect[]): number {
  return greatest([0, ...effects.map(({ risk }) => risk)]);
}
