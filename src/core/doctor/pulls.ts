import { branchOf } from '../images/asked.ts';
import type { Platform } from '../model/types.ts';
import { judged, missing, ok, quoted } from './check.ts';
import type { Asked, Check } from './check.ts';
import { append } from '../lists.ts';

/** A rule for a branch, as far as merging goes. */
export interface MergeRule {
  /** As GitHub names it, such as `pull_request`. */
  type: string;
  /** A person must approve what is merged. */
  review: boolean;
}

/** What pull requests of images meet on GitHub; undefined where the platform needs nothing of it. */
export interface PullFacts {
  /** Types of the rules for a branch that images are changed from. */
  images: { branch: string; rules: Asked<readonly string[]> } | undefined;
  /** Rules for the default branch. */
  main: Asked<{ branch: string; rules: readonly MergeRule[] }> | undefined;
}

export interface PullNeeds {
  /** A branch that only the platform writes; undefined where there are no images. */
  branch: string | undefined;
  /** The night merges by itself. */
  automerge: boolean;
}

export function pullNeeds({ images, settings }: Platform): PullNeeds {
  const [image] = [...images.keys()].sort();
  return {
    branch: image === undefined ? undefined : branchOf('refresh', image, null),
    automerge: image !== undefined && settings.data.automerge === 'candidate',
  };
}

/** Whether rules let images' pull requests be made, and merged where the night does it. */
export function pullChecks(repository: string, { images, main }: PullFacts): Check[] {
  const checks: Check[] = [];
  if (images) {
    const { branch, rules } = images;
    const judge = (found: readonly string[]): Check => branchCheck(repository, branch, found);
    append(checks, judged('github/image-branches', `branch ${branch}`, rules, judge));
  }
  if (main)
    append(
      checks,
      judged('github/automerge', 'the default branch', main, ({ branch, rules }) =>
        mergeCheck(repository, branch, rules),
      ),
    );
  return checks;
}

/** A night makes its branch, and replaces what an older one has put there. */
const BRANCH_STOPS = [
  'creation',
  'update',
  'non_fast_forward',
  'pull_request',
  'required_status_checks',
];

function branchCheck(repository: string, branch: string, rules: readonly string[]): Check {
  const [id, where] = ['github/image-branches', `branch ${branch}`];
  const stops = rules.filter((one) => BRANCH_STOPS.includes(one));
  if (stops.length === 0) return ok(id, where, 'can be made and replaced by a night');
  return missing(
    id,
    where,
    `its rules (${stops.join(', ')}) keep images’ pull requests from being made`,
    `${lookAt(repository, branch)} # then except glaciocloud/**, or let the App of the night bypass them`,
  );
}

/** Why GitHub refuses what the night merges at once. */
const MERGE_STOPS: Readonly<Record<string, string>> = {
  update: 'only some may update it',
  merge_queue: 'merges go through a queue',
  required_status_checks: 'checks must have passed, and the night merges before any has run',
  required_deployments: 'deployments must have succeeded',
  workflows: 'workflows must have passed',
};

function mergeCheck(repository: string, branch: string, rules: readonly MergeRule[]): Check {
  const [id, where] = ['github/automerge', `branch ${branch}`];
  const stops = rules.flatMap(({ type, review }) => {
    const stop = review ? 'a person must approve' : MERGE_STOPS[type];
    return stop === undefined ? [] : [stop];
  });
  if (stops.length === 0) return ok(id, where, 'lets the night merge what reaches candidate waves');
  return missing(
    id,
    where,
    `its rules keep the night from merging (automerge: candidate): ${stops.join('; ')}`,
    `${lookAt(repository, branch)} # then let the App of the night bypass them, or take automerge: out of platform.yaml`,
  );
}

function lookAt(repository: string, branch: string): string {
  return `gh ruleset check ${quoted(branch)} --repo ${quoted(repository)}`;
}
