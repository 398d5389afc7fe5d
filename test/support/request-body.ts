import type { Platform } from '../../src/core/model/types.ts';
import { HUB, platformWith } from './written.ts';
import type { Written } from './written.ts';

const AGREED = 'I use the hub for research or teaching, and keep my own copies of what matters.';

export interface AccessFields {
  tier: string;
  time: string;
  cohort: string;
  rules: string;
  reason: string;
}

/** The body of an issue as GitHub makes it from the form. */
export function accessBody(given: Partial<AccessFields> = {}): string {
  const { tier, time, cohort, rules, reason } = {
    tier: 'researcher',
    time: '3 months',
    cohort: '_No response_',
    rules: `- [X] ${AGREED}`,
    reason: 'Mass balance of alpine glaciers.',
    ...given,
  };
  return [
    `### Kind of access\n\n${tier}`,
    `### For how long\n\n${time}`,
    `### Class or workshop\n\n${cohort}`,
    `### Rules\n\n${rules}`,
    `### What for\n\n${reason}`,
  ].join('\n\n');
}

export function renewBody(
  given: Partial<Record<'time' | 'rules' | 'reason', string>> = {},
): string {
  const { time, rules, reason } = {
    time: '1 month',
    rules: `- [X] ${AGREED}`,
    reason: 'A paper.',
    ...given,
  };
  return `### For how much longer\n\n${time}\n\n### Rules\n\n${rules}\n\n### What for, still\n\n${reason}`;
}

export interface ClassFields {
  slug: string;
  title: string;
  hub: string;
  tier: string;
  image: string;
  from: string;
  until: string;
  people: string;
  rules: string;
  about: string;
}

export function classBody(given: Partial<ClassFields> = {}): string {
  const fields: ClassFields = {
    slug: 'ice-27',
    title: 'Ice, 2027',
    hub: 'hub',
    tier: 'student',
    image: 'science',
    from: '2027-01-10',
    until: '2027-02-28',
    people: '60',
    rules: `- [X] ${AGREED}`,
    about: 'Mass balance.',
    ...given,
  };
  return [
    `### Short name of the class\n\n${fields.slug}`,
    `### Name of the class\n\n${fields.title}`,
    `### Hub\n\n${fields.hub}`,
    `### Kind of access\n\n${fields.tier}`,
    `### Image\n\n${fields.image}`,
    `### First day\n\n${fields.from}`,
    `### Last day\n\n${fields.until}`,
    `### How many people\n\n${fields.people}`,
    `### Rules\n\n${fields.rules}`,
    `### What the class is about\n\n${fields.about}`,
  ].join('\n\n');
}

/** A hub for researchers and students, for at most 180 and 120 days. */
export function requestPlatform(more: Written = {}): Platform {
  return platformWith({
    'platform.yaml': { tiers: { researcher: { until: '180d' }, student: { until: '120d' } } },
    [HUB]: { access: { allow: ['tier:researcher', 'tier:student'], admins: [] } },
    ...more,
  });
}
