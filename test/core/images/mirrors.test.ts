import { describe, expect, test } from '@jest/globals';
import { mirroredAddress, mirroredImage, mirrorsOf } from '../../../src/core/images/mirrors.ts';
import { readPlatform } from '../../../src/core/model/platform.ts';
import { HUB, platformWith, textsWith } from '../../support/written.ts';

const all = {
  pypi: 'https://m.example.org/simple/',
  conda: 'https://m.example.org/conda',
  apt: 'http://m.example.org/apt',
  github: 'https://m.example.org/git',
  images: 'm.example.org/images',
};

test('a hub’s own mirror wins, the platform’s others stay', () => {
  expect(mirrorsOf(undefined)).toEqual({});
  expect(mirrorsOf({ pypi: 'a', conda: 'b' })).toEqual({ pypi: 'a', conda: 'b' });
  expect(mirrorsOf({ pypi: 'a', conda: 'b' }, { pypi: 'c' })).toEqual({ pypi: 'c', conda: 'b' });
  expect(mirrorsOf(undefined, { apt: 'd' })).toEqual({ apt: 'd' });
});

test.each([
  ['https://pypi.org/simple', 'https://m.example.org/simple'],
  ['https://pypi.org/simple/oggm/', 'https://m.example.org/simple/oggm/'],
  ['https://conda.anaconda.org/conda-forge', 'https://m.example.org/conda/conda-forge'],
  ['http://archive.ubuntu.com/ubuntu/dists', 'http://m.example.org/apt/dists'],
  ['http://security.ubuntu.com/ubuntu', 'http://m.example.org/apt'],
  ['http://deb.debian.org/debian/pool', 'http://m.example.org/apt/pool'],
  ['https://github.com/OGGM/oggm', 'https://m.example.org/git/OGGM/oggm'],
  ['https://github.com.evil.example.org/x', 'https://github.com.evil.example.org/x'],
  ['https://pypi.org/simplex', 'https://pypi.org/simplex'],
  ['https://example.org/simple', 'https://example.org/simple'],
])('%s is asked for at %s', (address, asked) => {
  expect(mirroredAddress(address, all)).toBe(asked);
  expect(mirroredAddress(address, {})).toBe(address);
});

test('images keep their registry below the mirror’s name', () => {
  expect(mirroredImage('ghcr.io/x/y:1', all)).toBe('m.example.org/images/ghcr.io/x/y:1');
  expect(mirroredImage('ghcr.io/x/y:1', { pypi: 'a' })).toBe('ghcr.io/x/y:1');
});

describe('in files', () => {
  test('of the platform and of a hub', () => {
    const platform = platformWith({ 'platform.yaml': { mirrors: all }, [HUB]: { mirrors: all } });
    expect(platform.settings.data.mirrors).toEqual(all);
    expect(platform.environments.get('hub')?.data.mirrors).toEqual(all);
  });

  test.each([
    [{ pypi: 'ftp://m.example.org' }, 'url'],
    [{ pypi: 'https://m.example.org/a b' }, 'url'],
    [{ github: 'https://m.example.org/$(id)' }, 'url'],
    [{ conda: 'https://ada:hunter2pass@m.example.org' }, 'credential'],
    [{ images: 'https://m.example.org' }, 'schema'],
    [{ npm: 'https://m.example.org' }, 'unknown-key'],
  ])('%j is refused', (mirrors, rule) => {
    for (const file of ['platform.yaml', HUB]) {
      const texts = [...textsWith({ [file]: { mirrors } })];
      const { findings } = readPlatform(
        new Map(texts.map(([path, text]) => [path, { kind: 'text' as const, text }])),
      );
      expect(findings.filter(({ at }) => at.file === file).map((one) => one.rule)).toEqual([rule]);
    }
  });
});
