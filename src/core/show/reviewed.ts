import { pretty } from '../json.ts';
import type { Plan } from '../plan/plan.ts';
import { readerOf } from '../shape.ts';
import type { Digest } from '../unit.ts';

/** The comment is found again by this line and by its author. It is for people: nothing is decided by it. */
export const COMMENT_MARKER = '<!-- glaciocloud plan -->';

/** The file in the artifact that the plan workflow keeps of what it showed. */
export const REVIEWED_FILE = 'reviewed.json';

/** Name of that artifact. */
export function reviewedArtifact(pull: number): string {
  return `reviewed-${pull}`;
}

/** Which change of which pull request was shown. Commits in full. */
export interface ReviewedChange {
  pull: number;
  head: string;
  base: string;
  merge: string;
}

type Steps = Pick<Plan, 'steps'>['steps'];

/** What the plan showed, for the deployment that follows: names with their digests in full length. */
export function reviewedText(change: ReviewedChange, steps: Steps): string {
  const { pull, head, base, merge } = change;
  const shown = steps.flatMap(({ reviewed }) =>
    reviewed ? [{ name: reviewed.name, digest: reviewed.digest }] : [],
  );
  return pretty({ version: 1, pull, head, base, merge, steps: shown });
}

interface ReviewedRecord extends ReviewedChange {
  version: 1;
  steps: { name: string; digest: Digest }[];
}

const COMMIT = { type: 'string', pattern: '^[0-9a-f]{40}$' };
const RECORD = {
  type: 'object',
  additionalProperties: false,
  required: ['version', 'pull', 'head', 'base', 'merge', 'steps'],
  properties: {
    version: { const: 1 },
    pull: { type: 'integer', minimum: 1 },
    head: COMMIT,
    base: COMMIT,
    merge: COMMIT,
    steps: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'digest'],
        properties: { name: { type: 'string', pattern: '^[a-z0-9-]+$' }, digest: COMMIT },
      },
    },
  },
};

const readReviewed = readerOf<ReviewedRecord>(RECORD);

/** Digests that were shown, by name; none where the text is malformed, or is about another change than this one. */
export function reviewedSteps(
  text: string,
  { pull, head }: Pick<ReviewedChange, 'pull' | 'head'>,
): Map<string, Digest> {
  const found = readReviewed(text);
  if (found.kind !== 'read' || found.value.pull !== pull || found.value.head !== head)
    return new Map();
  return new Map(found.value.steps.map(({ name, digest }) => [name, digest]));
}
