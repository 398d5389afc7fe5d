import type { Need } from '../core/cluster/rights.ts';
import { HELM_MANAGER } from '../core/hub/pull-ahead.ts';
import { at, textAt } from '../core/json.ts';
import type { JsonObject } from '../core/json.ts';
import { Failure } from '../failure.ts';
import type { Cluster, Ended, ListOptions, PythonRequest, Streaming } from '../ports.ts';
import { askAgain, clusterEnv } from './cluster-access.ts';
import { exec, stream } from './exec.ts';
import type { ExecResult } from './exec.ts';
import { kubeFailure } from './kube-failure.ts';
import type { CallKind } from './kube-failure.ts';
import { inDefault, listText, listed, object, objectsOf } from './kube-json.ts';
import { findTool } from './tools.ts';

interface Call {
  /** What it means that the call fails. */
  what: string;
  args: readonly string[];
  input: string | undefined;
}

/** Through kubectl: it knows every provider's way to log in. */
export class Kube implements Cluster {
  readonly #kubeconfig: string;
  #found: string | undefined;

  constructor(kubeconfig: string) {
    this.#kubeconfig = kubeconfig;
  }

  /** Looked for at the first call: whoever has nothing to ask needs no kubectl. */
  get #program(): string {
    this.#found ??= findTool('kubectl');
    if (this.#found === undefined)
      throw new Failure('kubectl not found', { hint: 'install it, or run `npm run tools`' });
    return this.#found;
  }

  #run(args: readonly string[], input?: string, timeoutMs = 60_000): Promise<ExecResult> {
    return askAgain(() =>
      exec(this.#program, args, {
        env: clusterEnv(this.#kubeconfig),
        timeoutMs,
        ...(input === undefined ? {} : { input }),
      }),
    );
  }

  #asks(what: string, args: readonly string[], input?: string): Promise<string> {
    return this.#must('read', { what, args, input });
  }

  #changes(what: string, args: readonly string[], input?: string): Promise<string> {
    return this.#must('write', { what, args, input });
  }

  async #must(kind: CallKind, { what, args, input }: Call): Promise<string> {
    const { code, stdout, stderr } = await this.#run(args, input);
    if (code !== 0) throw kubeFailure(what, stderr, kind);
    return stdout;
  }

  async liveOf(objects: readonly JsonObject[], namespace: string): Promise<JsonObject[]> {
    return objectsOf(
      await this.#asks(
        'objects cannot be read',
        ['get', '-f', '-', '--ignore-not-found', '--show-managed-fields', '-o', 'json'],
        listText(inDefault(objects, namespace)),
      ),
    );
  }

  async get(kind: string, name: string, namespace?: string): Promise<JsonObject | undefined> {
    const text = await this.#asks(`${kind} ${name} cannot be read`, [
      'get',
      kind,
      name,
      ...inNamespace(namespace),
      '--ignore-not-found',
      '-o',
      'json',
    ]);
    return text.trim() === '' ? undefined : object(text);
  }

  async list(kinds: string, options: ListOptions = {}): Promise<JsonObject[]> {
    const where =
      options.namespace === undefined ? ['--all-namespaces'] : inNamespace(options.namespace);
    const filters = [
      ...(options.selector === undefined ? [] : ['--selector', options.selector]),
      ...(options.fields === undefined ? [] : ['--field-selector', options.fields]),
    ];
    return listed(
      await this.#asks(`${kinds} cannot be listed`, [
        'get',
        kinds,
        ...where,
        ...filters,
        '-o',
        'json',
      ]),
    );
  }

  async apply(objects: readonly JsonObject[], manager = 'glaciocloud'): Promise<void> {
    await this.#changes(
      'objects cannot be applied',
      [
        'apply',
        '--server-side',
        '--force-conflicts',
        '--validate=ignore',
        '--field-manager',
        manager,
        '-f',
        '-',
      ],
      listText(objects),
    );
  }

  async wouldApply(applied: readonly JsonObject[], namespace: string): Promise<JsonObject[]> {
    if (applied.length === 0) return [];
    return objectsOf(
      await this.#asks(
        'objects cannot be compared',
        [
          'apply',
          '--server-side',
          '--force-conflicts',
          '--validate=ignore',
          '--field-manager',
          HELM_MANAGER,
          '--dry-run=server',
          '-f',
          '-',
          '-o',
          'json',
        ],
        listText(inDefault(applied, namespace)),
      ),
    );
  }

  async create(made: JsonObject): Promise<JsonObject> {
    return object(
      await this.#changes(
        'an object cannot be made',
        ['create', '--validate=ignore', '-f', '-', '-o', 'json'],
        JSON.stringify(made),
      ),
    );
  }

  async replace(changed: JsonObject): Promise<JsonObject> {
    return object(
      await this.#changes(
        'an object cannot be changed',
        ['replace', '--validate=ignore', '-f', '-', '-o', 'json'],
        JSON.stringify(changed),
      ),
    );
  }

  async delete(kind: string, name: string, namespace?: string): Promise<void> {
    await this.#changes(`${kind} ${name} cannot be deleted`, [
      'delete',
      kind,
      name,
      ...inNamespace(namespace),
      '--ignore-not-found',
      '--wait=false',
    ]);
  }

  async deleteBy(kinds: string, selector: string, namespace: string): Promise<void> {
    await this.#changes(`${kinds} cannot be deleted`, [
      'delete',
      kinds,
      '--selector',
      selector,
      ...inNamespace(namespace),
      '--ignore-not-found',
      '--wait=false',
      '--now',
    ]);
  }

  async annotate(
    kind: string,
    selector: string,
    namespace: string,
    annotation: string,
  ): Promise<void> {
    await this.#changes(`${kind} cannot be annotated`, [
      'annotate',
      kind,
      '--selector',
      selector,
      ...inNamespace(namespace),
      '--overwrite',
      annotation,
    ]);
  }

  async scale(deployment: string, replicas: number, namespace: string): Promise<void> {
    await this.#changes(`${deployment} cannot be scaled`, [
      'scale',
      `deployment/${deployment}`,
      `--replicas=${replicas}`,
      ...inNamespace(namespace),
    ]);
  }

  async logs(
    pod: string,
    namespace: string,
    which: 'current' | 'previous' = 'current',
  ): Promise<string> {
    const { stdout } = await this.#run([
      'logs',
      pod,
      ...inNamespace(namespace),
      '--tail',
      '200',
      ...(which === 'previous' ? ['--previous'] : []),
    ]);
    return stdout;
  }

  async version(): Promise<string> {
    return textAt(
      object(await this.#asks('the cluster does not say its version', ['version', '-o', 'json'])),
      '/serverVersion/gitVersion',
    );
  }

  async mayI(needs: readonly Need[]): Promise<boolean[]> {
    const reviews = needs.map((need) => ({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { ...need } },
    }));
    const answers = (
      await this.#asks(
        'permissions cannot be asked',
        ['create', '--validate=ignore', '-f', '-', '-o', 'json'],
        listText(reviews),
      )
    )
      .trim()
      .split(/\n(?=\{)/u);
    return answers.map((text) => at(object(text), '/status/allowed') === true);
  }

  /**
   * Runs a Python script inside the hub's pod, line by line. The script and what it needs never touch a disk
   * there.
   */
  async python(
    namespace: string,
    { script, args, onLine, timeoutMs }: PythonRequest,
  ): Promise<Ended> {
    let rest = '';
    const onStdout = (text: string): void => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      lines.filter((line) => line.trim() !== '').forEach(onLine);
    };
    return exec(
      this.#program,
      [
        'exec',
        '-i',
        'deploy/hub',
        '-c',
        'hub',
        ...inNamespace(namespace),
        '--',
        'python3',
        '-',
        ...args,
      ],
      { env: clusterEnv(this.#kubeconfig), input: script, timeoutMs, onStdout },
    );
  }

  /** The same in any pod, where the script's output is too much to keep. */
  pythonStream(namespace: string, pod: string, script: string, args: readonly string[]): Streaming {
    return stream(
      this.#program,
      ['exec', '-i', pod, ...inNamespace(namespace), '--', 'python3', '-', ...args],
      { env: clusterEnv(this.#kubeconfig), input: script },
    );
  }
}

function inNamespace(namespace: string | undefined): string[] {
  return namespace === undefined ? [] : ['--namespace', namespace];
}
