import { describe, expect, test } from '@jest/globals';
import { chooseCluster, chooseHubs, orphanText, orphansOf } from '../../src/flow/choose.ts';
import type { Asked } from '../../src/flow/choose.ts';
import type { ReleaseState, States } from '../../src/core/hub/state.ts';
import { UsageError } from '../../src/failure.ts';
import { Bench, ELSEWHERE, FILES, hubsOf } from '../support/apply-bench.ts';
import type { Edit } from '../support/apply-bench.ts';

const OTHER: Edit = ['clusters/other.yaml', '', FILES['clusters/main.yaml'] ?? ''];
const asked = (more: Partial<Asked>): Asked => ({
  hubs: [],
  wave: undefined,
  hold: undefined,
  ...more,
});

function refusal(work: () => unknown): [string, string] | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return [error.message, error.hint];
  }
}

describe('the cluster', () => {
  test('is the only one, or the one that is named', () => {
    const { platform } = new Bench();
    expect(chooseCluster(platform, undefined).name).toBe('main');
    expect(chooseCluster(platform, 'main').name).toBe('main');
    expect(chooseCluster(new Bench(OTHER).platform, 'other').name).toBe('other');
  });

  test('must be named where there are several, and be there', () => {
    const { platform } = new Bench(OTHER);
    expect(refusal(() => chooseCluster(platform, undefined))).toEqual([
      'there are several clusters: write --cluster NAME',
      'clusters: main, other',
    ]);
    expect(refusal(() => chooseCluster(platform, 'x'))).toEqual([
      'there is no cluster "x"',
      'clusters: main, other',
    ]);
  });
});

describe('the hubs', () => {
  const choose = (more: Partial<Asked>): string[] => {
    const { platform } = new Bench();
    return chooseHubs(platform, hubsOf(platform), asked(more)).map(({ unit }) => unit.name);
  };

  test.each<[Partial<Asked>, string[]]>([
    [{}, ['one', 'two', 'late']],
    [{ hubs: ['late', 'one'] }, ['one', 'late']],
    [{ wave: 'staging' }, ['one', 'two']],
    [{ wave: 'production' }, ['late']],
    [{ wave: 'staging', hubs: ['two', 'late'] }, ['two']],
    [{ hold: '2h' }, ['one', 'two']],
    [{ hold: '2h', wave: 'staging', hubs: ['two'] }, ['two']],
  ])('of %j are %j', (more, names) => {
    expect(choose(more)).toEqual(names);
  });

  test.each<[Partial<Asked>, string, string]>([
    [{ hubs: ['one', 'x'] }, 'there is no hub "x" on this cluster', 'hubs: one, two, late'],
    [{ wave: 'x' }, 'there is no wave "x"', 'waves: staging, production'],
    [
      { hold: '2h', hubs: ['late'] },
      'late is not in the first wave',
      'only the first wave tries what is not merged',
    ],
    [
      { hold: '2h', wave: 'production' },
      'late is not in the first wave',
      'only the first wave tries what is not merged',
    ],
  ])('of %j are refused', (more, message, hint) => {
    expect(refusal(() => choose(more))).toEqual([message, hint]);
  });
});

describe('hubs that no file names', () => {
  // What nobody can read is named by no file all the same.
  const states: States = {
    known: new Map(['one', 'gone'].map((name) => [name, {} as ReleaseState])),
    unreadable: new Map([['lost', 'damaged']]),
  };
  const removal = 'hub: gone, cluster: main, homes: keep, database: keep, reason: over';
  const orphans = (more: Partial<Asked>, edit: string): unknown => {
    const { platform, world } = new Bench([
      'platform.yaml',
      'removals: []',
      `removals: [{${edit}}]`,
    ]);
    return orphansOf(platform, world.cluster, states, asked(more)).map(
      ({ unit, removal: found }) => [unit, found?.reason],
    );
  };
  const unit = (name: string): object => ({ kind: 'hub', cluster: 'main', name });

  test.each<[Partial<Asked>]>([[{}], [{ wave: 'staging' }]])('are a matter of %j', (more) => {
    expect(orphans(more, removal)).toEqual([
      [unit('gone'), 'over'],
      [unit('lost'), undefined],
    ]);
  });

  test.each<[Partial<Asked>]>([[{ wave: 'production' }], [{ hubs: ['one'] }], [{ hold: '2h' }]])(
    'are no matter of %j',
    (more) => {
      expect(orphans(more, removal)).toEqual([]);
    },
  );

  test('are those too whose file names another cluster', () => {
    const found = { known: new Map([['two', {} as ReleaseState]]), unreadable: new Map() };
    const { platform, world } = new Bench(...ELSEWHERE);
    const [orphan, ...more] = orphansOf(platform, world.cluster, found, asked({}));
    expect([orphan, more]).toEqual([
      { unit: unit('two'), elsewhere: 'other', removal: undefined },
      [],
    ]);
    expect(orphanText(orphan!)).toBe(
      'two: runs here with all its homes, but its file names the cluster other; nothing happens ' +
        'to it: give the new hub another name, and this one an entry in removals: of platform.yaml',
    );
  });

  test('are not removed by the entry of another cluster', () => {
    expect(orphans({}, removal.replace('cluster: main', 'cluster: other'))).toEqual([
      [unit('gone'), undefined],
      [unit('lost'), undefined],
    ]);
  });
});
