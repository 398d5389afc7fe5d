import { at, canonical, isObject, merge, textAt } from '../../src/core/json.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';
import type { Need } from '../../src/core/cluster/rights.ts';
import { KubeFailure } from '../../src/failure.ts';
import type {
  Cluster,
  Clock,
  Ended,
  ListOptions,
  PythonRequest,
  Streaming,
} from '../../src/ports.ts';
import { fieldsTree, isEntryKey, leafValue, leavesOf, setLeaf } from './kube-fields.ts';
import type { Leaf } from './kube-fields.ts';
import { unchangeable } from './kube-immutable.ts';
import { Outside } from './outside.ts';

/** Kinds that the double knows, as kubectl names them. */
const KINDS: Readonly<Record<string, { plural: string; global?: true; generation?: true }>> = {
  Namespace: { plural: 'namespaces', global: true },
  Node: { plural: 'nodes', global: true },
  PriorityClass: { plural: 'priorityclasses', global: true },
  StorageClass: { plural: 'storageclasses', global: true },
  IngressClass: { plural: 'ingressclasses', global: true },
  ClusterIssuer: { plural: 'clusterissuers', global: true },
  ConfigMap: { plural: 'configmaps' },
  Secret: { plural: 'secrets' },
  Pod: { plural: 'pods' },
  Service: { plural: 'services' },
  ServiceAccount: { plural: 'serviceaccounts' },
  Ingress: { plural: 'ingresses', generation: true },
  NetworkPolicy: { plural: 'networkpolicies', generation: true },
  Role: { plural: 'roles' },
  RoleBinding: { plural: 'rolebindings' },
  PersistentVolume: { plural: 'persistentvolumes', global: true },
  PersistentVolumeClaim: { plural: 'persistentvolumeclaims' },
  PodDisruptionBudget: { plural: 'poddisruptionbudgets', generation: true },
  Deployment: { plural: 'deployments', generation: true },
  StatefulSet: { plural: 'statefulsets', generation: true },
  DaemonSet: { plural: 'daemonsets', generation: true },
  Job: { plural: 'jobs', generation: true },
  Lease: { plural: 'leases' },
  Event: { plural: 'events' },
};

function kindOf(word: string): string {
  const found = Object.entries(KINDS).find(
    ([kind, { plural }]) => plural === word || kind.toLowerCase() === word,
  );
  if (!found) throw new Error(`the double knows no kind "${word}"`);
  return found[0];
}

interface Manager {
  name: string;
  operation: 'Apply' | 'Update';
  subresource?: string;
  time: string;
  leaves: Set<string>;
}

interface Stored {
  object: JsonObject;
  managers: Manager[];
}

/** How long things take here, in milliseconds. */
const TIMES = { observed: 100, ready: 2000, stopped: 500, podEnds: 1000 };

/** What a throw-away pod comes to. */
export interface PodEnd {
  phase: 'Running' | 'Succeeded' | 'Failed';
  log?: string;
  /** What its status says besides. */
  more?: JsonObject;
}

/**
 * A double of a Kubernetes cluster, as far as we use one: server-side apply with owners of fields, versions, conflicts,
 * selectors, and what the controllers of Deployments and pods would do. What it does not know throws.
 * `cluster-calls.ts` holds it to a real API server.
 */
export class ClusterDouble implements Cluster {
  readonly outside = new Outside();
  /** What each new pod of a Deployment has for a status; undefined: it becomes ready. */
  badPods: (deployment: JsonObject) => JsonObject | undefined = () => undefined;
  /** What a pod comes to that belongs to nobody. */
  podEnds: (pod: JsonObject) => PodEnd = () => ({ phase: 'Succeeded', log: '' });
  /** What scripts say in the hub's pod. */
  scripts: (request: PythonRequest, namespace: string) => Promise<Ended> = () => {
    throw new Error('the double has no answer for a script in the hub');
  };
  streams: (pod: string, script: string, args: readonly string[]) => Streaming = () => {
    throw new Error('the double has no answer for a script in a pod');
  };
  allowed: (need: Need) => boolean = () => true;
  /** Why the cluster takes no pod of a Job; undefined: it takes them. */
  refusesJobs: string | undefined;
  kubernetes = 'v1.35.4';
  /** By pod, or by `pod previous`. */
  readonly log = new Map<string, string>();

  readonly #clock: Clock;
  readonly #objects = new Map<string, Stored>();
  #events: { due: number; happen: () => void }[] = [];
  #version = 0;
  #uids = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    for (const name of ['default', 'kube-system'])
      this.#store(
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
        { name: 'kube-apiserver', operation: 'Update' },
      );
  }

  // What the port offers.

  get(kind: string, name: string, namespace?: string): Promise<JsonObject | undefined> {
    return this.#call('get', `${kind} ${name} ${namespace ?? ''}`, () => {
      const found = this.#objects.get(key(kindOf(kind), namespace, name));
      return found && shown(found.object);
    });
  }

  list(kinds: string, options: ListOptions = {}): Promise<JsonObject[]> {
    return this.#call('list', `${kinds} ${canonical({ ...options })}`, () =>
      this.#find(kinds, options).map(({ object }) => shown(object)),
    );
  }

  liveOf(objects: readonly JsonObject[], namespace: string): Promise<JsonObject[]> {
    return this.#call('liveOf', namespace, () =>
      objects.flatMap((one) => {
        const found = this.#objects.get(identity(one, namespace));
        return found ? [withManagers(found)] : [];
      }),
    );
  }

  apply(objects: readonly JsonObject[], manager = 'glaciocloud'): Promise<void> {
    return this.#write('apply', objects.map(about).join(', '), () => {
      for (const one of objects) this.serverSideApply(one, manager, true);
    });
  }

  wouldApply(applied: readonly JsonObject[], namespace: string): Promise<JsonObject[]> {
    return this.#call('wouldApply', namespace, () =>
      applied.map((one) => shown(this.#applied(inNamespace(one, namespace), 'helm', true).object)),
    );
  }

  create(made: JsonObject): Promise<JsonObject> {
    return this.#write('create', about(made), () => {
      if (this.#objects.has(identity(made)))
        throw refused(`an object cannot be made: (AlreadyExists) ${about(made)} exists`, {
          conflict: true,
        });
      this.#needNamespace(made);
      return shown(this.#store(made, { name: 'kubectl-create', operation: 'Update' }).object);
    });
  }

  replace(changed: JsonObject): Promise<JsonObject> {
    return this.#write('replace', about(changed), () => {
      const old = this.#objects.get(identity(changed));
      if (!old) throw refused(`an object cannot be changed: (NotFound) ${about(changed)}`);
      const version = at(changed, '/metadata/resourceVersion');
      if (version !== undefined && version !== at(old.object, '/metadata/resourceVersion'))
        throw refused('an object cannot be changed: (Conflict) the object has been modified', {
          conflict: true,
        });
      refuseInvalid(old.object, changed, 'an object cannot be changed');
      const { object } = this.#store(changed, { name: 'kubectl-replace', operation: 'Update' });
      if (at(object, '/metadata/deletionTimestamp') !== undefined) this.#remove(identity(object));
      return shown(object);
    });
  }

  delete(kind: string, name: string, namespace?: string): Promise<void> {
    return this.#write('delete', `${kind} ${name} ${namespace ?? ''}`, () => {
      this.#remove(key(kindOf(kind), namespace, name));
    });
  }

  deleteBy(kinds: string, selector: string, namespace: string): Promise<void> {
    return this.#write('deleteBy', `${kinds} ${selector} ${namespace}`, () => {
      for (const { object } of this.#find(kinds, { namespace, selector }))
        this.#remove(identity(object));
    });
  }

  annotate(kind: string, selector: string, namespace: string, annotation: string): Promise<void> {
    return this.#write('annotate', `${kind} ${selector} ${namespace} ${annotation}`, () => {
      const [name = '', value] = annotation.split(/=(.*)/su);
      if (value === undefined) throw new Error('the double only sets annotations');
      for (const { object } of this.#find(kind, { namespace, selector })) {
        const annotated = merge(object, { metadata: { annotations: { [name]: value } } });
        this.#store(annotated, { name: 'kubectl-annotate', operation: 'Update' });
      }
    });
  }

  scale(deployment: string, replicas: number, namespace: string): Promise<void> {
    return this.#write('scale', `${deployment} ${replicas} ${namespace}`, () => {
      const found = this.#objects.get(key('Deployment', namespace, deployment));
      if (!found) throw refused(`${deployment} cannot be scaled: (NotFound) no such deployment`);
      const { object } = found;
      const spec = isObject(object['spec']) ? object['spec'] : {};
      this.#store(
        { ...object, spec: { ...spec, replicas } },
        { name: 'kubectl', operation: 'Update', subresource: 'scale' },
      );
    });
  }

  logs(pod: string, namespace: string, which?: 'current' | 'previous'): Promise<string> {
    return this.#call('logs', `${pod} ${namespace} ${which ?? ''}`, () => {
      const called = which === 'previous' ? `${pod} previous` : pod;
      return this.log.get(called) ?? '';
    });
  }

  version(): Promise<string> {
    return this.#call('version', '', () => this.kubernetes);
  }

  mayI(needs: readonly Need[]): Promise<boolean[]> {
    return this.#call('mayI', '', () => needs.map((need) => this.allowed(need)));
  }

  python(namespace: string, request: PythonRequest): Promise<Ended> {
    const script = request.args.join(' ').slice(0, 40);
    return this.#call('python', `${namespace} ${script}`, () => this.scripts(request, namespace));
  }

  pythonStream(namespace: string, pod: string, script: string, args: readonly string[]): Streaming {
    this.outside.note('pythonStream', `${namespace} ${pod}`);
    return this.streams(pod, script, args);
  }

  // What tests ask and do besides.

  /** An object as it is, with owners of its fields; nobody is asked, and no call is counted. */
  peek(kind: string, name: string, namespace?: string): JsonObject | undefined {
    this.#settle();
    const found = this.#objects.get(key(kind, namespace, name));
    return found && withManagers(found);
  }

  /** Of one kind in a namespace; nobody is asked. */
  objectsIn(kind: string, namespace: string): JsonObject[] {
    this.#settle();
    return [...this.#objects.values()]
      .map(({ object }) => shown(object))
      .filter((one) => one['kind'] === kind && at(one, '/metadata/namespace') === namespace);
  }

  /** Takes an object away; nobody is asked. */
  drop(object: JsonObject, namespace: string): void {
    this.#remove(identity(object, namespace));
  }

  /** `Kind namespace/name` of everything of some kinds that is there. */
  names(...kinds: string[]): string[] {
    this.#settle();
    return [...this.#objects.values()]
      .filter(({ object }) => kinds.includes(textAt(object, '/kind')))
      .map(({ object }) => about(object));
  }

  /** Somebody applies an object. Without force, what another owns and has set otherwise is a conflict. */
  serverSideApply(object: JsonObject, manager: string, force: boolean): JsonObject {
    this.#settle();
    this.#needNamespace(object);
    const next = this.#applied(object, manager, force);
    const old = this.#objects.get(identity(object));
    if (old && canonical(old.object) === canonical(next.object) && sameLeaves(old, next))
      return shown(old.object);
    return shown(this.#keep(next).object);
  }

  /** Something in the cluster sets the status of an object. */
  setStatus(kind: string, name: string, namespace: string | undefined, status: JsonObject): void {
    const found = this.#objects.get(key(kind, namespace, name));
    if (!found) throw new Error(`there is no ${kind} ${name} here`);
    found.object = { ...found.object, status };
    this.#touch(found.object);
  }

  /** Objects that are there from the beginning. */
  add(...objects: JsonObject[]): void {
    for (const one of objects) this.#store(one, { name: 'somebody', operation: 'Update' });
  }

  // How it works.

  #call<T>(name: string, what: string, work: () => T | Promise<T>): Promise<T> {
    return this.outside.call(name, what, () => {
      this.#settle();
      return work();
    });
  }

  #write<T>(name: string, what: string, work: () => T): Promise<T> {
    return this.#call(name, what, work);
  }

  #find(kinds: string, { namespace, selector, fields }: ListOptions): Stored[] {
    const wanted = kinds.split(',').map(kindOf);
    const picks = [selectorOf(selector), fieldsOf(fields)];
    return wanted.flatMap((kind) =>
      [...this.#objects.values()]
        .filter(
          ({ object }) =>
            object['kind'] === kind &&
            (namespace === undefined ||
              KINDS[kind]?.global === true ||
              at(object, '/metadata/namespace') === namespace) &&
            picks.every((pick) => pick(object)),
        )
        .sort((a, b) => (identity(a.object) < identity(b.object) ? -1 : 1)),
    );
  }

  #needNamespace(object: JsonObject): void {
    const { kind = '' } = object;
    const known = typeof kind === 'string' ? KINDS[kind] : undefined;
    if (!known) throw new Error(`the double knows no kind ${JSON.stringify(kind)}`);
    const namespace = textAt(object, '/metadata/namespace');
    if (known.global === true) return;
    if (namespace === '') throw new Error(`${about(object)} names no namespace`);
    if (!this.#objects.has(key('Namespace', undefined, namespace)))
      throw refused(`objects cannot be applied: (NotFound) namespaces "${namespace}" not found`);
  }

  /** What applying would make of an object; nothing is changed. */
  #applied(given: JsonObject, manager: string, force: boolean): Stored {
    const applied = withData(given);
    const old = this.#objects.get(identity(applied));
    const object = structuredClone(old?.object ?? { ...head(applied), metadata: names(applied) });
    const leaves = leavesOf(applied);
    const managers = (old?.managers ?? []).map((one) => ({ ...one, leaves: new Set(one.leaves) }));
    const mine = managers.find((one) => one.name === manager && one.operation === 'Apply');
    const others = managers.filter((one) => one !== mine);
    for (const [leaf, value] of leaves) {
      const path = JSON.parse(leaf) as Leaf;
      const differs = canonical(leafValue(object, path) ?? null) !== canonical(value);
      for (const other of others) {
        if (!differs || !owns(other, leaf)) continue;
        if (!force)
          throw refused(`objects cannot be applied: (Conflict) conflict with "${other.name}"`, {
            conflict: true,
          });
        disown(other, leaf);
      }
      const empty = isObject(value) && Object.keys(value).length === 0;
      if (!empty || !isObject(leafValue(object, path))) setLeaf(object, path, value);
    }
    const gone = [...(mine?.leaves ?? [])]
      .filter((leaf) => !leaves.has(leaf) && !others.some((other) => owns(other, leaf)))
      .map((leaf) => JSON.parse(leaf) as Leaf)
      .sort((x, y) => Number(isEntryKey(x)) - Number(isEntryKey(y)));
    for (const path of gone) setLeaf(object, path, undefined);
    if (old) refuseInvalid(old.object, object, 'objects cannot be applied');
    const time = this.#clock.now().toISOString();
    const entry: Manager = {
      name: manager,
      operation: 'Apply',
      time,
      leaves: new Set(leaves.keys()),
    };
    const kept = others.filter((one) => one.leaves.size > 0);
    return { object, managers: [...kept, entry] };
  }

  /** An object as somebody wrote it whole: who wrote it owns what differs. */
  #store(given: JsonObject, by: Pick<Manager, 'name' | 'operation' | 'subresource'>): Stored {
    const object = withData(withoutManaged(given));
    const old = this.#objects.get(identity(object));
    const before = old ? leavesOf(ownable(old.object)) : new Map<string, Json>();
    const after = leavesOf(ownable(object));
    const mine = [...after]
      .filter(([leaf, value]) => canonical(before.get(leaf) ?? null) !== canonical(value))
      .map(([leaf]) => leaf);
    const managers = (old?.managers ?? []).map((one) => ({
      ...one,
      leaves: new Set([...one.leaves].filter((leaf) => after.has(leaf) && !mine.includes(leaf))),
    }));
    const known = managers.find((one) => one.name === by.name && one.operation === by.operation);
    for (const leaf of mine) known?.leaves.add(leaf);
    const time = this.#clock.now().toISOString();
    const entry = known ? [] : [{ ...by, time, leaves: new Set(mine) }];
    return this.#keep({
      object,
      managers: [...managers, ...entry].filter((one) => one.leaves.size),
    });
  }

  #keep({ object, managers }: Stored): Stored {
    const id = identity(object);
    const old = this.#objects.get(id);
    const kept: Stored = { object: structuredClone(object), managers };
    const metadata: JsonObject = isObject(kept.object['metadata']) ? kept.object['metadata'] : {};
    this.#uids += old ? 0 : 1;
    metadata['uid'] = at(old?.object, '/metadata/uid') ?? uidOf(this.#uids);
    metadata['creationTimestamp'] =
      at(old?.object, '/metadata/creationTimestamp') ?? this.#clock.now().toISOString();
    const leaving = at(old?.object, '/metadata/deletionTimestamp');
    if (leaving !== undefined) metadata['deletionTimestamp'] = leaving;
    const isNew = canonical(old?.object['spec'] ?? null) !== canonical(object['spec'] ?? null);
    const generation = Number(at(old?.object, '/metadata/generation') ?? 0);
    const kind = textAt(object, '/kind');
    if (KINDS[kind]?.generation === true) metadata['generation'] = generation + (isNew ? 1 : 0);
    kept.object['metadata'] = metadata;
    this.#touch(kept.object);
    this.#objects.set(id, kept);
    if (kind === 'Deployment' && isNew) this.#rollOut(id);
    if (kind === 'Pod' && !old && !kept.object['status']) this.#runPod(id);
    if (kind === 'Job' && !old) this.#runJob(id);
    return kept;
  }

  #touch(object: JsonObject): void {
    this.#version += 1;
    if (isObject(object['metadata'])) object['metadata']['resourceVersion'] = String(this.#version);
  }

  #remove(id: string): void {
    const found = this.#objects.get(id);
    if (!found) return;
    const kind = textAt(found.object, '/kind');
    const { metadata } = found.object;
    if (isObject(metadata) && objectHeld(metadata)) {
      metadata['deletionTimestamp'] ??= this.#clock.now().toISOString();
      this.#touch(found.object);
      return;
    }
    const name = textAt(found.object, '/metadata/name');
    this.#objects.delete(id);
    for (const [other, { object }] of this.#objects) {
      const inside = kind === 'Namespace' && at(object, '/metadata/namespace') === name;
      const owned =
        ['Deployment', 'Job'].includes(kind) &&
        at(object, '/metadata/ownerReferences/0/name') === id;
      if (inside || owned) this.#objects.delete(other);
    }
  }

  // Controllers.

  #later(ms: number, happen: () => void): void {
    this.#events.push({ due: this.#clock.now().getTime() + ms, happen });
  }

  /** Whatever should have happened until now. */
  #settle(): void {
    const now = this.#clock.now().getTime();
    for (;;) {
      const [next] = this.#events.filter(({ due }) => due <= now).sort((a, b) => a.due - b.due);
      if (!next) return;
      this.#events = this.#events.filter((one) => one !== next);
      next.happen();
    }
  }

  /** Old pods stop, a new one starts: as with the strategy Recreate. */
  #rollOut(id: string): void {
    const generation = at(this.#objects.get(id)?.object, '/metadata/generation');
    const current = (): JsonObject | undefined => {
      const one = this.#objects.get(id)?.object;
      return at(one, '/metadata/generation') === generation ? one : undefined;
    };
    const replicas = Number(at(current(), '/spec/replicas') ?? 1);
    const state = (available: number): JsonObject => ({
      observedGeneration: generation ?? 0,
      replicas,
      updatedReplicas: replicas,
      availableReplicas: available,
    });
    this.#later(TIMES.observed, () => {
      const one = current();
      if (!one) return;
      const name = textAt(one, '/metadata/name');
      const namespace = textAt(one, '/metadata/namespace');
      this.setStatus('Deployment', name, namespace, state(0));
      this.#dropPods(id, replicas === 0 ? TIMES.stopped : 0);
      const bad = this.badPods(one);
      if (replicas > 0) this.#addPod(id, one, bad ?? { phase: 'Pending' });
      if (bad) return;
      this.#later(TIMES.ready, () => {
        if (!current()) return;
        this.setStatus('Deployment', name, namespace, state(replicas));
        for (const pod of this.#podsOf(id))
          pod.object = { ...pod.object, status: { phase: 'Running' } };
      });
    });
  }

  #podsOf(id: string): Stored[] {
    return [...this.#objects.values()].filter(
      ({ object }) => at(object, '/metadata/ownerReferences/0/name') === id,
    );
  }

  #dropPods(id: string, ms: number): void {
    for (const pod of this.#podsOf(id)) {
      const drop = (): void => this.#remove(identity(pod.object));
      if (ms === 0) drop();
      else this.#later(ms, drop);
    }
  }

  #addPod(id: string, deployment: JsonObject, status: JsonObject): void {
    const template = at(deployment, '/spec/template');
    const labels = at(template, '/metadata/labels') ?? {};
    const namespace = textAt(deployment, '/metadata/namespace');
    const generation = Number(at(deployment, '/metadata/generation'));
    const name = `${textAt(deployment, '/metadata/name')}-${generation}`;
    const spec = at(template, '/spec') ?? {};
    const pod = this.#keep({
      object: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace, labels },
        spec,
        status,
      },
      managers: [],
    });
    const metadata = pod.object['metadata'];
    if (isObject(metadata)) metadata['ownerReferences'] = [{ name: id }];
  }

  /** One pod, which is not tried again. */
  #runJob(id: string): void {
    this.#later(TIMES.observed, () => {
      const job = this.#objects.get(id)?.object;
      if (!job) return;
      const name = textAt(job, '/metadata/name');
      if (this.refusesJobs !== undefined) {
        this.#tell(job, this.refusesJobs);
        return;
      }
      const labels = at(job, '/spec/template/metadata/labels');
      const pod = this.#keep({
        object: {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: {
            name: `${name}-1`,
            namespace: textAt(job, '/metadata/namespace'),
            labels: { ...(isObject(labels) ? labels : {}), 'job-name': name },
          },
          spec: at(job, '/spec/template/spec') ?? {},
        },
        managers: [],
      }).object;
      if (isObject(pod['metadata'])) pod['metadata']['ownerReferences'] = [{ name: id }];
    });
  }

  /** As the controller of Jobs tells it. */
  #tell(job: JsonObject, message: string): void {
    const name = textAt(job, '/metadata/name');
    const namespace = textAt(job, '/metadata/namespace');
    this.add({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.1`, namespace },
      involvedObject: { kind: 'Job', name, namespace },
      type: 'Warning',
      reason: 'FailedCreate',
      message,
    });
  }

  #runPod(id: string): void {
    const found = this.#objects.get(id);
    if (!found) return;
    found.object['status'] = { phase: 'Pending' };
    this.#later(TIMES.podEnds, () => {
      const now = this.#objects.get(id);
      if (!now) return;
      const { phase, log = '', more = {} } = this.podEnds(now.object);
      now.object['status'] = { phase, ...more };
      this.log.set(textAt(now.object, '/metadata/name'), log);
      const owner = this.#objects.get(textAt(now.object, '/metadata/ownerReferences/0/name'));
      if (owner?.object['kind'] !== 'Job' || phase === 'Running') return;
      const type = phase === 'Succeeded' ? 'Complete' : 'Failed';
      owner.object['status'] = { conditions: [{ type, status: 'True' }] };
    });
  }
}

/** Has the form of a UUID, as the schema of a cluster's file wants it. */
export function uidOf(count: number): string {
  return `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`;
}

function key(kind: string, namespace: string | undefined, name: string): string {
  return `${kind}/${KINDS[kind]?.global === true ? '' : (namespace ?? '')}/${name}`;
}

function identity(object: JsonObject, namespace = ''): string {
  const own = textAt(object, '/metadata/namespace') || namespace;
  return key(textAt(object, '/kind'), own, textAt(object, '/metadata/name'));
}

/** `Secret hub/cookie` */
function about(object: JsonObject): string {
  const namespace = textAt(object, '/metadata/namespace');
  const name = textAt(object, '/metadata/name');
  return `${textAt(object, '/kind')} ${namespace === '' ? name : `${namespace}/${name}`}`;
}

function head(object: JsonObject): JsonObject {
  return { apiVersion: object['apiVersion'] ?? 'v1', kind: object['kind'] ?? '' };
}

function names(object: JsonObject): JsonObject {
  const namespace = at(object, '/metadata/namespace');
  const name = at(object, '/metadata/name') ?? '';
  return namespace === undefined ? { name } : { name, namespace };
}

function inNamespace(object: JsonObject, namespace: string): JsonObject {
  const metadata = isObject(object['metadata']) ? object['metadata'] : {};
  return { ...object, metadata: { namespace, ...metadata } };
}

/** As the API keeps a Secret: what is written as text lies there in base64. */
function withData(object: JsonObject): JsonObject {
  const { stringData, ...rest } = object;
  if (!isObject(stringData)) return object;
  const encoded = Object.entries(stringData).map(([name, value]): [string, Json] => [
    name,
    Buffer.from(typeof value === 'string' ? value : '').toString('base64'),
  ]);
  const data = isObject(object['data']) ? object['data'] : {};
  return { ...rest, data: { ...data, ...Object.fromEntries(encoded) } };
}

function withoutManaged(object: JsonObject): JsonObject {
  const metadata = isObject(object['metadata']) ? { ...object['metadata'] } : {};
  delete metadata['managedFields'];
  return { ...object, metadata };
}

/** What people write: neither status nor what the API server keeps in the metadata. */
function ownable(object: JsonObject): JsonObject {
  const metadata: JsonObject = {};
  for (const name of ['labels', 'annotations']) {
    const value = at(object, `/metadata/${name}`);
    if (value !== undefined) metadata[name] = value;
  }
  const copy: JsonObject = { ...object, metadata };
  delete copy['status'];
  return copy;
}

function shown(object: JsonObject): JsonObject {
  return structuredClone(withoutManaged(object));
}

function withManagers({ object, managers }: Stored): JsonObject {
  const copy = shown(object);
  if (isObject(copy['metadata']))
    copy['metadata']['managedFields'] = managers.map(
      ({ name, operation, subresource, time, leaves }): Json => ({
        manager: name,
        operation,
        ...(subresource === undefined ? {} : { subresource }),
        time,
        fieldsV1: fieldsTree(leaves),
      }),
    );
  return copy;
}

function sameLeaves(a: Stored, b: Stored): boolean {
  const text = ({ managers }: Stored): string =>
    canonical(
      managers
        .map(({ name, operation, leaves }): Json => [name, operation, [...leaves].sort()])
        .sort((x, y) => (canonical(x) < canonical(y) ? -1 : 1)),
    );
  return text(a) === text(b);
}

/** Whoever owns a value owns every part of it, and the other way round. */
function overlaps(a: string, b: string): boolean {
  const [x, y] = [a.slice(0, -1), b.slice(0, -1)];
  return a === b || x.startsWith(`${y},`) || y.startsWith(`${x},`);
}

function owns({ leaves }: Manager, leaf: string): boolean {
  return [...leaves].some((one) => overlaps(one, leaf));
}

function disown(manager: Manager, leaf: string): void {
  manager.leaves = new Set([...manager.leaves].filter((one) => !overlaps(one, leaf)));
}

type Chosen = (object: JsonObject) => boolean;

function selectorOf(selector: string | undefined): Chosen {
  if (selector === undefined) return () => true;
  const parts = selector.split(/,(?![^(]*\))/u).map((part): Chosen => {
    const label = (object: JsonObject, name: string): Json | undefined => {
      const labels = at(object, '/metadata/labels');
      return isObject(labels) ? labels[name] : undefined;
    };
    const equal = /^([\w./-]+)=([\w.-]*)$/u.exec(part);
    if (equal) return (object) => label(object, equal[1] ?? '') === equal[2];
    const among = /^([\w./-]+) in \(([\w.,-]+)\)$/u.exec(part);
    if (among) {
      const values = (among[2] ?? '').split(',');
      return (object) => values.some((value) => value === label(object, among[1] ?? ''));
    }
    if (/^[\w./-]+$/u.test(part)) return (object) => label(object, part) !== undefined;
    throw new Error(`the double does not know the selector "${part}"`);
  });
  return (object) => parts.every((one) => one(object));
}

function fieldsOf(fields: string | undefined): Chosen {
  if (fields === undefined) return () => true;
  const [, part, name] = /^(metadata|involvedObject)\.name=([\w.-]+)$/u.exec(fields) ?? [];
  if (part === undefined)
    throw new Error(`the double does not know the field selector "${fields}"`);
  return (object) => at(object, `/${part}/name`) === name;
}

/** What holds an object is named in its finalizers: it goes when the last of them is taken away. */
function objectHeld({ finalizers }: JsonObject): boolean {
  return Array.isArray(finalizers) && finalizers.length > 0;
}

function refuseInvalid(before: JsonObject, after: JsonObject, what: string): void {
  const why = unchangeable(before, after);
  if (why === undefined) return;
  const name = textAt(after, '/metadata/name');
  const text = `${what}: The ${textAt(after, '/kind')} "${name}" is invalid: ${why}`;
  throw refused(text, { invalid: true });
}

function refused(
  message: string,
  flags: { conflict?: boolean; invalid?: boolean } = {},
): KubeFailure {
  return new KubeFailure(message, { hint: 'from the double', ...flags });
}

/** Values of a Secret in clear. */
export function secretText(object: JsonObject | undefined, name: string): string | undefined {
  const data = at(object, '/data');
  const value = isObject(data) ? data[name] : undefined;
  return typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : undefined;
}
