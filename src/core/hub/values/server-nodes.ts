import { at, canonical, isObject, objectsIn } from '../../json.ts';
import type { Json, JsonObject } from '../../json.ts';
import type { Pool, Taint } from '../../model/machine-types.ts';
import { meant } from './meant.ts';

/** Which nodes servers may be on, as a pod's specification says it. */
export interface ServerNodes {
  nodeSelector: JsonObject;
  tolerations: Json[];
  affinity: JsonObject;
}

/** The chart's own, of nodes that are kept for servers. Source: values.yaml of jupyterhub 4.4.0. */
const DEDICATED: readonly Json[] = ['hub.jupyter.org/dedicated', 'hub.jupyter.org_dedicated'].map(
  (key) => ({ key, operator: 'Equal', value: 'user', effect: 'NoSchedule' }),
);

/**
 * Where a hub's servers go, by its values below `jupyterhub:`; what waits for servers, or reads their homes, goes there
 * too. Source: jupyterhub_config.py of jupyterhub 4.4.0, and `make_pod` of KubeSpawner 7.0.0.
 */
export function serverNodes(jupyterhub: JsonObject): ServerNodes {
  const { values } = meant(jupyterhub);
  return {
    nodeSelector: objectOr(
      ofPod(values, 'nodeSelector', 'node_selector') ?? at(values, '/singleuser/nodeSelector'),
    ),
    tolerations: tolerationsOf(values),
    affinity: objectOr(ofPod(values, 'affinity') ?? nodeAffinity(values)),
  };
}

/**
 * Where servers of a pool beside `user` go: to its labels alone, and its taints are tolerated beside what servers
 * tolerate anyway. `own`: what the hub's file says below `values:`.
 */
export function poolNodes(own: JsonObject, { selector, taints }: Pool): ServerNodes {
  const { tolerations, affinity } = serverNodes(own);
  return {
    nodeSelector: { ...selector },
    tolerations: [...tolerations, ...taints.map(toleration)],
    affinity,
  };
}

/** Where servers of a size go, by a hub's values and the size in its profiles. */
export function sizeNodes(jupyterhub: JsonObject, size: JsonObject | undefined): ServerNodes {
  const usual = serverNodes(jupyterhub);
  const said = size?.['nodes'];
  return isObject(said)
    ? {
        ...usual,
        nodeSelector: objectOr(said['selector']),
        tolerations: listOr(said['tolerations']),
      }
    : usual;
}

/** What a pod has to tolerate to be wherever a server of this hub may have been. `values`: of its release. */
export function allTolerations(values: JsonObject): Json[] {
  const jupyterhub = objectOr(at(values, '/jupyterhub'));
  const sizes = objectsIn(at(values, '/glaciocloud/profiles/sizes'));
  const all = [undefined, ...sizes].flatMap((size) => sizeNodes(jupyterhub, size).tolerations);
  return [...new Map(all.map((one) => [canonical(one), one])).values()];
}

/** Values of the chart for pods that go to a pool; nothing where it says nothing of its nodes. */
export function placeOf({ selector, taints }: Pool, names: PlaceNames): JsonObject {
  return {
    ...(Object.keys(selector).length > 0 && { nodeSelector: { ...selector } }),
    ...(taints.length > 0 && { [names.tolerations]: taints.map(toleration) }),
  };
}

interface PlaceNames {
  tolerations: 'tolerations' | 'extraTolerations';
}

function toleration({ key, value, effect }: Taint): JsonObject {
  return value === undefined
    ? { key, operator: 'Exists', effect }
    : { key, operator: 'Equal', value, effect };
}

/** What replaces everything that was said of a pod elsewhere. */
function ofPod(values: JsonObject, ...names: readonly string[]): Json | undefined {
  return names
    .map((name) => at(values, `/singleuser/extraPodConfig/${name}`))
    .find((value) => value !== undefined);
}

function tolerationsOf(values: JsonObject): Json[] {
  const whole =
    ofPod(values, 'tolerations') ??
    at(values, '/hub/config/KubeSpawner/tolerations') ??
    at(values, '/hub/config/Spawner/tolerations');
  if (whole !== undefined) return listOr(whole);
  const usual = at(values, '/scheduling/userPods/tolerations');
  return [
    ...(usual === undefined ? DEDICATED : listOr(usual)),
    ...listOr(at(values, '/singleuser/extraTolerations')),
  ];
}

function nodeAffinity(values: JsonObject): JsonObject {
  const purpose = at(values, '/scheduling/userPods/nodeAffinity/matchNodePurpose') ?? 'prefer';
  const extra = (kind: string): Json[] =>
    listOr(at(values, `/singleuser/extraNodeAffinity/${kind}`));
  const required = [...extra('required'), ...(purpose === 'require' ? [FOR_USERS] : [])];
  const preferred = [
    ...extra('preferred'),
    ...(purpose === 'prefer' ? [{ weight: 100, preference: FOR_USERS }] : []),
  ];
  const kinds: JsonObject = {
    ...(required.length > 0 && {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: required },
    }),
    ...(preferred.length > 0 && { preferredDuringSchedulingIgnoredDuringExecution: preferred }),
  };
  return Object.keys(kinds).length > 0 ? { nodeAffinity: kinds } : {};
}

const FOR_USERS: JsonObject = {
  matchExpressions: [{ key: 'hub.jupyter.org/node-purpose', operator: 'In', values: ['user'] }],
};

function objectOr(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function listOr(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}
