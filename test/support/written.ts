import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CORE_SCHEMA, dump, load } from 'js-yaml';
import { RULES } from '../../src/core/check/rules.ts';
import { runManifestRules, runRules } from '../../src/core/check/run.ts';
import type { Finding } from '../../src/core/finding.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { readPlatform } from '../../src/core/model/platform.ts';
import type { Platform } from '../../src/core/model/types.ts';

/** Files of a platform by path; a key that is `undefined` is left out. */
export type Written = Record<string, Record<string, unknown>>;

const FOLDER = join(import.meta.dirname, '../core/rules/_base');
export const HUB = 'environments/hub.yaml';
/** The fixtures' present: 24 November 2026. */
export const NOW = Date.UTC(2026, 10, 24);

function baseFiles(): Written {
  const paths = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' });
  return Object.fromEntries(
    paths
      .filter((path) => path.endsWith('.yaml'))
      .map((path) => [path, load(readFileSync(join(FOLDER, path), 'utf8')) as JsonObject]),
  );
}

/** The fixtures do without tiers, which have no effect yet; rules of people need one. */
const files = baseFiles();
const base: Written = {
  ...files,
  'platform.yaml': { ...files['platform.yaml'], tiers: { researcher: { until: '180d' } } },
};

/** The sound platform of the rules' fixtures as YAML texts, with other top-level keys in its files. */
export function textsWith(changes: Written): Map<string, string> {
  const paths = new Set([...Object.keys(base), ...Object.keys(changes)]);
  return new Map(
    [...paths].map((path) => [path, fileText(path, { ...base[path], ...changes[path] })]),
  );
}

/** A page has its keys above its text. */
export function fileText(path: string, data: Record<string, unknown>): string {
  const yaml = (keys: Record<string, unknown>): string =>
    dump(keys, { lineWidth: -1, noRefs: true, schema: CORE_SCHEMA, skipInvalid: true });
  if (!path.endsWith('.md')) return yaml(data);
  const { text, ...keys } = data;
  return `---\n${yaml(keys)}---\n${typeof text === 'string' ? text : ''}`;
}

/** What the texts say; a text that its own schema refuses is a mistake of the test. */
export function platformOf(texts: ReadonlyMap<string, string>): Platform {
  const files = [...texts].map(([path, text]) => [path, { kind: 'text', text }] as const);
  const { platform, findings } = readPlatform(new Map(files));
  if (!platform || findings.length > 0) throw new Error(JSON.stringify(findings));
  return platform;
}

export const platformWith = (changes: Written): Platform => platformOf(textsWith(changes));

/** The rest of the line that a finding points at, with the file unless it is the hub's own. */
export function pointedAt(texts: ReadonlyMap<string, string>, { at }: Finding): string {
  const line = texts.get(at.file)?.split('\n')[at.line - 1] ?? '';
  const rest = line.slice(at.column - 1);
  return at.file === HUB ? rest : `${at.file} ${rest}`;
}

/** A finding as tables write it: where it points, what it says, what to write instead. */
export type Said = [place: string, message: string, hint: string];

interface Around {
  objects?: readonly JsonObject[];
  defaults?: JsonObject;
  now?: number;
}

/** What one rule says about the sound platform with these changes. */
export function said(id: string, changes: Written, around: Around = {}): Said[] {
  const { objects = [], defaults, now = NOW } = around;
  if (!RULES.some((rule) => rule.id === id)) throw new Error(`there is no rule ${id}`);
  const texts = textsWith(changes);
  const platform = platformOf(texts);
  const findings = [
    ...runRules({ platform, now, defaults }),
    ...runManifestRules(platform, now, 'hub', objects),
  ];
  return findings
    .filter(({ rule }) => rule === id)
    .map((finding) => [pointedAt(texts, finding), finding.message, finding.hint]);
}

/** The same for keys of the hub's own file. */
export const saidOfHub = (id: string, keys: Record<string, unknown>, around?: Around): Said[] =>
  said(id, { [HUB]: keys }, around);
