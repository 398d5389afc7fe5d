import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import type { JsonObject } from '../../src/core/json.ts';
import { onePerPlace } from '../../src/core/finding.ts';
import { readPlatform } from '../../src/core/model/platform.ts';
import { RULES } from '../../src/core/check/rules.ts';
import { runManifestRules, runRules } from '../../src/core/check/run.ts';

/*
 * Every folder of `rules/` is a platform with one mistake: files that take the place of those in `rules/_base`.
 * The line of the mistake ends with `# here`; `objects.yaml` holds rendered objects where a rule looks at those.
 */
const FOLDER = join(import.meta.dirname, 'rules');
const NOW = Date.UTC(2026, 10, 24);

type Files = Map<string, { kind: 'text'; text: string }>;

function filesBelow(folder: string): Files {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    names.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [
        path.slice(folder.length + 1),
        { kind: 'text' as const, text: readFileSync(path, 'utf8') },
      ];
    }),
  );
}

const base = filesBelow(join(FOLDER, '_base'));

function findingsOf(files: Files, objects: JsonObject | undefined) {
  const { platform, findings } = readPlatform(files);
  if (!platform) return findings;
  const rendered = objects ? runManifestRules(platform, NOW, 'hub', [objects]) : [];
  return onePerPlace([
    ...findings,
    ...runRules({ platform, now: NOW, defaults: undefined }),
    ...rendered,
  ]);
}

test('the base has no findings', () => {
  expect(findingsOf(base, undefined)).toEqual([]);
});

test('every rule has a fixture, an id of its own, and something to say', () => {
  const fixtures = readdirSync(FOLDER).filter((name) => name !== '_base');
  expect(RULES.map(({ id }) => id).sort()).toEqual(fixtures.sort());
  for (const rule of RULES) {
    expect(rule.id).toMatch(/^[a-z]+(-[a-z]+)*$/u);
    expect(rule.title.length).toBeGreaterThan(15);
    expect(rule.why.length).toBeGreaterThan(20);
  }
});

describe('each rule finds its mistake, and nothing else', () => {
  test.each(RULES.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
    const overlay = filesBelow(join(FOLDER, id));
    const objects = overlay.get('objects.yaml');
    overlay.delete('objects.yaml');
    const marked = [...overlay].flatMap(([file, { text }]) =>
      text
        .split('\n')
        .flatMap((line, index) => (line.endsWith('# here') ? [`${file}:${index + 1}`] : [])),
    );
    const found = findingsOf(
      new Map([...base, ...overlay]),
      objects && (load(objects.text) as JsonObject),
    );
    expect(found.map(({ rule: by, at }) => `${by} ${at.file}:${at.line}`)).toEqual(
      marked.map((place) => `${id} ${place}`),
    );
    expect(found.every(({ severity }) => severity === rule.severity)).toBe(true);
    expect(
      found.every(
        ({ message, hint }) =>
          message.length > 5 && hint.length > 3 && !message.includes('undefined'),
      ),
    ).toBe(true);
  });
});

describe('one typo in any key gives one finding, on its line', () => {
  const known = new Set<string>();
  const collect = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, item] of Object.entries(value)) {
      if (key === 'properties') for (const name of Object.keys(item as object)) known.add(name);
      collect(item);
    }
  };
  const schemas = join(import.meta.dirname, '../../schemas');
  for (const file of readdirSync(schemas))
    collect(JSON.parse(readFileSync(join(schemas, file), 'utf8')));
  const root = join(import.meta.dirname, '../..');
  const examples: Files = new Map(
    [
      'platform.yaml',
      ...['clusters', 'environments', 'images', 'data'].flatMap((folder) =>
        [...filesBelow(join(root, folder)).keys()].map((path) => `${folder}/${path}`),
      ),
    ].map((path) => [
      path,
      { kind: 'text' as const, text: readFileSync(join(root, path), 'utf8') },
    ]),
  );

  test.each([...examples.keys()])('%s', (file) => {
    const text = examples.get(file)?.text ?? '';
    const clean = new Set(findingsOf(examples, undefined).map((one) => JSON.stringify(one)));
    const keys = [...text.matchAll(/(?<=^|[{,]|- )\s*([A-Za-z-]+)(?=: |:\n)/gmu)].filter(
      ([, key]) => known.has(key ?? ''),
    );
    expect(keys.length).toBeGreaterThan(2);
    for (const match of keys) {
      const at = match.index + match[0].length;
      const broken = `${text.slice(0, at)}x${text.slice(at)}`;
      const line = text.slice(0, at).split('\n').length;
      if (text.slice(0, at).split('\n').at(-1)?.trimStart().startsWith('#') === true) continue;
      const found = findingsOf(
        new Map([...examples, [file, { kind: 'text', text: broken }]]),
        undefined,
      ).filter((one) => !clean.has(JSON.stringify(one)));
      expect({
        key: match[1],
        found: found.map(({ rule, at: where }) => `${rule} ${where.file}:${where.line}`),
      }).toEqual({ key: match[1], found: [`unknown-key ${file}:${line}`] });
    }
  });
});
