import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { load } from 'js-yaml';
import { frontMatterYaml } from '../../../src/core/notices/front-matter.ts';

test.each([
  ['---\nuntil: a\n---\nHello\n', '---\nuntil: a\ntext: "Hello"\n'],
  [
    '---\nuntil: a\n---\n\nTwo\n\nlines "here"\n',
    '---\nuntil: a\ntext: "Two\\n\\nlines \\"here\\""\n',
  ],
  ['---\r\nuntil: a\r\n---\r\nHello', '---\nuntil: a\ntext: "Hello"\n'],
  ['---\nuntil: a\n---  \nHello', '---\nuntil: a\ntext: "Hello"\n'],
  ['---\nuntil: a\n---', '---\nuntil: a\n'],
  ['---\n---\nHello', '---\n\ntext: "Hello"\n'],
  ['---\nuntil: a---b\n---\n--- more', '---\nuntil: a---b\ntext: "--- more"\n'],
  ['Hello\n---\nmore', '---\n\ntext: "Hello\\n---\\nmore"\n'],
  ['---\nuntil: a\nHello', '---\n\ntext: "---\\nuntil: a\\nHello"\n'],
  ['', '---\n\n'],
])('%j', (page, yaml) => {
  expect(frontMatterYaml(page)).toBe(yaml);
});

test('whatever stands below the keys is the text, and takes over no key', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const read = load(frontMatterYaml(`---\nuntil: a\n---\n${text}`));
      const body = text.replaceAll('\r\n', '\n').trim();
      expect(read).toEqual(body === '' ? { until: 'a' } : { until: 'a', text: body });
    }),
  );
});
