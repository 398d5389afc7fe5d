import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OTHERS } from '../core/hub/adoption.ts';
import { COUNT, TEXT, fields, listOf, readerOf } from '../core/shape.ts';
import { exec } from './exec.ts';
import type { ExecResult } from './exec.ts';
import { HelmFailure } from '../failure.ts';
import type {
  FoundRelease,
  Releases,
  RenderRequest,
  RestoreRequest,
  Revision,
  UpgradeRequest,
} from '../ports/releases.ts';
import { helmFailure } from './helm-failure.ts';
import { helmHome, template } from './helm.ts';
import type { Helm } from './helm.ts';
import { askAgain, clusterEnv } from './cluster-access.ts';
import { makeFolder } from './make-folder.ts';

const readHistory = readerOf<Revision[]>(listOf(fields({ revision: COUNT, status: TEXT })));

/** Numbers are texts in it. */
type Listed = Record<'name' | 'revision' | 'status' | 'chart', string>;
const readList = readerOf<Listed[]>(
  listOf(fields({ name: TEXT, revision: TEXT, status: TEXT, chart: TEXT })),
);
/** Our label of a revision: the digest of what it was made from. */
const OURS = 'glaciocloud.org/digest';

/** Helm against a cluster. Only Helm 4 deploys: its server-side apply says who else owns a field. */
export class HelmReleases implements Releases {
  readonly #helm: Helm;
  /** A folder of our own for values files. */
  readonly #scratch: string;
  readonly #env: Record<string, string>;

  constructor(helm: Helm, kubeconfig: string, scratch: string) {
    if (helm.major !== 4)
      throw new HelmFailure(`deploying needs Helm 4, and ${helm.program} is ${helm.version}`, {
        hint: 'install Helm 4, or run `npm run tools`',
      });
    this.#helm = helm;
    this.#scratch = scratch;
    this.#env = { ...clusterEnv(kubeconfig), ...helmHome(scratch) };
  }

  async list(namespace: string): Promise<FoundRelease[]> {
    const [all, ours] = await Promise.all([
      this.#listed(namespace, []),
      this.#listed(namespace, ['--selector', `${OURS},${OURS}!=${OTHERS}`]),
    ]);
    const names = new Set(ours.map(({ name }) => name));
    return all.map(({ name, revision, status, chart }) => {
      return { name, revision: Number(revision), status, chart, ours: names.has(name) };
    });
  }

  async #listed(namespace: string, more: readonly string[]): Promise<Listed[]> {
    const args = ['list', '--namespace', namespace, '--output', 'json', ...more];
    const { code, stdout, stderr } = await this.#read(args);
    const what = `the releases of ${namespace} cannot be read`;
    if (code !== 0) throw helmFailure(what, stderr, READ);
    const found = readList(stdout);
    if (found.kind !== 'read') throw new HelmFailure(`${what}: ${found.reason}`, { hint: READ });
    return found.value;
  }

  async history(release: string, namespace: string): Promise<Revision[]> {
    const { code, stdout, stderr } = await this.#read([
      'history',
      release,
      '--namespace',
      namespace,
      '--output',
      'json',
      '--max',
      '20',
    ]);
    if (code !== 0) {
      if (/release: not found/u.test(stderr)) return [];
      throw helmFailure(`the history of ${release} cannot be read`, stderr, READ);
    }
    const found = readHistory(stdout);
    if (found.kind !== 'read')
      throw new HelmFailure(
        `what Helm printed cannot be read: the history of ${release}: ${found.reason}`,
        { hint: READ },
      );
    return found.value.map(({ revision, status }) => ({ revision, status }));
  }

  /** The newest revision, whatever its status; undefined where nothing was ever installed. */
  async last(release: string, namespace: string): Promise<Revision | undefined> {
    return (await this.history(release, namespace)).at(-1);
  }

  /** Applies and returns at once; whether it works is for the caller to watch. */
  async upgrade({ release, namespace, chart, values, digest }: UpgradeRequest): Promise<void> {
    const files: string[] = [];
    for (const [index, one] of values.entries()) {
      const file = join(this.#scratch, `${release}.deploy-${index}.json`);
      await writeFile(file, JSON.stringify(one), { mode: 0o600 });
      files.push('--values', file);
    }
    const more = ['--install', '--create-namespace', ...files];
    const { code, stderr, stdout } = await this.#upgrade(
      { release, namespace, chart, digest },
      more,
    );
    if (code !== 0) throw helmFailure(`Helm cannot apply ${release}`, stderr || stdout, WRITE);
  }

  /**
   * As an upgrade to a chart of nothing but that text. `helm rollback` refuses where an object is there that the
   * last revision does not have: what was kept, or what a change that failed half way should have taken away.
   */
  async restore({ release, namespace, manifest, revision, digest }: RestoreRequest): Promise<void> {
    const chart = join(this.#scratch, `${release}.back-to-${revision}`);
    await makeFolder(join(chart, 'templates'));
    const head = `apiVersion: v2\nname: back-to-revision\nversion: ${revision}.0.0\n`;
    await writeFile(join(chart, 'Chart.yaml'), head);
    await writeFile(join(chart, 'manifest.yaml'), manifest, { mode: 0o600 });
    await writeFile(join(chart, 'templates/all.yaml'), '{{ .Files.Get "manifest.yaml" }}\n');
    const { code, stderr, stdout } = await this.#upgrade({ release, namespace, chart, digest }, [
      '--take-ownership',
      '--no-hooks',
      '--reset-values',
      '--description',
      `Back to revision ${revision}`,
    ]);
    if (code !== 0)
      throw helmFailure(
        `Helm cannot bring ${release} back to revision ${revision}`,
        stderr || stdout,
        WRITE,
      );
  }

  #upgrade(
    { release, namespace, chart, digest }: Omit<UpgradeRequest, 'values'>,
    more: readonly string[],
  ): Promise<ExecResult> {
    return this.#run([
      'upgrade',
      release,
      chart,
      '--namespace',
      namespace,
      ...more,
      '--labels',
      `${OURS}=${digest}`,
      '--server-side=true',
      '--force-conflicts',
      '--skip-crds',
      '--skip-schema-validation',
      '--history-max',
      '10',
      '--timeout',
      '5m',
    ]);
  }

  /** What the chart marks to be kept stays. A release that is gone already is no error. */
  async uninstall(release: string, namespace: string): Promise<void> {
    const { code, stderr } = await this.#run([
      'uninstall',
      release,
      '--namespace',
      namespace,
      '--ignore-not-found',
      '--timeout',
      '5m',
    ]);
    if (code !== 0) throw helmFailure(`Helm cannot remove ${release}`, stderr, WRITE);
  }

  /** The objects of a revision, or of the last one, as Helm stored them. */
  async manifest(release: string, namespace: string, revision?: number): Promise<string> {
    const { code, stdout, stderr } = await this.#read([
      'get',
      'manifest',
      release,
      '--namespace',
      namespace,
      ...(revision === undefined ? [] : ['--revision', String(revision)]),
    ]);
    if (code !== 0) throw helmFailure(`the manifest of ${release} cannot be read`, stderr, READ);
    return stdout;
  }

  render(request: RenderRequest): Promise<string> {
    return template(this.#helm, { ...request, scratch: this.#scratch });
  }

  /** Reads may be asked again where the API server was only busy. */
  #read(args: readonly string[]): Promise<ExecResult> {
    return askAgain(() => this.#run(args));
  }

  #run(args: readonly string[]): Promise<ExecResult> {
    return exec(this.#helm.program, args, { env: this.#env, timeoutMs: 600_000 });
  }
}

/** What to do where Helm was only asked. */
const READ = 'see what the message says, then run this again';

/** What to do where it would have changed something. */
const WRITE = 'look at the release; the next run goes on from here';
