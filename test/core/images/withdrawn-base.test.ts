import { expect, test } from '@jest/globals';
import { withdrawnBase } from '../../../src/core/images/withdrawn-base.ts';
import { platformWith } from '../../support/written.ts';

const [bad, good] = ['2026-11-20-aaaaaa', '2026-11-21-bbbbbb'];
const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const lock = {
  recipe: '1'.repeat(40),
  builds: {
    [bad]: { digest: digest('a'), yanked: 'it crashes' },
    [good]: { digest: digest('b') },
  },
  channels: {},
};
const platform = platformWith({ 'images/science/image.lock.yaml': lock });
const HERE = platform.settings.data.registry;
const withdrawn = { image: 'science', build: bad, why: 'it crashes' };

test.each([
  ['a withdrawn build', `${HERE}/science@${digest('a')}`, withdrawn],
  ['one that holds', `${HERE}/science@${digest('b')}`, undefined],
  ['the same bytes elsewhere', `other.example.org/science@${digest('a')}`, undefined],
  ['another image', `${HERE}/science2@${digest('a')}`, undefined],
  ['a tag', `${HERE}/science:candidate`, undefined],
])('built on %s', (_what, base, expected) => {
  expect(withdrawnBase(platform, base)).toEqual(expected);
});
