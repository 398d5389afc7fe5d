import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { githubPlace } from '../../src/edges/github/place.ts';
import { originRepository, topFolder } from '../../src/edges/repository.ts';
import { git, temporary } from '../support/sample.ts';

let folder: Awaited<ReturnType<typeof temporary>>;
const before = { ...process.env };
const NAMES = ['GITHUB_TOKEN', 'GH_TOKEN', 'GITHUB_REPOSITORY', 'GITHUB_API_URL'];
beforeEach(async () => {
  folder = await temporary();
  for (const name of NAMES) process.env[name] = '';
});
afterEach(async () => {
  process.env = { ...before };
  await folder.remove();
});
const clone = async (address: string): Promise<void> => {
  await git(folder.path, 'init', '-q');
  await git(folder.path, 'remote', 'add', 'origin', address);
};

test('the top of a repository, and of no repository the folder itself', async () => {
  const inner = join(folder.path, 'platform');
  await mkdir(inner);
  expect(await topFolder(inner)).toBe(inner);
  await git(folder.path, 'init', '-q');
  expect(await topFolder(inner)).toBe(await realpath(folder.path));
});

describe('where a clone came from', () => {
  test.each([
    ['https://github.com/example/hubs', 'example/hubs'],
    ['https://github.com/example/hubs.git', 'example/hubs'],
    ['https://github.com/example/hubs.js/', 'example/hubs.js'],
    ['https://somebody:word@github.com/example/hubs.git', 'example/hubs'],
    ['git@github.com:example/hubs.git', 'example/hubs'],
    ['ssh://git@github.com/example/hubs', 'example/hubs'],
    ['https://github.com.example.org/example/hubs', undefined],
    ['https://example.org/github.com/example/hubs', undefined],
    ['https://example.org/@github.com/example/hubs', undefined],
    ['https://gitlab.com/example/hubs', undefined],
    ['https://github.com/example', undefined],
    ['https://github.com/example/hubs/more', undefined],
  ])('%s is %s', async (address, expected) => {
    await clone(address);
    expect(await originRepository(folder.path)).toBe(expected);
  });

  test('is nowhere without a remote, and outside of a repository', async () => {
    expect(await originRepository(folder.path)).toBeUndefined();
    await git(folder.path, 'init', '-q');
    expect(await originRepository(folder.path)).toBeUndefined();
  });
});

describe('the place on GitHub', () => {
  const place = { token: 't', owner: 'example', repo: 'hubs', api: 'https://api.github.com' };

  test('is not known without a token', async () => {
    await clone('https://github.com/example/hubs');
    process.env['GITHUB_TOKEN'] = '';
    expect(await githubPlace(folder.path)).toBe('token');
  });

  test.each(['GITHUB_TOKEN', 'GH_TOKEN'])('is that of the clone, with %s', async (name) => {
    await clone('https://github.com/example/hubs');
    process.env[name] = 't';
    expect(await githubPlace(folder.path)).toEqual(place);
  });

  test('is what the environment names before that', async () => {
    await clone('https://github.com/other/one');
    process.env['GITHUB_TOKEN'] = 't';
    process.env['GH_TOKEN'] = 'other';
    process.env['GITHUB_REPOSITORY'] = 'example/hubs';
    process.env['GITHUB_API_URL'] = 'https://github.example.org/api/v3';
    expect(await githubPlace(folder.path)).toEqual({
      ...place,
      api: 'https://github.example.org/api/v3',
    });
    process.env['GITHUB_REPOSITORY'] = '';
    process.env['GITHUB_API_URL'] = '';
    expect(await githubPlace(folder.path)).toEqual({ ...place, owner: 'other', repo: 'one' });
  });

  test.each(['example', '/hubs', 'example/'])('is not known by %j', async (name) => {
    process.env['GITHUB_TOKEN'] = 't';
    process.env['GITHUB_REPOSITORY'] = name;
    expect(await githubPlace(folder.path)).toBe('repository');
  });
});
