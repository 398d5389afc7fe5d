import { describe, expect, test } from '@jest/globals';
import { HUB, said, saidOfHub } from '../../../support/written.ts';

const env = (id: string, extraEnv: object) =>
  saidOfHub(id, { values: { singleuser: { extraEnv } } });
const plain = (id: string, values: object) =>
  said(id, {
    'images/science/image.yaml': { oggm: undefined },
    [HUB]: { values },
  });

describe('oggm-multiprocessing', () => {
  test.each(['OGGM_USE_MULTIPROCESSING', 'OGGM_USE_MP_SPAWN'])('%s', (name) => {
    for (const value of ['0', '1'])
      expect(env('oggm-multiprocessing', { [name]: value })).toEqual([]);
    for (const value of ['True', '', '10', '2', ' 1']) {
      expect(env('oggm-multiprocessing', { [name]: value }).map(([, ...rest]) => rest)).toEqual([
        [`OGGM fails on ${name}="${value}"`, 'write "0" or "1"'],
      ]);
    }
  });

  test('the variable’s own line, also where it is written as a mapping', () => {
    expect(env('oggm-multiprocessing', { A: 'x', OGGM_USE_MULTIPROCESSING: 'yes!' })).toEqual([
      ['yes!', 'OGGM fails on OGGM_USE_MULTIPROCESSING="yes!"', 'write "0" or "1"'],
    ]);
    expect(env('oggm-multiprocessing', { OGGM_USE_MULTIPROCESSING: { value: 'all' } })).toEqual([
      ['value: all', 'OGGM fails on OGGM_USE_MULTIPROCESSING="all"', 'write "0" or "1"'],
    ]);
    expect(
      env('oggm-multiprocessing', { OGGM_USE_MULTIPROCESSING: { valueFrom: { x: 'y' } } }),
    ).toEqual([]);
  });

  test('env: is looked at like values:', () => {
    expect(saidOfHub('oggm-multiprocessing', { env: { OGGM_USE_MP_SPAWN: 'no!' } })).toEqual([
      ['no!', 'OGGM fails on OGGM_USE_MP_SPAWN="no!"', 'write "0" or "1"'],
    ]);
  });
});

describe('oggm-cpus', () => {
  test.each(['SLURM_JOB_CPUS_PER_NODE', 'PYTHON_CPU_COUNT', 'OMP_NUM_THREADS', 'LRU_MAXSIZE'])(
    '%s',
    (name) => {
      for (const value of ['1', '10', '16'])
        expect(env('oggm-cpus', { [name]: value })).toEqual([]);
      for (const value of ['0', '2.0', '', 'x', '4(x2)', '04']) {
        expect(env('oggm-cpus', { [name]: value }).map(([, ...rest]) => rest)).toEqual([
          [
            `${name}="${value}" is not a whole number`,
            'remove it: the platform sets it for each size',
          ],
        ]);
      }
    },
  );

  test('the variable’s own line', () => {
    expect(env('oggm-cpus', { A: 'x', OMP_NUM_THREADS: 'two' }).map(([place]) => place)).toEqual([
      'two',
    ]);
  });
});

describe('oggm-shared-cache', () => {
  const cache = (extraEnv: object) => env('oggm-shared-cache', extraEnv);
  const written = (path: string) => [
    [path, `${path} would be written to by everybody`, 'add OGGM_DOWNLOAD_CACHE_RO: "1"'],
  ];

  test.each(['/data/cache', '/homework', 'home/x', '/data/home/x', '/scratched', '/data/tmp/x'])(
    '%s is shared',
    (path) => {
      expect(cache({ OGGM_DOWNLOAD_CACHE: path })).toEqual(written(path));
    },
  );

  test.each(['~/cache', '/home/jovyan/cache', '/scratch/cache', '/tmp/cache'])(
    '%s is one’s own',
    (path) => {
      expect(cache({ OGGM_DOWNLOAD_CACHE: path })).toEqual([]);
    },
  );

  test.each(['1', 'true', 'True', 'yes', 'ON'])('read-only as %s', (value) => {
    expect(cache({ OGGM_DOWNLOAD_CACHE: '/data', OGGM_DOWNLOAD_CACHE_RO: value })).toEqual([]);
  });

  test.each(['0', '', 'no', '11', 'onn'])('not read-only as "%s"', (value) => {
    expect(cache({ OGGM_DOWNLOAD_CACHE: '/data', OGGM_DOWNLOAD_CACHE_RO: value })).toEqual(
      written('/data'),
    );
  });

  test('without a cache there is nothing to say', () => {
    expect(cache({ OGGM_DOWNLOAD_CACHE_RO: '0' })).toEqual([]);
  });

  test('a read-only cache needs a place to work: the platform’s for OGGM, or one’s own', () => {
    const readOnly = { OGGM_DOWNLOAD_CACHE: '/data', OGGM_DOWNLOAD_CACHE_RO: 'yes' };
    const own = (extraEnv: object) => plain('oggm-shared-cache', { singleuser: { extraEnv } });
    expect(own(readOnly)).toEqual([
      [
        'yes',
        'a read-only cache without OGGM_WORKDIR fails at the first missing file',
        'add OGGM_WORKDIR, below the home',
      ],
    ]);
    expect(own({ ...readOnly, OGGM_WORKDIR: '/home/jovyan/work' })).toEqual([]);
  });
});

describe('oggm-memory', () => {
  // 0.4 GiB and 0.15 GiB for each whole core.
  const memory = (sizes: object, oggm: object | undefined = { version: '1.6.3' }) =>
    said('oggm-memory', { 'images/science/image.yaml': { oggm }, [HUB]: { sizes } });
  const little = (written: string, cpu: number, needed: string) => [
    [written, `${written} are too little for OGGM on ${cpu} cores`, `write at least ${needed}G`],
  ];

  test.each([
    [2, '716M', '0.7'],
    [4, '1023M', '1'],
    [8, '1.59G', '1.6'],
    [3, '870M', '0.9'],
    [0.5, '409M', '0.4'],
  ])('%d cores and %s', (cpu, written, needed) => {
    expect(memory({ a: { cpu, memory: written } })).toEqual(little(written, cpu, needed));
  });

  test.each([
    [2, '717M'],
    [4, '1G'],
    [4.9, '1G'],
    [8, '1.6G'],
    [0.5, '410M'],
  ])('%d cores and %s are enough', (cpu, written) => {
    expect(memory({ a: { cpu, memory: written } })).toEqual([]);
  });

  test('each size; and none where no image has OGGM', () => {
    const sizes = { a: { cpu: 2, memory: '4G' }, b: { cpu: 5, memory: '1G' } };
    expect(memory(sizes)).toEqual(little('1G', 5, '1.2'));
    expect(
      said('oggm-memory', { 'images/science/image.yaml': { oggm: undefined }, [HUB]: { sizes } }),
    ).toEqual([]);
  });

  test('one of several images with OGGM is enough', () => {
    const from = { image: 'registry.example.org/other', tag: '1.0' };
    expect(
      said('oggm-memory', {
        'images/other/image.yaml': { title: 'Other', from },
        [HUB]: { images: ['other', 'science'], sizes: { a: { cpu: 5, memory: '1G' } } },
      }),
    ).toEqual(little('1G', 5, '1.2'));
  });
});
