/** An environment of GitHub Actions: it holds a cluster's credentials, or asks for approvals. */
export interface DeployEnvironment {
  name: string;
  defaultBranch: string;
  /** Whether the repository is private. */
  isPrivate: boolean;
  /** Undefined where there is no such environment. */
  protection: Protection | undefined;
}

export interface Protection {
  branches: { kind: 'any' | 'protected' } | { kind: 'selected'; patterns: readonly Pattern[] };
  /** How many people and teams are asked. */
  reviewers: number;
}

/** Branches, or tags, whose jobs may use an environment. */
export interface Pattern {
  kind: 'branch' | 'tag';
  name: string;
}

/** What is wrong with an environment, and what to do about it. */
export interface Weakness {
  what: string;
  cure: string;
}

/** The environment that asks before a wave of a cluster; it holds nothing. */
export function approvalEnvironment(cluster: string): string {
  return `${cluster}-approval`;
}

/** Why others than the default branch's workflows get at an environment's secrets; undefined where they do not. */
export function openness(environment: DeployEnvironment): Weakness | undefined {
  const { name, defaultBranch, protection } = environment;
  if (protection === undefined)
    return {
      what: `there is no environment \`${name}\`, so any branch’s workflow gets at what this run holds${privacy(environment)}`,
      cure: `make it in the repository’s settings (Environments), let only the branch ${defaultBranch} use it, and keep the cluster’s secrets in it`,
    };
  const open = openTo(protection.branches, defaultBranch);
  if (open === undefined) return undefined;
  return {
    what: `the environment \`${name}\`, which holds this cluster’s credentials, is open to ${open}`,
    cure: `in the repository’s settings, Environments, ${name}, “Deployment branches and tags”: choose “Selected branches and tags” with ${defaultBranch} alone`,
  };
}

function openTo(branches: Protection['branches'], defaultBranch: string): string | undefined {
  switch (branches.kind) {
    case 'any':
      return 'every branch';
    case 'protected':
      // Where no branch is protected, GitHub lets every branch pass.
      return 'every protected branch';
    case 'selected': {
      const others = branches.patterns.filter(
        ({ kind, name }) => kind === 'tag' || name !== defaultBranch,
      );
      if (others.length > 0) return others.map(({ kind, name }) => `${kind} ${name}`).join(', ');
      return branches.patterns.length === 0 ? 'no branch' : undefined;
    }
  }
}

/** Why a job that passed an environment was no approval: nobody was asked. */
export function unasked(environment: DeployEnvironment): Weakness | undefined {
  const { name, protection } = environment;
  if (protection !== undefined && protection.reviewers > 0) return undefined;
  const missing =
    protection === undefined
      ? `there is no environment \`${name}\``
      : `the environment \`${name}\` has no required reviewers`;
  return {
    what: `${missing}, so nobody was asked${privacy(environment)}`,
    cure: `set “Required reviewers” in the repository’s settings, Environments, ${name}`,
  };
}

function privacy({ isPrivate }: DeployEnvironment): string {
  return isPrivate
    ? ' (this repository is private: not every plan of GitHub has that for private repositories)'
    : '';
}
