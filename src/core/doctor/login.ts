import { missing, ok, quoted, unknown } from './check.ts';
import type { Check } from './check.ts';

/** How a kubeconfig logs in; times in milliseconds since 1970. */
export type Login =
  | {
      kind: 'token';
      subject: string | undefined;
      issued: number | undefined;
      ends: number | undefined;
    }
  | { kind: 'certificate'; ends: number }
  /** A program that fetches short-lived credentials. */
  | { kind: 'helper'; program: string }
  | { kind: 'unclear'; why: string };

/** Days before the end of credentials from which they are missing already: there is no deployment without them. */
export const LOGIN_DAYS = 14;
const DAY_MS = 86_400_000;

export function loginCheck(where: string, cluster: string, login: Login, now: number): Check {
  const id = 'cluster/login';
  switch (login.kind) {
    case 'helper':
      return ok(id, where, `${login.program} logs in, for a short time each`);
    case 'unclear':
      return unknown(id, where, { why: login.why, set: 'kubectl config view --minify' });
    case 'certificate':
      return endCheck({
        where,
        what: 'client certificate',
        ends: login.ends,
        now,
        fix: 'kubectl config view --minify --raw # ask who made it for another',
      });
    case 'token': {
      const age = login.issued === undefined ? '' : `, ${daysBetween(login.issued, now)} days old`;
      return endCheck({
        where,
        what: `token${age}`,
        ends: login.ends,
        now,
        fix: renewal(cluster, login.subject),
      });
    }
  }
}

interface Ending {
  where: string;
  what: string;
  ends: number | undefined;
  now: number;
  fix: string;
}

function endCheck({ where, what, ends, now, fix }: Ending): Check {
  const id = 'cluster/login';
  if (ends === undefined) return ok(id, where, `${what}, without an end`);
  if (ends <= now) return missing(id, where, `${what}, which has ended`, fix);
  const days = daysBetween(now, ends);
  const until = `${what}, good for ${days} days`;
  return days < LOGIN_DAYS ? missing(id, where, `${until} only`, fix) : ok(id, where, until);
}

function daysBetween(from: number, until: number): number {
  return Math.floor((until - from) / DAY_MS);
}

/** A new token into the kubeconfig, and the kubeconfig to GitHub. */
function renewal(cluster: string, subject: string | undefined): string {
  const account = serviceAccount(subject);
  const name = account ? quoted(account.name) : 'NAME';
  const namespace = account ? quoted(account.namespace) : 'NAMESPACE';
  const token = `"$(kubectl create token ${name} --namespace ${namespace} --duration 8760h)"`;
  const user = `"$(kubectl config view --minify -o jsonpath='{.users[0].name}')"`;
  return `kubectl config set-credentials ${user} --token ${token} && gh secret set KUBECONFIG --env ${quoted(cluster)} < "$KUBECONFIG"`;
}

/** The account in a cluster whose token it is, where it is one. */
export function serviceAccount(
  subject: string | undefined,
): { namespace: string; name: string } | undefined {
  if (subject === undefined) return undefined;
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/u.exec(subject) ?? [];
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}
