/** Whether this is a run of GitHub Actions. */
export function isInActions(): boolean {
  return process.env['GITHUB_ACTIONS'] === 'true';
}
