import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageIndex } from './package-index.ts';
import type { PackageIndex } from './package-index.ts';
import {
  DOCKER,
  MINUTES,
  SOUND,
  bridgeAddress,
  failedTests,
  must,
  pushing,
  testPlatform,
} from './support.ts';
import type { TestPlatform } from './support.ts';

let platform: TestPlatform;
beforeAll(async () => {
  platform = await testPlatform();
});
afterAll(() => platform.remove());

describe('an index that gains and loses versions', () => {
  let index: PackageIndex;
  beforeAll(async () => {
    index = await packageIndex(await bridgeAddress());
    index.add('pebble', '1.0');
    await platform.image('pinned', { ...SOUND, pip: ['pebble'], tests: { oggm: 'none' } });
  });
  afterAll(() => index.stop());

  test(
    'a build is the same again by its list; what has vanished is named',
    async () => {
      const first = (await platform.build(pushing('pinned'), index.env)).images[0]!;
      expect([first.outcome, failedTests(first)]).toEqual(['built', []]);
      const name = first.build ?? '';
      const list = join(platform.folder, `images/pinned/packages/${name}.txt`);
      expect(await readFile(list, 'utf8')).toMatch(/^pip pebble 1\.0 sha256:[0-9a-f]{64}$/mu);

      index.add('pebble', '2.0');
      await must(DOCKER, ['builder', 'prune', '--all', '--force']);
      const again = (await platform.build(['pinned', '--locked', name], index.env)).images[0]!;
      // The test of that name compares with the whole list.
      expect([again.outcome, again.tests.find((one) => one.name === 'packages')?.ok]).toEqual([
        'built',
        true,
      ]);

      index.remove('pebble', '1.0');
      await must(DOCKER, ['builder', 'prune', '--all', '--force']);
      const gone = (await platform.build(['pinned', '--locked', name], index.env)).images[0]!;
      expect([gone.outcome, gone.reason]).toEqual([
        'failed',
        expect.stringContaining('No matching distribution found for pebble==1.0'),
      ]);
    },
    8 * MINUTES,
  );
});
