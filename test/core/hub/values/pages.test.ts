import { expect, test } from '@jest/globals';
import { pagesPart } from '../../../../src/core/hub/values/pages.ts';
import { contextWith } from './context.ts';

/** The fields that a page's values come from. */
const ownFrom = {
  '/pages/title': '/title',
  '/pages/renew': '/title',
  '/pages/hosts': '/hosts',
  '/pages/url': '/url',
};
const NOTHING = { v: 1, title: 'Hub', ask: '', renew: '', help: '', binder: '' };

test('further host names come with the pages, so that the hub sends on to its address', () => {
  const own = { url: 'https://hub.example.org/', hosts: ['jupyter.example.org'] };
  expect(pagesPart(contextWith(own))).toEqual({
    glaciocloud: { pages: { ...NOTHING, ...own, url: 'https://hub.example.org' } },
    ownFrom,
  });
});

test.each([
  [{}, NOTHING],
  [
    { repository: 'example/hubs' },
    {
      ...NOTHING,
      ask: 'https://github.com/example/hubs/issues/new?template=access.yml',
      renew: 'https://github.com/example/hubs/issues/new?template=renew.yml&title=Renew%3A+Hub',
    },
  ],
  [{ help: 'https://docs.example.org' }, { ...NOTHING, help: 'https://docs.example.org' }],
  [{ binder: 'https://binder.example.org' }, { ...NOTHING, binder: 'https://binder.example.org' }],
])('%j is where the pages lead to', (pages, expected) => {
  const context = contextWith({}, { 'platform.yaml': { pages } });
  expect(pagesPart(context)).toEqual({
    glaciocloud: { pages: expected },
    ownFrom,
  });
});
