/** What builds of pull requests say of themselves. Whoever opened the pull request may have written it. */
export interface BuildArtifacts {
  /**
   * A file of each artifact with one of these names that a run has left, by name; undefined where it cannot be read.
   */
  filesOfRun(
    run: number,
    names: readonly string[],
    file: string,
  ): Promise<Map<string, string | undefined>>;
}
