import { describe, expect, test } from '@jest/globals';
import { wantedReleases } from '../../../src/core/hub/release.ts';
import type { ReleaseState, States } from '../../../src/core/hub/state.ts';
import { statusJson, statusOf, statusText } from '../../../src/core/hub/status.ts';
import type { HubStatus } from '../../../src/core/hub/status.ts';
import type { PresentRelease } from '../../../src/core/unit.ts';
import { platformWith } from '../../support/written.ts';

const AT = '2026-11-24T08:00:00Z';
const NOW = Date.parse('2026-11-24T08:10:00Z');
const platform = platformWith({
  'platform.yaml': {
    waves: [
      { name: 'staging', images: 'candidate' },
      { name: 'production', images: 'stable', soak: '30m' },
    ],
  },
  'environments/hub-staging.yaml': {
    title: 'Staging',
    url: 'https://staging.example.org',
    cluster: 'main',
    wave: 'staging',
    images: ['science'],
    sizes: { small: { cpu: 2, memory: '4G', default: true } },
    home: { size: '20Gi' },
    access: { allow: ['team:example/users'] },
    secrets: { 'github-client-id': { use: 'login' }, 'github-client-secret': { use: 'login' } },
    capacity: { maxServers: 4 },
  },
});
const wanted = wantedReleases(platform, { pins: [], codeDigest: 'code' });
const present = (...changed: string[]): PresentRelease[] =>
  wanted.map(({ unit, digest, release }) => ({
    unit,
    digest: changed.includes(unit.name) ? '0123456789'.repeat(4) : digest,
    release,
    status: { at: AT, commit: 'c' },
  }));
const of = (list: readonly PresentRelease[], states?: States): Map<string, HubStatus> =>
  new Map(
    statusOf({ platform, wanted, present: list, states, now: NOW }).map((one) => [one.hub, one]),
  );
const stateOf = (hub: string, more: Partial<ReleaseState> = {}): ReleaseState => {
  const one = wanted.find(({ unit }) => unit.name === hub)!;
  return {
    v: 1,
    wanted: one.digest,
    healthy: { digest: one.digest, revision: 1, since: AT, release: one.release },
    quarantined: undefined,
    copy: undefined,
    hold: undefined,
    removing: undefined,
    infrastructure: 0,
    last: { at: AT, outcome: 'done', reason: '' },
    ...more,
  };
};
const states = (hub: Partial<ReleaseState>): States => ({
  known: new Map([['hub', stateOf('hub', hub)]]),
  unreadable: new Map([['hub-staging', 'no JSON']]),
});

describe('a hub', () => {
  test('that runs what is wanted waits for nothing', () => {
    expect(of(present()).get('hub')).toMatchObject({
      wave: 'production',
      is: 'as wanted',
      waits: '',
      health: '',
      runs: { since: AT },
    });
  });

  test.each<[string, PresentRelease[], string, string]>([
    [
      'that changes waits for its wave',
      present('hub'),
      'to change',
      'wave production waits 20 more minutes for the wave before to prove itself',
    ],
    [
      'waits for the wave before',
      present('hub', 'hub-staging'),
      'to change',
      'wave staging is not finished: hub-staging',
    ],
    [
      'that was never deployed is to come',
      [],
      'to come',
      'wave staging was never deployed on cluster main',
    ],
  ])('%s', (_name, list, is, waits) => {
    expect(of(list).get('hub')).toMatchObject({
      is,
      waits: expect.stringContaining(waits) as unknown,
    });
  });

  test('of the first wave comes with the next run', () => {
    expect(of(present('hub-staging')).get('hub-staging')?.waits).toBe(
      'nothing: the next run brings it',
    );
  });

  test('that no file names any more is named', () => {
    const [one] = present();
    const gone = { ...one!, unit: { kind: 'hub' as const, cluster: 'main', name: 'old' } };
    expect(of([...present(), gone]).get('old')).toMatchObject({ is: 'no file names it', wave: '' });
  });

  test.each<[Partial<ReleaseState>, string]>([
    [{}, 'healthy'],
    [{ quarantined: { digest: 'd', reason: 'it crashed', at: AT } }, 'quarantined: it crashed'],
    [{ hold: { until: AT, reason: 'a try' } }, `held until ${AT}: a try`],
    [{ removing: { id: 'r', homes: 1 } }, 'its removal has begun'],
    [{ last: { at: AT, outcome: 'failed', reason: 'no node' } }, 'last run failed: no node'],
    [{ last: { at: AT, outcome: 'started', reason: '' } }, 'last run started'],
  ])('with %j is %s, as its cluster says', (more, health) => {
    expect(of([], states(more)).get('hub')).toMatchObject({ health, is: 'as wanted' });
    expect(of([], states(more)).get('hub-staging')?.health).toBe('its state cannot be read');
  });
});

test('a line for each, and below it what keeps it', () => {
  const all = statusOf({ platform, wanted, present: present('hub'), states: undefined, now: NOW });
  const lines = statusText(all).split('\n');
  expect(lines[0]).toBe('hub          wave        cluster  runs     since (UTC)');
  expect(lines[2]).toBe('hub          production  main     0123456  2026-11-24 08:00  to change');
  expect(lines[3]).toBe(
    '    waits: wave production waits 20 more minutes for the wave before to prove itself',
  );
  expect(statusJson(all)).toMatchObject([{ hub: 'hub-staging' }, { hub: 'hub', is: 'to change' }]);
  expect(statusText([])).toBe('there are no hubs\n');
});
