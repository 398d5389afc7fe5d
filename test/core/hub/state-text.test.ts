import { expect, test } from '@jest/globals';
import { statesText } from '../../../src/core/hub/state-text.ts';
import type { ReleaseState } from '../../../src/core/hub/state.ts';
import { aRelease } from '../../support/shown.ts';

const state = (more: Partial<ReleaseState>): ReleaseState => ({
  v: 1,
  wanted: 'd',
  healthy: undefined,
  quarantined: undefined,
  copy: undefined,
  hold: undefined,
  removing: undefined,
  infrastructure: 0,
  last: { at: 'now', outcome: 'done', reason: '' },
  ...more,
});

test('what a cluster knows of its hubs', () => {
  const digest = '0123456789';
  const healthy = { digest, revision: 3, since: 'then', release: aRelease() };
  const quarantined = { digest: `f${digest}`, at: 'once', reason: 'broken' };
  const last = { at: 'now', outcome: 'failed' as const, reason: 'why' };
  expect(statesText([])).toBe('no hub has been deployed here\n');
  expect(
    statesText([
      ['a', state({ healthy })],
      ['b', state({ last, quarantined })],
    ]),
  ).toBe(
    [
      'a runs 0123456, revision 3, healthy since then',
      '  last: done at now',
      'b has never been healthy',
      '  last: failed at now: why',
      '  quarantined: f012345 since once: broken',
      '',
    ].join('\n'),
  );
});
