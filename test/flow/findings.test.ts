import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { allFindings } from '../../src/flow/findings.ts';
import { gatherCharts } from '../../src/gather/charts.ts';
import { gatherPlatform } from '../../src/gather/platform.ts';
import { DOUBLE, edit, temporary } from '../support/sample.ts';

const NOW = Date.UTC(2026, 10, 24, 12);
let folder: Awaited<ReturnType<typeof temporary>>;
let root: string;

beforeAll(async () => {
  folder = await temporary();
  root = join(folder.path, 'platform');
  await cp(join(import.meta.dirname, '../core/rules/_base'), root, { recursive: true });
  await writeFile(join(root, '.sops.yaml'), 'creation_rules: [{age: PUBLIC-KEY}]\n');
  await writeFile(join(root, 'environments/broken.yaml'), 'title: [\n');
  await edit(root, 'environments/hub.yaml', 'idle: 1h', 'idle: 9m');
  await edit(root, 'environments/hub.yaml', 'capacity:', 'values: {hub: {nothing: 1}}\ncapacity:');
});
afterAll(() => folder.remove());

test('without charts their values are not held to a schema, and that is said', async () => {
  const found = await allFindings(await gatherPlatform(root), undefined, NOW);
  expect(found.map(({ rule }) => rule).sort()).toEqual([
    'placeholder',
    'placeholder',
    'short-idle',
    'values-unchecked',
    'yaml',
  ]);
  expect(found.filter(({ rule }) => rule === 'placeholder').map(({ at }) => at.file)).toEqual([
    '.sops.yaml',
    'environments/hub.yaml',
  ]);
  expect(found.find(({ rule }) => rule === 'values-unchecked')).toEqual({
    rule: 'values-unchecked',
    severity: 'warning',
    at: { file: 'platform.yaml', line: 6, column: 15 },
    message: 'values were not held to the chart’s schema: the chart is not at hand',
    hint: 'run `glaciocloud plan` once, or give --charts-from',
  });
});

test('with charts their schema speaks too', async () => {
  const reading = await gatherPlatform(root);
  const charts = await gatherCharts(reading.platform!, {
    root,
    chartsFrom: DOUBLE,
    report: { progress: () => undefined },
  });
  const found = await allFindings(reading, charts, NOW);
  expect(found.map(({ rule }) => rule).sort()).toEqual([
    'chart-values',
    'placeholder',
    'placeholder',
    'short-idle',
    'yaml',
  ]);
});

test('a platform that cannot be read has the findings of its files, one for each place', async () => {
  const at = { file: 'a', line: 1, column: 1 };
  const finding = { rule: 'r', severity: 'error' as const, at, message: 'm', hint: 'h' };
  const findings = [finding, { ...finding, message: 'n' }];
  const reading = { platform: undefined, findings, unread: [], sources: new Map() };
  expect(await allFindings(reading, undefined, NOW)).toEqual([finding]);
});
