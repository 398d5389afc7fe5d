import { expect, test } from '@jest/globals';
import { failureText, shownImage } from '../../../src/core/images/change-text.ts';
import type { ShownImage } from '../../../src/core/images/change-text.ts';

const GAP = '\u{200B}';
const shown = (more: Partial<ShownImage> = {}): string[] =>
  shownImage({
    image: 'science',
    ok: true,
    reason: 'tested and pushed',
    sizeBytes: 1.5e9,
    seconds: { resolve: 1, build: 60, test: 14.5, push: 3 },
    tests: [
      { name: 'oggm', ok: true, seconds: 2, memory_mb: 512, detail: 'content' },
      { name: 'size', ok: false, seconds: 0, memory_mb: null, detail: 'too | large' },
    ],
    packages: [
      { manager: 'pip', name: 'numpy', from: '2.0', to: '2.1' },
      { manager: 'conda', name: 'xarray', from: undefined, to: '1' },
      { manager: 'apt', name: 'git', from: '3', to: undefined },
    ],
    commits: { range: { repository: 'OGGM/oggm', from: 'a', to: 'b' }, list: undefined },
    hubs: { candidate: ['try'], stable: ['alps', 'bern'] },
    ...more,
  }).text.split('\n');

test('an image that was built, whole', () => {
  expect(shown()).toEqual([
    '### ✓ `science`: tested and pushed',
    '',
    'resolve 1 s, build 60 s, test 14.5 s, push 3 s, 1.50 GB',
    '',
    '| | test | time | memory | |',
    '| - | - | - | - | - |',
    '| ✓ | oggm | 2 s | 512 MB | content |',
    '| ✗ | size | 0 s |  | too \\| large |',
    '',
    '[OGGM since](https://github.com/OGGM/oggm/compare/a...b)',
    '',
    '| packages | | before | now |',
    '| - | - | - | - |',
    '| changed | [numpy](https://pypi.org/project/numpy/) | 2.0 | 2.1 |',
    '| added | [xarray](https://anaconda.org/conda-forge/xarray) |  | 1 |',
    '| removed | git | 3 |  |',
    '',
    'Who gets it: try when it is merged; alps, bern when it is promoted.',
    '',
  ]);
});

test('and with as little as there is', () => {
  const hubs = { candidate: [], stable: [] };
  const bare = { ok: false, sizeBytes: undefined, tests: [], commits: undefined, hubs };
  expect(shown({ ...bare, packages: undefined })).toEqual([
    '### ✗ `science`: tested and pushed',
    '',
    'resolve 1 s, build 60 s, test 14.5 s, push 3 s',
    '',
    'Nothing says which packages are in it.',
    '',
    'Nobody gets it as it is.',
    '',
  ]);
  expect(shown({ ...bare, ok: true })).toContain(
    'Who gets it: no hub when it is merged; no hub when it is promoted.',
  );
  expect(shown({ ...bare, packages: [] })).toContain('The packages are the same.');
});

test('no more rows than anybody reads', () => {
  const many = (count: number): ShownImage['packages'] =>
    Array.from({ length: count }, (_, index) => {
      return { manager: 'apt' as const, name: `p${index}`, from: '1', to: '2' };
    });
  const rows = (count: number): string[] => shown({ packages: many(count), tests: [] });
  expect(rows(60).filter((line) => line.startsWith('| changed'))).toHaveLength(60);
  expect(rows(60).join('\n')).not.toContain('more.');
  expect(rows(62).filter((line) => line.startsWith('| changed'))).toHaveLength(60);
  expect(rows(62)).toContain('and 2 more.');
  const tests = Array.from({ length: 61 }, (_, index) => {
    return { name: `t${index}`, ok: true, seconds: 1, memory_mb: null, detail: '' };
  });
  expect(shown({ tests }).filter((line) => line.startsWith('| ✓ | t'))).toHaveLength(60);
});

test('what others wrote stays text', () => {
  const evil = '[x](https://evil.example) @team <img> #1';
  const text = shown({
    reason: evil,
    tests: [{ name: evil, ok: true, seconds: 1, memory_mb: 1, detail: `a\n# b ${evil}` }],
    packages: [{ manager: 'pip', name: '../../evil', from: evil, to: '1\n| forged |' }],
    hubs: { candidate: [evil], stable: [] },
  }).join('\n');
  expect(text).not.toMatch(/@team|<img|\]\(https:\/\/evil|#1\b/u);
  expect(text).toContain('(https://pypi.org/project/..%2F..%2Fevil/)');
  expect(text).not.toContain('\n# b');
  expect(text).not.toContain('\n| forged');
  expect(text).toContain(`@${GAP}team`);
});

test('the issue of a failure', () => {
  const tests = [
    { name: 'oggm', ok: false, seconds: 1, memory_mb: null, detail: 'SIGSEGV' },
    { name: 'size', ok: true, seconds: 1, memory_mb: null, detail: 'fits' },
  ];
  const one = { image: 'science', reason: 'oggm failed', tests };
  expect(failureText(one, '2026-11-20-aaaaaa', 'https://github.com/x/y/actions/runs/1').text).toBe(
    '`science` could not be rebuilt: oggm failed\n\n- oggm: SIGSEGV\n\n' +
      'Hubs stay with what they have; the last good build is `2026-11-20-aaaaaa`. ' +
      '[The run](https://github.com/x/y/actions/runs/1). This issue closes itself when a build passes.\n',
  );
  expect(failureText({ ...one, tests: [] }, undefined, undefined).text).toBe(
    '`science` could not be rebuilt: oggm failed\n\n\nThere is no build before it. ' +
      'This issue closes itself when a build passes.\n',
  );
});
