import { inMarkdown, link, short } from '../escape.ts';
import type { Markdown } from '../escape.ts';
import type { ImageFile } from '../model/types.ts';

/** From one build's commit to another's, in the repository that an image takes OGGM from. */
export interface CommitRange {
  /** `OWNER/NAME` on GitHub. */
  repository: string;
  from: string;
  to: string;
}

/** The first commits of a range, the oldest first. What they say is anybody's. */
export interface CommitList {
  /** Of the whole range; 0 where it leads back. */
  total: number;
  first: readonly { sha: string; subject: string }[];
}

/** OGGM’s commits between two builds. */
export interface OggmCommits {
  range: CommitRange;
  /** Undefined where GitHub has not listed them. */
  list: CommitList | undefined;
}

/** Characters of a commit's first line. */
const LONGEST = 120;
/** More lines than anybody reads. */
export const MOST_COMMITS = 20;

/** Undefined where the commits are not known, or the same. */
export function oggmRange(
  oggm: ImageFile['oggm'],
  from: string | undefined,
  to: string | undefined,
): CommitRange | undefined {
  if (oggm?.git === undefined || from === undefined || to === undefined || from === to)
    return undefined;
  return { repository: oggm.git, from, to };
}

/** What is new in OGGM, with links to GitHub. */
export function commitsText({ range, list }: OggmCommits): Markdown {
  const { repository, from, to } = range;
  const home = `https://github.com/${repository}`;
  const page = `${home}/compare/${from}...${to}`;
  if (!list) return inMarkdown`${link('OGGM since', page)}\n\n`;
  const { total } = list;
  if (total === 0) return inMarkdown`${link('OGGM is at an older commit', page)}\n\n`;
  const shown = list.first.slice(0, MOST_COMMITS);
  const rows = shown.map(({ sha, subject }) => {
    const line = subject === '' ? sha.slice(0, 7) : short(subject, LONGEST);
    return inMarkdown`- ${link(line, `${home}/commit/${sha}`)}\n`;
  });
  const more = total - shown.length;
  const rest = more > 0 ? inMarkdown`\nand ${more} more.\n` : inMarkdown``;
  const count = total === 1 ? '1 commit' : `${total} commits`;
  return inMarkdown`OGGM: ${link(`${count} since`, page)}\n\n${rows}${rest}\n`;
}
