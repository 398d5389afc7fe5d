import { describe, expect, test } from '@jest/globals';
import { immutableFindings } from '../../../src/core/hub/immutable.ts';
import type { Finding } from '../../../src/core/finding.ts';
import type { Json } from '../../../src/core/json.ts';
import type { ObjectChange } from '../../../src/core/plan/types.ts';
import { Bench } from '../../support/apply-bench.ts';
import type { Edit } from '../../support/apply-bench.ts';
import { aChange, aDiff } from '../../support/shown.ts';

interface Change {
  kind: string;
  path: string;
  from?: Json;
  to?: Json;
  name?: string;
  how?: ObjectChange['kind'];
}

const found = (change: Change, ...edits: Edit[]): Finding[] => {
  const { kind, path, from, to, name = 'x', how = 'changed' } = change;
  return immutableFindings(
    new Bench(...edits).platform,
    'one',
    aDiff({
      changed: [
        aChange({
          kind: how,
          object: { apiVersion: 'v1', kind, namespace: '', name },
          fields: [{ path, from, to }],
        }),
      ],
    }),
  );
};

const CLAIM = 'PersistentVolumeClaim';
const CLASS = {
  kind: CLAIM,
  path: '/spec/storageClassName',
  from: 'standard',
  to: 'fast',
  name: 'hub-db-dir',
};
const VALUES = (text: string): Edit => [
  'environments/one.yaml',
  'capacity: {maxServers: 10}',
  `capacity: {maxServers: 10}\nvalues:\n  hub: {db: {pvc: {${text}}}}`,
];

describe('what a cluster refuses to change', () => {
  test.each<[string, string, boolean]>([
    [CLAIM, '/spec/storageClassName', true],
    [CLAIM, '/spec/accessModes', true],
    [CLAIM, '/spec/volumeName', true],
    [CLAIM, '/spec/volumeAttributesClassName', false],
    [CLAIM, '/spec/resources/limits/storage', true],
    [CLAIM, '/spec/resources/requests/storage', false],
    [CLAIM, '/metadata/labels/a', false],
    ['Deployment', '/spec/selector/matchLabels/a', true],
    ['Deployment', '/spec/selector', true],
    ['Deployment', '/spec/template/spec/nodeSelector', false],
    ['DaemonSet', '/spec/selector/matchLabels/a', true],
    ['StatefulSet', '/spec/serviceName', true],
    ['StatefulSet', '/spec/volumeClaimTemplates', true],
    ['StatefulSet', '/spec/selector', true],
    ['StatefulSet', '/spec/podManagementPolicy', true],
    ['StatefulSet', '/spec/replicas', false],
    ['Job', '/spec/template/spec/containers/a/image', true],
    ['Job', '/spec/selector', true],
    ['Job', '/spec/completionMode', true],
    ['Job', '/spec/suspend', false],
    ['RoleBinding', '/roleRef/name', true],
    ['RoleBinding', '/subjects', false],
    ['ClusterRoleBinding', '/roleRef', true],
    ['PriorityClass', '/value', true],
    ['PriorityClass', '/preemptionPolicy', true],
    ['PriorityClass', '/description', false],
    ['StorageClass', '/parameters/type', true],
    ['StorageClass', '/provisioner', true],
    ['StorageClass', '/reclaimPolicy', true],
    ['StorageClass', '/volumeBindingMode', true],
    ['StorageClass', '/allowVolumeExpansion', false],
    ['ConfigMap', '/spec/selector', false],
  ])('of a %s: %s', (kind, path, refused) => {
    expect(found({ kind, path, from: 1, to: 2 })).toHaveLength(refused ? 1 : 0);
  });

  test.each<[Json | undefined, Json | undefined, boolean]>([
    ['2Gi', '1Gi', true],
    ['1Gi', '1G', true],
    ['1Gi', '1Gi', false],
    ['1Gi', '2Gi', false],
    ['1Gi', undefined, true],
    [undefined, '1Gi', false],
  ])('room of a claim: %s to %s', (from, to, refused) => {
    const path = '/spec/resources/requests/storage';
    const change = {
      kind: CLAIM,
      path,
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    };
    expect(found(change)).toHaveLength(refused ? 1 : 0);
    expect(found({ ...change, kind: 'Other' })).toEqual([]);
  });

  test.each<ObjectChange['kind']>(['added', 'removed', 'renamed'])(
    'is no matter of what is %s',
    (how) => {
      expect(found({ ...CLASS, how })).toEqual([]);
    },
  );

  test('is said at the field that decides, with what to do', () => {
    expect(found(CLASS)).toEqual([
      {
        rule: 'immutable',
        severity: 'error',
        at: { file: 'clusters/main.yaml', line: 5, column: 26 },
        message:
          'PersistentVolumeClaim hub-db-dir of the hub one is there already, and Kubernetes ' +
          'refuses to change its spec.storageClassName from standard to fast',
        hint:
          'undo it; another kind of volume needs a hub of another name, to which somebody copies ' +
          'homes and database',
      },
    ]);
    const size = { ...CLASS, path: '/spec/resources/requests/storage', from: '2Gi', to: '1Gi' };
    expect(found(size, VALUES('storage: 1Gi'))).toMatchObject([
      {
        at: { file: 'environments/one.yaml', line: 13 },
        hint: 'a volume never gets smaller: write the old size, or more',
      },
    ]);
    expect(found(CLASS, VALUES('storageClassName: fast'))[0]?.at.file).toBe(
      'environments/one.yaml',
    );
    expect(found({ ...CLASS, name: 'other' })[0]?.at).toEqual({
      file: 'environments/one.yaml',
      line: 1,
      column: 1,
    });
    expect(found({ kind: 'Job', path: '/spec/template', from: {}, to: 'x' })).toMatchObject([
      {
        message:
          'Job x of the hub one is there already, and Kubernetes refuses to change its spec.template',
        hint: 'undo it, or give the object another name',
      },
    ]);
  });

  test('is no matter of a hub without a file', () => {
    const { platform } = new Bench();
    expect(immutableFindings(platform, 'gone', aDiff({ changed: [aChange()] }))).toEqual([]);
  });
});
