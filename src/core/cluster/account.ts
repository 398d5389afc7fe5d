import { dump } from 'js-yaml';
import type { Json, JsonObject } from '../json.ts';
import { manifestText } from '../manifests.ts';
import type { ClusterFile } from '../model/types.ts';
import { SYSTEM_NAMESPACE, clusterObjects } from './objects.ts';
import { rightsFor } from './rights.ts';
import type { Right } from './rights.ts';

/** The account that deploys to a cluster, and its rights. */
export const DEPLOYER = 'glaciocloud-deployer';

/** `doctor` lists these; a deployment goes on without. */
const FOR_DOCTOR: Right = {
  group: 'cert-manager.io',
  resource: 'clusterissuers',
  verbs: ['list'],
  why: 'what doctor says of certificates',
};

/** For `kubectl apply`: the account, what it may do and why, and a token without an end. */
export function accountText(cluster: Pick<ClusterFile, 'ingress' | 'storage'>): string {
  const rights = [...rightsFor(cluster), ...(cluster.ingress.class === 'none' ? [] : [FOR_DOCTOR])];
  const role = { apiVersion: RBAC, kind: 'ClusterRole', metadata: { name: DEPLOYER } };
  const [namespace] = clusterObjects();
  return [
    manifestText([...(namespace ? [namespace] : []), account()]),
    `${manifestText([role])}rules:\n${rights.map(ruleText).join('')}`,
    manifestText([binding(), token()]),
  ].join('');
}

const RBAC = 'rbac.authorization.k8s.io/v1';

function ruleText({ group, resource, verbs, why }: Right): string {
  const rule: Json = { apiGroups: [group], resources: [resource], verbs: [...verbs] };
  return `  - ${dump(rule, { flowLevel: 0, lineWidth: -1 }).trimEnd()} # ${why}\n`;
}

function account(): JsonObject {
  const metadata = { name: DEPLOYER, namespace: SYSTEM_NAMESPACE };
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata };
}

function binding(): JsonObject {
  return {
    apiVersion: RBAC,
    kind: 'ClusterRoleBinding',
    metadata: { name: DEPLOYER },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: DEPLOYER },
    subjects: [{ kind: 'ServiceAccount', name: DEPLOYER, namespace: SYSTEM_NAMESPACE }],
  };
}

function token(): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: DEPLOYER,
      namespace: SYSTEM_NAMESPACE,
      annotations: { 'kubernetes.io/service-account.name': DEPLOYER },
    },
    type: 'kubernetes.io/service-account-token',
  };
}
