import { describe, expect, test } from '@jest/globals';
import { wantedReleases } from '../../../src/core/hub/release.ts';
import type { ReleaseState, States } from '../../../src/core/hub/state.ts';
import { statusJson, statusText } from '../../../src/core/hub/status-text.ts';
import { statusOf } from '../../../src/core/hub/status.ts';
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
const KNOWN = {
  platform,
  wanted,
  unreadable: new Map<string, string>(),
  held: new Map<string, string>(),
  drift: new Map(),
  now: NOW,
};
const of = (list: readonly PresentRelease[], states?: States): Map<string, HubStatus> =>
  new Map(statusOf({ ...KNOWN, present: list, states }).map((one) => [one.hub, one]));
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

  test('where something is tried says until when, by the branch or by the cluster', () => {
    const tried = '2026-11-24T14:00:00.000Z';
    const status = { at: AT, commit: 'c', tried };
    const marked = present().map((one) => (one.unit.name === 'hub' ? { ...one, status } : one));
    const waits = `the end of a trial, ${tried}: then what is merged comes back`;
    expect(of(marked).get('hub')).toMatchObject({ is: 'on trial', waits });
    const held = states({ hold: { until: tried, reason: 'r' } });
    expect(of(present(), held).get('hub')).toMatchObject({ is: 'on trial', waits });
    expect(of(marked, states({})).get('hub')).toMatchObject({ is: 'as wanted', waits: '' });
  });

  test('that takes over what others have made is none that comes, until it is deployed', () => {
    const written = { from: {}, besides: {}, file: { adopt: { release: 'hub', people: {} } } };
    const facts = {
      ...KNOWN,
      wanted: wanted.map((one) => (one.unit.name === 'hub' ? { ...one, written } : one)),
      states: undefined,
    };
    const [staging, theirs] = statusOf({ ...facts, present: [] });
    expect(staging).toMatchObject({ is: 'to come', takeover: '' });
    expect(theirs).toMatchObject({
      is: 'to be taken over',
      takeover: 'takes over release hub in namespace hub',
    });
    expect(statusText([theirs!], NOW)).toMatch(
      /^\[→\] {2}hub .* takes over release hub in namespace hub\n[^]*1 hub: 1 to be taken over\n$/mu,
    );
    const [, after] = statusOf({ ...facts, present: present('hub') });
    expect(after).toMatchObject({ is: 'to change', takeover: '' });
  });

  test('that no file names any more is named', () => {
    const [one] = present();
    const gone = { ...one!, unit: { kind: 'hub' as const, cluster: 'main', name: 'old' } };
    expect(of([...present(), gone]).get('old')).toMatchObject({ is: 'without a file', wave: '' });
  });

  test.each([
    ['main', 'to go'],
    ['other', 'without a file'],
  ])('whose removal from the cluster %s was reviewed is %s', (cluster, is) => {
    const [one] = present();
    const gone = { ...one!, unit: { kind: 'hub' as const, cluster: 'main', name: 'old' } };
    const removals = [{ hub: 'old', cluster }] as unknown as typeof settings.data.removals;
    const { settings } = platform;
    const removing = {
      ...platform,
      settings: { ...settings, data: { ...settings.data, removals } },
    };
    const facts = { ...KNOWN, platform: removing, present: [gone], states: undefined };
    expect(statusOf(facts).find(({ hub }) => hub === 'old')?.is).toBe(is);
  });

  test('whose change is quarantined waits for somebody, and another change of it does not', () => {
    const waits = (digest: string): string | undefined => {
      const quarantined = { digest, reason: 'it crashed', at: AT };
      const healthy = stateOf('hub-staging').healthy!;
      const more = { healthy: { ...healthy, digest: 'before' }, quarantined };
      const known = new Map([['hub-staging', stateOf('hub-staging', more)]]);
      return of([], { known, unreadable: new Map() }).get('hub-staging')?.waits;
    };
    const { digest } = wanted.find(({ unit }) => unit.name === 'hub-staging')!;
    expect(waits(digest)).toBe(
      'somebody: revert the change, or try it again by deploy --retry hub-staging --reason TEXT',
    );
    expect(waits('another')).toBe('nothing: the next run brings it');
  });

  test.each<[Partial<ReleaseState>, string]>([
    [{}, 'healthy'],
    [{ quarantined: { digest: 'd', reason: 'it crashed', at: AT } }, 'quarantined: it crashed'],
    [{ hold: { until: AT, reason: 'a try' } }, `held until ${AT}: a try`],
    [{ removing: { id: 'r', homes: 1 } }, 'its removal has begun'],
    [{ last: { at: AT, outcome: 'failed', reason: 'no node' } }, 'last run failed: no node'],
    [{ last: { at: AT, outcome: 'started', reason: '' } }, 'last run started'],
  ])('with %j is %s, as its cluster says', (more, health) => {
    expect(of([], states(more)).get('hub')).toMatchObject({
      health,
      is: more.hold ? 'on trial' : 'as wanted',
    });
    expect(of([], states(more)).get('hub-staging')?.health).toBe('no JSON');
  });
});

test('whose record cannot be read is not taken for one that was never deployed', () => {
  const hub = present().find(({ unit }) => unit.name === 'hub');
  const unreadable = new Map([['hub-staging', 'it is no JSON object']]);
  const all = statusOf({ ...KNOWN, present: [hub!], unreadable, states: undefined });
  expect(all[0]).toMatchObject({ is: 'cannot be read', waits: 'it is no JSON object' });
  expect(statusOf({ ...KNOWN, present: [], unreadable, states: undefined })[1]?.waits).toBe(
    'wave staging is not finished: hub-staging',
  );
});

test('an earlier hub that its cluster has quarantined keeps the next wave, as a deployment would', () => {
  const [staging] = wanted.filter(({ unit }) => unit.name === 'hub-staging');
  const quarantined = { digest: staging!.digest, reason: 'it crashed', at: AT };
  const known = new Map([
    ['hub-staging', stateOf('hub-staging', { healthy: undefined, quarantined })],
  ]);
  const states = { known, unreadable: new Map<string, string>() };
  expect(of(present('hub'), states).get('hub')?.waits).toContain('failed: hub-staging');
});

describe('the table', () => {
  const lines = (...all: HubStatus[]): string[] => statusText(all, NOW).split('\n');
  const [staging, production] = statusOf({ ...KNOWN, present: present('hub'), states: undefined });

  test('has a line for each, and below all what they wait for', () => {
    expect(lines(staging!, production!)).toEqual([
      '     hub          wave        runs     for',
      `[=]  hub-staging  staging     ${staging!.runs!.digest.slice(0, 7)}  10 min`,
      '[~]  hub          production  0123456  10 min  to change',
      '',
      'hub',
      '    waits: wave production waits 20 more minutes for the wave before to prove itself',
      '',
      '2 hubs: 1 as wanted, 1 to change',
      '',
    ]);
  });

  test('says one reason once, however many wait', () => {
    const many = Array.from({ length: 41 }, (_, n) => ({ ...production!, hub: `course-${n}` }));
    const text = statusText(many, NOW);
    expect(text.split('waits:').length).toBe(2);
    expect(text).toContain('course-0, course-1, course-2, course-3 and 37 more\n');
    expect(
      Math.max(
        ...text
          .split('\n')
          .slice(0, 42)
          .map(({ length }) => length),
      ),
    ).toBeLessThan(60);
  });

  test('of a cluster that was asked says health and drift', () => {
    const drift = { kind: 'looked', objects: 2 } as const;
    const bad = { ...production!, health: 'last run failed: no node', drift };
    const unseen = { kind: 'unseen', why: 'no Helm' } as const;
    const table = lines(
      { ...staging!, health: 'healthy', drift: { ...drift, objects: 0 } },
      bad,
      { ...production!, hub: 'new', cluster: 'east', health: 'not on this cluster' },
      { ...production!, hub: 'odd', health: 'healthy', drift: unseen },
    );
    expect(table.slice(0, 7)).toEqual([
      '     hub          wave        cluster  runs     for     health               drift',
      expect.stringMatching(/^\[=\] {2}hub-staging .* healthy +none$/u),
      expect.stringMatching(/ see below +2 objects +to change$/u),
      '    ✗ last run failed: no node',
      expect.stringMatching(/ not on this cluster +- +to change$/u),
      expect.stringMatching(/ healthy +not seen +to change$/u),
      '    ✗ drift: no Helm',
    ]);
    expect(table.at(-2)).toBe('4 hubs: 1 as wanted, 3 to change, 1 drifted');
    expect(statusJson([bad])).toMatchObject([{ drift, health: 'last run failed: no node' }]);
  });

  test.each([
    ['2026-11-24T08:09:50Z', 'now'],
    ['2026-11-24T06:00:00Z', '2 h'],
    ['2026-10-01T06:00:00Z', '54 d'],
  ])('says how long something runs: since %s', (since, age) => {
    expect(lines({ ...staging!, runs: { digest: 'd', since } })[1]).toContain(`d     ${age}`);
  });

  test('of nothing says so', () => {
    expect(statusText([], NOW)).toBe('there are no hubs\n');
    expect(statusJson([production!])).toMatchObject([{ is: 'to change', drift: null }]);
  });
});
