import type { AccessWorld } from './apply/access/apply.ts';
import type { BenchWorld } from './apply/bench/measure.ts';
import { presentInCluster } from './apply/access/hub-people.ts';
import { internet } from './edges/address.ts';
import { gitAudit } from './edges/audit.ts';
import { buckets } from './edges/bucket.ts';
import { systemClock } from './edges/clock.ts';
import { directoryFile } from './edges/directory-file.ts';
import { dockerEngine } from './edges/docker.ts';
import { gitFileHistory } from './edges/file-history.ts';
import { HelmReleases } from './edges/helm-releases.ts';
import { findHelm } from './edges/helm.ts';
import { Kube } from './edges/kube.ts';
import { kubeconfigLogin } from './edges/login.ts';
import { machineRandom, processName } from './edges/machine.ts';
import { gitNames } from './edges/names.ts';
import { presentPeople } from './edges/present-people.ts';
import { imageRegistry } from './edges/registry.ts';
import { repo2docker, scannerImage } from './edges/repo2docker.ts';
import { secretsAtHand } from './edges/secrets-at-hand.ts';
import { sopsSecrets } from './edges/sops.ts';
import { githubRefs } from './edges/git-remote.ts';
import { chartScript, imageScript } from './edges/tool-root.ts';
import { githubAnywhere, githubPlace } from './edges/github/place.ts';
import type { Unplaced } from './edges/github/place.ts';
import type { AccessSources } from './flow/access.ts';
import type { HomeSources } from './flow/access-homes.ts';
import type { AuditWorld } from './flow/access-audit.ts';
import type { RequestWorld } from './flow/access-request.ts';
import type { DeployPorts } from './flow/deployment.ts';
import type { DoctorPorts } from './flow/doctor.ts';
import { UsageError } from './failure.ts';
import { peopleFolder } from './gather/platform.ts';
import type { Cluster } from './ports.ts';
import type { Accounts, Directory, Logins } from './ports/access.ts';
import type { RepositorySetup } from './ports/doctor.ts';
import type { ImagePorts } from './ports/images.ts';

/** Where a deployment meets the outside. */
export interface Place {
  root: string;
  kubeconfig: string;
}

/** The ports as they are outside of tests. Nothing is started or asked before it is needed. */
export function deployPorts({ root, kubeconfig }: Place): DeployPorts {
  return {
    kube: new Kube(kubeconfig),
    releases: async (scratch) => new HelmReleases(await findHelm(), kubeconfig, scratch),
    secrets: sopsSecrets(root),
    store: buckets,
    internet,
    clock: systemClock,
    random: machineRandom,
    self: processName(),
  };
}

/** Where volumes of a hub are measured. */
export function benchWorld(kubeconfig: string): BenchWorld {
  return { kube: new Kube(kubeconfig), clock: systemClock, script: chartScript };
}

/** The same for images. */
export function imagePorts(): ImagePorts {
  return {
    builder: repo2docker,
    engine: dockerEngine,
    registry: imageRegistry,
    refs: githubRefs,
    scanner: scannerImage(),
    clock: systemClock,
    script: imageScript,
  };
}

const UNPLACED: Readonly<Record<Unplaced, { why: string; set: string }>> = {
  token: {
    why: 'there is no token',
    set: 'export GITHUB_TOKEN="$(gh auth token)" # of an administrator of the repository',
  },
  repository: {
    why: 'this folder’s remote `origin` is no repository on github.com',
    set: 'export GITHUB_REPOSITORY=OWNER/REPO',
  },
};

/** What `doctor` can ask here. Only where GitHub can be asked, its client is loaded. */
export async function doctorPorts(
  root: string,
  kubeconfig: string | undefined,
): Promise<DoctorPorts> {
  return {
    github: await githubSetup(root),
    cluster:
      kubeconfig === undefined || kubeconfig === ''
        ? {
            kind: 'not-asked',
            why: 'no kubeconfig is named',
            set: 'export KUBECONFIG=FILE # or glaciocloud doctor --kubeconfig FILE',
          }
        : {
            kind: 'answered',
            value: { kube: new Kube(kubeconfig), login: () => kubeconfigLogin(kubeconfig) },
          },
    secrets: secretsAtHand(root),
    internet,
  };
}

async function githubSetup(root: string): Promise<DoctorPorts['github']> {
  const place = await githubPlace(root);
  if (typeof place === 'string') return { kind: 'not-asked', ...UNPLACED[place] };
  const [{ GithubClient }, { GithubSetup }] = await Promise.all([
    import('./edges/github/client.ts'),
    import('./edges/github/setup.ts'),
  ]);
  const at = (owner: string, repo: string): RepositorySetup =>
    new GithubSetup(new GithubClient({ ...place, owner, repo }, 1000));
  const beside = (repository: string): RepositorySetup => {
    const [owner = '', repo = ''] = repository.split('/');
    return at(owner, repo);
  };
  const { owner, repo } = place;
  return {
    kind: 'answered',
    value: { repository: `${owner}/${repo}`, setup: at(owner, repo), beside },
  };
}

/** Where access is compared: with a folder, or with a cluster. */
export interface AccessPlace {
  root: string;
  people: string | undefined;
  present: string | undefined;
  directory: string | undefined;
  kubeconfig: string | undefined;
}

/** What `access` looks at outside of tests. */
export function accessSources(place: AccessPlace): AccessSources {
  const { root, people, present, directory, kubeconfig } = place;
  const inCluster = { kube: new Kube(kubeconfig ?? ''), script: chartScript };
  return {
    present: (hubs) =>
      present === undefined ? presentInCluster(inCluster, hubs) : presentPeople(present, hubs),
    plansAbsent: present !== undefined,
    ...(directory === undefined
      ? { directory: teamsOnGithub, accounts: loginsOnGithub }
      : { directory: directoryFile(directory), accounts: NO_LOGINS }),
    names: gitNames(people ?? root),
  };
}

/** Where homes of people are looked for. */
export function homeSources(place: AccessPlace): HomeSources {
  const audit = gitAudit(place.people ?? place.root);
  return { ...accessSources(place), kube: new Kube(place.kubeconfig ?? ''), audit };
}

/** Where access is made true, and written down. `run`: of GitHub Actions. */
export async function accessWorld(
  { root, people, kubeconfig }: AccessPlace,
  run: number | undefined,
  progress: (text: string) => void,
): Promise<AccessWorld & AuditWorld> {
  const checkout =
    people === undefined ? undefined : { folder: people, below: await peopleFolder(people) };
  return {
    kube: new Kube(kubeconfig ?? ''),
    script: chartScript,
    clock: systemClock,
    names: gitNames(people ?? root),
    audit: gitAudit(people ?? root),
    history: gitFileHistory({ root, people: checkout }),
    run,
    progress,
  };
}

/** Where people ask for access: issues here, and pull requests where people's files are. */
export async function requestWorld(directory: string | undefined): Promise<RequestWorld> {
  const [github, runner] = await Promise.all([
    import('./edges/github/requests.ts'),
    import('./edges/runner.ts'),
  ]);
  const here = runner.githubSettings();
  return {
    desk: github.githubRequestDesk(here),
    pullsIn: (repository) =>
      github.githubRequestPulls(
        repository === undefined ? here : runner.accessRepository(repository),
      ),
    directory: directory === undefined ? teamsOnGithub : directoryFile(directory),
  };
}

/** Loaded where a hub names a team, and nobody wrote the teams down. */
export const teamsOnGithub: Directory = {
  teams: async (wanted) => {
    const [{ githubDirectory }, { directorySettings }] = await Promise.all([
      import('./edges/github/directory.ts'),
      import('./edges/runner.ts'),
    ]);
    return githubDirectory(directorySettings()).teams(wanted);
  },
};

/** Asked with whatever token is at hand: anybody may look up an account. */
export const loginsOnGithub: Accounts & Logins = {
  byLogin: async (logins) => (await accountsOnGithub()).byLogin(logins),
  byId: async (ids) => (await accountsOnGithub()).byId(ids),
};

/** Where the directory is a file nobody else is asked. */
const NO_LOGINS: Accounts & Logins = {
  byLogin: () => Promise.resolve({ found: new Map(), requests: 0 }),
  byId: () => Promise.resolve({ found: new Map(), requests: 0 }),
};

async function accountsOnGithub(): Promise<Accounts & Logins> {
  const anywhere = githubAnywhere();
  if (!anywhere) throw new UsageError(UNPLACED.token.why, 'export GITHUB_TOKEN="$(gh auth token)"');
  const { githubAccounts } = await import('./edges/github/accounts.ts');
  return githubAccounts(anywhere);
}

/** The cluster that a kubeconfig leads to, where one is named. */
export function kubeAt(kubeconfig: string): Cluster {
  return new Kube(kubeconfig);
}
