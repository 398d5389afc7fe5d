/** Workflows that GitHub does not start by itself: what a run's own token does starts none. */
export interface WorkflowStarts {
  /**
   * Starts a workflow of the repository, by its file's name, for a branch; undefined: the default branch. Does nothing
   * with another token, for which GitHub starts them.
   */
  startWorkflow(file: string, branch: string | undefined): Promise<void>;
}

/** Workflows that a run starts with inputs, or whose events GitHub is to follow or to leave alone. */
export interface WorkflowSwitch {
  /** On the default branch. */
  runWorkflow(file: string, inputs: Readonly<Record<string, string>>): Promise<void>;
  switchWorkflow(file: string, to: 'on' | 'off'): Promise<void>;
}
