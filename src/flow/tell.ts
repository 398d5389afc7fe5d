import { tellGithub } from '../apply/tell.ts';
import type { UnitResult } from '../apply/types.ts';
import { deployMarkdown } from '../core/show/deploy-text.ts';
import { REVIEWED_FILE, reviewedArtifact, reviewedSteps } from '../core/show/reviewed.ts';
import type { Instant, WantedRelease } from '../core/unit.ts';
import type { Report } from '../edges/report.ts';
import { Failure } from '../failure.ts';
import type { Forge } from '../ports.ts';
import type { Job, Merge, Wanted } from './deployment.ts';
import { inRecord, publicRecord } from './record.ts';

const TRY_MARKER = '<!-- glaciocloud try -->';

type Reviews = Pick<Forge, 'mergedPull' | 'reviewedFile' | 'headOf'>;

/**
 * The pull request that this commit came by, and the digests that its plan showed. A commit without one was
 * reviewed by nobody.
 */
export async function mergeOf(
  github: Reviews | undefined,
  commit: string,
  report: Pick<Report, 'progress'>,
): Promise<Merge | undefined> {
  if (!github) return undefined;
  const pull = await github.mergedPull(commit);
  if (pull === undefined) return { pull, reviewed: new Map() };
  return { pull, reviewed: await reviewedBy(github, pull, report) };
}

/** What cannot be asked was not reviewed: it waits for a person, and does not keep the first wave. */
async function reviewedBy(
  github: Reviews,
  pull: number,
  report: Pick<Report, 'progress'>,
): Promise<Map<string, string>> {
  try {
    const text = await github.reviewedFile(reviewedArtifact(pull), REVIEWED_FILE);
    if (text === undefined) return new Map();
    return reviewedSteps(text, { pull, head: await github.headOf(pull) });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    report.progress(`nobody can say what pull request ${pull} showed: ${error.message}`);
    return new Map();
  }
}

/** What people read on GitHub: of a try in its pull request, of everything else in record, deployments and issues. */
export async function tell(
  job: Job,
  wanted: Wanted,
  results: readonly UnitResult[],
  merge: Merge | undefined,
): Promise<void> {
  const { actions, hold, pull, reason = '' } = job.inputs;
  if (!actions) return;
  if (hold !== undefined) {
    if (pull !== undefined)
      await actions.github.stickyComment(
        pull,
        TRY_MARKER,
        `${TRY_MARKER}\n**Tried for ${hold}**, ${reason}\n\n${deployMarkdown(results)}`,
      );
    return;
  }
  await tellGithub(actions.github, results, wanted.chosen, {
    commit: wanted.commit,
    pull: merge?.pull,
    run: actions.run,
    environment: wanted.cluster.name,
    record: async (to) => inRecord(to.unit, await recordOf(job, wanted, to)),
    progress: (text) => job.report.progress(text),
  });
}

/** What is public of a hub that runs what is wanted, by default since just now. */
export function recordOf(
  { ports, report }: Job,
  { platform, charts, commit }: Wanted,
  to: WantedRelease,
  at: Instant = ports.clock.now().toISOString(),
): Promise<Map<string, string>> {
  return publicRecord(to, { platform, charts, report, commit, at });
}
