import { describe, expect, test } from '@jest/globals';
import type { BuildClaim } from '../../../src/core/images/build-artifact.ts';
import { IMAGES_MARKER, imagesComment } from '../../../src/core/images/build-comment.ts';
import type { BuiltImage } from '../../../src/core/images/build-comment.ts';

const FRAME = { head: 'a1b2c3d4'.repeat(5), run: 'https://github.com/example/hubs/actions/runs/7' };
const CLAIM: BuildClaim = {
  outcome: 'built',
  reason: 'tested, not pushed',
  seconds: { resolve: 1, build: 60, test: 14.5, push: 0 },
  tests: [{ name: 'oggm', ok: true, seconds: 2, memory_mb: 512, detail: 'content' }],
  sizeBytes: 1.5e9,
  packages: [{ manager: 'pip', name: 'numpy', version: '2.1', source: 'unsaid' }],
  oggmCommit: 'b'.repeat(40),
};
const image = (claim: Partial<BuildClaim> = {}, more: Partial<BuiltImage> = {}): BuiltImage => ({
  image: 'science',
  claim: { kind: 'read', value: { ...CLAIM, ...claim } },
  before: [
    { manager: 'pip', name: 'numpy', version: '2.0', source: 'md5:0' },
    { manager: 'pip', name: 'old', version: '1', source: 'md5:0' },
  ],
  commits: {
    range: { repository: 'OGGM/oggm', from: 'a1', to: 'b2' },
    list: { total: 1, first: [{ sha: 'b2', subject: 'Faster ice' }] },
  },
  hubs: { candidate: ['try'], stable: ['alps'] },
  ...more,
});
const HEAD = [
  '<!-- glaciocloud images -->',
  '## Images at a1b2c3d',
  '',
  'Built and tested from this pull request’s files, not pushed; what is said here comes from its own run. Once it is merged they are built again, and a pull request for each moves `candidate`; `stable` follows once hubs have tried it for the soak. [The run](https://github.com/example/hubs/actions/runs/7).',
  '',
];
const lines = (images: BuiltImage[], limit?: number): string[] =>
  imagesComment(images, FRAME, limit).split('\n');

describe('the comment about images', () => {
  test('says all that is known', () => {
    expect(lines([image()])).toEqual([
      ...HEAD,
      '### ✓ `science`: tested, not pushed',
      '',
      'resolve 1 s, build 60 s, test 14.5 s, push 0 s, 1.50 GB',
      '',
      '| | test | time | memory | |',
      '| - | - | - | - | - |',
      '| ✓ | oggm | 2 s | 512 MB | content |',
      '',
      'OGGM: [1 commit since](https://github.com/OGGM/oggm/compare/a1...b2)',
      '',
      '- [Faster ice](https://github.com/OGGM/oggm/commit/b2)',
      '',
      '| packages | | before | now |',
      '| - | - | - | - |',
      '| changed | [numpy](https://pypi.org/project/numpy/) | 2.0 | 2.1 |',
      '| removed | [old](https://pypi.org/project/old/) | 1 |  |',
      '',
      'Who gets it: try when it is merged; alps when it is promoted.',
      '',
      '',
    ]);
  });

  test('says of what failed, or cannot be read, that it did', () => {
    const nothing = { packages: undefined, tests: [] };
    const failed = image(
      { outcome: 'failed', reason: 'no base', ...nothing },
      { commits: undefined },
    );
    const unread = image({}, { image: 'igm', claim: { kind: 'unreadable', reason: 'a <b>' } });
    expect(lines([failed, unread])).toEqual([
      ...HEAD,
      '### ✗ `science`: no base',
      '',
      'resolve 1 s, build 60 s, test 14.5 s, push 0 s, 1.50 GB',
      '',
      'Nothing says which packages are in it.',
      '',
      'Nobody gets it as it is.',
      '',
      '### ✗ `igm`: its result cannot be read',
      '',
      'a &lt;b&gt;',
      '',
      '',
    ]);
    expect(lines([image({ outcome: 'unchanged' })])[5]).toMatch(/^### ✓/u);
  });

  test('shortens what others wrote at length', () => {
    const long = 'x'.repeat(301);
    const one = { name: long, ok: true, seconds: 1, memory_mb: null, detail: long };
    const text = lines([image({ reason: long, tests: [one] })]).join('\n');
    expect(text.match(/x{300,}/gu)?.map(({ length }) => length)).toEqual([300, 300, 300]);
  });

  test('is never too long: what does not fit is named, then left out', () => {
    const whole = imagesComment([image()], FRAME);
    const named = `${HEAD.join('\n')}\n### \`science\`: too much to be shown here; the run has it\n\n`;
    expect(imagesComment([image()], FRAME, whole.length)).toBe(whole);
    expect(imagesComment([image()], FRAME, whole.length - 1)).toBe(named);
    expect(imagesComment([image()], FRAME, named.length)).toBe(named);
    expect(imagesComment([image()], FRAME, named.length - 1)).toBe(`${HEAD.join('\n')}\n`);
    const many = Array.from({ length: 2000 }, () => image());
    expect(imagesComment(many, FRAME).length).toBeLessThanOrEqual(65_536);
  });

  test('begins with a line that only it has', () => {
    expect(imagesComment([], FRAME).startsWith(`${IMAGES_MARKER}\n`)).toBe(true);
  });
});
