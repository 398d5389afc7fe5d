import { expect, test } from '@jest/globals';
import { statesOnly, statesText } from '../../../src/core/hub/state-text.ts';
import type { ReleaseState } from '../../../src/core/hub/state.ts';
import { aRelease } from '../../support/shown.ts';
import { aState } from '../../support/states.ts';

const state = (more: Partial<ReleaseState>): ReleaseState =>
  aState({ last: { at: 'now', outcome: 'done', reason: '' }, ...more });

test('what a cluster knows of its hubs', () => {
  const digest = '0123456789';
  const healthy = { digest, revision: 3, since: 'then', release: aRelease() };
  const quarantined = { digest: `f${digest}`, at: 'once', reason: 'broken' };
  const last = { at: 'now', outcome: 'failed' as const, reason: 'why' };
  const none = { known: new Map(), unreadable: new Map() };
  expect(statesText(none)).toBe('no hub has been deployed here\n');
  expect(
    statesText({
      known: new Map([
        ['a', state({ healthy })],
        ['b', state({ last, quarantined })],
      ]),
      unreadable: new Map([['c', 'its state is damaged']]),
    }),
  ).toBe(
    [
      'a runs 0123456, revision 3, healthy since then',
      '  last: done at now',
      'b has never been healthy',
      '  last: failed at now: why',
      '  quarantined: f012345 since once: broken',
      'c is left alone: its state is damaged',
      '',
    ].join('\n'),
  );
});

test('states of some hubs only, or of all where none is named', () => {
  const states = {
    known: new Map([
      ['a', state({})],
      ['b', state({})],
    ]),
    unreadable: new Map([
      ['c', 'damaged'],
      ['d', 'damaged'],
    ]),
  };
  const names = (hubs: readonly string[]): unknown => {
    const { known, unreadable } = statesOnly(states, hubs);
    return [[...known.keys()], [...unreadable.keys()]];
  };
  expect(names([])).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
  expect(names(['b', 'c'])).toEqual([['b'], ['c']]);
  expect(statesText({ known: new Map(), unreadable: new Map([['c', 'x']]) })).toBe(
    'c is left alone: x\n',
  );
});
