import { inMarkdown, joined } from '../../escape.ts';
import type { Markdown } from '../../escape.ts';
import { imageNames } from '../../model/offers.ts';
import type { Platform } from '../../model/types.ts';
import { FORM_HEAD, RULES_LABEL, dropdown, input, rules, text, words } from './form-parts.ts';

/** What stands in an issue as `### Label`, in this order. */
export const CLASS_LABELS = {
  slug: 'Short name of the class',
  title: 'Name of the class',
  hub: 'Hub',
  tier: 'Kind of access',
  image: 'Image',
  from: 'First day',
  until: 'Last day',
  people: 'How many people',
  rules: RULES_LABEL,
  about: 'What the class is about',
} as const;

/** A hub that a class may use, with the tiers that open it. */
export interface ClassHub {
  name: string;
  title: string;
  tiers: readonly string[];
  images: readonly string[];
}

/** Hubs that a tier opens. */
export function classHubs({
  settings,
  environments,
}: Pick<Platform, 'settings' | 'environments'>): ClassHub[] {
  const tiers = Object.keys(settings.data.tiers);
  return [...environments].flatMap(([name, { data }]) => {
    const open = tiers.filter((tier) => data.access.allow.includes(`tier:${tier}`));
    const { title } = data;
    return open.length === 0 ? [] : [{ name, title, tiers: open, images: imageNames(data) }];
  });
}

/** It has no field for members: what stands in an issue is public. */
export function classForm(hubs: readonly ClassHub[]): string {
  const each = (list: readonly string[][]): string[] => [...new Set(list.flat())];
  return `${FORM_HEAD}name: A class or workshop
description: Ask for access for a class, with a first and a last day
title: "Class: "
labels: [cohort]
body:
${words(joined([PUBLIC, ...hubs.map(hubLine)], inMarkdown`\n`))}
${input('slug', CLASS_LABELS.slug, 'Small letters, digits and single hyphens, such as ice-2027. It stands in the link for members.')}
${input('title', CLASS_LABELS.title, 'One line.')}
${dropdown(
  'hub',
  CLASS_LABELS.hub,
  hubs.map(({ name }) => name),
)}
${dropdown('tier', CLASS_LABELS.tier, each(hubs.map(({ tiers }) => [...tiers])))}
${dropdown('image', CLASS_LABELS.image, each(hubs.map(({ images }) => [...images])))}
${input('from', CLASS_LABELS.from, 'A day such as 2027-02-28 (UTC).')}
${input('until', CLASS_LABELS.until, 'All members are out after this day; their files are kept.')}
${input('people', CLASS_LABELS.people, 'Members at most, without you.')}
${rules()}
${text('about', CLASS_LABELS.about, 'Which notebooks, how many people at the same time, at which hours, anything beyond the image.')}
`;
}

const PUBLIC = inMarkdown`This issue is public for ever: anybody can read your account’s name and what you write here. \
Write no names, accounts or e-mail addresses of members into it: the team asks you for the list of accounts on GitHub.
You answer for the class: you are in it, and approve who comes late.`;

function hubLine({ name, title, tiers, images }: ClassHub): Markdown {
  return inMarkdown`- **${name}** is ${title}, for ${tiers.join(', ')}, with ${images.join(', ')}`;
}
