import { expect, test } from '@jest/globals';
import { packageChanges } from '../../../src/core/images/package-diff.ts';
import type { Package } from '../../../src/core/model/package-list.ts';

const list = (...lines: string[]): Package[] =>
  lines.map((line) => {
    const [manager = '', name = '', version = '', source = 'md5:0'] = line.split(' ');
    return { manager: manager as Package['manager'], name, version, source };
  });

test.each<[string, Package[], Package[], object[]]>([
  ['nothing', [], [], []],
  ['the same, from elsewhere', list('pip a 1 md5:1'), list('pip a 1 md5:2'), []],
  [
    'one more, one less, one that changed, by manager and name',
    list('pip b 1', 'conda z 1', 'pip gone 3'),
    list('pip b 2', 'conda z 1', 'apt new 4'),
    [
      { manager: 'apt', name: 'new', from: undefined, to: '4' },
      { manager: 'pip', name: 'b', from: '1', to: '2' },
      { manager: 'pip', name: 'gone', from: '3', to: undefined },
    ],
  ],
  [
    'another manager is another package',
    list('pip a 1'),
    list('conda a 1'),
    [
      { manager: 'conda', name: 'a', from: undefined, to: '1' },
      { manager: 'pip', name: 'a', from: '1', to: undefined },
    ],
  ],
])('%s', (_what, before, after, changes) => {
  expect(packageChanges(before, after)).toEqual(changes);
});
