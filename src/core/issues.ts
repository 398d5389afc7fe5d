/** Labels of the issues that the platform opens itself: docs/watch.md says what each means. */
export const ISSUES = {
  deployment: 'glaciocloud',
  drift: 'glaciocloud-drift',
  outside: 'glaciocloud-outside',
  data: 'glaciocloud-data',
  image: 'glaciocloud-image',
  /** By charts/oggm-hub/files/probe.py, like the next one. */
  probe: 'glaciocloud-probe',
  heartbeat: 'glaciocloud-heartbeat',
} as const;

/** What their titles say behind, or before, a name. */
export const TITLES = {
  failed: 'the change did not reach the hub',
  rolledBack: 'the change was rolled back',
  blocked: 'the change is held',
  removal: 'the removal is held',
  drift: 'changed in the cluster behind our back',
  outside: 'not well, seen from outside',
  data: 'input data are missing or damaged',
  image: 'could not be rebuilt',
} as const;

/** Labels by which people give orders in them. */
export const ORDERS = { retry: 'glaciocloud:retry', again: 'glaciocloud:apply-again' } as const;

/** Labels of a hub's issue of this kind. */
export function hubIssue(kind: keyof typeof ISSUES, hub: string): string[] {
  return [ISSUES[kind], `hub:${hub}`];
}
