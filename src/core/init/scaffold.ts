import Handlebars from 'handlebars';
import { imageNames } from '../model/offers.ts';
import type { ClusterFile, Kind, Platform } from '../model/types.ts';

export type Scaffold = 'hub' | 'image' | 'cluster';
export const SCAFFOLDS: readonly Scaffold[] = ['hub', 'image', 'cluster'];

export const template = <T>(text: string): ((view: T) => string) =>
  Handlebars.compile<T>(text, { strict: true, noEscape: true });

export interface HubView {
  name: string;
  url: string;
  organization: string;
  /** Who may log in, as a list in YAML has it. */
  allow: string;
  cluster: string;
  wave: string;
  image: string;
}

export const hubText =
  template<HubView>(`# A hub. Everything may be changed; editors show what each key means, by the schema above.
title: {{name}} # people read it
url: {{url}} # its own host name; point it at the cluster's entry
cluster: {{cluster}}
wave: {{wave}} # hubs of earlier waves are changed first
images: [{{image}}] # what users choose from; the first is the default
sizes: # memory is guaranteed, a quarter of the cpu is
  small: {cpu: 2, memory: 4G, default: true}
home: {size: 20Gi} # personal, persistent
scratch: {size: 20Gi} # fast, gone with the server
sessions: {idle: 2h} # a server without activity stops after this time
access:
  allow: [{{allow}}] # who may log in
  admins: ["team:{{organization}}/{{name}}-admins"]
secrets: # values go to secrets/{{name}}.sops.yaml, encrypted
  github-client-id: {use: OAuth application of this hub, rotate: 365d}
  github-client-secret: {use: OAuth application of this hub, rotate: 365d}
capacity: {maxServers: 5} # most servers at once
`);

/** The team of a hub's users, in quotes. */
export function usersTeam(organization: string, hub: string): string {
  return `"team:${organization}/${hub}-users"`;
}

/** Who may help users of a hub by default, as YAML has it. */
export function adminsTeam(organization: string, hub: string): string {
  return `"team:${organization}/${hub}-admins"`;
}

const IMAGE = template<{
  name: string;
}>(`# An image. Everything may be changed; editors show what each key means, by the schema above.
title: {{name}} # users read this
python: "3.13"
conda: [jupyterhub-singleuser=5, jupyterlab, nbgitpuller] # from conda-forge
pip: []
apt: []
# oggm: {version: 1.6.3}
# bake: [sample-data, salem] # kept in /opt, because a home volume hides what lies in the home
`);

export interface ClusterView {
  name: string;
  provider: string;
  storage: string;
  ingress: string;
  /** Until a new node takes servers. */
  startTime: string;
}

export const clusterText =
  template<ClusterView>(`# A cluster. Everything may be changed; editors show what each key means, by the schema above.
title: {{name}}
provider: {{provider}} # digitalocean | gke | aks | eks | ovh | k3s | existing
kubernetes: "1.35" # minor version
identity: null # recorded on first contact; every write to another cluster is refused then
storage:
  homes:
    class: {{storage}} # one of \`kubectl get storageclass\`
ingress: {{ingress}} # how people reach the hubs
networkPolicy: enforced # none, where the cluster's network ignores NetworkPolicies
nodes: # the machines of user servers: what one has, and how many there can be
  user:
    cpu: 8
    memory: 32Gi
    max: 2
    startTime: {{startTime}} # until a new machine takes servers; 0s where none are added
parallel: 2 # Helm operations at once
`);

/**
 * What each provider calls its storage and its entry, and how long a new machine takes; people
 * correct it where theirs differs.
 */
export const PROVIDERS: Readonly<
  Record<ClusterFile['provider'], { storage: string; ingress: string; startTime: string }>
> = {
  digitalocean: { storage: 'do-block-storage', ingress: 'nginx', startTime: '240s' },
  gke: { storage: 'standard-rwo', ingress: 'nginx', startTime: '240s' },
  aks: { storage: 'managed-csi', ingress: 'nginx', startTime: '240s' },
  eks: { storage: 'gp3', ingress: 'nginx', startTime: '240s' },
  ovh: { storage: 'csi-cinder-high-speed', ingress: 'nginx', startTime: '240s' },
  k3s: { storage: 'local-path', ingress: 'traefik', startTime: '0s' },
  existing: { storage: 'standard', ingress: 'nginx', startTime: '240s' },
};

/**
 * The comment by which editors find a file's schema: at \`base\`, an address, or beside the files.
 */
export function schemaComment(kind: Kind, path: string, base: string | undefined): string {
  const beside = `${'../'.repeat(path.split('/').length - 1)}schemas/`;
  return `# yaml-language-server: $schema=${base ?? beside}${kind}.schema.json\n`;
}

/** Where platform.yaml finds its schema, if that is an address: new files follow it. */
export function schemaBase(platformText: string): string | undefined {
  return /^# yaml-language-server: \$schema=(https:\/\/\S+\/)platform\.schema\.json$/mu.exec(
    platformText,
  )?.[1];
}

/** Path and text of a commented file to begin with. */
export function scaffold(
  kind: Scaffold,
  name: string,
  platform: Platform,
  base: string | undefined,
): { path: string; text: string } {
  const file = (of: Kind, path: string, text: string): { path: string; text: string } => ({
    path,
    text: schemaComment(of, path, base) + text,
  });
  switch (kind) {
    case 'hub':
      return file('environment', `environments/${name}.yaml`, hubText(hubView(name, platform)));
    case 'image':
      return file('image', `images/${name}/image.yaml`, IMAGE({ name }));
    case 'cluster': {
      const { storage, ingress, startTime } = PROVIDERS.existing;
      return file(
        'cluster',
        `clusters/${name}.yaml`,
        clusterText({
          name,
          provider: 'existing',
          storage,
          startTime,
          ingress: `{class: ${ingress}, issuer: letsencrypt}`,
        }),
      );
    }
  }
}

/**
 * A hub beside those that there are: an image that one of them uses, or else one that needs no
 * build.
 */
function hubView(name: string, { settings, clusters, environments, images }: Platform): HubView {
  const [used] = [...environments.values()].flatMap(({ data }) => imageNames(data));
  const ready = [...images.values()].find(({ data }) => data.from !== undefined);
  return {
    name,
    url: `https://${name}.example.org`,
    organization: settings.data.organization,
    allow: usersTeam(settings.data.organization, name),
    cluster: [...clusters.keys()][0] ?? 'add-a-cluster',
    wave: settings.data.waves[0]?.name ?? '',
    image: used ?? ready?.name ?? 'add-an-image',
  };
}
