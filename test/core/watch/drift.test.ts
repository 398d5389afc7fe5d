import { describe, expect, test } from '@jest/globals';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import { byIdentity, identity } from '../../../src/core/manifests.ts';
import { conflictsOf, driftOf, foreignManagers } from '../../../src/core/watch/drift.ts';

const NAME = 'Deployment hub';

test.each<[JsonObject, string]>([
  [{ kind: 'Role', metadata: { name: 'a', namespace: 'other' } }, 'Role/other/a'],
  [{ kind: 'Role', metadata: { name: 'a' } }, 'Role/hub/a'],
  [{ apiVersion: 'v2', kind: 'Role', metadata: { name: 'a', namespace: '' } }, 'Role/hub/a'],
])('an object of any version is known by kind, namespace and name: %j', (object, expected) => {
  expect(identity(object, 'hub')).toBe(expected);
  expect([...byIdentity([object], 'hub')]).toEqual([[expected, object]]);
});

describe('drift', () => {
  const applied: JsonObject = { metadata: { name: 'a' }, spec: { image: 'ours', extra: 1 } };

  test('is an object that is not there', () => {
    expect(driftOf(NAME, undefined, applied)).toEqual({
      object: NAME,
      kind: 'missing',
      fields: [],
    });
  });

  test('is what differs from the manifest', () => {
    const live = { metadata: { name: 'a' }, spec: { image: 'other' } };
    expect(driftOf(NAME, live, applied)).toEqual({
      object: NAME,
      kind: 'changed',
      fields: [
        { path: '/spec/image', from: 'other', to: 'ours' },
        { path: '/spec/extra', from: undefined, to: 1 },
      ],
    });
  });

  test.each<[JsonObject]>([
    [{ metadata: { managedFields: [{ manager: 'x' }] } }],
    [{ metadata: { resourceVersion: '7' } }],
    [{ metadata: { generation: 7 } }],
    [{ metadata: { uid: 'u' } }],
    [{ metadata: { creationTimestamp: 't' } }],
    [{ metadata: { annotations: { 'deployment.kubernetes.io/revision': '7' } } }],
    [{ metadata: { annotations: { 'deprecated.daemonset.template.generation': '7' } } }],
    [{ status: { ready: 1 } }],
  ])('is not what the server writes itself: %j', (live) => {
    const wanted = { metadata: { annotations: {} } };
    const metadata = { annotations: {}, ...(live['metadata'] as JsonObject | undefined) };
    expect(driftOf(NAME, { ...live, metadata }, wanted)).toBeUndefined();
  });

  test.each(['/statusx', '/metadata/uids'])('is a field with a similar name: %s', (path) => {
    const [, first = '', second] = path.split('/');
    const live = { [first]: second === undefined ? 'x' : { [second]: 'x' } };
    const wanted = second === undefined ? {} : { [first]: {} };
    expect(driftOf(NAME, live, wanted)?.fields).toEqual([{ path, from: 'x', to: undefined }]);
  });
});

const managed = (...managedFields: JsonObject[]): JsonObject => ({ metadata: { managedFields } });

test.each([
  ['helm', false],
  ['glaciocloud', false],
  ['kube-controller-manager', false],
  ['kubelet', false],
  ['k3s', false],
  ['cloud-controller-manager', false],
  ['before-first-apply', false],
  ['kubectl-edit', true],
  ['my-helm', true],
])('%s is a stranger among the managers of an object: %j', (manager, stranger) => {
  expect(foreignManagers(NAME, managed({ manager, time: 't' }))).toEqual(
    stranger ? [{ object: NAME, manager, time: 't' }] : [],
  );
});

test('managers of a subresource, and none, are no strangers', () => {
  expect(foreignManagers(NAME, managed({ manager: 'x', subresource: 'status' }))).toEqual([]);
  expect(foreignManagers(NAME, {})).toEqual([]);
});

describe('what others changed and applying overwrites', () => {
  const conflicts = (fieldsV1: Json, live: JsonObject, applied: JsonObject): string[] => {
    const found = conflictsOf(
      NAME,
      { ...live, ...managed({ manager: 'x', time: 't', fieldsV1 }) },
      applied,
    );
    return found.flatMap(({ fields }) => fields);
  };
  const spec = (fields: JsonObject): JsonObject => ({ 'f:spec': fields });

  test.each<[string, JsonObject, JsonObject, JsonObject, string[]]>([
    ['a value', { 'f:a': {} }, { a: 2 }, { a: 1 }, ['/spec/a']],
    ['nothing where it is equal', { 'f:a': {} }, { a: 1 }, { a: 1 }, []],
    ['nothing that is not applied', { 'f:a': {} }, { a: 2 }, { b: 1 }, []],
    ['a value that they took away', { 'f:a': {} }, {}, { a: 1 }, ['/spec/a']],
    ['a list as a whole', { 'f:a': {} }, { a: [1, 2] }, { a: [2, 1] }, ['/spec/a']],
    ['a field with a slash', { 'f:a/b~c': {} }, { 'a/b~c': 2 }, { 'a/b~c': 1 }, ['/spec/a~1b~0c']],
    [
      'the deepest fields',
      { '.': {}, 'f:a': { 'f:b': {}, 'f:c': {}, '.': {} } },
      { a: { b: 2, c: 3 } },
      { a: { b: 1, c: 3 } },
      ['/spec/a/b'],
    ],
    ['the parent that is theirs', { 'f:a': { '.': {} } }, { a: { b: 1 } }, { a: {} }, ['/spec/a']],
    ['nothing of what is no object', { 'f:a': 7 }, { a: 2 }, { a: 1 }, []],
    ['nothing by another notation', { 'v:"x"': {} }, { a: ['x'] }, { a: [] }, []],
    ['nothing by a broken key', { 'k:{': { 'f:a': {} } }, { a: 1 }, { a: 2 }, []],
    [
      'an entry by its key',
      { 'f:list': { 'k:{"name":"a"}': { '.': {}, 'f:v': {} }, 'k:{"name":"b"}': { 'f:v': {} } } },
      {
        list: [
          { name: 'b', v: 1 },
          { name: 'a', v: 2 },
        ],
      },
      {
        list: [
          { name: 'a', v: 1 },
          { name: 'b', v: 1 },
        ],
      },
      ['/spec/list/a/v'],
    ],
    [
      'an entry by two keys, of which the server has filled in one',
      { 'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { 'f:name': {} } } },
      {
        ports: [
          { port: 443, name: 'z' },
          { port: 80, protocol: 'TCP', name: 'x' },
        ],
      },
      {
        ports: [
          { port: 443, name: 'z' },
          { port: 80, name: 'y' },
        ],
      },
      ['/spec/ports/80,TCP/name'],
    ],
    [
      'no entry that is not applied',
      { 'f:list': { 'k:{"name":"a"}': { 'f:v': {} } } },
      { list: [{ name: 'a', v: 2 }] },
      { list: [{ name: 'b', v: 1 }] },
      [],
    ],
    [
      'an entry with a slash in its key',
      { 'f:list': { 'k:{"name":"a/b"}': { 'f:v': {} } } },
      { list: [{ name: 'a/b', v: 2 }] },
      { list: [{ name: 'a/b', v: 1 }] },
      ['/spec/list/a~1b/v'],
    ],
  ])('is %s', (_what, owned, live, applied, expected) => {
    expect(conflicts(spec(owned), { spec: live }, { spec: applied })).toEqual(expected);
  });

  test('is told with who and when, for each of them', () => {
    const fieldsV1 = spec({ 'f:a': {} });
    const live = {
      spec: { a: 2 },
      ...managed(
        { manager: 'helm', fieldsV1 },
        { manager: 'x', time: 't', fieldsV1 },
        { manager: 'y', subresource: 'scale', fieldsV1 },
        { manager: 'z', fieldsV1: spec({ 'f:b': {} }) },
        { manager: 'w', fieldsV1 },
      ),
    };
    expect(conflictsOf(NAME, live, { spec: { a: 1 } })).toEqual([
      { object: NAME, manager: 'x', time: 't', fields: ['/spec/a'] },
      { object: NAME, manager: 'w', time: '', fields: ['/spec/a'] },
    ]);
  });
});
