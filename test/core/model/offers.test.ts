import { describe, expect, test } from '@jest/globals';
import {
  choosers,
  imageNames,
  imagePath,
  offersImage,
  sizesWith,
  trialSize,
  usualOffer,
} from '../../../src/core/model/offers.ts';
import { HUB, platformWith } from '../../support/written.ts';

const hubOf = (images: unknown[]) => {
  const sizes = {
    large: { cpu: 2, memory: '8G', for: ['team:example/staff'] },
    small: { cpu: 1, memory: '4G', default: true },
  };
  const doc = platformWith({ [HUB]: { images, sizes } }).environments.get('hub');
  if (!doc) throw new Error('the hub cannot be read');
  return doc;
};
const hub = hubOf([
  { name: 'maps', for: ['team:example/maps'], sizes: ['large'] },
  'science',
  { name: 'tools' },
]);

describe('images of a hub', () => {
  test('are read as one thing, however they are written', () => {
    expect(hub.data.images).toEqual([
      { name: 'maps', for: ['team:example/maps'], sizes: ['large'] },
      { name: 'science', for: ['all'] },
      { name: 'tools', for: ['all'] },
    ]);
    expect(imageNames(hub.data)).toEqual(['maps', 'science', 'tools']);
    expect(['maps', 'tool'].map((name) => offersImage(hub.data, name))).toEqual([true, false]);
  });

  test('stand where their names do', () => {
    expect([0, 1, 2].map((index) => imagePath(hub, index))).toEqual([
      '/images/0/name',
      '/images/1',
      '/images/2/name',
    ]);
  });

  test('the usual one is the first that everybody may have, or else the first', () => {
    expect(usualOffer(hub.data.images)?.name).toBe('science');
    expect(usualOffer(hub.data.images.slice(0, 1))?.name).toBe('maps');
    expect(usualOffer(hub.data.images.slice(3))).toBeUndefined();
  });

  test('go with their sizes, and are tried with the default one where they may be', () => {
    const [maps, science] = hub.data.images;
    expect(sizesWith(hub.data, maps!).map(([name]) => name)).toEqual(['large']);
    expect(sizesWith(hub.data, science!).map(([name]) => name)).toEqual(['large', 'small']);
    expect(['maps', 'science'].map((name) => trialSize(hub.data, name))).toEqual([
      'large',
      'small',
    ]);
  });

  test('whom they are for is known beside whom sizes are for', () => {
    expect([...new Set(choosers(hub.data))].sort()).toEqual([
      'all',
      'team:example/maps',
      'team:example/staff',
    ]);
  });
});

test.each([
  ['Science', '"Science" does not have the right form'],
  [3, '3 stands where text or a mapping belongs'],
])('%j is no image', (written, message) => {
  expect(() => void hubOf([written])).toThrow(JSON.stringify(message).slice(1, -1));
});

test.each([
  [{ for: ['all'] }, 'has no'],
  [{ name: 'science', size: ['small'] }, 'did you mean'],
  [{ name: 'science', sizes: [] }, 'must NOT have fewer than 1 items'],
  [{ name: 'Science' }, 'cannot be a name'],
])('%j is refused where it is wrong', (written, message) => {
  expect(() => void hubOf([written])).toThrow(message);
});
