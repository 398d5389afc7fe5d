import { expect, test } from '@jest/globals';
import { HUB, said } from '../../support/written.ts';
import type { Said } from '../../support/written.ts';

const IMAGE = 'images/science/image.yaml';
const HINT = 'write a shorter "soak:" of the first stable wave, or a slower "rebuild:"';

const rhythm = (rebuild: string | undefined, soak: string, wave = 'staging'): Said[] =>
  said('image-rhythm', {
    'platform.yaml': {
      waves: [
        { name: 'staging', images: 'candidate', soak: '99d' },
        { name: 'production', images: 'stable', soak },
      ],
    },
    [HUB]: { wave },
    [IMAGE]: { rebuild },
  });

test.each<[what: string, found: Said[], expected: [message: string][]]>([
  ['nightly, tried for exactly a day', rhythm('nightly', '24h'), []],
  [
    'nightly, tried for longer',
    rhythm('nightly', '86401s'),
    [['it is rebuilt nightly, and a candidate is tried for 86401 s']],
  ],
  ['weekly where nothing is said, tried for a week', rhythm(undefined, '7d'), []],
  [
    'weekly, tried for longer',
    rhythm('weekly', '8d'),
    [['it is rebuilt weekly, and a candidate is tried for 8 d']],
  ],
  ['never', rhythm('never', '90d'), []],
  ['where nobody tries it', rhythm('nightly', '8d', 'production'), []],
])('%s', (_what, found, expected) => {
  expect(found.map(([, message, hint]) => [message, hint])).toEqual(
    expected.map(([message]) => [message, HINT]),
  );
});
