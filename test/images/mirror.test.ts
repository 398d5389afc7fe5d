import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { archiveMirror } from './archive-mirror.ts';
import type { ArchiveMirror } from './archive-mirror.ts';
import {
  MINUTES,
  SOUND,
  blobsOf,
  bridgeAddress,
  failedTests,
  pushing,
  testPlatform,
} from './support.ts';
import type { TestPlatform } from './support.ts';

const DATA = process.env['GLACIOCLOUD_SAMPLE_DATA'] ?? '';
/** Of OGGM 1.6.3. */
const COMMIT = '8af40f89620c6bd72f3485a777a018dcacb99d94';

/** The runner says it where there is no sample data. */
(DATA === '' ? describe.skip : describe)('a platform with a mirror of GitHub', () => {
  let platform: TestPlatform;
  let mirror: ArchiveMirror;

  beforeAll(async () => {
    mirror = await archiveMirror(await bridgeAddress(), DATA);
    platform = await testPlatform();
    const settings = await readFile(join(platform.folder, 'platform.yaml'), 'utf8');
    const mirrors = `mirrors: {github: "${mirror.address}"}\n`;
    await platform.edit('platform.yaml', settings + mirrors);
    await platform.image('mirrored', {
      ...SOUND,
      bake: ['sample-data'],
      tests: { oggm: 'none' },
    });
  });
  afterAll(async () => {
    await platform.remove();
    await mirror.stop();
  });

  test(
    'bakes data that came through it, and the image does not know it',
    async () => {
      const { images } = await platform.build(pushing('mirrored'));
      const [result] = images;
      expect([result?.outcome, failedTests(result!)]).toEqual(['built', []]);
      expect(mirror.asked).toEqual([`/OGGM/oggm-sample-data/archive/${COMMIT}.zip`]);
      let hasData = false;
      let looked = 0;
      for (const name of ['mirrored', 'mirrored-cache'])
        for (const blob of await blobsOf(name)) {
          looked += 1;
          hasData ||= blob.includes(`opt/oggm/.oggm/oggm-sample-data-${COMMIT}/`);
          expect(blob.includes(mirror.address.replace('http://', ''))).toBe(false);
        }
      expect([hasData, looked > 5]).toEqual([true, true]);
    },
    8 * MINUTES,
  );
});
