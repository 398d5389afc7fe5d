import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exec } from '../../src/edges/exec.ts';
import { edit, git } from '../support/sample.ts';
import type { Lab } from './lab.ts';

/** What a lab hub offers and how it differs from the usual. */
export interface LabHub {
  cluster?: string;
  image?: string;
  version?: string;
  wave?: string;
  hubImage?: string;
  memory?: string;
  idle?: string;
  scratch?: string;
  port?: number;
  /** Where the simulated GitHub listens on the lab's bridge. */
  github?: number;
  probe?: string;
  url?: string;
  values?: string;
  /** Supplied beside the canaries: what the hub's file says of each, and its value. */
  secrets?: Readonly<Record<string, readonly [said: string, value: string]>>;
}

/** Every supplied secret is a canary: nothing but its Secret in the cluster may hold it. */
export const CANARIES = {
  'github-client-id': 'canary-id-81d0be42',
  'github-client-secret': 'canary-3f9a51c07d2e',
} as const;

function split(reference: string): { image: string; digest: string } {
  const [image = '', digest = ''] = reference.split('@');
  return { image, digest };
}

/** name:tag with a digest as tag, as the chart puts it together: `name:x@sha256:…`. */
export function asTag(reference: string): string {
  const { image, digest } = split(reference);
  return `{name: "${image}", tag: "lab@${digest}", pullPolicy: IfNotPresent}`;
}

/** What a hub runs that pulls from the lab's registry and asks the simulated GitHub. */
export function labValues(lab: Lab, hub: LabHub): string {
  return `values:
  hub:
    image: ${asTag(lab.images[hub.hubImage ?? 'hub'] ?? '')}
    extraEnv: {GITHUB_URL: "http://10.200.0.1:${hub.github ?? 18999}"}
  proxy:
    chp:
      image: ${asTag(lab.images['proxy'] ?? '')}
  prePuller:
    pause: {image: {name: ${lab.pause.name}, tag: "${lab.pause.tag}"}}
${(hub.values ?? '').replaceAll(/^(?=.)/gmu, '  ')}`;
}

/** An image of the lab's registry, as a file of a platform. */
export function labImage(lab: Lab, name: string): string {
  const { image, digest } = split(lab.images[name] ?? '');
  return `title: ${name}\noggm: {version: 1.6.3}\nfrom: {image: "${image}", digest: "${digest}"}\n`;
}

/** A platform on the lab's cluster: images of the lab's registry, no entry, OAuth secrets encrypted with a key of its own. */
export async function writePlatform(
  root: string,
  lab: Lab,
  hubs: Readonly<Record<string, LabHub>>,
): Promise<{ env: Record<string, string> }> {
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(join(root, path, '..'), { recursive: true });
    await writeFile(join(root, path), text);
  };
  await mkdir(root, { recursive: true });
  await git(root, 'init', '-q', '-b', 'main');
  await write(
    'platform.yaml',
    `glaciocloud: 1
organization: example
registry: ${lab.registry}/lab
user: {name: jovyan, uid: 1100, gid: 100}
charts:
  jupyterhub: {version: 4.4.0, repository: https://hub.jupyter.org/helm-chart/, sha256: null}
waves:
  - {name: staging, images: candidate}
  - {name: production, images: stable}
`,
  );
  await write(
    'clusters/lab.yaml',
    `title: Lab
provider: existing
kubernetes: "1.35"
storage: {homes: {class: local-path}}
ingress: {class: none}
networkPolicy: none
nodes: {user: {cpu: 2, memory: 16Gi, max: 1}}
parallel: 4
`,
  );
  for (const image of Object.keys(lab.images).filter((name) => name.startsWith('oggm')))
    await write(`images/${image}/image.yaml`, labImage(lab, image));
  const secrets: Record<string, string> = {};
  for (const [name, hub] of Object.entries(hubs)) {
    const more = Object.entries(hub.secrets ?? {});
    await write(
      `environments/${name}.yaml`,
      `title: ${name}
url: ${hub.url ?? `http://127.0.0.1:${hub.port ?? 18000 + Object.keys(hubs).indexOf(name)}`}
cluster: ${hub.cluster ?? 'lab'}
wave: ${hub.wave ?? 'staging'}
images: [${hub.image ?? 'oggm'}]
sizes:
  small: {cpu: 1, memory: ${hub.memory ?? '1G'}, default: true}
home: {size: 5Gi}${hub.scratch === undefined ? '' : `\nscratch: {size: ${hub.scratch}}`}
sessions: {idle: ${hub.idle ?? '1h'}}
access:
  allow: [team:example/users]
  admins: [team:example/admins]
secrets:
  github-client-id: {use: login}
  github-client-secret: {use: login}
${more.map(([secret, [said]]) => `  ${secret}: ${said}\n`).join('')}capacity: {maxServers: 4}${hub.probe === undefined ? '' : `\nprobe: ${hub.probe}`}
${labValues(lab, hub)}`,
    );
    const values = more.map(([secret, [, value]]) => [secret, value]);
    secrets[name] = JSON.stringify({ ...CANARIES, ...Object.fromEntries(values) });
  }
  return { env: await encrypt(root, lab, secrets) };
}

/** What is committed, in a bare repository beside it as `origin`, as GitHub would have it. */
export async function pushToOrigin(root: string, folder: string): Promise<void> {
  const origin = join(folder, 'origin.git');
  await git(folder, 'init', '-q', '--bare', '-b', 'main', origin);
  await git(root, 'remote', 'add', 'origin', origin);
  await git(root, 'push', '-q', 'origin', 'main');
}

/**
 * People ask for access to this hub: their files are in a private repository, and these tiers, each with its longest time, let in. In
 * such a hub nobody comes by a team.
 */
export async function openToRequests(
  root: string,
  hub: string,
  tiers: Readonly<Record<string, string>>,
): Promise<void> {
  const times = Object.entries(tiers).map(([tier, until]) => `${tier}: {until: ${until}}`);
  const files = `access: {repository: example/access}\ntiers: {${times.join(', ')}}\n`;
  await edit(root, 'platform.yaml', 'waves:', `${files}waves:`);
  const allowed = Object.keys(tiers).map((tier) => `tier:${tier}`);
  const environment = `environments/${hub}.yaml`;
  await edit(root, environment, '[team:example/users]', `[${allowed.join(', ')}]`);
  await edit(root, environment, '[team:example/admins]', '[]');
}

async function encrypt(
  root: string,
  lab: Lab,
  secrets: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const made = await exec(join(lab.bin, 'age-keygen'), []);
  const key = /^AGE-SECRET-KEY-.*$/mu.exec(made.stdout)?.[0] ?? '';
  const recipient = /public key: (age1\S+)/u.exec(made.stdout + made.stderr)?.[1] ?? '';
  await mkdir(join(root, 'secrets'), { recursive: true });
  for (const [name, text] of Object.entries(secrets)) {
    const { code, stdout, stderr } = await exec(
      join(lab.bin, 'sops'),
      [
        'encrypt',
        '--age',
        recipient,
        '--input-type',
        'json',
        '--output-type',
        'yaml',
        '--filename-override',
        `${name}.sops.yaml`,
      ],
      { input: text },
    );
    if (code !== 0) throw new Error(`sops: ${stderr}`);
    await writeFile(join(root, 'secrets', `${name}.sops.yaml`), stdout);
  }
  return { SOPS_AGE_KEY: key, GLACIOCLOUD_SOPS: join(lab.bin, 'sops') };
}
