import { inMarkdown, joined } from '../../escape.ts';
import type { Markdown } from '../../escape.ts';
import { compareText } from '../../json.ts';
import { greatest } from '../../lists.ts';
import { seconds } from '../../model/quantities.ts';
import type { Platform } from '../../model/types.ts';
import { classForm, classHubs } from './class-form.ts';
import { FORM_HEAD, RULES_LABEL, dropdown, rules, text, words } from './form-parts.ts';

/** What a form asks for: access, more time, or access for a class. */
type FormName = 'access' | 'renew' | 'class';

/** Where GitHub looks for forms. */
const FORM_PATHS: Readonly<Record<FormName, string>> = {
  access: '.github/ISSUE_TEMPLATE/access.yml',
  renew: '.github/ISSUE_TEMPLATE/renew.yml',
  class: '.github/ISSUE_TEMPLATE/class.yml',
};

/** What stands in an issue as `### Label`; the parser finds fields by it. */
export const LABELS = {
  tier: 'Kind of access',
  time: 'For how long',
  cohort: 'Class or workshop',
  rules: RULES_LABEL,
  reason: 'What for',
  more: 'For how much longer',
  why: 'What for, still',
} as const;

/** Days of what may be chosen. */
const TIMES: ReadonlyMap<string, number> = new Map([
  ['1 week', 7],
  ['1 month', 30],
  ['3 months', 90],
  ['6 months', 180],
  ['1 year', 365],
]);

/** What may be chosen, as the files have it. */
export interface Choices {
  tiers: readonly { name: string; days: number; hubs: readonly string[] }[];
  times: readonly string[];
}

export type FormFiles = Pick<Platform, 'settings' | 'environments'>;

/** Tiers that open a hub, and times that one of them allows; the shortest time always. */
export function choicesOf({ settings, environments }: FormFiles): Choices {
  const tiers = Object.entries(settings.data.tiers).flatMap(([name, { until }]) => {
    const open = [...environments.values()].filter(({ data }) =>
      data.access.allow.includes(`tier:${name}`),
    );
    const hubs = open.map(({ data }) => data.title).sort(compareText);
    return hubs.length === 0 ? [] : [{ name, days: wholeDays(until), hubs }];
  });
  const longest = greatest([0, ...tiers.map(({ days }) => days)]);
  const times = [...TIMES].filter(([, days], index) => index === 0 || days <= longest);
  return { tiers, times: times.map(([time]) => time) };
}

/** Days of a time that may be chosen. */
export function daysOf(time: string): number | undefined {
  return TIMES.get(time);
}

function wholeDays(duration: string): number {
  return Math.floor(seconds(duration) / 86_400);
}

/** The forms of a platform, by path; none where no tier opens a hub. */
export function formTexts(files: FormFiles): Map<string, string> {
  const choices = choicesOf(files);
  if (choices.tiers.length === 0) return new Map();
  return new Map([
    [FORM_PATHS.access, accessForm(choices)],
    [FORM_PATHS.renew, renewForm(choices)],
    [FORM_PATHS.class, classForm(classHubs(files))],
  ]);
}

/** It has no field for a login: access is for whoever opens the issue. */
function accessForm(choices: Choices): string {
  return `${FORM_HEAD}name: Access to a hub
description: Ask for access to a hub, for research or as a member of a class
title: "Access: "
labels: [access]
body:
${words(joined([PUBLIC, ...choices.tiers.map(tierLine)], inMarkdown`\n`))}
${dropdown('tier', LABELS.tier, names(choices))}
${dropdown('time', LABELS.time, choices.times)}
  - type: input
    id: cohort
    attributes:
      label: ${LABELS.cohort}
      description: Only for members of one. Its short name stands in the link that you were given.
${rules()}
${text('reason', LABELS.reason, 'Your project in a few sentences, and your institution if you like.')}
`;
}

function renewForm(choices: Choices): string {
  return `${FORM_HEAD}name: More time on a hub
description: Keep access that ends soon; you may as well write /renew into the issue of your first request
title: "Renew: "
labels: [access]
body:
${words(PUBLIC)}
${dropdown('more', LABELS.more, choices.times)}
${rules()}
${text('why', LABELS.why, 'What you still need the hub for.')}
`;
}

const PUBLIC = inMarkdown`This issue is public for ever: anybody can read your account’s name and what you write here, \
also when your access has ended. Write no e-mail address or other personal data into it.
Access is for the GitHub account that opens the issue. Someone of the team looks at it and answers here.`;

function tierLine({ name, days, hubs }: Choices['tiers'][number]): Markdown {
  return inMarkdown`- **${name}** opens ${hubs.join(', ')}, for at most ${days} days at a time`;
}

function names({ tiers }: Choices): string[] {
  return tiers.map(({ name }) => name);
}
