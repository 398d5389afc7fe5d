import { describe, expect, test } from '@jest/globals';
import { buildRounds, decideRefresh, notDueText } from '../../../src/core/images/refresh.ts';
import type { RefreshFacts } from '../../../src/core/images/refresh.ts';
import type { Doc, ImageBuild, ImageFile, ImageLockFile } from '../../../src/core/model/types.ts';
import { platformWith } from '../../support/written.ts';

const HERE = 'registry.example.org/hubs';
const old = '2026-11-16-aaaaaa';
const fresh = '2026-11-23-bbbbbb';
const at = (day: number, hour = 2): number => Date.UTC(2026, 10, day, hour);
/** 23 November 2026. */
const MONDAY = at(23);

const lockOf = (
  channels: ImageLockFile['channels'],
  more: Partial<ImageBuild> = {},
): ImageLockFile => ({
  recipe: '1'.repeat(40),
  builds: {
    [old]: { digest: `sha256:${'a'.repeat(64)}`, tests: { oggm: 'passed' } },
    [fresh]: { digest: `sha256:${'b'.repeat(64)}`, tests: { oggm: 'passed' }, ...more },
  },
  channels,
});
const soaking = lockOf({ candidate: fresh, stable: old });
const facts = (more: Partial<RefreshFacts> = {}): RefreshFacts => ({
  now: MONDAY,
  registry: HERE,
  tried: true,
  soak: 86_400,
  troubled: false,
  named: false,
  ...more,
});

describe('by rhythm', () => {
  test.each<[string, ImageFile['rebuild'], Partial<RefreshFacts>, string]>([
    ['nightly, any day', 'nightly', { now: at(24) }, 'due'],
    ['weekly, at the beginning of its day', 'weekly', { now: at(23, 0) }, 'due'],
    ['weekly, the hour before', 'weekly', { now: at(22, 23) }, 'weekly'],
    ['weekly, the day after', 'weekly', { now: at(24, 0) }, 'weekly'],
    ['weekly, named', 'weekly', { now: at(24), named: true }, 'due'],
    ['never', 'never', {}, 'never'],
    ['never, named', 'never', { named: true }, 'never'],
  ])('%s', (_what, rebuild, more, kind) => {
    expect(decideRefresh(rebuild, undefined, facts(more))).toEqual({ kind });
  });
});

describe('a candidate that is tried holds the next build back', () => {
  const held = { kind: 'held', build: fresh };
  const due = { kind: 'due' };
  test.each<[string, ImageLockFile, Partial<RefreshFacts>, object]>([
    ['until it is promoted', soaking, {}, held],
    ['also the first one', lockOf({ candidate: fresh }), {}, held],
    ['to the last moment of soak and seven days', soaking, { now: at(31, 0) - 1 }, held],
    ['and no longer', soaking, { now: at(31, 0) }, due],
    ['from the first moment of its day', soaking, { now: at(23, 0) }, held],
    ['not where its day is still to come', soaking, { now: at(23, 0) - 1 }, due],
    ['not where nobody tries it', soaking, { tried: false }, due],
    ['not once something speaks against it', soaking, { troubled: true }, due],
    ['not once it is stable', lockOf({ candidate: fresh, stable: fresh }), {}, due],
    [
      'not where stable has left it',
      lockOf({ candidate: fresh, stable: old }, { promoted: '2026-11-23T02:00:00Z' }),
      {},
      due,
    ],
    ['not where it was withdrawn', lockOf({ candidate: fresh }, { yanked: 'bad' }), {}, due],
    ['not where there is none', lockOf({ stable: old }), {}, due],
    ['not where it is not there', lockOf({ candidate: '2026-11-01-cccccc' }), {}, due],
  ])('%s', (_what, lock, more, expected) => {
    expect(decideRefresh('nightly', lock, facts(more))).toEqual(expected);
  });
});

test('why not, in words', () => {
  expect(notDueText({ kind: 'never' })).toBe('its file says that it is never rebuilt');
  expect(notDueText({ kind: 'weekly' })).toBe('it is rebuilt on Mondays');
  expect(notDueText({ kind: 'held', build: fresh })).toBe(
    `${fresh} is being tried: the next build waits until it is promoted or has failed`,
  );
});

describe('rounds of builds', () => {
  const on = (image: string): object => ({ title: 'T', from: { image, track: 'candidate' } });
  const names = (files: Record<string, object>, asked: string[]): string[][] => {
    const written = Object.entries(files).map(([name, file]): [string, Record<string, unknown>] => [
      `images/${name}/image.yaml`,
      { ...file },
    ]);
    const { images } = platformWith(Object.fromEntries(written));
    const docs = asked.map((name) => images.get(name) as Doc<ImageFile>);
    return buildRounds(docs, HERE).map((round) => round.map(({ name }) => name));
  };

  test.each<[string, Record<string, object>, string[], string[][]]>([
    ['none', {}, [], []],
    ['side by side', { a: on('x/y'), b: on('x/z') }, ['a', 'b'], [['a', 'b']]],
    [
      'one upon the other',
      { a: on(`${HERE}/b`), b: on(`${HERE}/c`), c: on('x/y'), d: on('x/y') },
      ['a', 'b', 'c', 'd'],
      [['c', 'd'], ['b'], ['a']],
    ],
    ['upon one that is not built now', { a: on(`${HERE}/b`), b: on('x/y') }, ['a'], [['a']]],
    [
      'upon each other',
      { a: on(`${HERE}/b`), b: on(`${HERE}/a`), c: on('x/y') },
      ['a', 'b', 'c'],
      [['c'], ['a', 'b']],
    ],
  ])('%s', (_what, files, asked, rounds) => {
    expect(names(files, asked)).toEqual(rounds);
  });
});
