import { expect, test } from '@jest/globals';
import { mountsPart } from '../../../../src/core/hub/values/mounts.ts';
import { contextWith } from './context.ts';

test('claims of others come with the profiles, so that a change restarts nothing', () => {
  const mounts = [
    { name: 'course', claim: 'nfs', path: 'a', at: '/course', readOnly: false },
    { name: 'few', claim: 'disk', at: '/few', for: ['team:example/admins'] },
  ];
  expect(mountsPart(contextWith({ mounts }))).toEqual({
    glaciocloud: {
      profiles: {
        mounts: [
          { name: 'course', claim: 'nfs', path: 'a', at: '/course', for: ['all'], readOnly: false },
          { name: 'few', claim: 'disk', at: '/few', for: ['team:example/admins'], readOnly: true },
        ],
      },
    },
  });
  expect(mountsPart(contextWith({}))).toEqual({});
});
