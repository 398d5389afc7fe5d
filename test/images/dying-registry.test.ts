import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageResult } from '../../src/core/images/test-report.ts';
import { dyingRegistry } from './dying-registry.ts';
import type { DyingRegistry } from './dying-registry.ts';
import { MINUTES, REGISTRY, SOUND, inRegistry, tags, testPlatform } from './support.ts';
import type { TestPlatform } from './support.ts';

/** A layer of the base is larger. */
const SOME_BYTES = 200_000;

describe('a registry that dies in the middle of a push', () => {
  let registry: DyingRegistry;
  let platform: TestPlatform;
  const names = ['cut', 'refused'];
  const lockOf = (name: string): string => join(platform.folder, `images/${name}/image.lock.yaml`);
  const build = async (): Promise<ImageResult[]> =>
    (await platform.build([...names, '--push'])).images;

  beforeAll(async () => {
    registry = await dyingRegistry(REGISTRY);
    platform = await testPlatform(`${registry.address}/oggm`);
    for (const name of names)
      await platform.image(name, { ...SOUND, pip: ['tabulate'], tests: { oggm: 'none' } });
  });
  afterAll(async () => {
    await platform.remove();
    await registry.stop();
  });

  test(
    'leaves no tag and no lock, and the next run tests and pushes everything',
    async () => {
      registry.fault((method, path) => {
        if (/^\/v2\/oggm\/cut\/blobs\/uploads\//u.test(path) && ['PATCH', 'PUT'].includes(method))
          return { kind: 'cut', after: SOME_BYTES };
        if (path.startsWith('/v2/oggm/refused/manifests/') && method === 'PUT')
          return { kind: 'refuse' };
        return undefined;
      });
      const broken = await build();
      const seen = broken.map(({ image, outcome, reason }) => [image, outcome, reason]);
      expect(seen).toEqual([
        [
          'cut',
          'failed',
          expect.stringMatching(
            /^Docker cannot copy .* to .*\/cut:.*: 127\.0\.0\.1:\d+ breaks off: “.*(EOF|reset|broken pipe|closed network connection)[^”]*”; run it again/u,
          ),
        ],
        [
          'refused',
          'failed',
          expect.stringMatching(
            /^Docker cannot copy .* to .*\/refused:.*: 127\.0\.0\.1:\d+ answers “500 .*”; run it again/u,
          ),
        ],
      ]);
      expect([...new Set(registry.faults)].sort()).toEqual(['PUT cut', 'PUT refuse']);
      for (const name of names) {
        expect(await tags(name)).toEqual([]);
        await expect(access(lockOf(name))).rejects.toThrow('ENOENT');
      }

      registry.fault(() => undefined);
      const sound = await build();
      expect(sound.map(({ outcome, reason }) => [outcome, reason])).toEqual(
        names.map(() => ['built', 'tested and pushed']),
      );
      const testsOf = (images: ImageResult[]): string[][] =>
        images.map(({ tests }) => tests.map(({ name }) => name));
      expect(testsOf(sound)).toEqual(testsOf(broken));
      for (const { image, digest } of sound) {
        expect((await inRegistry(`${image}/manifests/candidate`)).digest).toBe(digest);
        expect(await readFile(lockOf(image), 'utf8')).toContain(`digest: "${digest ?? ''}"`);
      }
    },
    8 * MINUTES,
  );
});
