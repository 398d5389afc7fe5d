import { at, objectsIn, textAt } from '../../json.ts';
import type { Json, JsonObject } from '../../json.ts';
import { plainHead } from '../../manifests.ts';
import { CLUSTER_KINDS, HUB_KINDS, groupOf, hasKind, kindOf } from '../../object-kinds.ts';
import type { Rule } from '../../rule.ts';
import { probeNamespace } from '../values/probe.ts';

/** Rights to do everything, to give oneself more rights, or to be somebody else. */
const REFUSED_RIGHTS: Readonly<Record<string, readonly string[]>> = {
  verbs: ['*', 'bind', 'escalate', 'impersonate'],
  apiGroups: ['*', 'rbac.authorization.k8s.io'],
  resources: ['*'],
};

const REMOVE = 'remove what asks for it below values:, or compare the chart with its release';

/** What must not be in a hub's release, in words; undefined where nothing is wrong. */
function kindFault(object: JsonObject, namespaces: readonly string[]): string | undefined {
  const found = kindOf(object);
  if (!hasKind(HUB_KINDS, found))
    return hasKind(CLUSTER_KINDS, found)
      ? 'objects of this kind are for the whole cluster, and no hub has them'
      : 'no hub has objects of this kind';
  if (found.kind === 'RoleBinding') return bindingFault(object, namespaces);
  if (found.kind === 'Role') return roleFault(object);
  return undefined;
}

/** A hub's programs get rights that the hub's own roles name, and nobody else gets any. */
function bindingFault(binding: JsonObject, namespaces: readonly string[]): string | undefined {
  const [kind, role] = [at(binding, '/roleRef/kind'), at(binding, '/roleRef/name')];
  if (kind !== 'Role') return `it would give the rights of the ${said(kind)} ${said(role)}`;
  for (const subject of objectsIn(at(binding, '/subjects'))) {
    const namespace = subject['namespace'];
    const near = namespace === undefined || namespaces.includes(textAt(subject, '/namespace'));
    if (subject['kind'] !== 'ServiceAccount' || !near)
      return `it would give rights to the ${said(subject['kind'])} ${said(subject['name'])}, who is none of the hub’s`;
  }
  return undefined;
}

function roleFault(role: JsonObject): string | undefined {
  for (const rule of objectsIn(role['rules'])) {
    for (const [field, refused] of Object.entries(REFUSED_RIGHTS)) {
      const bad = texts(rule[field]).find((text) => refused.includes(text));
      if (bad !== undefined) return `it has ${JSON.stringify(bad)} among its ${field}`;
    }
  }
  return undefined;
}

function texts(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

function said(value: Json | undefined): string {
  return typeof value === 'string' ? value : 'unnamed';
}

export const objectKind: Rule = {
  id: 'object-kind',
  severity: 'error',
  title: 'A hub consists of kinds of objects that are on a list.',
  why: 'A webhook, a ClusterRoleBinding or a CustomResourceDefinition reaches every hub of the cluster, whoever’s chart or values it came from.',
  on: 'manifests',
  *check({ hub, objects }) {
    const namespaces = [hub.name, ...(hub.data.probe ? [probeNamespace(hub.name)] : [])];
    for (const object of objects) {
      const fault = kindFault(object, namespaces);
      if (fault === undefined) continue;
      yield {
        at: hub.keyAt('/values'),
        message: `${said(object['kind'])} ${said(at(object, '/metadata/name'))}: ${fault}`,
        hint: REMOVE,
      };
    }
  },
};

/** Kinds that a hub may have, and in which no rule finds anything more. */
const PLAIN_KINDS: readonly string[] = [
  'ConfigMap',
  'Ingress',
  'NetworkPolicy',
  'PodDisruptionBudget',
  'Secret',
  'Service',
  'ServiceAccount',
];

/** Whether a rule about objects must see a document; what is not plain to see is always looked at. */
export function isLookedAt(text: string): boolean {
  const head = plainHead(text);
  if (!head || head.placed) return true;
  const found = { group: groupOf(head.apiVersion), kind: head.kind };
  return !PLAIN_KINDS.includes(head.kind) || !hasKind(HUB_KINDS, found);
}
