import { ISSUES, hubIssue } from '../issues.ts';
import { objectOf, textAt } from '../json.ts';
import { CERTIFICATE_DAYS, HEARTBEAT_INTERVALS } from '../model/limits.ts';
import { duration } from '../time.ts';

const DAY_MS = 86_400_000;

/** What was found at one of a hub's signs of life. */
export type Sign =
  | { kind: 'well'; text: string }
  | { kind: 'problem'; text: string }
  | { kind: 'unchecked'; text: string };

/**
 * What came back from a public address: the beginning of its body, and until when its certificate
 * is good (milliseconds since 1970).
 */
export type Answer =
  | { kind: 'answered'; status: number; body: string; until: number | undefined }
  | { kind: 'nothing'; why: string };

/** Where a hub answers with its version, to anybody. */
export function hubApi(url: string): string {
  return `${url.replace(/\/$/u, '')}/hub/api`;
}

/**
 * What a hub's address answered: a page of a router or of an ingress is no hub, whatever its
 * status. `leastDays` are those that its certificate must be good for.
 */
export function addressSign(answer: Answer, now: number, leastDays = CERTIFICATE_DAYS): Sign {
  if (answer.kind === 'nothing') return problem(`it does not answer: ${answer.why}`);
  const { status, body, until } = answer;
  const version = textAt(objectOf(body), '/version');
  if (status !== 200 || version === '')
    return problem(`it answers ${status} with ${quoted(body)}, which is no answer of a hub`);
  if (until === undefined) return { kind: 'well', text: `JupyterHub ${version}` };
  const days = Math.floor((until - now) / DAY_MS);
  if (days >= leastDays)
    return { kind: 'well', text: `JupyterHub ${version}, certificate good for ${days} days` };
  return days < 0
    ? problem('its certificate has ended')
    : problem(`its certificate ends in ${days} days, and nobody has renewed it`);
}

function problem(text: string): Sign {
  return { kind: 'problem', text };
}

/** The beginning of what was answered. */
function quoted(body: string): string {
  const text = body.trim();
  return text === '' ? 'nothing' : `"${text.slice(0, 80)}"`;
}

/** Labels of the issue that the probe of a hub keeps alive. */
export function heartbeatLabels(hub: string): string[] {
  return hubIssue('heartbeat', hub);
}

/**
 * When the probe last wrote into its issue: silence is a failure too, of the probe, its cluster or
 * its token. `interval` in seconds.
 */
export function heartbeatSign(body: string | undefined, interval: number, now: number): Sign {
  const last = Date.parse(/^<!-- glaciocloud-heartbeat (\S+) -->/u.exec(body ?? '')?.[1] ?? '');
  if (Number.isNaN(last))
    return problem(
      `the probe has never spoken, or its issue was closed (label ${ISSUES.heartbeat})`,
    );
  const silent = Math.max(0, Math.round((now - last) / 60_000)) * 60;
  const said = `the probe spoke ${duration(silent)} ago`;
  return silent > HEARTBEAT_INTERVALS * interval
    ? problem(`${said}, and should every ${duration(interval)}`)
    : { kind: 'well', text: said };
}
