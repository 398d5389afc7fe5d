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

/** A hub for researchers and students, for at most 180 and 120 days. */
export function requestPlatform(more: Written = {}): Platform {
  return platformWith({
    'platform.yaml': { tiers: { researcher: { until: '180d' }, student: { until: '120d' } } },
    [HUB]: { access: { allow: ['tier:researcher', 'tier:student'], admins: [] } },
    ...more,
  });
}
