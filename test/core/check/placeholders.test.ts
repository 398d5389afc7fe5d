import { expect, test } from '@jest/globals';
import { addressPlaceholders } from '../../../src/core/check/placeholders.ts';
import { HUB, platformWith, pointedAt, textsWith } from '../../support/written.ts';

const at = (url: string) => addressPlaceholders(platformWith({ [HUB]: { url } }));

test('an address of examples is named, on its line', () => {
  const [one, ...more] = at('https://alps.example.org');
  expect(more).toEqual([]);
  expect(one).toMatchObject({
    rule: 'placeholder',
    severity: 'warning',
    message: 'an address at example.org is an example: nobody reaches a hub there',
    hint: 'write the address that people will use, and point its DNS record at the cluster',
  });
  const texts = textsWith({ [HUB]: { url: 'https://alps.example.org' } });
  expect(one && pointedAt(texts, one)).toBe('https://alps.example.org');
});

test.each([
  ['https://example.org', 1],
  ['https://a.b.example.org', 1],
  ['https://hub.example.net', 0],
  ['https://myexample.org', 0],
  ['https://example.org.oggm.org', 0],
  ['https://hub.oggm.org', 0],
])('%s: %i', (url, count) => {
  expect(at(url)).toHaveLength(count);
});
