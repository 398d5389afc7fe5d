import { describe, expect, test } from '@jest/globals';
import { loadAll } from 'js-yaml';
import { accountText } from '../../../src/core/cluster/account.ts';
import { NEEDS } from '../../../src/core/cluster/rights.ts';
import { at, textAt } from '../../../src/core/json.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { CLUSTER_KINDS, HUB_KINDS } from '../../../src/core/object-kinds.ts';

const PLAIN = {
  ingress: { class: 'none', issuer: null, email: null },
  storage: { homes: { class: 'standard' } },
};
const ENTRY = { class: 'nginx', issuer: null, email: null };
const DATA = { homes: { class: 'standard' }, data: { class: 'many', access: 'many' as const } };

const objectsOf = (text: string): JsonObject[] => loadAll(text) as JsonObject[];

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

/** Each right of the account's role, as the API server is asked for it. */
function given(text: string): string[] {
  const role = objectsOf(text).find((one) => one['kind'] === 'ClusterRole');
  const rules = (role?.['rules'] ?? []) as unknown as Rule[]; // as the schema of Kubernetes has it
  return rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group}/${resource}`)),
    ),
  );
}

const asked = NEEDS.map(({ verb, group, resource, subresource }) =>
  [`${verb} ${group}/${resource}`, ...(subresource === undefined ? [] : [subresource])].join('/'),
);

describe('the account that deploys', () => {
  test('may do what doctor and deployments ask for, and list issuers, and nothing else', () => {
    const text = accountText({ ingress: ENTRY, storage: DATA });
    expect(given(text).sort()).toEqual([...asked, 'list cert-manager.io/clusterissuers'].sort());
  });

  test('has no rights that only other clusters need', () => {
    const others = /ingresses|clusterissuers|list batch\/jobs|persistentvolumes$/u;
    expect(given(accountText(PLAIN)).sort()).toEqual(
      asked.filter((one) => !others.test(one)).sort(),
    );
  });

  test.each([...HUB_KINDS, ...CLUSTER_KINDS])(
    'may apply each kind of object that there may be: $group $kind',
    ({ group, kind }) => {
      const rights = given(accountText({ ingress: ENTRY, storage: DATA }));
      const small = kind.toLowerCase();
      const plural = small.endsWith('ss') ? `${small}es` : `${small}s`.replace(/ys$/u, 'ies');
      const verbs =
        kind === 'PriorityClass' ? ['create', 'patch'] : ['get', 'create', 'patch', 'delete'];
      expect(rights).toEqual(
        expect.arrayContaining(verbs.map((verb) => `${verb} ${group}/${plural}`)),
      );
    },
  );

  test('may neither everything, nor give more than it has, nor be somebody else', () => {
    const text = accountText({ ingress: ENTRY, storage: DATA });
    expect(text).not.toMatch(/['"]?\*['"]?[,\]]|\bbind\b|\bescalate\b|\bimpersonate\b/u);
    expect(given(text).filter((one) => /clusterrole|serviceaccounts\/token/u.test(one))).toEqual(
      [],
    );
  });

  test('has a namespace, a name, a binding and a token that belong together', () => {
    const kinds = ['Namespace', 'ServiceAccount', 'ClusterRole', 'ClusterRoleBinding', 'Secret'];
    const all = objectsOf(accountText(PLAIN));
    expect(all.map((one) => textAt(one, '/kind'))).toEqual(kinds);
    const [, account, role, binding, token] = all;
    const [name, namespace] = ['glaciocloud-deployer', 'glaciocloud-system'];
    expect(textAt(account, '/metadata/name')).toBe(name);
    expect(textAt(role, '/metadata/name')).toBe(name);
    expect(at(binding, '/roleRef/name')).toBe(name);
    expect(at(binding, '/subjects')).toEqual([{ kind: 'ServiceAccount', name, namespace }]);
    expect(token).toMatchObject({
      type: 'kubernetes.io/service-account-token',
      metadata: { name, namespace, annotations: { 'kubernetes.io/service-account.name': name } },
    });
  });
});
