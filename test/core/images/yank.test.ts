import { describe, expect, test } from '@jest/globals';
import { isGood, yankBuild } from '../../../src/core/images/yank.ts';
import type { ImageBuild, ImageLockFile } from '../../../src/core/model/types.ts';

const HERE = 'registry.example.org/hubs';
const build = (more: Partial<ImageBuild> = {}): ImageBuild => ({
  digest: `sha256:${'a'.repeat(64)}`,
  registry: HERE,
  tests: { oggm: 'passed' },
  ...more,
});
const day = (date: number): string => `2026-11-${String(date).padStart(2, '0')}T02:00:00Z`;

const builds = {
  '2026-11-01-aaaaaa': build({ promoted: day(3) }),
  '2026-11-02-bbbbbb': build({ promoted: day(2) }),
  '2026-11-03-cccccc': build({ promoted: day(4) }),
  '2026-11-04-dddddd': build(),
  '2026-11-05-eeeeee': build(),
};
const [a, b, c, d, e] = Object.keys(builds) as [string, string, string, string, string];
const lockOf = (
  channels: ImageLockFile['channels'],
  changed: Record<string, Partial<ImageBuild>> = {},
): ImageLockFile => ({
  checksum: '0'.repeat(40),
  recipe: '1'.repeat(40),
  builds: Object.fromEntries(
    Object.entries(builds).map(([name, one]) => [name, { ...one, ...changed[name] }]),
  ),
  channels,
});

describe('withdrawing a build', () => {
  type Row = [
    what: string,
    lock: ImageLockFile,
    build: string,
    moves: object[],
    channels: ImageLockFile['channels'],
  ];
  test.each<Row>([
    [
      'that only candidate names: back to the newest that is good',
      lockOf({ candidate: e, stable: c }),
      e,
      [{ channel: 'candidate', from: e, to: d }],
      { candidate: d, stable: c },
    ],
    [
      'that both name: stable goes back to what it had last, never to a candidate',
      lockOf({ candidate: c, stable: c }),
      c,
      [
        { channel: 'candidate', from: c, to: e },
        { channel: 'stable', from: c, to: a },
      ],
      { candidate: e, stable: a },
    ],
    [
      'that only stable names',
      lockOf({ candidate: d, stable: a }),
      a,
      [{ channel: 'stable', from: a, to: c }],
      { candidate: d, stable: c },
    ],
    [
      'that no channel names',
      lockOf({ candidate: e, stable: c }),
      b,
      [],
      { candidate: e, stable: c },
    ],
    [
      'with nothing good before it: stable is withdrawn',
      lockOf({ candidate: d, stable: c }, { [a]: { yanked: 'x' }, [b]: { tests: {} } }),
      c,
      [{ channel: 'stable', from: c, to: undefined }],
      { candidate: d },
    ],
    [
      'where the others are bad, untested or elsewhere: candidate is withdrawn',
      lockOf(
        { candidate: e },
        {
          [a]: { yanked: 'x' },
          [b]: { tests: { oggm: 'failed' } },
          [c]: { registry: 'other.example.org' },
          [d]: { tests: { oggm: 'skipped' } },
        },
      ),
      e,
      [{ channel: 'candidate', from: e, to: undefined }],
      {},
    ],
  ])('%s', (_what, lock, name, moves, channels) => {
    expect(yankBuild(lock, name, 'numpy crashes', HERE)).toEqual({
      kind: 'yanked',
      digest: lock.builds[name]?.digest,
      moves,
      lock: {
        recipe: lock.recipe,
        builds: { ...lock.builds, [name]: { ...lock.builds[name], yanked: 'numpy crashes' } },
        channels,
      },
    });
  });

  test('a second time says why it was', () => {
    const lock = lockOf({ stable: c }, { [e]: { yanked: 'numpy crashes' } });
    expect(yankBuild(lock, e, 'again', HERE)).toEqual({ kind: 'already', why: 'numpy crashes' });
  });

  test.each(['2026-11-09-ffffff', 'constructor'])('that is not there: %s', (name) => {
    expect(yankBuild(lockOf({}), name, 'x', HERE)).toEqual({ kind: 'unknown' });
  });
});

describe('a build that a channel may name', () => {
  test.each<[string, Partial<ImageBuild>, boolean]>([
    ['tested, and here', {}, true],
    ['in another registry', { registry: 'other.example.org/hubs' }, false],
    ['that failed', { tests: { oggm: 'failed' } }, false],
    ['that was withdrawn', { yanked: 'x' }, false],
  ])('%s', (_what, more, good) => {
    expect(isGood(build(more), HERE)).toBe(good);
  });

  test('tested, and nobody says where', () => {
    expect(isGood({ digest: build().digest, tests: { oggm: 'passed' } }, HERE)).toBe(true);
  });
});
