import type { Finding } from '../finding.ts';
import type { Json } from '../json.ts';
import { quantityBytes } from '../model/quantities.ts';
import type { Doc, EnvironmentFile, Platform } from '../model/types.ts';
import type { Diff, FieldChange, ObjectChange } from '../plan/types.ts';

/**
 * Fields that an API server refuses to change once the object is there. Source: ValidateUpdate of each kind in
 * Kubernetes 1.35.
 */
const FIXED: Readonly<Record<string, RegExp>> = {
  PersistentVolumeClaim: /^\/spec(?!\/volumeAttributesClassName$|\/resources\/requests\/storage$)/u,
  Deployment: /^\/spec\/selector(?:\/|$)/u,
  DaemonSet: /^\/spec\/selector(?:\/|$)/u,
  StatefulSet:
    /^\/spec\/(?:selector|serviceName|volumeClaimTemplates|podManagementPolicy)(?:\/|$)/u,
  Job: /^\/spec\/(?:selector|template|completionMode)(?:\/|$)/u,
  RoleBinding: /^\/roleRef(?:\/|$)/u,
  ClusterRoleBinding: /^\/roleRef(?:\/|$)/u,
  PriorityClass: /^\/(?:value|preemptionPolicy)$/u,
  StorageClass: /^\/(?:provisioner|parameters|reclaimPolicy|volumeBindingMode)(?:\/|$)/u,
};
const ROOM = '/spec/resources/requests/storage';
const CLASS = '/spec/storageClassName';
const DATABASE = 'hub-db-dir';

/** What the cluster will refuse, said before it is merged. */
export function immutableFindings(platform: Platform, hub: string, diff: Diff): Finding[] {
  const doc = platform.environments.get(hub);
  if (!doc) return [];
  return diff.changed
    .filter(({ kind }) => kind === 'changed')
    .flatMap((change) =>
      change.fields
        .filter((field) => isRefused(change, field))
        .map((field) => findingOf(platform, doc, change, field)),
    );
}

function isRefused({ object }: ObjectChange, field: FieldChange): boolean {
  return FIXED[object.kind]?.test(field.path) === true || isShrunk(object.kind, field);
}

function isShrunk(kind: string, { path, from, to }: FieldChange): boolean {
  if (kind !== 'PersistentVolumeClaim' || path !== ROOM) return false;
  return bytes(to) < bytes(from);
}

function bytes(value: Json | undefined): number {
  return typeof value === 'string' ? (quantityBytes(value) ?? 0) : 0;
}

function findingOf(
  platform: Platform,
  hub: Doc<EnvironmentFile>,
  { object }: ObjectChange,
  { path, from, to }: FieldChange,
): Finding {
  const field = path.slice(1).replaceAll('/', '.');
  const what = `${object.kind} ${object.name} of the hub ${hub.name}`;
  const values = [from, to].map((one) => (typeof one === 'string' ? ` ${one}` : ''));
  const change = values.every((one) => one !== '') ? ` from${values.join(' to')}` : '';
  return {
    rule: 'immutable',
    severity: 'error',
    at: placeOf(platform, hub, object.name, path),
    message: `${what} is there already, and Kubernetes refuses to change its ${field}${change}`,
    hint: hintOf(object.kind, path),
  };
}

function hintOf(kind: string, path: string): string {
  if (path === ROOM) return 'a volume never gets smaller: write the old size, or more';
  return kind === 'PersistentVolumeClaim'
    ? 'undo it; another kind of volume needs a hub of another name, to which somebody copies homes and database'
    : 'undo it, or give the object another name';
}

/** The field that decides: the class of the cluster, or what `values:` of the hub say. */
function placeOf(
  platform: Platform,
  hub: Doc<EnvironmentFile>,
  object: string,
  path: string,
): Finding['at'] {
  const own = ['/values/hub/db/pvc', '/values/hub/db', '/values'].find((one) => hub.has(one));
  const cluster = platform.clusters.get(hub.data.cluster);
  const said = hub.has('/values/hub/db/pvc/storageClassName');
  if (object === DATABASE && path === CLASS && !said && cluster)
    return cluster.at('/storage/homes/class');
  return hub.at(own ?? '');
}
