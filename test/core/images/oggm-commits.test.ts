import { describe, expect, test } from '@jest/globals';
import { commitsText, oggmRange } from '../../../src/core/images/oggm-commits.ts';
import type { CommitList, CommitRange } from '../../../src/core/images/oggm-commits.ts';

const [A, B] = ['a'.repeat(40), 'b'.repeat(40)];
const git = { git: 'OGGM/oggm', ref: 'master' };

describe('from one build to the next', () => {
  test('is a range of commits', () => {
    expect(oggmRange(git, A, B)).toEqual({ repository: 'OGGM/oggm', from: A, to: B });
  });

  test.each<[string, CommitRange | undefined]>([
    ['a release', oggmRange({ version: '1.6.3', ref: 'master' }, A, B)],
    ['the same', oggmRange(git, A, A)],
    ['no build before', oggmRange(git, undefined, B)],
    ['nothing said of the new one', oggmRange(git, A, undefined)],
    ['another model', oggmRange(undefined, A, B)],
  ])('is none: %s', (_what, range) => {
    expect(range).toBeUndefined();
  });
});

describe('commits since', () => {
  const range = { repository: 'OGGM/oggm', from: 'a', to: 'b' };
  const PAGE = 'https://github.com/OGGM/oggm/compare/a...b';
  const lines = (list: CommitList | undefined): string[] =>
    commitsText({ range, list }).text.split('\n');
  const some = (count: number): CommitList['first'] =>
    Array.from({ length: count }, (_, index) => ({ sha: `a${index}`, subject: `no ${index}` }));

  test('are counted and listed', () => {
    const first = [
      { sha: A, subject: 'Faster *ice* (#7)' },
      { sha: B, subject: '' },
    ];
    expect(lines({ total: 2, first })).toEqual([
      `OGGM: [2 commits since](${PAGE})`,
      '',
      `- [Faster \\*ice\\* (\\#\u200B7)](https://github.com/OGGM/oggm/commit/${A})`,
      `- [bbbbbb\u200Bb](https://github.com/OGGM/oggm/commit/${B})`,
      '',
      '',
    ]);
    expect(lines({ total: 1, first: some(1) })[0]).toBe(`OGGM: [1 commit since](${PAGE})`);
  });

  test('are as many as anybody reads, and no line is longer', () => {
    const rows = (total: number, count: number): string[] => lines({ total, first: some(count) });
    expect(rows(20, 20).filter((line) => line.startsWith('- '))).toHaveLength(20);
    expect(rows(20, 20)).toHaveLength(24);
    expect(rows(21, 21).filter((line) => line.startsWith('- '))).toHaveLength(20);
    expect(rows(300, 20).slice(-4)).toEqual(['', 'and 280 more.', '', '']);
    expect(rows(21, 21)).toContain('and 1 more.');
    const long = lines({ total: 1, first: [{ sha: 'a', subject: 'x'.repeat(121) }] });
    expect(long[2]).toBe(`- [${'x'.repeat(120)}](https://github.com/OGGM/oggm/commit/a)`);
  });

  test('are none where the new build has an older one, and unlisted where GitHub has no list', () => {
    expect(lines({ total: 0, first: [] })).toEqual([
      `[OGGM is at an older commit](${PAGE})`,
      '',
      '',
    ]);
    expect(lines(undefined)).toEqual([`[OGGM since](${PAGE})`, '', '']);
  });
});
