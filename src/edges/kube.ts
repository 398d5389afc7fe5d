import { setTimeout as sleep } from 'node:timers/promises';
import { loginRefused, mayPass } from '../core/hub/causes.ts';
import { at, isObject, merge, objectsIn, textAt } from '../core/json.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { Failure } from '../failure.ts';
import { exec, stream } from './exec.ts';
import type { ExecResult, Streaming } from './exec.ts';
import { findTool } from './tools.ts';

export class KubeFailure extends Failure {
  /** Somebody else changed or made the object first. */
  readonly conflict: boolean;
  constructor(message: string, stderr: string) {
    super(`${message}: ${stderr.trim().split('\n').slice(-3).join(' ').slice(0, 400)}`, {
      hint: loginRefused(stderr)
        ? 'the credentials of the cluster are refused: log in again'
        : 'look at the cluster; the next run goes on where this one ended',
    });
    this.conflict = /AlreadyExists|Conflict|the object has been modified/u.test(stderr);
  }
}

/** How kubectl and Helm log in: the kubeconfig, and what the helpers of cloud providers that it names need. */
export function clusterEnv(kubeconfig: string): Record<string, string> {
  const cloud = Object.entries(process.env).filter(([name]) =>
    /^(AWS|AZURE|AAD|ARM|CLOUDSDK|GOOGLE|GCLOUD|USE_GKE)_/u.test(name),
  );
  return {
    ...Object.fromEntries(cloud.map(([name, value]) => [name, value ?? ''])),
    KUBECONFIG: kubeconfig,
  };
}

/** Until it works, or fails for a reason that does not pass by itself; five times at most, within half a minute. */
export async function askAgain(ask: () => Promise<ExecResult>): Promise<ExecResult> {
  for (let round = 1; ; round += 1) {
    const result = await ask();
    if (result.code === 0 || round === 5 || !mayPass(result.stderr)) return result;
    await sleep(500 * 2 ** round);
  }
}

/** One Kubernetes cluster, through kubectl: it knows every provider's way to log in. */
export class Kube {
  readonly kubeconfig: string;
  readonly #program: string;

  constructor(kubeconfig: string) {
    const program = findTool('kubectl');
    if (program === undefined)
      throw new Failure('kubectl not found', { hint: 'install it, or run `npm run tools`' });
    this.#program = program;
    this.kubeconfig = kubeconfig;
  }

  #run(args: readonly string[], input?: string, timeoutMs = 60_000): Promise<ExecResult> {
    return askAgain(() =>
      exec(this.#program, args, {
        env: clusterEnv(this.kubeconfig),
        timeoutMs,
        ...(input === undefined ? {} : { input }),
      }),
    );
  }

  async #must(what: string, args: readonly string[], input?: string): Promise<string> {
    const { code, stdout, stderr } = await this.#run(args, input);
    if (code !== 0) throw new KubeFailure(what, stderr);
    return stdout;
  }

  /** What of these objects there is, with who owns which field. Those without a namespace are in the one that is named. */
  async liveOf(objects: readonly JsonObject[], namespace: string): Promise<JsonObject[]> {
    return objectsOf(
      await this.#must(
        'objects cannot be read',
        ['get', '-f', '-', '--ignore-not-found', '--show-managed-fields', '-o', 'json'],
        listText(inDefault(objects, namespace)),
      ),
    );
  }

  async get(kind: string, name: string, namespace?: string): Promise<JsonObject | undefined> {
    const text = await this.#must(`${kind} ${name} cannot be read`, [
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

  /** Objects of some kinds, in a namespace or everywhere. */
  async list(
    kinds: string,
    options: { namespace?: string; selector?: string; fields?: string } = {},
  ): Promise<JsonObject[]> {
    const where =
      options.namespace === undefined ? ['--all-namespaces'] : inNamespace(options.namespace);
    const filters = [
      ...(options.selector === undefined ? [] : ['--selector', options.selector]),
      ...(options.fields === undefined ? [] : ['--field-selector', options.fields]),
    ];
    return objectsIn(
      object(
        await this.#must(`${kinds} cannot be listed`, [
          'get',
          kinds,
          ...where,
          ...filters,
          '-o',
          'json',
        ]),
      )['items'],
    );
  }

  /** Server-side apply: ours wins, and what others own besides stays. */
  async apply(objects: readonly JsonObject[]): Promise<void> {
    await this.#must(
      'objects cannot be applied',
      [
        'apply',
        '--server-side',
        '--force-conflicts',
        '--validate=ignore',
        '--field-manager',
        'glaciocloud',
        '-f',
        '-',
      ],
      listText(objects),
    );
  }

  /** What applying objects as Helm does would make of the live ones. Changes nothing. */
  async wouldApply(applied: readonly JsonObject[], namespace: string): Promise<JsonObject[]> {
    if (applied.length === 0) return [];
    return objectsOf(
      await this.#must(
        'objects cannot be compared',
        [
          'apply',
          '--server-side',
          '--force-conflicts',
          '--validate=ignore',
          '--field-manager',
          'helm',
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

  /** Fails with `conflict` where the object exists. */
  async create(made: JsonObject): Promise<JsonObject> {
    return object(
      await this.#must(
        'an object cannot be made',
        ['create', '--validate=ignore', '-f', '-', '-o', 'json'],
        JSON.stringify(made),
      ),
    );
  }

  /** Fails with `conflict` where somebody changed the object since it was read. */
  async replace(changed: JsonObject): Promise<JsonObject> {
    return object(
      await this.#must(
        'an object cannot be changed',
        ['replace', '--validate=ignore', '-f', '-', '-o', 'json'],
        JSON.stringify(changed),
      ),
    );
  }

  async delete(kind: string, name: string, namespace?: string): Promise<void> {
    await this.#must(`${kind} ${name} cannot be deleted`, [
      'delete',
      kind,
      name,
      ...inNamespace(namespace),
      '--ignore-not-found',
      '--wait=false',
    ]);
  }

  async deleteBy(kinds: string, selector: string, namespace: string): Promise<void> {
    await this.#must(`${kinds} cannot be deleted`, [
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
    await this.#must(`${kind} cannot be annotated`, [
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
    await this.#must(`${deployment} cannot be scaled`, [
      'scale',
      `deployment/${deployment}`,
      `--replicas=${replicas}`,
      ...inNamespace(namespace),
    ]);
  }

  /** Of the container that runs, or of the one that crashed before it; empty where there is none. */
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

  /** The API server's version, such as `v1.35.4`. */
  async version(): Promise<string> {
    return textAt(
      object(await this.#must('the cluster does not say its version', ['version', '-o', 'json'])),
      '/serverVersion/gitVersion',
    );
  }

  /** Whether these credentials may do each of these, everywhere. */
  async mayI(
    needs: readonly { verb: string; group: string; resource: string; subresource?: string }[],
  ): Promise<boolean[]> {
    const reviews = needs.map((need) => ({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { ...need } },
    }));
    const answers = (
      await this.#must(
        'permissions cannot be asked',
        ['create', '--validate=ignore', '-f', '-', '-o', 'json'],
        listText(reviews),
      )
    )
      .trim()
      .split(/\n(?=\{)/u);
    return answers.map((text) => at(object(text), '/status/allowed') === true);
  }

  /** Runs a Python script inside the hub's pod, line by line. The script and what it needs never touch a disk there. */
  async python(
    namespace: string,
    script: string,
    args: readonly string[],
    onLine: (line: string) => void,
    timeoutMs: number,
  ): Promise<ExecResult> {
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
      { env: clusterEnv(this.kubeconfig), input: script, timeoutMs, onStdout },
    );
  }

  /** The same in any pod, where the script's output is too much to keep. */
  pythonStream(namespace: string, pod: string, script: string, args: readonly string[]): Streaming {
    return stream(
      this.#program,
      ['exec', '-i', pod, ...inNamespace(namespace), '--', 'python3', '-', ...args],
      { env: clusterEnv(this.kubeconfig), input: script },
    );
  }
}

function inNamespace(namespace: string | undefined): string[] {
  return namespace === undefined ? [] : ['--namespace', namespace];
}

/** Objects that say no namespace of their own are in this one. */
function inDefault(objects: readonly JsonObject[], namespace: string): JsonObject[] {
  return objects.map((one) => merge({ metadata: { namespace } }, one));
}

/** kubectl prints one object as itself, several as a list, none as nothing. */
function objectsOf(text: string): JsonObject[] {
  if (text.trim() === '') return [];
  const found = object(text);
  return found['kind'] === 'List' ? objectsIn(found['items']) : [found];
}

function listText(objects: readonly JsonObject[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
}

function object(text: string): JsonObject {
  const value = JSON.parse(text) as Json;
  if (!isObject(value)) throw new Error('kubectl gave no object');
  return value;
}
