import { describe, expect, test } from '@jest/globals';
import { BUILD_FILE, buildArtifact, readBuild } from '../../../src/core/images/build-artifact.ts';

const TEST = { name: 'oggm', ok: true, seconds: 2, memory_mb: 512, detail: 'content' };
const IMAGE = {
  image: 'science',
  outcome: 'built',
  reason: 'tested, not pushed',
  size_bytes: 1e9,
  seconds: { resolve: 1, build: 60, test: 14.5, push: 0 },
  tests: [TEST],
  packages: ['apt git 3', 'pip oggm 1.6.3'],
  oggm_commit: 'a'.repeat(40),
};
const read = (...images: unknown[]): ReturnType<typeof readBuild> =>
  readBuild(JSON.stringify({ schema_version: 1, images }), 'science');
const without = (key: string): object =>
  Object.fromEntries(Object.entries(IMAGE).filter(([name]) => name !== key));

test('names that the workflow relies on', () => {
  expect([BUILD_FILE, buildArtifact('science')]).toEqual(['image.json', 'image-science']);
});

describe('what a build says of itself', () => {
  test('is read whole', () => {
    expect(read(IMAGE)).toEqual({
      kind: 'read',
      value: {
        outcome: 'built',
        reason: 'tested, not pushed',
        seconds: IMAGE.seconds,
        tests: [TEST],
        sizeBytes: 1e9,
        packages: [
          { manager: 'apt', name: 'git', version: '3', source: 'unsaid' },
          { manager: 'pip', name: 'oggm', version: '1.6.3', source: 'unsaid' },
        ],
        oggmCommit: 'a'.repeat(40),
      },
    });
  });

  test('is little where it failed early', () => {
    const nothing = { size_bytes: null, tests: [], packages: [], oggm_commit: null };
    const early = { outcome: 'failed', ...nothing };
    expect(read({ ...IMAGE, ...early })).toMatchObject({
      kind: 'read',
      value: {
        outcome: 'failed',
        sizeBytes: undefined,
        tests: [],
        packages: undefined,
        oggmCommit: undefined,
      },
    });
    const untold = { ...TEST, memory_mb: null };
    expect(read({ ...IMAGE, outcome: 'unchanged', tests: [untold] })).toMatchObject({
      value: { outcome: 'unchanged', tests: [untold] },
    });
  });

  test.each(Object.keys(IMAGE))('must have its field %s', (key) => {
    const reason = `its field /images/0/${key} is missing or is something else`;
    expect(read(without(key))).toEqual({ kind: 'unreadable', reason });
    expect(read({ ...IMAGE, [key]: { a: 1 } })).toMatchObject({ kind: 'unreadable' });
  });

  test.each<[string, object]>([
    ['/outcome', { outcome: 'promoted' }],
    ['/size_bytes', { size_bytes: -1 }],
    ['/size_bytes', { size_bytes: 1.5 }],
    ['/size_bytes', { size_bytes: 1e15 + 1 }],
    ['/seconds/resolve', { seconds: { ...IMAGE.seconds, resolve: '1' } }],
    ['/seconds/build', { seconds: { ...IMAGE.seconds, build: -1 } }],
    ['/seconds/test', { seconds: { ...IMAGE.seconds, test: 1e7 + 1 } }],
    ['/seconds/push', { seconds: { ...IMAGE.seconds, push: null } }],
    ['/tests/0/name', { tests: [{ ...TEST, name: 1 }] }],
    ['/tests/0/ok', { tests: [{ ...TEST, ok: 'yes' }] }],
    ['/tests/0/seconds', { tests: [{ ...TEST, seconds: 1e300 }] }],
    ['/tests/0/memory_mb', { tests: [{ ...TEST, memory_mb: -1 }] }],
    ['/tests/0/memory_mb', { tests: [{ ...TEST, memory_mb: 1e7 + 1 }] }],
    ['/tests/0/detail', { tests: [{ ...TEST, detail: null }] }],
    ['/packages/1', { packages: ['pip a 1', 2] }],
    ['/oggm_commit', { oggm_commit: 'a'.repeat(39) }],
    ['/oggm_commit', { oggm_commit: `${'a'.repeat(40)}...main` }],
    ['/oggm_commit', { oggm_commit: 'A'.repeat(40) }],
  ])('has something else at %s', (path, part) => {
    const reason = `its field /images/0${path} is missing or is something else`;
    expect(read({ ...IMAGE, ...part })).toEqual({ kind: 'unreadable', reason });
  });

  test.each([
    ['the most that is believed', { seconds: { resolve: 1e7, build: 0, test: 0, push: 0 } }],
    ['the largest', { size_bytes: 1e15 }],
    ['nothing', { size_bytes: 0 }],
  ])('may be %s', (_what, part) => {
    expect(read({ ...IMAGE, ...part }).kind).toBe('read');
  });

  test.each([
    ['no image', []],
    ['another image', [{ ...IMAGE, image: 'other' }]],
    ['several', [IMAGE, IMAGE]],
  ])('is about %s', (_what, images) => {
    expect(read(...images)).toEqual({ kind: 'unreadable', reason: 'it is about something else' });
  });

  test.each([[['pip b 1', 'pip a 1']], [['pip a 1\n- x']], [['https://evil.example']]])(
    'has packages that are none: %j',
    (packages) => {
      expect(read({ ...IMAGE, packages })).toEqual({
        kind: 'unreadable',
        reason: 'its packages are no sorted list',
      });
    },
  );

  test('is no JSON, or of another version', () => {
    expect(readBuild('', 'science')).toEqual({
      kind: 'unreadable',
      reason: 'it is no JSON object',
    });
    expect(readBuild('{"images": []}', 'science').kind).toBe('unreadable');
    expect(readBuild('{"schema_version": 2, "images": []}', 'science').kind).toBe('other-version');
  });
});
