import Handlebars from 'handlebars';
import type { Platform } from '../model/types.ts';

export type Scaffold = 'hub' | 'image' | 'cluster';
export const SCAFFOLDS: readonly Scaffold[] = ['hub', 'image', 'cluster'];

const template = <T>(text: string): ((view: T) => string) => Handlebars.compile<T>(text, { strict: true, noEscape: true });

interface HubView {
  name: string;
  organization: string;
  cluster: string;
  wave: string;
  image: string;
}

const HUB = template<HubView>(`# A hub. Every key is described in docs/reference/environment.md; editors know them by the schema.
title: {{name}}
url: https://{{name}}.example.org # its own host name; point it at the cluster's entry
cluster: {{cluster}}
wave: {{wave}} # hubs of earlier waves are changed first
images: [{{image}}] # what users choose from; the first is the default
sizes: # memory is guaranteed, a quarter of the cpu is
  small: {cpu: 2, memory: 4G, default: true}
home: {size: 20Gi} # personal, persistent
scratch: {size: 20Gi} # fast, gone with the server
sessions: {idle: 2h} # a server without activity stops after this time
access:
  allow: [team:{{organization}}/{{name}}-users] # who may log in
  admins: [team:{{organization}}/{{name}}-admins]
secrets: # values go to secrets/{{name}}.sops.yaml, encrypted
  github-client-id: {use: OAuth application of this hub, rotate: 365d}
  github-client-secret: {use: OAuth application of this hub, rotate: 365d}
capacity: {maxServers: 5} # most servers at once
`);

const IMAGE = template<{ name: string }>(`# An image. Every key is described in docs/reference/image.md.
title: {{name}} # users read this
python: "3.13"
conda: [jupyterhub-singleuser=5, jupyterlab, nbgitpuller] # from conda-forge
pip: []
apt: []
# oggm: {version: 1.6.3}
# bake: [sample-data, salem] # kept in /opt, because a home volume hides what lies in the home
rebuild: weekly # never | nightly | weekly
`);

const CLUSTER = template<{ name: string }>(`# A cluster. Every key is described in docs/reference/cluster.md.
title: {{name}}
provider: existing # digitalocean | gke | aks | eks | ovh | k3s | existing
kubernetes: "1.35"
identity: null # recorded on first contact; every write to another cluster is refused then
storage: {homes: {class: standard}}
ingress: {class: nginx, issuer: letsencrypt, email: null}
networkPolicy: enforced
nodes:
  user: {cpu: 8, memory: 32Gi, max: 2, startTime: 240s}
parallel: 2
`);

/** Path and text of a commented file to begin with. */
export function scaffold(kind: Scaffold, name: string, platform: Platform): { path: string; text: string } {
  const schema = (file: string, up: string): string => `# yaml-language-server: $schema=${up}schemas/${file}.schema.json\n`;
  switch (kind) {
    case 'hub': {
      const used = new Set([...platform.environments.values()].flatMap(({ data }) => data.images));
      const view = {
        name,
        organization: platform.settings.data.organization,
        cluster: [...platform.clusters.keys()][0] ?? 'add-a-cluster',
        wave: platform.settings.data.waves[0]?.name ?? '',
        image: [...used][0] ?? [...platform.images.values()].find(({ data }) => data.from !== undefined)?.name ?? 'add-an-image',
      };
      return { path: `environments/${name}.yaml`, text: schema('environment', '../') + HUB(view) };
    }
    case 'image':
      return { path: `images/${name}/image.yaml`, text: schema('image', '../../') + IMAGE({ name }) };
    case 'cluster':
      return { path: `clusters/${name}.yaml`, text: schema('cluster', '../') + CLUSTER({ name }) };
  }
}
