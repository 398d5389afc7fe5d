import type { HubTask, ApplyWorld, HealthLine } from '../../src/apply/types.ts';
import { parseState, stateObject } from '../../src/core/hub/state.ts';
import type { ReleaseState } from '../../src/core/hub/state.ts';
import { wantedReleases } from '../../src/core/hub/release.ts';
import { objectOf, textAt } from '../../src/core/json.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { readPlatform } from '../../src/core/model/platform.ts';
import type { Platform } from '../../src/core/model/types.ts';
import { unitId } from '../../src/core/unit.ts';
import type { WantedRelease } from '../../src/core/unit.ts';
import type { Answer } from '../../src/core/watch/outside.ts';
import { SecretsFailure } from '../../src/failure.ts';
import type { Ended, PythonRequest, Secrets } from '../../src/ports.ts';
import { FakeClock } from './clock.ts';
import { ClusterDouble } from './cluster.ts';
import type { PodEnd } from './cluster.ts';
import { ReleasesDouble, hubChart } from './releases.ts';
import { StoreDouble } from './store.ts';

/* A small platform, and a world of doubles to apply it in. */

const SHA = 'a'.repeat(64);

/** Two hubs of the first wave, one of the second. */
export const FILES: Readonly<Record<string, string>> = {
  'platform.yaml': `glaciocloud: 1
organization: example
registry: registry.example.org/hubs
user: {name: jovyan, uid: 1100, gid: 100}
charts:
  jupyterhub: {version: 4.4.0, repository: https://charts.example.org/, sha256: null}
waves:
  - {name: staging, images: candidate}
  - {name: production, images: stable, soak: 30m}
tiers: {researcher: {until: 180d}}
removals: []
`,
  'clusters/main.yaml': `title: Main
provider: k3s
kubernetes: "1.35"
identity: null
storage: {homes: {class: standard}}
ingress: {class: none}
networkPolicy: enforced
nodes: {user: {cpu: 8, memory: 64Gi, max: 1, startTime: 0s}}
parallel: 2
`,
  'images/science/image.yaml': `title: Science
oggm: {ref: v1.6.3, version: 1.6.3}
from: {image: registry.example.org/science, digest: "sha256:${SHA}"}
`,
  ...Object.fromEntries(
    [
      ['one', 'staging'],
      ['two', 'staging'],
      ['late', 'production'],
    ].map(([name, wave]) => [
      `environments/${name}.yaml`,
      `title: Hub ${name}
url: https://${name}.example.org
cluster: main
wave: ${wave}
images: [science]
sizes: {small: {cpu: 2, memory: 4G, default: true}}
home: {size: 20Gi}
sessions: {idle: 1h}
access: {allow: [team:example/users], admins: [team:example/admins]}
secrets: {github-client-id: {use: login}, github-client-secret: {use: login}}
capacity: {maxServers: 10}
`,
    ]),
  ),
};

export const SECRETS: Readonly<Record<string, string>> = {
  'github-client-id': 'id-of-the-application',
  'github-client-secret': 'canary-of-the-secret',
};

/** What stands once in a file, and what stands there instead; a new file, where nothing stands there. */
export type Edit = readonly [file: string, from: string, to: string];

/** Another cluster, with a hub of the first wave. */
export const ELSEWHERE: Edit[] = [
  [
    'clusters/other.yaml',
    '',
    `title: Other
provider: k3s
kubernetes: "1.35"
storage: {homes: {class: standard}}
ingress: {class: none}
networkPolicy: enforced
nodes: {user: {cpu: 8, memory: 64Gi, max: 1, startTime: 0s}}
`,
  ],
  ['environments/two.yaml', 'cluster: main', 'cluster: other'],
];

export function edited(
  given: Readonly<Record<string, string>>,
  edits: readonly Edit[],
): Record<string, string> {
  const files = { ...given };
  for (const [file, from, to] of edits) {
    const text = files[file];
    if (text === undefined ? from !== '' : text.split(from).length !== 2)
      throw new Error(`${file} does not hold "${from}" once`);
    files[file] = text === undefined ? to : text.replace(from, to);
  }
  return files;
}

/** The platform of some files. */
function platformOf(edits: readonly Edit[]): Platform {
  const { platform, findings } = readPlatform(
    new Map(
      Object.entries(edited(FILES, edits)).map(([path, text]) => [path, { kind: 'text', text }]),
    ),
  );
  if (!platform || findings.length > 0) throw new Error(JSON.stringify(findings, null, 1));
  return platform;
}

export function hubsOf(platform: Platform): WantedRelease[] {
  const pins = [
    { name: 'jupyterhub', version: '4.4.0', digest: 'c1', double: true, verified: false },
  ];
  return wantedReleases(platform, { pins, codeDigest: 'code' }).filter(
    ({ unit }) => unit.kind === 'hub',
  );
}

export const WELL: readonly HealthLine[] = [
  { check: 'hub', image: null, ok: true, seconds: 0.1, detail: 'JupyterHub 5', class: null },
  { check: 'start', image: 'science', ok: true, seconds: 4, detail: 'started', class: null },
];

export class Bench {
  readonly clock = new FakeClock();
  readonly kube = new ClusterDouble(this.clock);
  readonly outside = this.kube.outside;
  readonly releases = new ReleasesDouble(this.kube, hubChart);
  readonly store = new StoreDouble(this.outside, this.clock);
  readonly said: string[] = [];
  /** What is supplied; without one of them, as without the file. */
  supplied: Record<string, string> = { ...SECRETS };
  /** What the health check prints, line by line, and how it ends. */
  health: { lines: readonly (string | object)[]; code?: number; stderr?: string } = { lines: WELL };
  /** What the script that copies the database prints. */
  copy: { line: object; code?: number } = { line: { copied: 'before' } };
  /** What JupyterHub runs, and of which schema its database is. */
  schema: { line: object; code?: number } = { line: { version: '5.5.0', schema: 'b' } };
  /** What a hub of others says of itself. */
  theirs: { line: object; code?: number } = { line: { version: '5.2.0', users: [] } };
  /** What a throw-away pod comes to, by its name. */
  pods: Record<string, PodEnd> = {};
  addresses: Record<string, string[]> = {};
  answer: () => Answer = () => ({
    kind: 'answered',
    status: 200,
    body: '{"version": "5"}',
    until: undefined,
  });
  /** What the health check was asked to do, each time. */
  readonly jobs: JsonObject[] = [];
  platform: Platform;
  #uuids = 0;

  constructor(...edits: readonly Edit[]) {
    this.platform = platformOf(edits);
    this.kube.scripts = (request) => this.#script(request);
    this.kube.podEnds = (pod) => {
      const name = textAt(pod, '/metadata/name');
      const usual: PodEnd = name.startsWith('glaciocloud-archive-')
        ? { phase: 'Running' }
        : { phase: 'Succeeded', log: '{"restored": "before"}' };
      return this.pods[name] ?? usual;
    };
    this.kube.add(
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'glaciocloud-system' } },
      {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name: 'node' },
        status: { allocatable: { cpu: '8', memory: '64Gi' } },
      },
      {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: { name: 'standard' },
        reclaimPolicy: 'Retain',
      },
    );
  }

  /** As another run of the same deployment would see it. */
  worldAs(self: string): ApplyWorld {
    const cluster = this.platform.clusters.get('main');
    if (!cluster) throw new Error('the platform has no cluster');
    return {
      cluster,
      kube: this.kube,
      releases: this.releases,
      secrets: this.secrets,
      store: this.store,
      internet: {
        ask: () => Promise.resolve(this.answer()),
        resolve: (host) => Promise.resolve(this.addresses[host] ?? []),
      },
      clock: this.clock,
      random: {
        uuid: () => {
          this.#uuids += 1;
          return `${String(this.#uuids).padStart(8, '0')}-uuid`;
        },
        hex: (bytes) => {
          this.#uuids += 1;
          return String(this.#uuids).padStart(bytes * 2, 'f');
        },
      },
      self,
      chart: '/chart',
      script: (name) => Promise.resolve(`# ${name}`),
      progress: (unit, text) => this.said.push(`${unitId(unit)}: ${text}`),
    };
  }

  get world(): ApplyWorld {
    return this.worldAs('run');
  }

  get secrets(): Secrets {
    return {
      supplied: (hub, declared) => {
        const missing = declared.find((name) => this.supplied[name] === undefined);
        if (missing !== undefined)
          return Promise.reject(
            new SecretsFailure(`secrets/${hub}.sops.yaml has no ${missing}`, { hint: 'add it' }),
          );
        return Promise.resolve(
          new Map(declared.map((name) => [name, this.supplied[name] ?? ''] as const)),
        );
      },
    };
  }

  /** Other files from now on. */
  change(...edits: readonly Edit[]): void {
    this.platform = platformOf(edits);
  }

  wanted(name: string): WantedRelease {
    const found = hubsOf(this.platform).find(({ unit }) => unit.name === name);
    if (!found) throw new Error(`no hub ${name} is wanted`);
    return found;
  }

  task(name: string, more: Partial<HubTask> = {}): HubTask {
    const hub = this.platform.environments.get(name);
    if (!hub) throw new Error(`there is no hub ${name}`);
    return {
      platform: this.platform,
      hub,
      to: this.wanted(name),
      state: this.state(name),
      why: '',
      hold: undefined,
      held: () => undefined,
      ...more,
    };
  }

  /** What the cluster knows of a hub. */
  state(name: string): ReleaseState | undefined {
    const kept = this.kube.peek('ConfigMap', 'glaciocloud-release', name);
    if (kept === undefined) return undefined;
    const reading = parseState(textAt(kept, '/data/state.json'));
    if (reading.kind !== 'read') throw new Error(`the state of ${name} is ${reading.kind}`);
    return reading.value;
  }

  setState(name: string, state: ReleaseState): void {
    this.kube.serverSideApply(
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
      'glaciocloud',
      true,
    );
    this.kube.serverSideApply(stateObject(name, state), 'glaciocloud', true);
  }

  /** What was printed about something. */
  saidOf(words: RegExp): string[] {
    return this.said.filter((line) => words.test(line));
  }

  /** By what it is asked to do: the copy of a database has a name, a health check a job. */
  async #script({ script, args: [asked = ''], onLine }: PythonRequest): Promise<Ended> {
    if (script === '# hub_schema.py') {
      onLine(JSON.stringify(this.schema.line));
      return { code: this.schema.code ?? 0, stdout: '', stderr: '' };
    }
    if (asked.startsWith('before-')) {
      onLine(JSON.stringify(this.copy.line));
      return { code: this.copy.code ?? 0, stdout: '', stderr: '' };
    }
    if (asked === '') {
      onLine(JSON.stringify(this.theirs.line));
      return { code: this.theirs.code ?? 0, stdout: '', stderr: 'it is down' };
    }
    const job = objectOf(asked);
    if (job?.['checks'] === undefined) throw new Error(`the double does not know ${asked}`);
    this.jobs.push(job);
    const { lines, code = 0, stderr = '' } = this.health;
    for (const line of lines) {
      await this.clock.sleep(500);
      onLine(typeof line === 'string' ? line : JSON.stringify(line));
    }
    return { code, stdout: '', stderr };
  }
}
