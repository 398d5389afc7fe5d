import { sha256Hex } from '../../src/core/digest.ts';
import { OTHERS } from '../../src/core/hub/adoption.ts';
import {
  at,
  canonical,
  compareText,
  isObject,
  merge,
  objectOf,
  textAt,
} from '../../src/core/json.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { manifestText, parseObject, splitDocuments } from '../../src/core/manifests.ts';
import { HelmFailure, KubeFailure } from '../../src/failure.ts';
import type {
  FoundRelease,
  Releases,
  RenderRequest,
  RestoreRequest,
  Revision,
  UpgradeRequest,
} from '../../src/ports/releases.ts';
import type { ClusterDouble } from './cluster.ts';

const OURS = 'glaciocloud.org/digest';

/** A chart as a function: values → objects. */
export type ChartDouble = (
  values: JsonObject,
  release: { name: string; namespace: string },
) => JsonObject[];

interface Stored extends Revision {
  manifest: string;
  /** Our label; undefined where others made it. */
  digest: string | undefined;
}

/** How an upgrade or a way back ends that does not end well. */
export interface BadEnd {
  /** `objects`: after they were applied; `record`: before, with only the record that it has begun. */
  after: 'record' | 'objects';
  /** Undefined: Helm itself is killed, and its record stays as it is. */
  message: string | undefined;
}

/**
 * A double of Helm on a cluster double: it keeps its records as Secrets, as Helm does, and applies what a chart double
 * makes. What it does not know throws.
 */
export class ReleasesDouble implements Releases {
  /** Asked once for each upgrade and each way back. */
  badEnd: (what: 'upgrade' | 'restore', request: { values?: JsonObject }) => BadEnd | undefined =
    () => undefined;
  readonly #cluster: ClusterDouble;
  /** What is rendered from now on. */
  chart: ChartDouble;

  constructor(cluster: ClusterDouble, chart: ChartDouble) {
    this.#cluster = cluster;
    this.chart = chart;
  }

  list(namespace: string): Promise<FoundRelease[]> {
    return this.#call('list', namespace, () => {
      const names = this.#cluster
        .objectsIn('Secret', namespace)
        .filter((one) => at(one, '/metadata/labels/owner') === 'helm')
        .map((one) => textAt(one, '/metadata/labels/name'));
      return [...new Set(names)].sort(compareText).map((name): FoundRelease => {
        const { revision = 0, status = '', digest } = this.kept(name, namespace).at(-1) ?? {};
        const ours = digest !== undefined && digest !== OTHERS;
        return { name, revision, status, chart: 'double-1.0.0', ours };
      });
    });
  }

  /** As somebody does who does not use this tool: nobody is asked, and no call is counted. */
  installByOthers(release: string, namespace: string, objects: readonly JsonObject[]): void {
    const what = `Helm cannot apply ${release}`;
    const [digest, bad] = [undefined, undefined];
    this.#run({ release, namespace, digest, how: 'install', bad, what }, objects);
  }

  history(release: string, namespace: string): Promise<Revision[]> {
    return this.#call('history', release, () =>
      this.kept(release, namespace).map(({ revision, status }) => ({ revision, status })),
    );
  }

  last(release: string, namespace: string): Promise<Revision | undefined> {
    return this.#call('last', release, () => {
      const found = this.kept(release, namespace).at(-1);
      return found && { revision: found.revision, status: found.status };
    });
  }

  upgrade(request: UpgradeRequest): Promise<void> {
    const { release, namespace, values, digest } = request;
    return this.#call('upgrade', release, () => {
      this.#refusePending(release, namespace, `Helm cannot apply ${release}`);
      if (!this.#cluster.peek('Namespace', namespace))
        this.#cluster.serverSideApply(
          { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
          'helm',
          true,
        );
      const merged = merge({}, ...values);
      const objects = this.chart(merged, { name: release, namespace });
      const what = `Helm cannot apply ${release}`;
      this.#refuseForeign(objects, release, namespace, what);
      const how = this.kept(release, namespace).length === 0 ? 'install' : 'upgrade';
      const bad = this.badEnd('upgrade', { values: merged });
      this.#run({ release, namespace, digest, how, bad, what }, objects);
    });
  }

  restore({ release, namespace, manifest, revision, digest }: RestoreRequest): Promise<void> {
    return this.#call('restore', `${release} ${revision}`, () => {
      const what = `Helm cannot bring ${release} back to revision ${revision}`;
      this.#refusePending(release, namespace, what);
      if (this.kept(release, namespace).length === 0)
        throw refused(`${what}: Error: UPGRADE FAILED: "${release}" has no deployed releases`);
      const bad = this.badEnd('restore', {});
      this.#run({ release, namespace, digest, how: 'upgrade', bad, what }, objectsOf(manifest));
    });
  }

  uninstall(release: string, namespace: string): Promise<void> {
    return this.#call('uninstall', release, () => {
      const all = this.kept(release, namespace);
      for (const object of objectsOf(all.at(-1)?.manifest ?? ''))
        this.#dropUnlessKept(object, namespace);
      for (const { revision } of all)
        this.#cluster.drop(recordOf(release, namespace, revision, {}), namespace);
    });
  }

  manifest(release: string, namespace: string, revision?: number): Promise<string> {
    return this.#call('manifest', `${release} ${revision ?? ''}`, () => {
      const all = this.kept(release, namespace);
      const found =
        revision === undefined ? all.at(-1) : all.find((one) => one.revision === revision);
      if (!found)
        throw refused(`the manifest of ${release} cannot be read: Error: release: not found`);
      return found.manifest;
    });
  }

  render({ release, namespace, values, placeholders }: RenderRequest): Promise<string> {
    return this.#call('render', release, () =>
      manifestText(this.chart(merge(values, placeholders), { name: release, namespace })),
    );
  }

  /** Oldest first. Nobody is asked, and no call is counted. */
  kept(release: string, namespace: string): Stored[] {
    return this.#cluster
      .objectsIn('Secret', namespace)
      .filter((one) => at(one, '/metadata/labels/owner') === 'helm')
      .filter((one) => at(one, '/metadata/labels/name') === release)
      .map((one): Stored => {
        const text = Buffer.from(textAt(one, '/data/release'), 'base64').toString('utf8');
        const kept = objectOf(text);
        return {
          revision: Number(at(one, '/metadata/labels/version')),
          status: textAt(one, '/metadata/labels/status'),
          manifest: textAt(kept, '/manifest'),
          digest: at(one, `/metadata/labels/${OURS.replace('/', '~1')}`) as string | undefined,
        };
      })
      .sort((a, b) => a.revision - b.revision);
  }

  #call<T>(name: string, about: string, work: () => T): Promise<T> {
    return this.#cluster.outside.call(name, about, work);
  }

  #refusePending(release: string, namespace: string, what: string): void {
    if (this.kept(release, namespace).at(-1)?.status.startsWith('pending-') === true)
      throw refused(`${what}: Error: another operation (install/upgrade/rollback) is in progress`);
  }

  /** What is there and came with another release, or with none, is not taken over. */
  #refuseForeign(
    objects: readonly JsonObject[],
    release: string,
    namespace: string,
    what: string,
  ): void {
    const current = new Set(objectsOf(this.#current(release, namespace)).map(called));
    for (const one of objects.filter((object) => !current.has(called(object)))) {
      const live = this.#cluster.peek(
        textAt(one, '/kind'),
        textAt(one, '/metadata/name'),
        textAt(one, '/metadata/namespace') || namespace,
      );
      if (live && textAt(live, '/metadata/annotations/meta.helm.sh~1release-name') !== release)
        throw refused(`${what}: Error: ${called(one)} exists and cannot be imported`);
    }
  }

  /** What Helm compares an upgrade with: the revision that is deployed; without one, the last. */
  #current(release: string, namespace: string): string {
    const all = this.kept(release, namespace);
    return (all.findLast(({ status }) => status === 'deployed') ?? all.at(-1))?.manifest ?? '';
  }

  #run(
    {
      release,
      namespace,
      digest,
      how,
      bad,
      what,
    }: {
      release: string;
      namespace: string;
      digest: string | undefined;
      how: 'install' | 'upgrade';
      bad: BadEnd | undefined;
      what: string;
    },
    objects: readonly JsonObject[],
  ): void {
    const all = this.kept(release, namespace);
    const before = this.#current(release, namespace);
    const manifest = manifestText(objects);
    const revision = (all.at(-1)?.revision ?? 0) + 1;
    const keep = (status: string): void =>
      this.#keep(release, namespace, { revision, status, manifest, digest });
    keep(`pending-${how}`);
    if (bad?.after !== 'record') {
      const errors = this.#apply(objects, release, namespace);
      if (errors.length > 0) {
        // What is not wanted any more is taken away only after everything is applied.
        keep('failed');
        throw refused(`${what}: Error: UPGRADE FAILED: ${errors.join(' && ')}`);
      }
    }
    if (bad?.after === undefined) this.#takeAway(objects, before, namespace);
    if (bad) {
      if (bad.message === undefined) throw refused(`${what}: the program was killed by SIGKILL`);
      keep('failed');
      throw refused(`${what}: ${bad.message}`);
    }
    for (const old of all)
      if (old.status === 'deployed')
        this.#keep(release, namespace, { ...old, status: 'superseded' });
    keep('deployed');
  }

  /** What the API server refuses, of each object; the others are applied. */
  #apply(objects: readonly JsonObject[], release: string, namespace: string): string[] {
    const owner: JsonObject = {
      labels: { 'app.kubernetes.io/managed-by': 'Helm' },
      annotations: {
        'meta.helm.sh/release-name': release,
        'meta.helm.sh/release-namespace': namespace,
      },
    };
    const errors: string[] = [];
    for (const one of objects) {
      try {
        const located = merge({ metadata: { namespace } }, one, { metadata: owner });
        this.#cluster.serverSideApply(located, 'helm', true);
      } catch (error) {
        if (!(error instanceof KubeFailure)) throw error;
        errors.push(error.message);
      }
    }
    return errors;
  }

  #takeAway(objects: readonly JsonObject[], before: string, namespace: string): void {
    const wanted = new Set(objects.map(called));
    for (const old of objectsOf(before))
      if (!wanted.has(called(old))) this.#dropUnlessKept(old, namespace);
  }

  #dropUnlessKept(object: JsonObject, namespace: string): void {
    const [kind, name] = [textAt(object, '/kind'), textAt(object, '/metadata/name')];
    // Helm asks what lives, not what it once wrote.
    const live = this.#cluster.peek(kind, name, textAt(object, '/metadata/namespace') || namespace);
    if (at(live ?? object, '/metadata/annotations/helm.sh~1resource-policy') !== 'keep')
      this.#cluster.drop(object, namespace);
  }

  #keep(release: string, namespace: string, stored: Stored): void {
    const { revision, status, manifest, digest } = stored;
    const text = JSON.stringify({ manifest });
    const ours: JsonObject = digest === undefined ? {} : { [OURS]: digest };
    const labels = { owner: 'helm', name: release, status, version: String(revision), ...ours };
    const record = recordOf(release, namespace, revision, {
      metadata: { labels },
      stringData: { release: text },
    });
    this.#cluster.serverSideApply(record, 'Helm', true);
  }
}

function recordOf(
  release: string,
  namespace: string,
  revision: number,
  more: JsonObject,
): JsonObject {
  const name = `sh.helm.release.v1.${release}.v${revision}`;
  return merge({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace } }, more);
}

function objectsOf(manifest: string): JsonObject[] {
  return splitDocuments(manifest)
    .filter((text) => /^kind:/mu.test(text))
    .map(parseObject);
}

function called(object: JsonObject): string {
  return `${textAt(object, '/kind')}/${textAt(object, '/metadata/name')}`;
}

function refused(message: string): HelmFailure {
  return new HelmFailure(message, { hint: 'from the double' });
}

/** A hub's chart, small: hub and proxy, what the hub reads, and its database. */
export const hubChart: ChartDouble = (values) => {
  const hub = at(values, '/jupyterhub/hub');
  const env = at(hub, '/extraEnv');
  const variables = Object.entries(isObject(env) ? env : {}).map(([name, value]): Json =>
    isObject(value) ? { name, ...value } : { name, value },
  );
  const checksum = sha256Hex(canonical(at(values, '/jupyterhub') ?? {}));
  const deployment = (component: string, spec: JsonObject): JsonObject => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: component, labels: { app: 'jupyterhub', component } },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: 'jupyterhub', component } },
      template: {
        metadata: {
          labels: { app: 'jupyterhub', component },
          annotations: component === 'hub' ? { 'checksum/values': checksum } : {},
        },
        spec,
      },
    },
  });
  const image = textAt(hub, '/image/name') || 'hub:1';
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'hub' },
      data: { 'values.json': JSON.stringify(at(values, '/jupyterhub') ?? {}) },
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'hub-profiles' },
      data: { 'profiles.json': JSON.stringify(at(values, '/glaciocloud') ?? {}) },
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'hub' },
      stringData: { cookie: textAt(hub, '/cookieSecret') },
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'hub-db-dir', annotations: { 'helm.sh/resource-policy': 'keep' } },
      spec: { accessModes: ['ReadWriteOnce'] },
    },
    deployment('hub', {
      volumes: [{ name: 'pvc', persistentVolumeClaim: { claimName: 'hub-db-dir' } }],
      containers: [
        {
          name: 'hub',
          image,
          env: variables,
          resources: { requests: { cpu: '100m', memory: '256Mi' } },
          volumeMounts: [{ name: 'pvc', mountPath: '/srv/jupyterhub' }],
        },
      ],
    }),
    deployment('proxy', { containers: [{ name: 'chp', image: 'proxy:1' }] }),
  ];
};
