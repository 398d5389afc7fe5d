import { describe, expect, test } from '@jest/globals';
import { diffManifests, idOf } from '../../../src/core/plan/diff.ts';
import { fc } from '../../support/property.ts';

const configMap = (name: string, data: string): string =>
  `---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  a: ${JSON.stringify(data)}\n`;
const deployment = (checksum: string, image: string): string =>
  `---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: hub\n  annotations:\n    note: x\nspec:\n  template:\n    metadata:\n      annotations:\n        checksum/secret: ${checksum}\n    spec:\n      containers:\n      - name: a\n        image: ${image}\n`;
const claim = (size: string): string =>
  `---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: db\n  namespace: n\nspec:\n  size: ${size}\n`;
const names = (refs: readonly { name: string }[]): string[] => refs.map(({ name }) => name);
const many = (name: string, values: readonly string[]): string =>
  `---\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n${values.map((value, index) => `  k${String(index).padStart(4, '0')}: ${value}\n`).join('')}`;

describe('two manifests', () => {
  test('objects that come, go and change', () => {
    const diff = diffManifests(
      configMap('a', 'x') + configMap('gone', 'only here'),
      configMap('a', 'y') + configMap('came', 'only there'),
    );
    expect(names(diff.added)).toEqual(['came']);
    expect(names(diff.removed)).toEqual(['gone']);
    expect(diff.changed.map(({ kind, object }) => [kind, object.name])).toEqual([
      ['changed', 'a'],
      ['added', 'came'],
      ['removed', 'gone'],
    ]);
    expect(diff.changed[0]?.fields).toEqual([{ path: '/data/a', from: 'x', to: 'y' }]);
    expect([diff.plus, diff.minus]).toEqual([7, 7]);
  });

  test('what is new has a plus and what is gone a minus, line by line', () => {
    const diff = diffManifests(configMap('a', 'x'), configMap('a', 'z'));
    expect(diff.changed[0]).toMatchObject({
      plus: 1,
      minus: 1,
      lines: [
        '  apiVersion: v1',
        '  data:',
        '-   a: x',
        '+   a: z',
        '  kind: ConfigMap',
        '  metadata:',
        '    name: a',
      ],
    });
  });

  test('what comes as a whole is all plus, what goes all minus', () => {
    const [came] = diffManifests('', claim('1Gi')).changed;
    const [gone] = diffManifests(claim('1Gi'), '').changed;
    expect(came?.lines.every((line) => line.startsWith('+ '))).toBe(true);
    expect(gone?.lines.every((line) => line.startsWith('- '))).toBe(true);
    expect([came?.plus, came?.minus, gone?.plus, gone?.minus]).toEqual([7, 0, 0, 7]);
    expect([came?.kind, gone?.kind]).toEqual(['added', 'removed']);
    expect(came?.fields.map(({ path, from }) => [path, from])).toEqual(
      ['/apiVersion', '/kind', '/metadata', '/spec'].map((path) => [path, undefined]),
    );
    expect(gone?.fields.map(({ to }) => to)).toEqual([undefined, undefined, undefined, undefined]);
  });

  test('objects stand by kind, then by name', () => {
    const diff = diffManifests('', claim('1') + configMap('b', 'x') + configMap('a', 'x'));
    expect(diff.changed.map(({ object }) => `${object.kind} ${object.name}`)).toEqual([
      'ConfigMap a',
      'ConfigMap b',
      'PersistentVolumeClaim db',
    ]);
    expect(names(diff.added)).toEqual(['db', 'b', 'a']);
  });

  test('equal texts are not a change, whatever their order', () => {
    const diff = diffManifests(
      configMap('a', 'x') + configMap('b', 'y'),
      configMap('b', 'y') + configMap('a', 'x'),
    );
    expect([diff.changed, diff.added, diff.removed, diff.checksumOnly]).toEqual([[], [], [], []]);
  });

  test('another text of the same object is no change', () => {
    const diff = diffManifests(configMap('a', 'x'), configMap('a', 'x').replace('"x"', 'x'));
    expect([diff.changed, diff.checksumOnly]).toEqual([[], []]);
  });

  test('an object under a new name is one change', () => {
    const diff = diffManifests(configMap('old-name', 'x'), configMap('new-name', 'x'));
    expect(
      diff.changed.map(({ kind, object, before }) => [kind, before?.name, object.name]),
    ).toEqual([['renamed', 'old-name', 'new-name']]);
    expect([diff.added, diff.removed]).toEqual([[], []]);
    expect(diff.changed[0]?.fields).toEqual([
      { path: '/metadata/name', from: 'old-name', to: 'new-name' },
    ]);
  });

  test('another object, or another kind under the name, was not renamed', () => {
    const other = diffManifests(configMap('old', 'x'), configMap('new', 'y'));
    expect(other.changed.map(({ kind }) => kind)).toEqual(['added', 'removed']);
    const kind = diffManifests(
      configMap('old', 'x'),
      configMap('new', 'x').replace('ConfigMap', 'Secret'),
    );
    expect(kind.changed.map(({ kind: how }) => how)).toEqual(['removed', 'added']);
  });

  test('one name in two namespaces is two objects', () => {
    const there = claim('1').replace('namespace: n', 'namespace: m');
    const diff = diffManifests(claim('1'), claim('1') + there);
    expect(diff.added).toEqual([
      { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: 'm', name: 'db' },
    ]);
  });

  test('a new version of an API is the same object; another group is not', () => {
    const text = (api: string): string =>
      `---\napiVersion: ${api}\nkind: Ingress\nmetadata:\n  name: a\n`;
    expect(diffManifests(text('net/v1'), text('net/v2')).changed[0]?.fields).toEqual([
      { path: '/apiVersion', from: 'net/v1', to: 'net/v2' },
    ]);
    expect(names(diffManifests(text('net/v1') + text('x/v1'), text('net/v1')).removed)).toEqual([
      'a',
    ]);
    const ref = { kind: 'Ingress', namespace: 'n', name: 'a' };
    expect(idOf({ ...ref, apiVersion: 'net/v1' })).toBe('Ingress/a/n/net');
    expect(idOf({ ...ref, apiVersion: 'v1' })).toBe('Ingress/a/n/');
  });

  test('a checksum alone is folded, but known', () => {
    const diff = diffManifests(deployment('1', 'i:1'), deployment('2', 'i:1'));
    expect(diff.changed).toEqual([]);
    expect(names(diff.checksumOnly)).toEqual(['hub']);
    const text = JSON.stringify(diffManifests(deployment('1', 'i:1'), deployment('2', 'i:2')));
    expect(text).not.toContain('checksum/');
  });

  test('an annotation that only looks like a checksum is compared', () => {
    const note = (value: string): string =>
      deployment('1', 'i').replace('note: x', `note: ${value}`);
    expect(diffManifests(note('1'), note('2')).changed[0]?.fields).toEqual([
      { path: '/metadata/annotations/note', from: 1, to: 2 },
    ]);
    const data = (value: string): string =>
      `---\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  checksum/a: "${value}"\n`;
    expect(diffManifests(data('1'), data('2')).changed).toHaveLength(1);
  });

  test('JSON that a ConfigMap carries as text is compared field by field', () => {
    const diff = diffManifests(
      configMap('a', '{"x":{"y":1},"z":0}'),
      configMap('a', '{"x":{"y":2},"z":0}'),
    );
    expect(diff.changed[0]?.fields).toEqual([{ path: '/data/a/x/y', from: 1, to: 2 }]);
    const list = diffManifests(configMap('a', ' [1]'), configMap('a', ' [2]'));
    expect(list.changed[0]?.fields).toEqual([{ path: '/data/a', from: [1], to: [2] }]);
    const broken = diffManifests(configMap('a', '{"x":1'), configMap('a', '{"x":2'));
    expect(broken.changed[0]?.fields).toEqual([{ path: '/data/a', from: '{"x":1', to: '{"x":2' }]);
    const elsewhere = (text: string): string =>
      `---\nkind: A\nmetadata:\n  name: a\nspec:\n  text: '${text}'\n`;
    expect(diffManifests(elsewhere('{"x":1}'), elsewhere('{"x":2}')).changed[0]?.fields).toEqual([
      { path: '/spec/text', from: '{"x":1}', to: '{"x":2}' },
    ]);
  });
});

describe('lines around a change', () => {
  const values = (changed: Record<number, string>): string[] =>
    Array.from({ length: 30 }, (_, index) => changed[index] ?? 'x');
  const lines = (changed: Record<number, string>): string[] =>
    diffManifests(many('a', values({})), many('a', values(changed))).changed[0]?.lines ?? [];
  const same = (...keys: number[]): string[] =>
    keys.map((key) => `    k${String(key).padStart(4, '0')}: x`);
  const both = (key: number): string[] => [
    `-   k${String(key).padStart(4, '0')}: x`,
    `+   k${String(key).padStart(4, '0')}: z`,
  ];

  test('three on each side', () => {
    expect(lines({ 10: 'z' })).toEqual(['  …', ...same(7, 8, 9), ...both(10), ...same(11, 12, 13)]);
  });

  test('six between two changes are all shown, of seven the middle is left out', () => {
    expect(lines({ 5: 'z', 12: 'z' })).toEqual([
      ...['  data:', ...same(0, 1, 2, 3, 4)],
      ...both(5),
      ...same(6, 7, 8, 9, 10, 11),
      ...both(12),
      ...same(13, 14, 15),
    ]);
    expect(lines({ 5: 'z', 13: 'z' }).slice(6, 17)).toEqual(
      [...both(5), ...same(6, 7, 8), '  …', ...same(10, 11, 12), ...both(13)].slice(0, 11),
    );
  });

  test('more than 400 are counted', () => {
    const long = (value: string): string =>
      many(
        'a',
        Array.from({ length: 201 }, () => value),
      );
    const [change] = diffManifests(long('x'), long('y')).changed;
    expect(change?.lines).toHaveLength(401);
    expect(change?.lines.at(-1)).toBe('… 6 more lines');
    expect([change?.plus, change?.minus]).toEqual([201, 201]);
    const fits = (value: string): string =>
      many(
        'a',
        Array.from({ length: 198 }, () => value),
      );
    const [whole] = diffManifests(fits('x'), fits('y')).changed;
    expect(whole?.lines).toHaveLength(400);
    expect(whole?.lines.at(-1)).toBe('    name: a');
  });
});

describe('the shape of a change', () => {
  const shape = (from: string, to: string): string => diffManifests(from, to).shape;

  test('is equal for equal changes, whatever else is there', () => {
    expect(shape(deployment('1', 'i:1'), deployment('2', 'i:2'))).toBe(
      shape(deployment('3', 'i:1') + claim('1'), deployment('4', 'i:2') + claim('1')),
    );
  });

  test.each([
    ['another value', configMap('a', 'x'), configMap('a', 'z')],
    ['another value before', configMap('a', 'w'), configMap('a', 'y')],
    ['another name', configMap('b', 'x'), configMap('b', 'y')],
    ['the way back', configMap('a', 'y'), configMap('a', 'x')],
    ['one that comes', '', configMap('a', 'y')],
    ['one that goes', configMap('a', 'x'), ''],
    ['nothing', '', ''],
  ])('is another one for %s', (_what, from, to) => {
    expect(shape(from, to)).not.toBe(shape(configMap('a', 'x'), configMap('a', 'y')));
  });
});

test('any two sets of objects are compared, and equal ones do not differ', () => {
  const objects = fc
    .array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.string()), { maxLength: 4 })
    .map((list) => [...new Map(list)].map(([name, data]) => configMap(name, data)).join(''));
  fc.assert(
    fc.property(objects, objects, (before, after) => {
      const diff = diffManifests(before, after);
      const set = (text: string): string => text.split('---\n').sort().join();
      expect(diff.changed.length > 0).toBe(set(before) !== set(after));
      expect(diffManifests(before, before).changed).toEqual([]);
    }),
  );
});

test('the same change has the same shape where values are masked, whatever else they hide', () => {
  const secret = (value: string, key = 'values.yaml'): string =>
    `---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: hub\ndata:\n  ${key}: masked ${value.repeat(16)}\n`;
  const shape = (from: string, to: string): string => diffManifests(from, to).shape;
  expect(shape(secret('0'), secret('1'))).toBe(shape(secret('2'), secret('3')));
  expect(shape(secret('0'), secret('1'))).not.toBe(shape(secret('0', 'k'), secret('1', 'k')));
});
