import { expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { frontMatterYaml, keysFault, textFault } from '../../../src/core/notices/front-matter.ts';
import { fc } from '../../support/property.ts';

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

test.each([
  ['---\nuntil: a\n---\nHello\n', undefined],
  ['---\nuntil: a\nHello\n', 'the keys have no end: there is no second line "---"'],
  ['until: a\n---\nHello\n', 'the first line is not "---": no keys are read'],
  ['\u{FEFF}---\nuntil: a\n---\nHello\n', 'the file starts with a byte order mark'],
])('why the keys of %j cannot be read', (page, message) => {
  expect(keysFault(page)?.message).toBe(message);
});

test('a merge that was not finished in the text, at its line', () => {
  const page = (text: string) => textFault(`---\nuntil: a\n---\n${text}`)?.line;
  expect(page('One\n<<<<<<< HEAD\nTwo\n')).toBe(5);
  expect(page('>>>>>>> other\n')).toBe(4);
  expect(page('a <<<<<<< b\n=======\n')).toBeUndefined();
});
