import { textAt } from '../core/json.ts';
import { IDENTITY, SYSTEM_NAMESPACE } from '../core/cluster/objects.ts';
import { NEEDS } from '../core/cluster/rights.ts';
import { entriesOf } from '../core/hub/preflight.ts';
import { approvalEnvironment } from '../core/hub/protection.ts';
import { encryptionFindings } from '../core/credentials/encrypted.ts';
import { IMAGES_ENVIRONMENT } from '../core/doctor/app-key.ts';
import type { Asked, NotAsked } from '../core/doctor/check.ts';
import type { LiveCluster } from '../core/doctor/clusters.ts';
import type { Facts } from '../core/doctor/doctor.ts';
import type { GithubFacts, Names } from '../core/doctor/github.ts';
import type { Login } from '../core/doctor/login.ts';
import { clusterNeeds } from '../core/doctor/needs.ts';
import { pullNeeds } from '../core/doctor/pulls.ts';
import type { PullFacts } from '../core/doctor/pulls.ts';
import type { Opened, SecretsFacts } from '../core/doctor/secrets.ts';
import type { ClusterName, Platform } from '../core/model/types.ts';
import { KubeFailure, UsageError } from '../failure.ts';
import type { DoctorFiles } from '../gather/doctor.ts';
import type { Cluster, Internet } from '../ports.ts';
import type { RepositorySetup, SecretsAtHand } from '../ports/doctor.ts';
import { attempt } from './attempt.ts';
import { accessSetup } from './doctor-access.ts';
import type { GithubPorts } from './doctor-access.ts';
import { secretsAudit } from './secrets-audit.ts';

export interface DoctorPorts {
  github: Asked<GithubPorts>;
  cluster: Asked<{ kube: Cluster; login: () => Promise<Login> }>;
  secrets: SecretsAtHand;
  internet: Pick<Internet, 'resolve'>;
}

export interface DoctorInputs {
  platform: Platform;
  files: DoctorFiles;
  /** The cluster that the kubeconfig leads to. */
  cluster: ClusterName | undefined;
  /** Milliseconds since 1970. */
  now: number;
}

/** Asks everything that can be asked, side by side. Whatever refuses to answer is a fact too. */
export async function doctorFacts(inputs: DoctorInputs, ports: DoctorPorts): Promise<Facts> {
  const { platform, files, now } = inputs;
  const [github, live, resolved, opened] = await Promise.all([
    onceAsked(ports.github, (github) => githubFacts(platform, github)),
    liveClusters(inputs, ports.cluster),
    resolvedHosts(platform, ports.internet),
    openedSecrets(inputs, ports.secrets),
  ]);
  const secrets: SecretsFacts = { sops: files.sops, files: files.secrets, opened };
  return { github, workflows: files.workflows, live, resolved, secrets, now };
}

/** An administrator sees all of it; what else a token may be is named where it is needed. */
const ADMINISTRATOR = 'export GITHUB_TOKEN="$(gh auth token)" # of an administrator';

async function githubFacts(platform: Platform, ports: GithubPorts): Promise<GithubFacts> {
  const { repository, setup } = ports;
  const may = (right: string): string => `${ADMINISTRATOR}, or with the right ${right}: read`;
  const names = async (environment?: string): Promise<Names> => ({
    secrets: await setup.secretNames(environment),
    variables: await setup.variableNames(environment),
  });
  const needs = clusterNeeds(platform);
  const wanted = needs.flatMap(({ cluster, reviewers }) => [
    cluster.name,
    ...(reviewers ? [approvalEnvironment(cluster.name)] : []),
  ]);
  const environments: GithubFacts['environments'] = new Map(
    await eachOf(wanted, (name) => attempt(() => setup.environment(name), may('Actions'))),
  );
  const there = needs
    .map(({ cluster }) => cluster.name)
    .filter((name) => {
      const one = environments.get(name);
      return one?.kind === 'answered' && one.value.protection !== undefined;
    });
  const [held, shared, labels, rules, actions, pulls, app, access] = await Promise.all([
    eachOf(there, (name) => attempt(() => names(name), may('Environments'))),
    attempt(() => names(), may('Secrets: read, Variables')),
    attempt(() => setup.labels(), may('Issues')),
    attempt(() => setup.branchRules('deployed'), may('Metadata')),
    attempt(() => setup.actionsSettings(), may('Administration')),
    pullFacts(platform, setup, may('Metadata')),
    appKeyFacts(platform, setup, may('Environments')),
    accessSetup(platform, ports, may),
  ]);
  const asked = { held: new Map(held), shared, labels, rules, actions, pulls, app, access };
  return { repository, environments, ...asked };
}

/** Only what the platform needs is asked. */
async function pullFacts(
  platform: Platform,
  setup: RepositorySetup,
  set: string,
): Promise<PullFacts> {
  const { branch, automerge } = pullNeeds(platform);
  const rulesOf = async (name: string): Promise<PullFacts['images']> => ({
    branch: name,
    rules: await attempt(() => setup.branchRules(name), set),
  });
  const [images, main] = await Promise.all([
    branch === undefined ? undefined : rulesOf(branch),
    automerge ? attempt(() => setup.mergeRules(), set) : undefined,
  ]);
  return { images, main };
}

async function appKeyFacts(
  { images }: Platform,
  setup: RepositorySetup,
  set: string,
): Promise<GithubFacts['app']> {
  if (images.size === 0) return undefined;
  return attempt(async () => {
    const environment = await setup.environment(IMAGES_ENVIRONMENT);
    const isThere = environment.protection !== undefined;
    return {
      environment,
      secrets: isThere ? await setup.secretNames(IMAGES_ENVIRONMENT) : [],
    };
  }, set);
}

type Live = Facts['live'];

async function liveClusters(
  { platform, cluster }: DoctorInputs,
  asked: DoctorPorts['cluster'],
): Promise<Live> {
  const names = [...platform.clusters.keys()];
  if (cluster !== undefined && !names.includes(cluster))
    throw new UsageError(`there is no cluster "${cluster}"`, `clusters: ${names.join(', ')}`);
  if (asked.kind === 'not-asked') return new Map(names.map((name) => [name, asked]));
  const live = await liveCluster(asked.value);
  const meant = cluster ?? meantCluster(platform, live);
  const other: NotAsked = {
    kind: 'not-asked',
    why: whyOther(meant, live),
    set: 'glaciocloud doctor --cluster NAME --kubeconfig FILE',
  };
  return new Map(
    names.map((name) => [name, name === meant ? { kind: 'answered', value: live } : other]),
  );
}

function whyOther(meant: ClusterName | undefined, { reached }: LiveCluster): string {
  if (meant !== undefined) return `the kubeconfig leads to ${meant}`;
  return reached.kind === 'reached'
    ? 'no file of a cluster has the identity of the one that the kubeconfig leads to'
    : `the cluster that the kubeconfig leads to does not answer: ${reached.why}`;
}

/** The only one, the one whose recorded identity it has, or the one that it was deployed to as. */
function meantCluster({ clusters }: Platform, { reached }: LiveCluster): ClusterName | undefined {
  const all = [...clusters.values()];
  if (all.length === 1) return all[0]?.name;
  if (reached.kind === 'not-reached') return undefined;
  const { uid, name } = reached;
  return (
    all.find(({ data }) => data.identity !== null && data.identity === uid) ??
    all.find((one) => one.name === name)
  )?.name;
}

async function liveCluster({
  kube,
  login,
}: {
  kube: Cluster;
  login: () => Promise<Login>;
}): Promise<LiveCluster> {
  const set = 'kubectl auth can-i --list # then ask an administrator of the cluster';
  const first = await attempt(() => reach(kube), set);
  const known = await attempt(login, set);
  const unreached: NotAsked = { kind: 'not-asked', why: 'the cluster does not answer', set };
  const listed = async <T>(ask: () => Promise<T>): Promise<Asked<T>> =>
    first.kind === 'answered' ? attempt(ask, set) : unreached;
  const [allowed, storageClasses, ingressClasses, issuers, entries] = await Promise.all([
    listed(() => kube.mayI(NEEDS)),
    listed(() => kube.list('storageclasses')),
    listed(async () =>
      (await kube.list('ingressclasses')).map((one) => textAt(one, '/metadata/name')),
    ),
    listed(() => ifKnown(() => kube.list('clusterissuers'))),
    listed(async () => entriesOf(await kube.list('services,ingresses'))),
  ]);
  return {
    login: known.kind === 'answered' ? known.value : { kind: 'unclear', why: known.why },
    reached:
      first.kind === 'answered'
        ? { kind: 'reached', ...first.value }
        : { kind: 'not-reached', why: first.why },
    allowed,
    storageClasses,
    ingressClasses,
    issuers,
    entries,
  };
}

async function reach(
  kube: Cluster,
): Promise<{ version: string; uid: string; name: string | undefined }> {
  const version = await kube.version();
  const system = await kube.get('namespace', 'kube-system');
  // Who may not look hears of it among the rights.
  const kept = await attempt(() => kube.get('configmap', IDENTITY, SYSTEM_NAMESPACE), '');
  const name = kept.kind === 'answered' ? textAt(kept.value, '/data/cluster') : '';
  return { version, uid: textAt(system, '/metadata/uid'), name: name === '' ? undefined : name };
}

/** A cluster without cert-manager says that it knows no such kind: that is an answer. */
async function ifKnown<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof KubeFailure && error.refusal === 'unknown-kind') return undefined;
    throw error;
  }
}

/** Clusters without an entry have names that lead nowhere. */
async function resolvedHosts(
  { clusters, environments }: Platform,
  { resolve }: DoctorPorts['internet'],
): Promise<Facts['resolved']> {
  const hosts = [...environments.values()]
    .filter(({ data }) => clusters.get(data.cluster)?.data.ingress.class !== 'none')
    .map(({ data }) => new URL(data.url).hostname);
  const set = 'getent hosts github.com # and where that finds nothing, the DNS of this machine';
  return new Map(await eachOf([...new Set(hosts)], (host) => attempt(() => resolve(host), set)));
}

const LACKING: Readonly<Record<'sops' | 'key', NotAsked>> = {
  sops: {
    kind: 'not-asked',
    why: 'sops is not found',
    set: 'go install github.com/getsops/sops/v3/cmd/sops@v3.11.0',
  },
  key: {
    kind: 'not-asked',
    why: 'there is no key here',
    set: 'export SOPS_AGE_KEY_FILE=FILE # what `age-keygen -o FILE` wrote',
  },
};

async function openedSecrets(
  { platform, files, now }: DoctorInputs,
  secrets: SecretsAtHand,
): Promise<SecretsFacts['opened']> {
  const encrypted = [...files.secrets].filter(
    ([hub, text]) =>
      platform.environments.has(hub) &&
      encryptionFindings(`secrets/${hub}.sops.yaml`, text).length === 0,
  );
  const lacking = encrypted.length === 0 ? undefined : await secrets.lacking();
  const open = async (hub: string): Promise<Asked<Opened>> => {
    if (lacking !== undefined) return LACKING[lacking];
    const found = await attempt(() => secrets.opened(hub), '');
    if (found.kind === 'not-asked')
      return { kind: 'answered', value: { kind: 'refused', why: found.why } };
    const environment = platform.environments.get(hub);
    const { secrets: known, changed } = found.value;
    const audited = environment
      ? secretsAudit(environment.data, { values: known, changed }, now)
      : [];
    return { kind: 'answered', value: { kind: 'open', secrets: audited } };
  };
  return new Map(
    await eachOf(
      encrypted.map(([hub]) => hub),
      open,
    ),
  );
}

async function onceAsked<T, R>(asked: Asked<T>, next: (value: T) => Promise<R>): Promise<Asked<R>> {
  return asked.kind === 'answered' ? { kind: 'answered', value: await next(asked.value) } : asked;
}

function eachOf<T>(
  names: readonly string[],
  ask: (name: string) => Promise<T>,
): Promise<(readonly [string, T])[]> {
  return Promise.all(names.map(async (name) => [name, await ask(name)] as const));
}
