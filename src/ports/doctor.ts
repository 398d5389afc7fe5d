import type { MergeRule } from '../core/doctor/pulls.ts';
import type { DeployEnvironments } from '../ports.ts';

/*
 * What `doctor` asks besides, as interfaces only, like those of `src/ports.ts`.
 */

export interface ActionsSettings {
  enabled: boolean;
  /** Actions of other owners are refused. */
  localOnly: boolean;
  /** Whether workflows may open pull requests. */
  mayOpenPulls: boolean;
}

/** How the repository is set up. Much of it only its administrators may ask. */
export interface RepositorySetup extends Pick<DeployEnvironments, 'environment'> {
  /** Of an environment; of the repository itself where none is named. */
  secretNames(environment?: string): Promise<string[]>;
  variableNames(environment?: string): Promise<string[]>;
  labels(): Promise<string[]>;
  /** Types of the rules that hold for a branch, whether there is such a branch or not. */
  branchRules(branch: string): Promise<string[]>;
  /** Rules that hold for the default branch. */
  mergeRules(): Promise<{ branch: string; rules: MergeRule[] }>;
  actionsSettings(): Promise<ActionsSettings>;
  /** Whether the default branch has this file. */
  hasFile(path: string): Promise<boolean>;
}

/** Secrets in the repository, as far as they can be read here. Fails with SecretsFailure. */
export interface SecretsAtHand {
  /** What is not here, and without which nothing can be decrypted. */
  lacking(): Promise<'sops' | 'key' | undefined>;
  /** In clear, and when they were last encrypted (milliseconds since 1970). */
  opened(hub: string): Promise<{
    secrets: ReadonlyMap<string, string>;
    changed: number | undefined;
  }>;
}
