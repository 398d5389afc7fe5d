import { readFile } from 'node:fs/promises';
import { at, textAt } from '../../src/core/json.ts';
import { exec } from '../../src/edges/exec.ts';
import { Kube } from '../../src/edges/kube.ts';
import { unpackedTool } from '../../src/edges/tools.ts';
import { CLI } from '../support/sample.ts';
import type { Lab } from './lab.ts';

interface AccessJson {
  steps: { kind: string; id: number | null }[];
  results: {
    loaded: boolean | null;
    seconds: { out: number | null };
    stuck: { id: number | null; reason: string }[];
  }[];
}

/** What `access plan` and `access apply` said. */
export interface AccessRun extends Pick<AccessJson, 'results'> {
  code: number;
  output: string;
  steps: [kind: string, id: number | null][];
}

/** The people of one hub, and where their files are. */
export interface AccessPlace {
  lab: Lab;
  hub: string;
  root: string;
  /** A clone, where people’s files are not in the platform. */
  people?: string;
  /** Address of the simulated GitHub’s API. */
  api: string;
}

/** As the workflow `access` runs it. */
export async function runAccess(
  verb: 'plan' | 'apply',
  { lab, hub, root, people, api }: AccessPlace,
  { env = {}, args = [] }: { env?: Record<string, string>; args?: readonly string[] } = {},
): Promise<AccessRun> {
  const tools = { GLACIOCLOUD_KUBECTL: unpackedTool('kubectl') };
  const where = ['--root', root, '--kubeconfig', lab.kubeconfig];
  const whose = people === undefined ? [] : ['--people', people];
  const all = [CLI, 'access', verb, hub, ...where, ...whose, ...args, '--json'];
  const { code, stdout, stderr } = await exec(process.execPath, all, {
    env: { GITHUB_TOKEN: 'reader', GITHUB_API_URL: api, ...tools, ...env },
    cwd: root,
    timeoutMs: 300_000,
  });
  const json = (stdout.startsWith('{') ? JSON.parse(stdout) : {}) as Partial<AccessJson>;
  const steps = (json.steps ?? []).map(({ kind, id }): [string, number | null] => [kind, id]);
  return { code, output: stdout + stderr, steps, results: json.results ?? [] };
}

/** What Kubernetes has of a hub's people. */
export class HubObjects {
  readonly kube: Kube;
  readonly #lab: Lab;
  readonly #hub: string;

  constructor(lab: Lab, hub: string) {
    this.kube = new Kube(lab.kubeconfig);
    this.#lab = lab;
    this.#hub = hub;
  }

  podsOf(name: string): Promise<string[]> {
    return this.#of('pods', 'component=singleuser-server', name);
  }

  homesOf(name: string): Promise<string[]> {
    return this.#of('persistentvolumeclaims', 'component=singleuser-storage', name);
  }

  /** A file in a home, from the node's disk: whether the hub knows its owner or not. */
  async homeFile(name: string, path: string): Promise<Buffer> {
    const selector = 'component=singleuser-storage';
    const homes = await this.kube.list('persistentvolumeclaims', {
      namespace: this.#hub,
      selector,
    });
    const home = homes.find((one) => isOf(one, name));
    const volume = await this.kube.get('persistentvolume', textAt(home, '/spec/volumeName'));
    const folder = at(volume, '/spec/local/path') ?? at(volume, '/spec/hostPath/path');
    return readFile(`${typeof folder === 'string' ? folder : '/nowhere'}/${path}`);
  }

  async secretVersion(): Promise<string> {
    const secret = await this.kube.get('secret', 'hub-access', this.#hub);
    return textAt(secret, '/metadata/resourceVersion');
  }

  /** GiB that pods may ask for. */
  async memoryOfNode(): Promise<number> {
    const [node = {}] = await this.kube.list('nodes', {});
    return Number.parseInt(textAt(node, '/status/allocatable/memory'), 10) / 1024 ** 2;
  }

  /** A pod that asks for half of the node: beside it a vast server finds no room, and starts for as long as it may. */
  async fillNode(): Promise<void> {
    const half = `${Math.floor(0.5 * (await this.memoryOfNode()) * 1024)}Mi`;
    const container = {
      name: 'filler',
      image: `${this.#lab.pause.name}:${this.#lab.pause.tag}`,
      resources: { requests: { memory: half } },
    };
    await this.kube.apply([
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'filler', namespace: this.#hub },
        spec: { containers: [container], terminationGracePeriodSeconds: 0 },
      },
    ]);
  }

  async emptyNode(): Promise<void> {
    await this.kube.delete('pod', 'filler', this.#hub);
  }

  async #of(kind: string, selector: string, name: string): Promise<string[]> {
    const all = await this.kube.list(kind, { namespace: this.#hub, selector });
    return all.filter((one) => isOf(one, name)).map((one) => textAt(one, '/metadata/uid'));
  }
}

function isOf(one: Parameters<typeof textAt>[0], name: string): boolean {
  return textAt(one, '/metadata/annotations/hub.jupyter.org~1username') === name;
}
