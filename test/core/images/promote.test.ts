import { describe, expect, test } from '@jest/globals';
import { decidePromotion, promotionText } from '../../../src/core/images/promote.ts';
import type { PromotionFacts } from '../../../src/core/images/promote.ts';
import type { ImageBuild, ImageLockFile } from '../../../src/core/model/types.ts';

const HERE = 'registry.example.org/hubs';
const old = '2026-11-20-aaaaaa';
const fresh = '2026-11-25-bbbbbb';
const digest = `sha256:${'b'.repeat(64)}`;
const NOW = Date.UTC(2026, 10, 26, 12);
const HOUR = 3_600_000;

const lockOf = (
  channels: ImageLockFile['channels'],
  more: Partial<ImageBuild> = {},
): ImageLockFile => ({
  checksum: '0'.repeat(40),
  recipe: '1'.repeat(40),
  builds: {
    [old]: { digest: `sha256:${'a'.repeat(64)}`, tests: { oggm: 'passed' } },
    [fresh]: { digest, registry: HERE, tests: { oggm: 'passed' }, ...more },
  },
  channels,
});
const soaking = lockOf({ candidate: fresh, stable: old });
const facts = (more: Partial<PromotionFacts> = {}): PromotionFacts => ({
  now: NOW,
  registry: HERE,
  trials: [{ hub: 'staging', since: NOW - 24 * HOUR }],
  soak: 24 * 3600,
  troubles: [],
  named: false,
  ...more,
});

describe('stable gets the candidate', () => {
  const promoted = {
    kind: 'promoted',
    build: fresh,
    digest,
    lock: {
      recipe: soaking.recipe,
      builds: {
        ...soaking.builds,
        [fresh]: { ...soaking.builds[fresh], promoted: '2026-11-26T12:00:00Z' },
      },
      channels: { candidate: fresh, stable: fresh },
    },
  };

  test.each<[string, ImageLockFile, Partial<PromotionFacts>]>([
    ['after exactly the soak', soaking, {}],
    ['for the first time', lockOf({ candidate: fresh }), {}],
    ['that a person names, where nobody tries it', soaking, { trials: [], named: true }],
    [
      'when the last hub has soaked',
      soaking,
      {
        trials: [
          { hub: 'a', since: NOW - 24 * HOUR },
          { hub: 'b', since: NOW - 90 * HOUR },
        ],
      },
    ],
  ])('%s', (_what, lock, more) => {
    expect(decidePromotion(lock, facts(more))).toEqual(promoted);
  });
});

describe('a candidate waits', () => {
  test.each<[string, Partial<PromotionFacts>, object, string]>([
    [
      'a millisecond before the end of its soak',
      { trials: [{ hub: 'staging', since: NOW - 24 * HOUR + 1 }] },
      { kind: 'soaks', until: NOW + 1 },
      'it soaks until 2026-11-26T12:00:00Z',
    ],
    [
      'for the hub that got it last, though a person names it',
      {
        named: true,
        trials: [
          { hub: 'a', since: NOW - HOUR },
          { hub: 'b', since: NOW - 90 * HOUR },
        ],
      },
      { kind: 'soaks', until: NOW + 23 * HOUR },
      'it soaks until 2026-11-27T11:00:00Z',
    ],
    [
      'until every hub runs it',
      {
        trials: [
          { hub: 'a', since: undefined },
          { hub: 'b', since: NOW - 90 * HOUR },
          { hub: 'c', since: undefined },
        ],
      },
      { kind: 'not-running', hubs: ['a', 'c'] },
      'not running yet on a, c',
    ],
    [
      'for a person where nobody tries it',
      { trials: [] },
      { kind: 'nobody-tries' },
      'no hub of a candidate wave offers it: a person promotes it, by its name',
    ],
    [
      'while something speaks against it',
      { troubles: ['an issue is open', 'a probe fails'] },
      { kind: 'troubles', troubles: ['an issue is open', 'a probe fails'] },
      'an issue is open, a probe fails',
    ],
  ])('%s', (_what, more, reason, text) => {
    const decision = decidePromotion(soaking, facts(more));
    expect(decision).toEqual({ kind: 'waiting', build: fresh, digest, reason });
    if (decision.kind !== 'waiting') throw new Error('it does not wait');
    expect(promotionText(decision.reason)).toBe(text);
  });
});

test('what stable has left comes back where a person names it only', () => {
  const left = lockOf({ candidate: fresh, stable: old }, { promoted: '2026-11-25T02:00:00Z' });
  const decision = decidePromotion(left, facts());
  const reason = { kind: 'was-stable', build: fresh } as const;
  expect(decision).toEqual({ kind: 'unchanged', reason });
  expect(promotionText(reason)).toBe(
    `stable has left ${fresh} before: a person promotes it again, by its image’s name`,
  );
  expect(decidePromotion(left, facts({ named: true }))).toMatchObject({
    kind: 'promoted',
    lock: {
      builds: { [fresh]: { promoted: '2026-11-26T12:00:00Z' } },
      channels: { candidate: fresh, stable: fresh },
    },
  });
});

describe('there is nothing to promote', () => {
  test.each<[string, ImageLockFile, object, string]>([
    ['no candidate', lockOf({ stable: old }), { kind: 'no-candidate' }, 'there is no candidate'],
    [
      'a candidate that is not there',
      lockOf({ candidate: '2026-11-01-cccccc' }),
      { kind: 'no-candidate' },
      'there is no candidate',
    ],
    [
      'stable is it already',
      lockOf({ candidate: fresh, stable: fresh }),
      { kind: 'is-stable', build: fresh },
      `stable is ${fresh}`,
    ],
    [
      'it did not pass',
      lockOf({ candidate: fresh }, { tests: { oggm: 'failed' } }),
      { kind: 'not-good', build: fresh },
      `${fresh} is not tested, withdrawn, or in another registry`,
    ],
    [
      'hubs do not pull from where it is',
      lockOf({ candidate: fresh }, { registry: 'other.example.org' }),
      { kind: 'not-good', build: fresh },
      `${fresh} is not tested, withdrawn, or in another registry`,
    ],
  ])('%s', (_what, lock, reason, text) => {
    const decision = decidePromotion(lock, facts({ named: true }));
    expect(decision).toEqual({ kind: 'unchanged', reason });
    if (decision.kind !== 'unchanged') throw new Error('something is new');
    expect(promotionText(decision.reason)).toBe(text);
  });
});
