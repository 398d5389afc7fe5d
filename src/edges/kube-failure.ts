import { isUnreachable, loginRefused } from '../core/hub/causes.ts';
import { short } from '../core/escape.ts';
import { withoutRepeated } from '../core/refusals.ts';
import { KubeFailure } from '../failure.ts';

/** Whether a call asked only, or would have changed something. */
export type CallKind = 'read' | 'write';

/** What kubectl refused, in a sentence: its own log and what it repeats are left out. */
export function kubeFailure(what: string, stderr: string, kind: CallKind): KubeFailure {
  const detail = detailOf(stderr);
  const unreachable = isUnreachable(stderr) && !loginRefused(stderr);
  return new KubeFailure(
    unreachable ? `${what}: no connection to the cluster (${detail})` : `${what}: ${detail}`,
    {
      hint: hintFor(stderr, kind),
      conflict: /AlreadyExists|Conflict|the object has been modified/u.test(stderr),
      invalid: /\bis invalid: /u.test(stderr),
    },
  );
}

function hintFor(stderr: string, kind: CallKind): string {
  if (loginRefused(stderr)) return 'the credentials of the cluster are refused: log in again';
  if (isUnreachable(stderr))
    return 'see that it is up, that this machine reaches it, and that the kubeconfig names it; then run this again';
  return kind === 'read'
    ? 'look at the cluster, then run this again'
    : 'look at the cluster; the next run goes on where this one ended';
}

/** Lines that kubectl logs for itself, such as `E1126 12:32:58.658997 5865 memcache.go:265] …`. */
const LOGGED = /^[EWIF]\d{4} \d\d:/u;

function detailOf(stderr: string): string {
  const lines = withoutRepeated(stderr).trim().split('\n');
  const said = lines.filter((line) => !LOGGED.test(line));
  return short((said.length > 0 ? said : lines.slice(-1)).slice(-3).join(' '), 400);
}
