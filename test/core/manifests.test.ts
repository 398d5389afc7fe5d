import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { manifestText, normalise, parseObject, splitDocuments } from '../../src/core/manifests.ts';

describe('what Helm renders', () => {
  test('is documents without their source, and without empty ones', () => {
    const output = [
      '---',
      '# Source: chart/templates/a.yaml',
      'kind: A',
      'a: 1',
      '',
      '---',
      '# Source: chart/templates/empty.yaml',
      '',
      '--- # more',
      'kind: B',
      'text: |',
      '  ---x',
      '  # Source: y',
      '',
    ].join('\n');
    expect(normalise(output)).toBe(
      '---\nkind: A\na: 1\n---\nkind: B\ntext: |\n  ---x\n  # Source: y\n',
    );
  });

  test('stands in documents', () => {
    expect(splitDocuments('a: 1\n---\nb: 2\n--- # x\nc: 3\n')).toEqual([
      'a: 1\n',
      'b: 2\n',
      'c: 3\n',
    ]);
    expect(splitDocuments('# Source: x\na: 1\n')).toEqual(['a: 1\n']);
  });

  test('is objects, and nothing else', () => {
    expect(parseObject('a: {b: 1}')).toEqual({ a: { b: 1 } });
    for (const text of ['[]', 'a', 'null'])
      expect(() => parseObject(text)).toThrow('a rendered document is not an object');
  });
});

describe('a Secret', () => {
  const secret = (value: string): string =>
    `---\nkind: Secret\nmetadata:\n  name: s\n  annotations: {note: seen}\ndata:\n  a: ${value}\n  empty: ""\nstringData:\n  b: ${value}\ntype: Opaque\n`;

  test('keeps its names and loses its values', () => {
    const text = normalise(secret('aGlkZGVu'));
    expect(text).not.toContain('aGlkZGVu');
    const masked = expect.stringMatching(/^masked [0-9a-f]{16}$/u) as unknown;
    expect(load(text.replace('---\n', ''))).toEqual({
      kind: 'Secret',
      metadata: { name: 's', annotations: { note: 'seen' } },
      data: { a: masked, empty: masked },
      stringData: { b: masked },
      type: 'Opaque',
    });
  });

  test('shows that a value changed, and that it did not', () => {
    expect(normalise(secret('a'))).toBe(normalise(secret('a')));
    expect(normalise(secret('a'))).not.toBe(normalise(secret('b')));
  });

  test('is one however its kind is written; a ConfigMap is none', () => {
    const of = (kind: string): string => normalise(`---\nkind:${kind}\ndata:\n  a: hidden\n`);
    expect(of('   Secret  ')).not.toContain('hidden');
    expect(of(' ConfigMap')).toContain('hidden');
    expect(of(' SecretStore')).toContain('hidden');
  });

  test('without values stays as it is', () => {
    expect(normalise('---\nkind: Secret\ntype: Opaque\n')).toBe(
      '---\nkind: Secret\ntype: Opaque\n',
    );
  });
});

test('objects of our own are the same kind of text', () => {
  const long = 'x y '.repeat(60).trim();
  const text = manifestText([
    { kind: 'A', text: long },
    { kind: 'B', list: [1] },
  ]);
  expect(text).toBe(`---\nkind: A\ntext: ${long}\n---\nkind: B\nlist:\n  - 1\n`);
  const shared = { a: 1 };
  expect(manifestText([{ one: shared, two: shared }])).not.toMatch(/[&*]/u);
});

const ROLE = 'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: x}';

describe('every object that Helm would give to the cluster is among the manifests', () => {
  test.each([
    ['its own lines', `---\n${ROLE}\n`],
    ['no dashes before it', `${ROLE}\n`],
    ['comments before it', `---\n# Source: a/b.yaml\n# for all\n${ROLE}\n`],
    ['another order', '---\nmetadata: {name: x}\nkind: ClusterRole\n'],
    ['its key in quotes', '---\n"kind": ClusterRole\n'],
    ['an indent', '---\n  kind: ClusterRole\n'],
    ['JSON', '---\n{"kind": "ClusterRole"}\n'],
    ['the line of the dashes', '--- {"kind": "ClusterRole"}\n'],
    ['a tab after the dashes', '---\t{"kind": "ClusterRole"}\n'],
    ['nothing after the dashes', '---{"kind": "ClusterRole"}\n'],
  ])('%s', (_what, output) => {
    const said = normalise(output);
    expect(said.match(/ClusterRole/gu)).toHaveLength(1);
    expect(said).toMatch(/^---\n/u);
    expect(said).not.toContain('# Source');
  });

  test('and nothing else is', () => {
    expect(normalise('---\n# Source: a\n\n---\n  # nothing\n   \n--- # more\n---\n')).toBe('');
    expect(normalise('')).toBe('');
  });

  test('texts stay as they are but for their source and their end', () => {
    expect(normalise('---\n# Source: a\nkind: A\n\n---\nkind: B\ntext: |\n  --- c\n')).toBe(
      '---\nkind: A\n---\nkind: B\ntext: |\n  --- c\n',
    );
    expect(splitDocuments('---\na: 1\n---   \nb: 2\n')).toEqual(['', 'a: 1\n', 'b: 2\n']);
  });
});
