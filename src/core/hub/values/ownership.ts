import { at, canonical, isObject, isWithin, parentOf, pointer } from '../../json.ts';
import type { Json, JsonObject } from '../../json.ts';
import { mergeNamed } from './named-lists.ts';

/**
 * Who owns a path below `jupyterhub:`. What the platform writes is its own, and a file's `values:` may add beside it,
 * never replace it; of what stands here a file's word counts. The longest path decides.
 */
const FREE: Readonly<Record<string, boolean>> = {
  '/cull/every': true,
  '/cull/maxAge': true,
  '/hub/concurrentSpawnLimit': true,
  '/hub/config/Authenticator/auth_refresh_age': true,
  '/hub/config/GitHubOAuthenticator/http_request_kwargs': true,
  '/hub/db': true,
  '/hub/db/pvc/annotations': false,
  '/hub/readinessProbe': true,
  '/hub/resources': true,
  '/ingress/annotations': true,
  '/ingress/tls': true,
  '/proxy/chp/resources': true,
  '/singleuser/defaultUrl': true,
  '/singleuser/networkPolicy/egressAllowRules/dnsPortsCloudMetadataServer': true,
  '/singleuser/startTimeout': true,
};

/** Why, and what to do instead, where the field that decides it does not say. */
const INSTEAD: Readonly<Record<string, string>> = {
  '/hub/config': 'remove it: the platform’s promises to people hang on it',
  '/hub/extraConfig': 'choose another name for your code',
  '/hub/extraVolumes': 'choose another name for your volume',
  '/hub/extraVolumeMounts': 'choose another place for your mount',
  '/hub/nodeSelector': 'remove it: nodes.core of the cluster says where the hub goes',
  '/hub/services': 'choose another name for your service',
  '/hub/loadRoles': 'choose another name for your role',
  '/ingress':
    'remove it: url:, hosts:, certificate: and the cluster’s ingress: say how people reach the hub',
  '/hub/tolerations': 'remove it, and write it into nodes.core.taints of the cluster',
  '/imagePullSecrets': 'remove it, and declare its content below secrets: with "for: pull"',
  '/prePuller':
    'remove it: the platform pulls the images of images: itself, and this would pull what no hub has',
  '/proxy/chp/nodeSelector': 'remove it: nodes.core of the cluster says where the proxy goes',
  '/proxy/chp/tolerations': 'remove it, and write it into nodes.core.taints of the cluster',
  '/scheduling':
    'remove it: capacity.placeholders keeps seats warm; the chart’s scheduler lags behind Kubernetes',
  '/singleuser/extraTolerations':
    'remove it, and write it into nodes.user.taints of the cluster, or of a pool that a size names',
  '/singleuser/nodeSelector': 'remove it: nodes.user.selector of the cluster says where servers go',
  '/singleuser/storage/extraVolumes': 'choose another name for your volume',
  '/singleuser/storage/extraVolumeMounts': 'choose another place for your mount',
  '/singleuser/fsGid': 'remove it: user: of platform.yaml says whom homes belong to',
  '/singleuser/storage': 'remove it: home: says what people’s files lie on',
  '/singleuser/storage/dynamic/storageClass':
    'remove it: storage.homes.class of the cluster says what people’s files lie on',
};

/** What of ours a file's own values would replace: the path, and what to do instead. */
export function replaced(ours: JsonObject, own: JsonObject): { path: string; instead: string }[] {
  const merged = mergeNamed(ours, own);
  return leavesOf(ours)
    .filter((path) => !isFree(path) && textOf(at(merged, path)) !== textOf(at(ours, path)))
    .map((path) => ({ path, instead: longest(INSTEAD, path) ?? 'remove it' }));
}

function textOf(value: ReturnType<typeof at>): string {
  return value === undefined ? '' : canonical(value);
}

/** Entries that are one thing: what is added to one of ours changes whom it is for, and what it may. */
const WHOLE = ['/hub/loadRoles', '/hub/services'];

/** A list is one value: who writes another replaces it whole. */
function leavesOf(value: Json, path = ''): string[] {
  if (!isObject(value) || WHOLE.includes(parentOf(path))) return [path];
  return Object.entries(value).flatMap(([key, item]) => leavesOf(item, path + pointer(key)));
}

function isFree(path: string): boolean {
  return longest(FREE, path) ?? false;
}

function longest<T>(table: Readonly<Record<string, T>>, path: string): T | undefined {
  const found = Object.keys(table)
    .filter((key) => isWithin(path, key))
    .sort((a, b) => b.length - a.length)[0];
  return found === undefined ? undefined : table[found];
}
