import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { deploy } from '../../src/commands/deploy.ts';
import type { Protection } from '../../src/core/hub/protection.ts';
import type { DeployInputs, DeployPorts } from '../../src/flow/deployment.ts';
import type { Outcome } from '../../src/outcome.ts';
import { Bench, FILES, edited } from './apply-bench.ts';
import type { Edit } from './apply-bench.ts';
import { ForgeDouble } from './forge.ts';
import { DOUBLE, git } from './sample.ts';

/** As the environment of a cluster must be. */
export const LIMITED: Protection = {
  branches: { kind: 'selected', patterns: [{ kind: 'branch', name: 'main' }] },
  reviewers: 0,
};

/** Deployments of files in a folder, against doubles of everything outside. */
export class DeployBench {
  readonly bench = new Bench();
  readonly forge = new ForgeDouble();
  readonly said: string[] = [];
  readonly root: string;
  /** How often Helm was asked for. */
  helms = 0;

  private constructor(root: string) {
    this.root = root;
    this.forge.environments.set('main', LIMITED);
  }

  static async make(...edits: Edit[]): Promise<DeployBench> {
    const made = new DeployBench(await mkdtemp(join(tmpdir(), 'glaciocloud-test-')));
    await made.write(...edits);
    return made;
  }

  remove(): Promise<void> {
    return rm(this.root, { recursive: true, force: true });
  }

  get platform(): string {
    return join(this.root, 'platform');
  }

  get record(): string {
    return join(this.root, 'record');
  }

  /** The files, changed; a file whose text is empty is gone. */
  async write(...edits: Edit[]): Promise<void> {
    await rm(this.platform, { recursive: true, force: true });
    for (const [path, text] of Object.entries(edited(FILES, edits))) {
      if (text === '') continue;
      await mkdir(dirname(join(this.platform, path)), { recursive: true });
      await writeFile(join(this.platform, path), text);
    }
    await git(this.root, 'init', '-q', 'platform');
  }

  get ports(): DeployPorts {
    const { releases, ...ports } = this.bench.world;
    return {
      ...ports,
      releases: () => {
        this.helms += 1;
        return Promise.resolve(releases);
      },
    };
  }

  /** With the forge, as in a run of GitHub Actions. */
  get actions(): DeployInputs['actions'] {
    return { github: this.forge, run: 'https://run', runId: 7, branch: 'main' };
  }

  run(more: Partial<DeployInputs> = {}): Promise<Outcome> {
    const inputs: DeployInputs = {
      root: this.platform,
      repository: this.platform,
      chartsFrom: DOUBLE,
      hubs: [],
      wave: undefined,
      cluster: undefined,
      record: undefined,
      now: false,
      approved: false,
      retry: undefined,
      again: false,
      reason: undefined,
      hold: undefined,
      pull: undefined,
      actions: undefined,
      ...more,
    };
    const report = {
      progress: (text: string) => this.said.push(text),
      result: () => Promise.resolve(),
      failure: () => undefined,
    };
    return deploy({ inputs, ports: this.ports, report });
  }
}

/** `hub outcome code` of each step of a result. */
export function stepsOf({ json }: Outcome): string[] {
  const { steps } = json as {
    steps: { unit: { name: string }; outcome: string; code: string }[];
  };
  return steps.map(({ unit, outcome, code }) => `${unit.name} ${outcome} ${code}`);
}
