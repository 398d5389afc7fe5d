import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  MINUTES,
  REGISTRY,
  failedTests,
  must,
  pushBase,
  pushing,
  testPlatform,
} from './support.ts';
import type { TestPlatform } from './support.ts';

let platform: TestPlatform;
beforeAll(async () => {
  platform = await testPlatform();
});
afterAll(() => platform.remove());

const DATA = process.env['GLACIOCLOUD_SAMPLE_DATA'] ?? '';
/** Where OGGM 1.6.3 and salem 0.3.11 look for what they would download. */
const OGGM_DATA = '.oggm/oggm-sample-data-8af40f89620c6bd72f3485a777a018dcacb99d94';
const SALEM_DATA = '.salem_cache/salem-sample-data-454bf696324000d198f574a1bf5bc56e3e489051';

/** The runner says it where there is no sample data: no registry of packages has it. */
(DATA === '' ? describe.skip : describe)('OGGM from PyPI with its sample data', () => {
  test(
    'runs a glacier from its outline to a volume, without a network',
    async () => {
      await pushData();
      await platform.image('glacier', {
        from: { image: `${REGISTRY}/base/data`, tag: '1' },
        pip: ['oggm[full]==1.6.3'],
        bake: ['sample-data', 'salem'],
      });
      const { code, images } = await platform.build(pushing('glacier'));
      const [result] = images;
      process.stderr.write(`${JSON.stringify(result, null, 2)}\n`);
      expect([code, failedTests(result!)]).toEqual([0, []]);
      const oggm = result!.tests.find(({ name }) => name === 'oggm');
      expect(oggm?.detail).toContain('Hintereisferner 0.740 → 0.558 km³');
    },
    11 * MINUTES,
  );
});

/** A base that has the data already where `bake` would put it: GitHub is not reached here. */
async function pushData(): Promise<void> {
  const folder = join(platform.folder, `../data-${process.pid}`);
  for (const [archive, path] of [
    ['oggm-sample-data', OGGM_DATA],
    ['salem-sample-data', SALEM_DATA],
  ] as const) {
    const into = join(folder, 'files', path);
    await mkdir(into, { recursive: true });
    const tar = join(DATA, `${archive}.tar.xz`);
    await must('tar', ['-xJf', tar, '-C', into, '--strip-components=1']);
  }
  // salem looks for the archive only.
  await writeFile(join(folder, 'files', `${SALEM_DATA}.zip`), '');
  await pushBase('data', 'COPY files /opt/oggm', folder);
}
