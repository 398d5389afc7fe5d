import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decide } from '../../src/core/hub/decide.ts';
import { compare } from '../../src/core/plan/compare.ts';
import { diffManifests } from '../../src/core/plan/diff.ts';
import { escapeMarkdown } from '../../src/core/show/findings.ts';
import { fit, length } from '../../src/core/show/plan-markdown.ts';
import type { PresentRelease, Release, Unit, WantedRelease } from '../../src/core/unit.ts';

const hub = (name: string): Unit => ({ kind: 'hub', cluster: 'c', name });
const release = (name: string): Release => ({
  v: 1,
  unit: hub(name),
  namespace: name,
  charts: [],
  values: {},
  images: [],
  secrets: [],
});
const wanted = (name: string, digest: string): WantedRelease => ({
  unit: hub(name),
  wave: 'w',
  order: 1,
  release: release(name),
  digest,
});
const present = (name: string, digest: string): PresentRelease => ({
  unit: hub(name),
  digest,
  release: release(name),
  status: undefined,
});

describe('decide', () => {
  test('digests decide, and nothing else', () => {
    const decision = decide(
      [wanted('a', '1'), wanted('b', '2'), wanted('new', '3')],
      [present('a', '1'), present('b', 'old'), present('gone', '9')],
      [],
    );
    expect(decision.unchanged).toEqual([hub('a')]);
    expect(decision.changed.map(({ to, from }) => [to.unit.name, from?.digest])).toEqual([
      ['b', 'old'],
      ['new', undefined],
    ]);
    expect(decision.orphans).toEqual([hub('gone')]);
    expect(decision.removals).toEqual([]);
  });

  test('a hub without a file is removed only as its reviewed removal says', () => {
    const removal = {
      hub: 'gone',
      cluster: 'c',
      homes: 'keep',
      database: 'archive',
      reason: 'moved',
    } as const;
    const decision = decide([], [present('gone', '9')], [removal]);
    expect(decision.removals).toEqual([
      { kind: 'remove', unit: hub('gone'), homes: 'keep', database: 'archive', why: 'moved' },
    ]);
    expect(decide([], [present('gone', '9')], [{ ...removal, cluster: 'other' }]).orphans).toEqual([
      hub('gone'),
    ]);
  });
});

const configMap = (name: string, data: string): string =>
  `---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  a: ${JSON.stringify(data)}\n`;
const deployment = (checksum: string, image: string): string =>
  `---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: hub\nspec:\n  template:\n    metadata:\n      annotations:\n        checksum/secret: ${checksum}\n    spec:\n      containers:\n      - name: a\n        image: ${image}\n`;

describe('diff', () => {
  test('objects that come, go and change', () => {
    const diff = diffManifests(
      configMap('a', 'x') + configMap('gone', 'only here'),
      configMap('a', 'y') + configMap('came', 'only there'),
    );
    expect(diff.added.map(({ name }) => name)).toEqual(['came']);
    expect(diff.removed.map(({ name }) => name)).toEqual(['gone']);
    expect(diff.changed.find(({ kind }) => kind === 'changed')?.fields).toEqual([
      { path: '/data/a', from: 'x', to: 'y' },
    ]);
  });

  test('an object under a new name is one change', () => {
    const diff = diffManifests(configMap('old-name', 'x'), configMap('new-name', 'x'));
    expect(
      diff.changed.map(({ kind, object, before }) => [kind, before?.name, object.name]),
    ).toEqual([['renamed', 'old-name', 'new-name']]);
    expect(diff.added).toEqual([]);
  });

  test('a checksum alone is folded, but known', () => {
    const diff = diffManifests(deployment('1', 'i:1'), deployment('2', 'i:1'));
    expect(diff.changed).toEqual([]);
    expect(diff.checksumOnly.map(({ name }) => name)).toEqual(['hub']);
  });

  test('equal changes have an equal shape, different ones not', () => {
    const shape = (from: string, to: string): string =>
      diffManifests(deployment('1', from), deployment('2', to)).shape;
    expect(shape('i:1', 'i:2')).toBe(shape('i:1', 'i:2'));
    expect(shape('i:1', 'i:2')).not.toBe(shape('i:1', 'i:3'));
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
});

describe('compare', () => {
  test('lists with names are compared by name', () => {
    expect(
      compare(
        [
          { name: 'a', v: 1 },
          { name: 'b', v: 2 },
        ],
        [
          { name: 'x', v: 0 },
          { name: 'a', v: 1 },
          { name: 'b', v: 3 },
        ],
      ),
    ).toEqual([
      { path: '/b/v', from: 2, to: 3 },
      { path: '/x', from: undefined, to: { name: 'x', v: 0 } },
    ]);
  });

  test('nothing differs from itself, and every other JSON value does', () => {
    const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as never);
    fc.assert(fc.property(json, (value) => expect(compare(value, value)).toEqual([])));
  });
});

describe('the comment', () => {
  test('never exceeds the limit, counts code points, and cuts only between blocks', () => {
    const blocks = fc.array(
      fc.record({
        text: fc
          .string({ unit: 'grapheme', maxLength: 3000 })
          .map((text) => `<b>${text.replaceAll('<', '')}</b>`),
        left: fc.constant('name'),
      }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(blocks, fc.integer({ min: 4000, max: 65_536 }), (parts, limit) => {
        const text = fit('head', parts, 'foot', limit);
        expect(length(text)).toBeLessThanOrEqual(limit);
        expect(text.split('<b>').length).toBe(text.split('</b>').length);
        expect(text.startsWith('head') && text.endsWith('foot')).toBe(true);
      }),
    );
  });

  test('an emoji is one character', () => {
    expect(length('🧊🏔')).toBe(2);
  });

  test('text from files stays text', () => {
    expect(escapeMarkdown('@everyone ![x](http://evil) <!-- | `')).not.toMatch(
      /@everyone|(?<!\\)\]\(|<!--|https?:\/\//u,
    );
  });
});
