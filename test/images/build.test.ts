import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageResult } from '../../src/core/images/test-report.ts';
import {
  CANARY,
  MINUTES,
  REGISTRY,
  SOUND,
  TARGET,
  TYPES,
  blobsOf,
  inRegistry,
  notebook,
  pushScanner,
  pushing,
  statementsOf,
  tags,
  testPlatform,
} from './support.ts';
import type { TestPlatform } from './support.ts';

let platform: TestPlatform;
beforeAll(async () => {
  platform = await testPlatform();
  await platform.image('science', {
    ...SOUND,
    pip: ['tabulate'],
    tests: { notebooks: ['third.ipynb'] },
  });
  await platform.edit('images/science/third.ipynb', notebook('a third is 0.33333333'));
});
afterAll(() => platform.remove());

describe('an image that is sound', () => {
  let first: ImageResult;

  test(
    'is built, tested and pushed: the registry has the digest that was tested, under its content and as candidate',
    async () => {
      const secret = { PIP_EXTRA_INDEX_URL: `http://user:${CANARY}@127.0.0.1:9/simple` };
      const scanner = { GLACIOCLOUD_SCANNER: await pushScanner() };
      const { code, images } = await platform.build(pushing('science'), { ...secret, ...scanner });
      first = images[0]!;
      expect(
        images.map(({ tests }) => tests.map(({ name, ok, detail }) => [name, ok || detail])),
      ).toEqual([
        [
          ['size', true],
          ['packages', true],
          ['home', true],
          ['server', true],
          ['second start', true],
          ['kernel', true],
          ['nbgitpuller', true],
          ['hub version', true],
          ['full home', true],
          ['notebook third.ipynb', true],
          ['oggm', true],
        ],
      ]);
      expect([code, first.outcome, first.reason]).toEqual([0, 'built', 'tested and pushed']);
      const named = await tags('science');
      const content = named.find((tag) => tag !== 'candidate') ?? '';
      expect([named.length, content]).toEqual([2, expect.stringMatching(/^[0-9a-f]{40}$/u)]);
      for (const tag of [content, 'candidate'])
        expect(await inRegistry(`science/manifests/${tag}`)).toEqual({
          status: 200,
          digest: first.digest,
        });
      expect(first.build).toMatch(
        new RegExp(`^[0-9]{4}-[0-9]{2}-[0-9]{2}-${content.slice(0, 6)}$`, 'u'),
      );
    },
    8 * MINUTES,
  );

  test('has what made it and what is in it attached, under the digest that was tested', async () => {
    expect(await statementsOf('science', first.digest ?? '')).toEqual([
      expect.stringMatching(/^https:\/\/slsa\.dev\/provenance\//u),
      'https://spdx.dev/Document',
    ]);
  });

  test('carries nothing of the machine that built it', async () => {
    const bundle = process.env['SSL_CERT_FILE'] ?? '';
    const certificates = bundle === '' ? '' : await readFile(bundle, 'utf8');
    const traces = [CANARY, 'PIP_EXTRA_INDEX_URL=', ...certificates.split('\n').slice(1, 2)];
    const found: string[] = [];
    let looked = 0;
    expect(await tags('science-cache')).toEqual(['cache']);
    for (const blob of [...(await blobsOf('science')), ...(await blobsOf('science-cache'))]) {
      looked += 1;
      found.push(...traces.filter((trace) => blob.includes(trace)));
    }
    expect(looked).toBeGreaterThan(5);
    expect(found).toEqual([]);
  });

  test('is in the lock with everything that it has, and a hub of a candidate wave gets this digest', async () => {
    const folder = join(platform.folder, 'images/science');
    const lock = await readFile(join(folder, 'image.lock.yaml'), 'utf8');
    expect(lock).toContain(`  ${first.build ?? ''}: {digest: "${first.digest ?? ''}", content: `);
    expect(lock).toContain(`channels:\n  candidate: ${first.build ?? ''}\n`);
    const list = await readFile(join(folder, `packages/${first.build ?? ''}.txt`), 'utf8');
    const kinds = list.split('\n').map((line) => line.split(' ')[0]);
    expect([...new Set(kinds)]).toEqual(['apt', 'pip', '']);
    expect(list).toMatch(/^pip oggm 1\.6\.3 files-sha256:[0-9a-f]{64}$/mu);
    const checked = await platform.run(['check']);
    expect([checked.code, checked.stderr + checked.stdout]).toEqual([
      0,
      expect.stringContaining('no findings'),
    ]);
    const out = join(platform.folder, 'rendered');
    expect((await platform.run(['render', 'hub', '--out', out])).code).toBe(0);
    const release = await readFile(join(out, 'hub/release.json'), 'utf8');
    expect(release).toContain(`${TARGET}/science@${first.digest ?? ''}`);
  });

  test('is not built again while nothing changes', async () => {
    const { code, images } = await platform.build(pushing('science'));
    expect(code).toBe(0);
    expect(images).toMatchObject([
      {
        outcome: 'unchanged',
        digest: first.digest,
        reason: `it is ${first.build ?? ''}`,
        tests: [],
      },
    ]);
    expect(images[0]!.seconds).toMatchObject({ build: 0, test: 0 });
  });

  test('gets its moving tag back where it points at something else', async () => {
    // The index's own first manifest stands in for an older image.
    const manifests = `http://${REGISTRY}/v2/oggm/science/manifests`;
    const [type, inner = ''] = TYPES;
    const index = await fetch(`${manifests}/${first.digest}`, { headers: { Accept: type ?? '' } });
    const [child] = ((await index.json()) as { manifests: { digest: string }[] }).manifests;
    const older = await fetch(`${manifests}/${child?.digest ?? ''}`, {
      headers: { Accept: inner },
    });
    await fetch(`${manifests}/candidate`, {
      method: 'PUT',
      headers: { 'Content-Type': inner },
      body: await older.text(),
    });
    expect((await inRegistry('science/manifests/candidate')).digest).toBe(child?.digest);
    const { images } = await platform.build(pushing('science'));
    expect(images).toMatchObject([{ outcome: 'unchanged' }]);
    expect((await inRegistry('science/manifests/candidate')).digest).toBe(first.digest);
  });
});

describe('what goes wrong before there is anything to test', () => {
  beforeAll(async () => {
    await platform.image('no-base', { from: { image: `${REGISTRY}/base/nowhere`, tag: '1' } });
    await platform.image('no-package', { ...SOUND, pip: ['oggm-that-nobody-ever-made==9'] });
  });

  test(
    'one image that fails hides nothing of the others: exit 3',
    async () => {
      const { code, images } = await platform.build(pushing('no-base', 'no-package', 'science'));
      expect(code).toBe(3);
      expect(images.map(({ image: name, outcome, reason }) => [name, outcome, reason])).toEqual([
        [
          'no-base',
          'failed',
          `its base ${REGISTRY}/base/nowhere:1 is not in its registry; correct from: in image.yaml`,
        ],
        ['no-package', 'failed', expect.stringContaining('oggm-that-nobody-ever-made')],
        ['science', 'unchanged', expect.stringMatching(/^it is 20/u)],
      ]);
    },
    5 * MINUTES,
  );

  test('a registry that does not answer: nothing is built', async () => {
    const { code, images } = await platform.build([
      'science',
      '--push',
      '--registry',
      '127.0.0.1:9/oggm',
    ]);
    expect(code).toBe(1);
    expect(images).toMatchObject([{ outcome: 'failed', digest: null, seconds: { build: 0 } }]);
  });
});
