import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import type { JsonObject } from '../../src/core/json.ts';
import { onePerPlace } from '../../src/core/finding.ts';
import { readPlatform } from '../../src/core/model/platform.ts';
import { FILE_RULES } from '../../src/core/check/file-rules.ts';
import { RULES } from '../../src/core/check/rules.ts';
import { runManifestRules, runRules } from '../../src/core/check/run.ts';

/*
 * `rules/<id>/<case>/` is a platform with one mistake, or with none: files that take the place of those in
 * `rules/_base`. Each line that is found ends with `# here`; `expected.yaml` holds for each of them, in the same order,
 * the message and the hint that users read, and the rule where another one speaks. `objects.yaml` holds one rendered
 * object, or a list of them, where a rule looks at those; `defaults.yaml` the chart's default values.
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

/** What a case holds beside files of a platform. */
interface Extra {
  objects?: JsonObject[];
  defaults?: JsonObject;
}

function findingsOf(files: Files, { objects, defaults }: Extra = {}) {
  const { platform, findings } = readPlatform(files);
  if (!platform) return findings;
  const rendered = objects ? runManifestRules(platform, NOW, 'hub', objects) : [];
  return onePerPlace([...findings, ...runRules({ platform, now: NOW, defaults }), ...rendered]);
}

test('the base has no findings', () => {
  expect(findingsOf(base)).toEqual([]);
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

interface Said {
  rule?: string;
  message: string;
  hint: string;
}

/** A file of the case that is no file of the platform. */
function takeYaml(files: Files, name: string): unknown {
  const text = files.get(name)?.text;
  files.delete(name);
  return text === undefined ? undefined : load(text);
}

function placesMarked(files: Files): string[] {
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.flatMap(([file, { text }]) =>
    text
      .split('\n')
      .flatMap((line, index) => (line.endsWith('# here') ? [`${file}:${index + 1}`] : [])),
  );
}

const CASES = RULES.flatMap((rule) =>
  readdirSync(join(FOLDER, rule.id)).map((name) => ({ rule, path: `${rule.id}/${name}` })),
);

describe('each rule finds its mistakes, says what users read, and finds nothing else', () => {
  test.each(CASES)('$path', ({ rule, path }) => {
    const overlay = filesBelow(join(FOLDER, path));
    const said = takeYaml(overlay, 'expected.yaml') as Said[];
    const objects = takeYaml(overlay, 'objects.yaml') as JsonObject | JsonObject[] | undefined;
    const defaults = takeYaml(overlay, 'defaults.yaml') as JsonObject | undefined;
    const places = placesMarked(overlay);
    expect(said).toHaveLength(places.length);
    const found = findingsOf(new Map([...base, ...overlay]), {
      ...(objects && { objects: [objects].flat() }),
      ...(defaults && { defaults }),
    });
    expect(
      found.map(({ at, message, hint, rule: id, severity }) => ({
        at: `${at.file}:${at.line}`,
        rule: id,
        severity,
        message,
        hint,
      })),
    ).toEqual(
      said.map(({ rule: id = rule.id, message, hint }, index) => ({
        at: places[index],
        rule: id,
        severity: [...RULES, ...FILE_RULES].find((one) => one.id === id)?.severity,
        message,
        hint,
      })),
    );
  });

  test('each rule has at least one case in which it speaks', () => {
    const silent = RULES.filter(({ id }) =>
      readdirSync(join(FOLDER, id)).every(
        (name) => placesMarked(filesBelow(join(FOLDER, id, name))).length === 0,
      ),
    );
    expect(silent.map(({ id }) => id)).toEqual([]);
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
    const clean = new Set(findingsOf(examples).map((one) => JSON.stringify(one)));
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
      ).filter((one) => !clean.has(JSON.stringify(one)));
      expect({
        key: match[1],
        found: found.map(({ rule, at: where }) => `${rule} ${where.file}:${where.line}`),
      }).toEqual({ key: match[1], found: [`unknown-key ${file}:${line}`] });
    }
  });
});
