import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ImageResult } from '../../src/core/images/test-report.ts';
import {
  DOCKER,
  MINUTES,
  SOUND,
  failedTests,
  layersOf,
  must,
  pushing,
  testPlatform,
} from './support.ts';
import type { TestPlatform } from './support.ts';

let platform: TestPlatform;
let base: string[];

beforeAll(async () => {
  platform = await testPlatform();
  base = await layersOf('base/oggm', '1');
});
afterAll(() => platform.remove());

/** Of a build in which pip installs these, and the script that runs last writes a word. */
async function layersWith(pip: readonly string[], word: string): Promise<string[]> {
  await platform.image('layered', { ...SOUND, pip, postBuild: 'last.sh', tests: { oggm: 'none' } });
  const script = `#!/bin/sh\necho ${word} > /opt/word\n`;
  await writeFile(join(platform.folder, 'images/layered/last.sh'), script, { mode: 0o755 });
  const { images } = await platform.build(pushing('layered'));
  const [result] = images as [ImageResult];
  expect([result.outcome, failedTests(result)]).toEqual(['built', []]);
  return layersOf('oggm/layered', result.digest ?? '');
}

test(
  'an edit builds the last layers only, on a machine that has built nothing before too',
  async () => {
    const first = await layersWith(['tabulate'], 'one');
    expect(first.slice(0, base.length)).toEqual(base);

    await must(DOCKER, ['builder', 'prune', '--all', '--force']);
    await must(DOCKER, ['image', 'prune', '--all', '--force']);
    const edited = await layersWith(['tabulate'], 'two');
    const kept = edited.filter((layer) => first.includes(layer));
    // The script, and what it wrote.
    expect(kept).toEqual(first.slice(0, -2));

    const more = await layersWith(['tabulate', 'toolz'], 'two');
    expect(more.slice(0, base.length)).toEqual(base);
    expect(more[base.length]).not.toBe(edited[base.length]);
  },
  10 * MINUTES,
);
