import { describe, expect, test } from '@jest/globals';
import {
  asItHasBecome,
  calledOf,
  goesWith,
  holdsData,
  isLeaving,
  manifestOf,
  storedIn,
  straysOf,
} from '../../../src/core/hub/way-back.ts';
import type { JsonObject } from '../../../src/core/json.ts';

const object = (kind: string, name: string, metadata: JsonObject = {}): JsonObject => ({
  kind,
  metadata: { name, ...metadata },
});

describe('a manifest', () => {
  const A = 'kind: A\nmetadata: {name: a}\nspec: {mode: 0644, on: "yes"}\n';
  const B = 'apiVersion: v1\nkind: B\n';

  test('is read object by object, without what is none', () => {
    const text = `# Source: x\n---\n# Source: y\n${A}\n---\n# nothing\n---\n${B}`;
    expect(storedIn(text).map(({ object: one }) => one['kind'])).toEqual(['A', 'B']);
    expect(storedIn('')).toEqual([]);
  });

  test('is written as it was read', () => {
    expect(manifestOf(storedIn(`---\n${A}\n---\n${B}`))).toBe(`---\n${A}---\n${B}`);
  });
});

describe('strays', () => {
  const [a, b, c] = [object('A', 'a'), object('B', 'a'), object('A', 'c')];

  test.each<[string, JsonObject[], JsonObject[], JsonObject[]]>([
    ['nothing was made', [], [a], []],
    ['only what is wanted was made', [a, b], [b, a], []],
    ['another kind is another object', [a, b], [a], [b]],
    ['another name is another object', [a, c], [a], [c]],
    ['several revisions made it', [c, c], [], [c]],
  ])('%s', (_what, made, wanted, strays) => {
    expect(straysOf(made, wanted, 'hub')).toEqual(strays);
  });

  test('are in the hub’s namespace where they say nothing else', () => {
    const [here, there] = [
      object('A', 'a', { namespace: 'hub' }),
      object('A', 'a', { namespace: 'other' }),
    ];
    expect(straysOf([here, there], [a], 'hub')).toEqual([there]);
  });
});

test.each<[string, JsonObject, boolean]>([
  ['of the release', { 'meta.helm.sh/release-name': 'one' }, true],
  ['of another', { 'meta.helm.sh/release-name': 'two' }, false],
  ['of nobody', {}, false],
  ...['keep', ' Keep '].map((policy): [string, JsonObject, boolean] => [
    `marked "${policy}"`,
    { 'meta.helm.sh/release-name': 'one', 'helm.sh/resource-policy': policy },
    false,
  ]),
  ['marked else', { 'meta.helm.sh/release-name': 'one', 'helm.sh/resource-policy': 'x' }, true],
])('an object %s goes with it: %p', (_what, annotations, goes) => {
  expect(goesWith(object('A', 'a', { annotations }), 'one')).toBe(goes);
});

test('what is being deleted says so', () => {
  expect(isLeaving(object('A', 'a', { deletionTimestamp: '2026-01-01T00:00:00Z' }))).toBe(true);
  expect(isLeaving(object('A', 'a'))).toBe(false);
});

test('only volume claims hold data', () => {
  expect(holdsData(object('PersistentVolumeClaim', 'a'))).toBe(true);
  expect(holdsData(object('StatefulSet', 'a'))).toBe(false);
});

test('an object is called by kind and name', () => {
  expect(calledOf(object('Service', 'proxy-public'))).toBe('Service proxy-public');
});

test('a claim stays what it has become, in the fields that its manifest has', () => {
  const stored = {
    text: '',
    object: {
      ...object('PersistentVolumeClaim', 'db', { labels: { a: 'b' } }),
      spec: {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '1Gi' } },
        selector: { a: 'b' },
      },
    },
  };
  const live = {
    ...object('PersistentVolumeClaim', 'db', { uid: '1' }),
    spec: {
      accessModes: ['ReadWriteMany'],
      resources: { requests: { storage: '2Gi', other: '1' }, limits: {} },
      volumeName: 'pv-1',
    },
  };
  const became = asItHasBecome(stored, live);
  expect(became.object).toEqual({
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'db', labels: { a: 'b' } },
    spec: {
      accessModes: ['ReadWriteMany'],
      resources: { requests: { storage: '2Gi' } },
      selector: { a: 'b' },
    },
  });
  expect(storedIn(became.text).map((one) => one.object)).toEqual([became.object]);
});

test('a field of a volume claim that was left to the cluster stays where Helm has applied it since', () => {
  const stored = { text: '', object: { ...object('PersistentVolumeClaim', 'db', {}), spec: {} } };
  const applied = (manager: string, ...keys: string[]): JsonObject => ({
    manager,
    operation: 'Apply',
    fieldsV1: { 'f:spec': Object.fromEntries(keys.map((key) => [key, {}])) },
  });
  const managedFields = [
    applied('helm', 'f:storageClassName', 'f:gone', '.'),
    applied('kube-controller-manager', 'f:volumeName'),
    { manager: 'helm', operation: 'Update', fieldsV1: { 'f:spec': { 'f:volumeMode': {} } } },
  ];
  const live = {
    ...object('PersistentVolumeClaim', 'db', { managedFields }),
    spec: { storageClassName: 'fast', volumeName: 'pv-1', volumeMode: 'Filesystem' },
  };
  expect(asItHasBecome(stored, live).object['spec']).toEqual({ storageClassName: 'fast' });
});
