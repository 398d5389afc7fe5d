import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runManifestRules, runRules } from '../../../src/core/check/run.ts';
import { readPlatform } from '../../../src/core/model/platform.ts';
import type { Text } from '../../../src/core/model/platform.ts';
import type { Platform } from '../../../src/core/model/types.ts';

const FOLDER = join(import.meta.dirname, '../rules/_base');
const NOW = Date.UTC(2026, 10, 24);
const HUB = 'environments/hub.yaml';
/** Two objects that no hub may have, and one that it may. */
const OBJECTS = [
  { kind: 'ClusterRole', metadata: { name: 'one' } },
  { kind: 'Role', metadata: { name: 'two' } },
  { kind: 'ClusterRoleBinding', metadata: { name: 'three' } },
];

function platformWith(edit: (hub: string) => string = (text) => text): Platform {
  const names = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' });
  const files = new Map<string, Text>();
  for (const name of names.filter((one) => one.endsWith('.yaml')))
    files.set(name, { kind: 'text', text: readFileSync(join(FOLDER, name), 'utf8') });
  const hub = readFileSync(join(FOLDER, HUB), 'utf8');
  files.set(HUB, { kind: 'text', text: edit(hub) });
  const { platform } = readPlatform(files);
  if (!platform) throw new Error('the platform cannot be read');
  return platform;
}

test('what is found in rendered objects is an error of its rule, for each object', () => {
  const found = runManifestRules(platformWith(), NOW, 'hub', OBJECTS);
  expect(found.map(({ rule, severity, message }) => [rule, severity, message])).toEqual([
    ['object-kind', 'error', 'ClusterRole one: no hub has objects of this kind'],
    ['object-kind', 'error', 'ClusterRoleBinding three: no hub has objects of this kind'],
  ]);
  expect(found[0]?.at.file).toBe(HUB);
});

test('of a hub or a cluster that is not there nothing is said', () => {
  expect(runManifestRules(platformWith(), NOW, 'other', OBJECTS)).toEqual([]);
  const elsewhere = platformWith((text) => text.replace('cluster: main', 'cluster: elsewhere'));
  expect(runManifestRules(elsewhere, NOW, 'hub', OBJECTS)).toEqual([]);
  const rules = runRules({ platform: elsewhere, now: NOW, defaults: undefined });
  expect(rules.map(({ rule }) => rule)).toEqual(['unknown-reference']);
});

test('values are judged as Helm will merge them: over the chart’s defaults', () => {
  const ask = (platform: Platform, debug: boolean): string[] =>
    runRules({ platform, now: NOW, defaults: { debug: { enabled: debug } } }).map(
      ({ rule, at }) => `${rule} ${at.file}`,
    );
  expect(ask(platformWith(), false)).toEqual([]);
  expect(ask(platformWith(), true)).toEqual([`debug ${HUB}`]);
  const off = platformWith((text) => `${text}values: {debug: {enabled: false}}\n`);
  expect(ask(off, true)).toEqual([]);
});
