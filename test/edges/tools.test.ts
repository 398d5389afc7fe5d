import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { toolRoot } from '../../src/edges/tool-root.ts';
import { findTool, isExecutable, unpackedTool } from '../../src/edges/tools.ts';
import { ROOT, temporary } from '../support/sample.ts';

let folder: Awaited<ReturnType<typeof temporary>>;
const path = process.env['PATH'];
const at = (name: string): string => join(folder.path, name);

beforeAll(async () => {
  folder = await temporary();
  for (const place of ['one', 'two']) {
    await mkdir(at(place));
    await writeFile(at(`${place}/helm`), '', { mode: 0o755 });
    await writeFile(at(`${place}/text`), '');
    await chmod(at(`${place}/text`), 0o644);
  }
  await mkdir(at('empty'));
});
afterAll(() => folder.remove());
afterEach(() => {
  process.env['PATH'] = path;
  delete process.env['GLACIOCLOUD_HELM'];
});

describe('a tool is', () => {
  test('the one that is named, and no other', () => {
    process.env['PATH'] = at('one');
    process.env['GLACIOCLOUD_HELM'] = at('two/helm');
    expect(findTool('helm')).toBe(at('two/helm'));
    process.env['GLACIOCLOUD_HELM'] = at('empty/helm');
    expect(findTool('helm')).toBeUndefined();
    process.env['GLACIOCLOUD_HELM'] = at('two/text');
    expect(findTool('helm')).toBeUndefined();
  });

  test('else the first on the PATH', () => {
    process.env['GLACIOCLOUD_HELM'] = '';
    process.env['PATH'] = [at('empty'), '', at('two'), at('one')].join(':');
    expect(findTool('helm')).toBe(at('two/helm'));
  });

  test('else the one that was unpacked here', () => {
    process.env['PATH'] = at('empty');
    const unpacked = join(ROOT, 'node_modules/.cache/glaciocloud/bin/helm');
    expect(unpackedTool('helm')).toBe(unpacked);
    expect(findTool('helm')).toBe(unpacked);
    expect(findTool('nothing-of-that-name')).toBeUndefined();
    delete process.env['PATH'];
    expect(findTool('helm')).toBe(unpacked);
  });

  test('only what can be run', () => {
    expect([at('one/helm'), at('one/text'), at('one/none')].map(isExecutable)).toEqual([
      true,
      false,
      false,
    ]);
  });
});

test('the root is the folder that holds our chart and our schemas', () => {
  expect(toolRoot()).toBe(ROOT);
  expect(existsSync(join(toolRoot(), 'charts/oggm-hub/Chart.yaml'))).toBe(true);
});
