import { describe, expect, test } from '@jest/globals';
import { GLACIERS } from '../../../src/core/data/sources.ts';
import { addressesOf, cachePath, recipeOf, wantedFiles } from '../../../src/core/data/wanted.ts';
import type { DataFile } from '../../../src/core/model/data-types.ts';

const base = 'https://data.example.org/~oggm/gdirs/per_glacier';
const set: DataFile = { title: 'Set', mirrors: {}, size: '1Gi' };
const alps: DataFile['prepro'] = { base, rgi: '62', level: 3, border: 80, regions: ['11'] };
const urls = (file: Partial<DataFile>): string[] =>
  wantedFiles({ ...set, ...file }).map(({ url }) => url);

describe('what a set asks for', () => {
  test('bundles of a thousand glaciers, as OGGM names them', () => {
    expect(urls({ prepro: alps })).toEqual(
      ['00', '01', '02', '03'].map((n) => `${base}/RGI62/b_080/L3/RGI60-11/RGI60-11.${n}.tar`),
    );
    const seventh = { ...alps, base: `${base}/`, rgi: '70G', level: 5, border: 10 } as const;
    expect(urls({ prepro: seventh })[4]).toBe(
      `${base}/RGI70G/b_010/L5/RGI2000-v7.0-G-11/RGI2000-v7.0-G-11.04.tar`,
    );
  });

  test('the inventory has as many glaciers as its publishers say', () => {
    const sum = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0);
    expect([GLACIERS['62'].length, sum(GLACIERS['62'])]).toEqual([19, 216_502]);
    expect([GLACIERS['70G'].length, sum(GLACIERS['70G'])]).toEqual([19, 274_531]);
  });

  test('inventories are unpacked to where OGGM looks for them', () => {
    expect(wantedFiles({ ...set, rgi: ['62', '70C'] }).map(({ unpack }) => unpack)).toEqual([
      'RGIV62',
      'RGI_V62_Intersects',
      'RGIV70C',
    ]);
  });

  test('each file once, sorted, whatever asks for it', () => {
    const all = wantedFiles({
      ...set,
      rgi: ['62'],
      climate: ['GSWP3_W5E5'],
      tables: ['geodetic'],
      files: ['https://cluster.klima.uni-bremen.de/~oggm/rgi/rgi62.zip'],
    });
    expect(all).toHaveLength(8);
    expect(all.map(({ url }) => url)).toEqual(all.map(({ url }) => url).sort());
    expect(all.find(({ url }) => url.endsWith('/rgi62.zip'))?.unpack).toBe('RGIV62');
    expect(all.map(({ url }) => cachePath(url)).includes(undefined)).toBe(false);
  });

  test('its recipe changes with what is asked for only', () => {
    const before = recipeOf({ ...set, prepro: alps });
    const other = { [base]: ['https://mirror.example.org'] };
    expect(recipeOf({ ...set, title: 'T', size: '2Gi', mirrors: other, prepro: alps })).toBe(
      before,
    );
    expect(recipeOf({ ...set, prepro: { ...alps, border: 160 } })).not.toBe(before);
  });
});

test.each([
  ['https://Data.example.org:8443/~x/a.nc?b=1#c', 'data.example.org/~x/a.nc'],
  ['http://127.0.0.1:8080/a', '127.0.0.1/a'],
  ['https://data.example.org/', undefined],
  ['https://data.example.org', undefined],
  ['https://data.example.org/a/../b', undefined],
  ['https://data.example.org/a//b', undefined],
  ['https://data.example.org/a\\b', undefined],
  ['https://data.example.org/a$b', undefined],
  ['https://[::1]/a', undefined],
  ['https://', undefined],
])('the place of %s below the cache is %s', (url, path) => {
  expect(cachePath(url)).toBe(path);
});

test('mirrors are asked first, of the longest beginning, and the address itself last', () => {
  const mirrors = {
    'https://a.example.org/': ['https://m.example.org/a/'],
    'https://a.example.org/x/': ['https://n.example.org/', 'https://a.example.org/x/'],
    'https://b.example.org/': ['https://o.example.org/'],
  };
  expect(addressesOf('https://a.example.org/x/1.nc', mirrors)).toEqual([
    'https://n.example.org/1.nc',
    'https://a.example.org/x/1.nc',
    'https://m.example.org/a/x/1.nc',
  ]);
  expect(addressesOf('https://c.example.org/1.nc', mirrors)).toEqual([
    'https://c.example.org/1.nc',
  ]);
});
