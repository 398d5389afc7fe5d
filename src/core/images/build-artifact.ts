import { COUNT, TEXT, fields, listOf, readerOf } from '../shape.ts';
import type { Reading } from '../shape.ts';
import type { Package } from '../model/package-list.ts';
import type { ImageName } from '../model/types.ts';
import { packagesOfLines } from './package-lines.ts';
import type { ImageResult } from './test-report.ts';

/** The file in the artifact of a build: what `image build --json` prints. */
export const BUILD_FILE = 'image.json';

/** Name of the artifact that a pull request's build of an image leaves. */
export function buildArtifact(image: ImageName): string {
  return `image-${image}`;
}

/** What a pull request's build says of itself: of the right shape, and otherwise anybody's words. */
export interface BuildClaim extends Pick<ImageResult, 'outcome' | 'reason' | 'seconds' | 'tests'> {
  sizeBytes: number | undefined;
  /** Undefined where it names none. */
  packages: Package[] | undefined;
  /** Commit of OGGM in it; undefined where it names none. */
  oggmCommit: string | undefined;
}

/** Above everything that a build takes or an image has: seconds, megabytes. */
const MOST = 1e7;
const AMOUNT = { type: 'number', minimum: 0, maximum: MOST };
const BYTES = { type: ['integer', 'null'], minimum: 0, maximum: 1e15 };
const COMMIT = { type: ['string', 'null'], pattern: '^[0-9a-f]{40}$' };
const read = readerOf<{ images: ImageResult[] }>(
  fields({
    schema_version: COUNT,
    images: listOf(
      fields({
        image: TEXT,
        outcome: { enum: ['built', 'unchanged', 'failed'] },
        reason: TEXT,
        size_bytes: BYTES,
        seconds: fields({ resolve: AMOUNT, build: AMOUNT, test: AMOUNT, push: AMOUNT }),
        tests: listOf(
          fields({
            name: TEXT,
            ok: { type: 'boolean' },
            seconds: AMOUNT,
            memory_mb: { type: ['number', 'null'], minimum: 0, maximum: MOST },
            detail: TEXT,
          }),
        ),
        packages: listOf(TEXT),
        oggm_commit: COMMIT,
      }),
    ),
  }),
  '/schema_version',
);

/** The text of a build's artifact, which whoever opened the pull request may have written. */
export function readBuild(text: string, image: ImageName): Reading<BuildClaim> {
  const reading = read(text);
  if (reading.kind !== 'read') return reading;
  const [one, ...others] = reading.value.images;
  if (one?.image !== image || others.length > 0)
    return { kind: 'unreadable', reason: 'it is about something else' };
  const packages = packagesOfLines(one.packages);
  if (!packages) return { kind: 'unreadable', reason: 'its packages are no sorted list' };
  const { outcome, reason, seconds, tests, size_bytes: size } = one;
  return {
    kind: 'read',
    value: {
      outcome,
      reason,
      seconds,
      tests,
      sizeBytes: size ?? undefined,
      packages: packages.length === 0 ? undefined : packages,
      oggmCommit: one.oggm_commit ?? undefined,
    },
  };
}
