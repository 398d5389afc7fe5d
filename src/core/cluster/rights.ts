import type { ClusterFile } from '../model/types.ts';

/** Something that an account may want to do, as the API server knows it. */
export interface Need {
  verb: string;
  group: string;
  resource: string;
  subresource?: string;
}

/** Rights on one kind of object. */
export interface Right {
  /** API group. */
  group: string;
  /** `pods/exec` is a part of pods. */
  resource: string;
  verbs: readonly string[];
  /** What they are for. */
  why: string;
}

/** What is made of files: looked at, applied (and made, where it is not there yet), taken away. */
const OBJECT = ['get', 'create', 'patch', 'delete'];
const LISTED = ['get', 'list', 'create', 'patch', 'delete'];
const WATCHED = ['get', 'list', 'watch', 'create', 'patch', 'delete'];
const OF_HUBS = 'objects of hubs';
const NETWORKING = 'networking.k8s.io';
const RBAC = 'rbac.authorization.k8s.io';

/**
 * What an account needs to deploy, and for `access`, `data`, `bench` and `drift`. All of it in the whole cluster,
 * because hubs of tomorrow have namespaces that are not there today. Nobody gives what they do not have: what the
 * hub's own Role gives is here too.
 */
const ALWAYS: readonly Right[] = [
  right('', 'namespaces', LISTED, 'of hubs and their probes; which cluster this is'),
  right('', 'nodes', ['list'], 'whether there is room'),
  right('storage.k8s.io', 'storageclasses', ['list'], 'whether those of the files are there'),
  right(NETWORKING, 'ingressclasses', ['list'], 'whether those of the files are there'),
  right('coordination.k8s.io', 'leases', ['get', 'create', 'update'], 'one run for each hub'),
  right('scheduling.k8s.io', 'priorityclasses', ['create', 'patch'], 'seats that give way'),
  right('', 'configmaps', LISTED, `${OF_HUBS}; what is known of each`),
  right('', 'secrets', [...WATCHED, 'update'], `${OF_HUBS}; their Role; records of Helm`),
  right('', 'pods', WATCHED, 'what runs; throw-away pods; the Role of hubs'),
  right('', 'persistentvolumeclaims', WATCHED, 'homes; the Role of hubs'),
  right('', 'services', WATCHED, `${OF_HUBS}; their Role`),
  right('', 'events', ['get', 'list', 'watch'], 'why a pod waits; the Role of hubs'),
  right('', 'pods/log', ['get'], 'why a pod fails'),
  right('', 'pods/exec', ['create'], 'whether a hub is well, and whom it knows'),
  right('', 'serviceaccounts', OBJECT, OF_HUBS),
  right('apps', 'deployments', LISTED, `${OF_HUBS}, watched until they run`),
  right('apps', 'deployments/scale', ['patch'], 'a hub at rest'),
  right('apps', 'daemonsets', OBJECT, 'images pulled ahead'),
  right('apps', 'statefulsets', OBJECT, 'what a chart of your own may bring'),
  right('batch', 'jobs', OBJECT, 'what a chart of your own may bring'),
  right(NETWORKING, 'networkpolicies', LISTED, OF_HUBS),
  right('policy', 'poddisruptionbudgets', OBJECT, OF_HUBS),
  right(RBAC, 'roles', OBJECT, OF_HUBS),
  right(RBAC, 'rolebindings', OBJECT, OF_HUBS),
];

/** Where hubs are entered by their names. */
const FOR_ENTRY: readonly Right[] = [
  right(NETWORKING, 'ingresses', LISTED, `${OF_HUBS}; where a cluster is entered`),
];

/** Where there is a place for input data. */
const FOR_DATA: readonly Right[] = [
  right('batch', 'jobs', ['list'], 'what fills the volume of input data'),
  right('', 'persistentvolumes', OBJECT, 'input data in each hub'),
];

function right(group: string, resource: string, verbs: readonly string[], why: string): Right {
  return { group, resource, verbs, why };
}

/** What an account needs that deploys to a cluster. */
export function rightsFor({ ingress, storage }: Pick<ClusterFile, 'ingress' | 'storage'>): Right[] {
  return [
    ...ALWAYS,
    ...(ingress.class === 'none' ? [] : FOR_ENTRY),
    ...(storage.data === undefined ? [] : FOR_DATA),
  ];
}

/** Everything that some cluster may need: one question each. */
export const NEEDS: readonly Need[] = needsOf([...ALWAYS, ...FOR_ENTRY, ...FOR_DATA]);

function needsOf(rights: readonly Right[]): Need[] {
  return rights.flatMap(({ group, resource: path, verbs }) => {
    const [resource = '', subresource] = path.split('/');
    const part = subresource === undefined ? {} : { subresource };
    return verbs.map((verb) => ({ verb, group, resource, ...part }));
  });
}

/** What a cluster needs of this account and does not get, in words; `allowed` answers NEEDS. */
export function refusedRights(
  cluster: Pick<ClusterFile, 'ingress' | 'storage'>,
  allowed: readonly boolean[],
): string | undefined {
  const given = new Set(NEEDS.filter((_need, index) => allowed[index] === true).map(needText));
  const needs = needsOf(rightsFor(cluster));
  return refusedText(
    needs,
    needs.map((need) => given.has(needText(need))),
  );
}

/** What is refused of these, in words; undefined where nothing is. */
export function refusedText(
  needs: readonly Need[],
  allowed: readonly boolean[],
): string | undefined {
  const refused = needs.filter((_need, index) => allowed[index] !== true);
  if (refused.length === 0) return undefined;
  const verbs = new Map<string, string[]>();
  for (const need of refused)
    verbs.set(kindText(need), [...(verbs.get(kindText(need)) ?? []), need.verb]);
  const each = [...verbs].map(([kind, some]) => `${some.join('/')} ${kind}`);
  return `these credentials may not ${each.join(', ')}`;
}

function needText(need: Need): string {
  return `${need.verb} ${kindText(need)}`;
}

/** No two groups have a kind of the same name here. */
function kindText({ resource, subresource }: Need): string {
  return subresource === undefined ? resource : `${resource}/${subresource}`;
}
