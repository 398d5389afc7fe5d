import { code, hex, inMarkdown, link, short } from '../escape.ts';
import type { Markdown } from '../escape.ts';
import { COMMENT_LIMIT } from '../model/limits.ts';
import type { Package } from '../model/package-list.ts';
import type { ImageName } from '../model/types.ts';
import type { Reading } from '../shape.ts';
import type { BuildClaim } from './build-artifact.ts';
import { shownImage } from './change-text.ts';
import type { ReachedHubs } from './change-text.ts';
import type { OggmCommits } from './oggm-commits.ts';
import { packageChanges } from './package-diff.ts';
import { shortened } from './test-report.ts';

/** The comment about images is found again by this line and by its author. */
export const IMAGES_MARKER = '<!-- glaciocloud images -->';

/** An image that a pull request's run has built. */
export interface BuiltImage {
  image: ImageName;
  /** What the run says of it. */
  claim: Reading<BuildClaim>;
  /** What hubs with its candidate have now; none before its first build. */
  before: readonly Package[];
  /** OGGM’s commits from there to what the run says. */
  commits: OggmCommits | undefined;
  hubs: ReachedHubs;
}

export interface CommentFrame {
  head: string;
  /** Page of the run that has built them. */
  run: string;
}

/** Characters of a sentence that others wrote. */
const LONGEST = 300;

/** The comment of a pull request that changes images. What would make it too long is left to the run. */
export function imagesComment(
  images: readonly BuiltImage[],
  { head, run }: CommentFrame,
  limit = COMMENT_LIMIT,
): string {
  const begin = inMarkdown`## Images at ${hex(head.slice(0, 7))}\n\n${FROM} ${link('The run', run)}.\n\n`;
  const shown = [`${IMAGES_MARKER}\n${begin.text}`];
  for (const one of images) {
    const left = limit - shown.join('').length;
    shown.push(fitting([section(one), tooLong(one)], left));
  }
  return shown.join('');
}

const NOW = inMarkdown`Built and tested from this pull request’s files, not pushed; `;
const SOURCE = inMarkdown`what is said here comes from its own run. `;
const LATER = inMarkdown`Once it is merged they are built again, and a pull request for each moves `;
const STABLE = inMarkdown`${code('stable')} follows once hubs have tried it for the soak.`;
const FROM = inMarkdown`${NOW}${SOURCE}${LATER}${code('candidate')}; ${STABLE}`;

/** The first that fits; nothing where none does. */
function fitting(texts: readonly Markdown[], left: number): string {
  return texts.map(({ text }) => text).find((text) => text.length <= left) ?? '';
}

function section({ image, claim, before, commits, hubs }: BuiltImage): Markdown {
  if (claim.kind !== 'read')
    return inMarkdown`### ✗ ${code(image)}: its result cannot be read\n\n${claim.reason}\n\n`;
  const { outcome, reason, seconds, tests, sizeBytes, packages } = claim.value;
  const shown = shownImage({
    image,
    ok: outcome !== 'failed',
    reason: short(reason, LONGEST),
    sizeBytes,
    seconds,
    tests: tests.map(shortened),
    packages: packages && packageChanges(before, packages),
    commits,
    hubs,
  });
  return inMarkdown`${shown}\n`;
}

function tooLong({ image }: BuiltImage): Markdown {
  return inMarkdown`### ${code(image)}: too much to be shown here; the run has it\n\n`;
}
