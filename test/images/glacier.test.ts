import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageResult } from '../../src/core/images/test-report.ts';
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
/** Of OGGM 1.6.3 and salem 0.3.11. */
const OGGM_DATA = 'oggm-sample-data-8af40f89620c6bd72f3485a777a018dcacb99d94';
const SALEM_DATA = 'salem-sample-data-454bf696324000d198f574a1bf5bc56e3e489051';

/** The runner says it where there is no sample data: no registry of packages has it. */
(DATA === '' ? describe.skip : describe)('OGGM from PyPI with its sample data', () => {
  let platform: TestPlatform;
  let mirror: ArchiveMirror;
  let result: ImageResult;

  beforeAll(async () => {
    mirror = await archiveMirror(await bridgeAddress(), DATA);
    platform = await testPlatform();
    const settings = await readFile(join(platform.folder, 'platform.yaml'), 'utf8');
    const mirrors = `mirrors: {github: "${mirror.address}"}\n`;
    await platform.edit('platform.yaml', settings + mirrors);
    await platform.image('glacier', {
      ...SOUND,
      pip: ['oggm[full]==1.6.3'],
      bake: ['sample-data', 'salem'],
    });
    const { images } = await platform.build(pushing('glacier'));
    [result] = images as [ImageResult];
    process.stderr.write(`${JSON.stringify(result, null, 2)}\n`);
  }, 11 * MINUTES);
  afterAll(async () => {
    await platform.remove();
    await mirror.stop();
  });

  test('runs a glacier from its outline to a volume, without a network', () => {
    expect([result.outcome, failedTests(result)]).toEqual(['built', []]);
    const oggm = result.tests.find(({ name }) => name === 'oggm');
    expect(oggm?.detail).toContain('Hintereisferner 0.740 → 0.558 km³');
  });

  test('has its data from a mirror of GitHub, and does not know it', async () => {
    const archive = (folder: string): string => {
      const [, name = '', commit = ''] = /^(.*)-([0-9a-f]{40})$/u.exec(folder) ?? [];
      return `/${name.startsWith('salem') ? 'fmaussion' : 'OGGM'}/${name}/archive/${commit}.zip`;
    };
    expect([...mirror.asked].sort()).toEqual([archive(OGGM_DATA), archive(SALEM_DATA)]);
    let hasData = false;
    let looked = 0;
    for (const name of ['glacier', 'glacier-cache'])
      for (const blob of await blobsOf(name)) {
        looked += 1;
        hasData ||= blob.includes(`opt/oggm/.oggm/${OGGM_DATA}/`);
        expect(blob.includes(mirror.address.replace('http://', ''))).toBe(false);
      }
    expect([hasData, looked > 5]).toEqual([true, true]);
  });
});
