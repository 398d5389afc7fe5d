import { DEPLOYER } from '../cluster/account.ts';
import { SYSTEM_NAMESPACE, renamedHint } from '../cluster/objects.ts';
import { dnsVerdict, rightsVerdict, versionVerdict } from '../hub/preflight.ts';
import { loginRefused } from '../hub/causes.ts';
import { at, objectsIn, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { ClusterFile, Doc, EnvironmentFile } from '../model/types.ts';
import { judged, missing, ok, quoted, unknown } from './check.ts';
import type { Asked, Check } from './check.ts';
import { ingressCheck, storageChecks } from './classes.ts';
import { loginCheck, serviceAccount } from './login.ts';
import type { Login } from './login.ts';
import type { ClusterNeeds } from './needs.ts';

export interface ClusterFacts {
  /** By the name of the cluster's file. */
  live: Asked<LiveCluster>;
  /** IP addresses of each host name. */
  resolved: ReadonlyMap<string, Asked<readonly string[]>>;
  /** Milliseconds since 1970. */
  now: number;
}

/** What the cluster that a kubeconfig leads to has answered. */
export interface LiveCluster {
  login: Login;
  /** The error, where it does not answer at all; the name that it was deployed to under, where it was. */
  reached:
    | { kind: 'reached'; version: string; uid: string; name: string | undefined }
    | { kind: 'not-reached'; why: string };
  allowed: Asked<readonly boolean[]>;
  storageClasses: Asked<readonly JsonObject[]>;
  ingressClasses: Asked<readonly string[]>;
  /** Undefined where the cluster knows no ClusterIssuers. */
  issuers: Asked<readonly JsonObject[] | undefined>;
  /** Addresses by which the cluster is entered. */
  entries: Asked<readonly string[]>;
}

/**
 * Minor versions of Kubernetes that Helm and kubectl of `npm run tools` are made for: Helm 4.1 goes three versions
 * back from 1.35, kubectl 1.35 one ahead.
 */
export const OLDEST_KUBERNETES = 32;
export const NEWEST_KUBERNETES = 36;

export function clusterChecks(needs: ClusterNeeds, facts: ClusterFacts): Check[] {
  const { cluster } = needs;
  const where = `clusters/${cluster.name}.yaml`;
  if (facts.live.kind === 'not-asked')
    return [unknown('cluster/reach', where, facts.live), ...dnsChecks(needs, facts, undefined)];
  const live = facts.live.value;
  const login = loginCheck(where, cluster.name, live.login, facts.now);
  const { reached } = live;
  if (reached.kind === 'not-reached')
    return [login, reachCheck(where, reached.why), ...dnsChecks(needs, facts, undefined)];
  const wrong = identityFault(cluster, reached);
  if (wrong !== undefined) return [login, wrong, ...dnsChecks(needs, facts, undefined)];
  return [
    login,
    ok('cluster/reach', where, 'answers'),
    ...versionChecks(cluster, reached.version),
    ...judged('cluster/rights', where, live.allowed, (allowed) =>
      rightsCheck(cluster, allowed, live),
    ),
    ...judged('cluster/storage', where, live.storageClasses, (classes) =>
      storageChecks(needs, classes),
    ),
    ...judged('cluster/ingress', where, live.ingressClasses, (classes) =>
      ingressCheck(needs, classes),
    ),
    ...issuerChecks(cluster, live),
    ...dnsChecks(needs, facts, live.entries),
  ];
}

/** Credentials that are refused are an answer. Silence is none: this machine may be outside. */
function reachCheck(where: string, why: string): Check {
  const [id, set] = ['cluster/reach', 'kubectl cluster-info'];
  const what = `it does not answer: ${why}`;
  return loginRefused(why) ? missing(id, where, what, set) : unknown(id, where, { why: what, set });
}

/** As a deployment would refuse it. */
function identityFault(
  { name, data }: Doc<ClusterFile>,
  { uid, name: known }: { uid: string; name: string | undefined },
): Check | undefined {
  const other = (why: string): Check =>
    missing(
      'cluster/reach',
      `clusters/${name}.yaml`,
      `the kubeconfig leads to another cluster: ${why}`,
      'kubectl config current-context && kubectl get namespace kube-system -o jsonpath={.metadata.uid}',
    );
  if (data.identity !== null && data.identity !== uid)
    return other(`its identity is ${uid}, and ${data.identity} is recorded`);
  return known === undefined || known === name
    ? undefined
    : other(`it is known as ${known}; ${renamedHint(known)}`);
}

function versionChecks(cluster: Doc<ClusterFile>, version: string): Check[] {
  const id = 'cluster/version';
  const where = `clusters/${cluster.name}.yaml`;
  const minor = /^v?1\.([0-9]+)/u.exec(version)?.[1];
  const number = Number(minor ?? Number.NaN);
  if (!(number >= OLDEST_KUBERNETES && number <= NEWEST_KUBERNETES))
    return [
      missing(
        id,
        where,
        `Kubernetes ${version || 'of no known version'} is outside of 1.${OLDEST_KUBERNETES} to 1.${NEWEST_KUBERNETES}, which Helm and kubectl here are made for`,
        'kubectl version # then upgrade the cluster, or GlacioCloud',
      ),
    ];
  const { warnings } = versionVerdict(cluster, version);
  const [warning] = warnings;
  if (warning === undefined) return [ok(id, where, `Kubernetes 1.${number}`)];
  const script = `s/^kubernetes:.*/kubernetes: "1.${number}"/`;
  return [missing(id, where, warning, `sed -i '${script}' ${quoted(where)}`)];
}

function rightsCheck(
  { name, data }: Doc<ClusterFile>,
  allowed: readonly boolean[],
  { login }: LiveCluster,
): Check {
  const where = `clusters/${name}.yaml`;
  const { problems } = rightsVerdict(data, allowed);
  const [problem] = problems;
  if (problem === undefined) return ok('cluster/rights', where, 'may do what deployments do');
  const role = `glaciocloud rights --cluster ${quoted(name)} | kubectl apply --server-side -f -`;
  const fix = `${role}${bindingFor(login)}`;
  return missing('cluster/rights', where, problem, fix);
}

/** An account that does not come with the role is given it. */
function bindingFor(login: Login): string {
  const who = '# by an administrator';
  const bind = ` && kubectl create clusterrolebinding glaciocloud --clusterrole=${DEPLOYER}`;
  const account = login.kind === 'token' ? serviceAccount(login.subject) : undefined;
  if (!account) return `${bind} --user=NAME ${who}; kubectl auth whoami says NAME`;
  const { namespace, name } = account;
  if (name === DEPLOYER && namespace === SYSTEM_NAMESPACE) return ` ${who}`;
  return `${bind} --serviceaccount=${quoted(`${namespace}:${name}`)} ${who}`;
}

function issuerChecks(cluster: Doc<ClusterFile>, { issuers }: LiveCluster): Check[] {
  const { ingress } = cluster.data;
  const name = ingress.issuer;
  if (ingress.class === 'none' || name === null) return [];
  const [id, where] = ['cluster/issuer', `clusters/${cluster.name}.yaml`];
  return judged(id, where, issuers, (known) => {
    if (known === undefined)
      return missing(
        id,
        where,
        `there is no cert-manager, and so no ClusterIssuer ${name}`,
        `${CERT_MANAGER} && ${makeIssuer(name, ingress)}`,
      );
    const found = known.find((one) => textAt(one, '/metadata/name') === name);
    if (!found)
      return missing(id, where, `there is no ClusterIssuer ${name}`, makeIssuer(name, ingress));
    const ready = objectsIn(at(found, '/status/conditions')).find((one) => one['type'] === 'Ready');
    if (ready?.['status'] === 'True') return ok(id, where, `ClusterIssuer ${name} is ready`);
    const why = textAt(ready, '/message') || 'it has not said why';
    const look = `kubectl describe clusterissuer ${quoted(name)}`;
    return missing(id, where, `ClusterIssuer ${name} is not ready: ${why}`, look);
  });
}

const CERT_MANAGER =
  'helm install cert-manager oci://quay.io/jetstack/charts/cert-manager --namespace cert-manager --create-namespace --set crds.enabled=true --wait';

function makeIssuer(name: string, ingress: ClusterFile['ingress']): string {
  const issuer = {
    apiVersion: 'cert-manager.io/v1',
    kind: 'ClusterIssuer',
    metadata: { name },
    spec: {
      acme: {
        server: 'https://acme-v02.api.letsencrypt.org/directory',
        email: ingress.email ?? 'ADDRESS',
        privateKeySecretRef: { name },
        solvers: [{ http01: { ingress: { ingressClassName: ingress.class } } }],
      },
    },
  };
  return `echo ${quoted(JSON.stringify(issuer))} | kubectl apply -f -`;
}

/** Where a cluster has no public entry, nobody looks for its hubs by name. */
function dnsChecks(
  { cluster, hubs }: ClusterNeeds,
  { resolved }: ClusterFacts,
  entries: LiveCluster['entries'] | undefined,
): Check[] {
  if (cluster.data.ingress.class === 'none') return [];
  return hubs.map((hub) => dnsCheck(hub, resolved, entries));
}

function dnsCheck(
  hub: Doc<EnvironmentFile>,
  resolved: ClusterFacts['resolved'],
  entries: LiveCluster['entries'] | undefined,
): Check {
  const [id, where] = ['cluster/dns', `environments/${hub.name}.yaml`];
  const { hostname } = new URL(hub.data.url);
  const asked = resolved.get(hostname);
  if (asked?.kind === 'not-asked') return unknown(id, where, asked);
  const addresses = asked?.value ?? [];
  const known = entries?.kind === 'answered' ? entries.value : [];
  const { problems, warnings } = dnsVerdict(hostname, addresses, known);
  const [fault] = [...problems, ...warnings];
  if (fault !== undefined) return missing(id, where, fault, recordFor(hostname, known));
  if (known.length > 0) return ok(id, where, `${hostname} leads to the cluster`);
  return unknown(id, where, {
    why: `${hostname} is ${addresses.join(', ')}; whether that is the cluster’s entry is not known`,
    set:
      entries?.kind === 'not-asked'
        ? entries.set
        : 'kubectl get services,ingresses --all-namespaces # an entry without an address yet?',
  });
}

/** The line of a zone that is missing. */
function recordFor(host: string, [entry = 'ADDRESS']: readonly string[]): string {
  if (/^[0-9.]+$/u.test(entry)) return `${host}. 300 IN A ${entry}`;
  if (entry.includes(':')) return `${host}. 300 IN AAAA ${entry}`;
  return `${host}. 300 IN CNAME ${entry}${entry === 'ADDRESS' ? '' : '.'}`;
}
