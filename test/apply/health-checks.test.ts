import { expect, test } from '@jest/globals';
import { checksOf } from '../../src/apply/hub/health-checks.ts';
import { applyHub } from '../../src/apply/hub/hub.ts';
import type { HubTask } from '../../src/apply/types.ts';
import { lockText } from '../../src/core/data/lock.ts';
import { recipeOf } from '../../src/core/data/wanted.ts';
import { viewsOf } from '../../src/core/hub/values/data.ts';
import { Bench } from '../support/apply-bench.ts';
import type { Edit } from '../support/apply-bench.ts';

const HOST = 'https://data.example.org';
const HUB = 'environments/one.yaml';

function withData(bytes: number): Edit[] {
  const files = ['large.nc', 'small.nc'].map((name) => `${HOST}/${name}`);
  const recipe = recipeOf({ title: '', files, mirrors: {}, size: '1Gi' });
  const locked = files.map((url, index) => ({ url, bytes: index === 0 ? 90 : bytes }));
  return [
    [
      'clusters/main.yaml',
      'storage: {homes: {class: standard}}',
      'storage: {homes: {class: standard}, data: {class: standard}}',
    ],
    ['data/cru.yaml', '', `title: CRU\nfiles: [${files.join(', ')}]\nsize: 1Gi\n`],
    ['data/cru.lock.yaml', '', lockText({ recipe, files: locked })],
    [
      'images/plain/image.yaml',
      '',
      'title: Plain\nfrom: {image: registry.example.org/plain, tag: "1"}\n',
    ],
    [HUB, 'images: [science]', 'images: [plain, science]\ndata: [cru]'],
  ];
}

/** What runs is the hub of `before`. */
async function asked(before: Edit[] | undefined, now: Edit[]): Promise<unknown[]> {
  const bench = new Bench();
  await applyHub(bench.task('one'), bench.world);
  const state = bench.state('one');
  if (!state?.healthy) throw new Error('the hub is not healthy');
  let known: HubTask['state'];
  if (before !== undefined) {
    bench.change(...before);
    known = { ...state, healthy: { ...state.healthy, release: bench.wanted('one').release } };
  }
  bench.change(...now);
  const [view = ''] = viewsOf(bench.wanted('one').release);
  return checksOf(bench.task('one', { state: known })).map(
    ({ image, starts, smoke, data }) =>
      JSON.parse(JSON.stringify({ image, starts, smoke, data }).replace(view, 'VIEW')) as unknown,
  );
}

const data = {
  view: '/data/oggm/views/VIEW',
  files: [{ set: 'cru', path: 'data.example.org/small.nc', bytes: 5 }],
};

test('a new image with OGGM reads the smallest file of each set, others read nothing', async () => {
  expect(await asked(undefined, withData(5))).toEqual([
    { image: 'plain' },
    { image: 'science', data },
  ]);
});

test('what runs is asked again only where its input data are others', async () => {
  const plain = { image: 'plain' };
  const again = { image: 'science', starts: 1, smoke: false, data };
  expect(await asked([], withData(5))).toEqual([plain, again]);
  expect(await asked(withData(6), withData(5))).toEqual([again]);
  expect(await asked(withData(5), withData(5))).toEqual([]);
  expect(await asked(withData(5), [])).toEqual([]);
});
