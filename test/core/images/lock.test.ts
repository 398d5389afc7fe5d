import { describe, expect, test } from '@jest/globals';
import { buildName, lockChecksum, lockText } from '../../../src/core/images/lock.ts';
import type { ImageLockFile } from '../../../src/core/model/types.ts';
import { readDoc } from '../../../src/core/model/read.ts';
import { readSource } from '../../../src/core/source.ts';
import { fc } from '../../support/property.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const other = `sha256:${'b'.repeat(64)}`;
const first = '2026-11-14-3f2a1c';
const second = '2026-11-21-9c1b77';
const lock: Omit<ImageLockFile, 'checksum'> = {
  recipe: '1'.repeat(40),
  builds: {
    [second]: {
      yanked: 'numpy crashes',
      keep: 'doi:10/x',
      promoted: '2026-11-22T02:00:00Z',
      tests: { smoke: 'passed', oggm: 'skipped' },
      packages: '3'.repeat(40),
      size: '2.2Gi',
      oggm: { version: '1.6.4.dev61', commit: 'd'.repeat(40) },
      base: other,
      registry: 'registry.example.org/hubs',
      content: '2'.repeat(40),
      digest,
    },
    [first]: { digest: other },
  },
  channels: { stable: first, candidate: second },
};

/** What the reader makes of a lock's text. */
function read(text: string) {
  const { doc, findings } = readDoc('image-lock', 'science', readSource('x.yaml', text));
  return { data: doc?.data, findings };
}

describe('the file of a lock', () => {
  test('a build is a line, the oldest first, keys in one order', () => {
    const sum = lockChecksum(lock);
    expect(lockText(lock).split('\n').slice(3)).toEqual([
      `checksum: "${sum}"`,
      `recipe: "${'1'.repeat(40)}"`,
      'builds:',
      `  ${first}: {digest: "${other}"}`,
      `  ${second}: {digest: "${digest}", content: "${'2'.repeat(40)}", registry: "registry.example.org/hubs", ` +
        `base: "${other}", oggm: {"commit":"${'d'.repeat(40)}","version":"1.6.4.dev61"}, size: "2.2Gi", ` +
        `tests: {"oggm":"skipped","smoke":"passed"}, packages: "${'3'.repeat(40)}", promoted: "2026-11-22T02:00:00Z", keep: "doi:10/x", yanked: "numpy crashes"}`,
      'channels:',
      `  candidate: ${second}`,
      `  stable: ${first}`,
      '',
    ]);
  });

  test('is read as it was written, whatever a reason says', () => {
    expect(read(lockText(lock))).toEqual({
      data: { ...lock, checksum: lockChecksum(lock) },
      findings: [],
    });
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 });
    const line = text.filter((one) => !/[\u0000-\u001F\u007F]/u.test(one));
    fc.assert(
      fc.property(line, (keep) => {
        const kept = { ...lock, builds: { [first]: { digest, keep } } };
        expect(read(lockText(kept)).data?.builds).toEqual(kept.builds);
      }),
    );
  });

  test('without builds and channels', () => {
    const empty = { recipe: '1'.repeat(40), builds: {}, channels: {} };
    expect(lockText(empty).split('\n').slice(5)).toEqual(['builds: {}', 'channels: {}', '']);
    expect(read(lockText(empty)).data).toEqual({ ...empty, checksum: lockChecksum(empty) });
    const stable = { ...lock, channels: { stable: first } };
    expect(lockText(stable)).toMatch(/\nchannels:\n {2}stable: 2026-11-14-3f2a1c\n$/u);
  });
});

describe('the checksum', () => {
  const builds = Object.entries(lock.builds);

  test('leaves people the reason why a build is kept, and nothing else', () => {
    const only = (more: object): string =>
      lockChecksum({ ...lock, builds: { [first]: { digest, ...more } } });
    expect(only({ keep: 'doi:10/x' })).toBe(only({}));
    expect(only({ yanked: 'doi:10/x' })).not.toBe(only({}));
  });

  test('does not depend on the order of keys', () => {
    const turned = { ...lock, builds: Object.fromEntries([...builds].reverse()) };
    expect(lockChecksum(turned)).toBe(lockChecksum(lock));
    expect(lockText(turned)).toBe(lockText(lock));
  });

  test.each<[string, Omit<ImageLockFile, 'checksum'>]>([
    ['recipe', { ...lock, recipe: '2'.repeat(40) }],
    ['a build', { ...lock, builds: { [first]: { digest } } }],
    ['a name', { ...lock, builds: { ...lock.builds, '2026-11-22-000000': { digest } } }],
    ['a channel', { ...lock, channels: { stable: second, candidate: second } }],
    ['channels', { ...lock, channels: { stable: second, candidate: first } }],
    [
      'a test',
      { ...lock, builds: { ...lock.builds, [first]: { digest: other, tests: { a: 'passed' } } } },
    ],
    [
      'OGGM',
      { ...lock, builds: { ...lock.builds, [first]: { digest: other, oggm: { version: '1' } } } },
    ],
  ])('changes with %s', (_what, changed) => {
    expect(lockChecksum(changed)).not.toBe(lockChecksum(lock));
  });
});

describe('the name of a build', () => {
  const content = '9c1b77aabbcc' + '0'.repeat(28);
  const night = Date.UTC(2026, 10, 21, 23, 59);

  test('is day and content; the next digits where it is taken', () => {
    expect(buildName(night, content, new Set())).toBe('2026-11-21-9c1b77');
    expect(buildName(night + 60_000, content, new Set())).toBe('2026-11-22-9c1b77');
    expect(buildName(night, content, new Set(['2026-11-21-9c1b77']))).toBe('2026-11-21-aabbcc');
  });

  test('ends with the last six digits', () => {
    const short = 'aaaaaabbbbbb';
    expect(buildName(night, short, new Set(['2026-11-21-aaaaaa']))).toBe('2026-11-21-bbbbbb');
    const taken = new Set(['2026-11-21-aaaaaa', '2026-11-21-bbbbbb']);
    expect(() => buildName(night, short, taken)).toThrow('is taken');
  });
});
