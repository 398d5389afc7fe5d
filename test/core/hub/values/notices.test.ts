import { expect, test } from '@jest/globals';
import { noticesPart } from '../../../../src/core/hub/values/notices.ts';
import { contextWith } from './context.ts';

const notices = (announcement: string): object => ({
  glaciocloud: { notices: { v: 1, announcement, spawning: { open: true } } },
});

test('nothing to tell', () => {
  expect(noticesPart(contextWith({}))).toEqual(notices(''));
});

test('which images were withdrawn, why, and what follows', () => {
  const one = { title: 'Science', build: '2026-11-25-bbbbbb', why: 'numpy crashes' };
  const withdrawn = [
    { ...one, isOffered: true },
    { ...one, title: 'Maps', isOffered: false },
  ];
  expect(noticesPart({ ...contextWith({}), withdrawn })).toEqual(
    notices(
      'The image “Science” of 2026-11-25 was withdrawn (numpy crashes): servers that run it go on; ' +
        'stop yours and start it again to get the last good one. ' +
        'The image “Maps” of 2026-11-25 was withdrawn (numpy crashes): servers that run it go on; ' +
        'until there is another, no server starts with this image.',
    ),
  );
});
