import { describe, expect, test } from '@jest/globals';
import { imagesChanged } from '../../../src/core/images/changed.ts';

const IMAGES = new Set(['igm', 'oggm', 'oggm-edu', 'v1.6']);

describe('images that a change touches', () => {
  test.each<[string, string[], string[]]>([
    ['nothing', [], []],
    ['its file', ['images/igm/image.yaml'], ['igm']],
    ['a name with a dot', ['images/v1.6/image.yaml'], ['v1.6']],
    ['a file deep in its folder', ['images/igm/notebooks/a/b.ipynb'], ['igm']],
    ['a file with a strange name', ['images/igm/"é\n ü"'], ['igm']],
    ['two files of one', ['images/igm/a.txt', 'images/igm/image.yaml'], ['igm']],
    [
      'several, sorted',
      ['images/oggm-edu/a', 'images/igm/a', 'images/oggm/a'],
      ['igm', 'oggm', 'oggm-edu'],
    ],
    ['the lock only', ['images/igm/image.lock.yaml'], []],
    ['a package list only', ['images/igm/packages/2026-11-20-aaaaaa.txt'], []],
    ['lock and file', ['images/igm/image.lock.yaml', 'images/igm/image.yaml'], ['igm']],
    ['a lock that is none', ['images/igm/files/image.lock.yaml'], ['igm']],
    ['a list that is none', ['images/igm/packages/readme.md'], ['igm']],
    ['an image that is gone', ['images/gone/image.yaml'], []],
    ['a file beside the folders', ['images/igm'], []],
    ['a folder further down', ['old/images/igm/image.yaml'], []],
  ])('%s', (_what, paths, images) => {
    expect(imagesChanged(IMAGES, paths)).toEqual(images);
  });
});
