import { describe, expect, test } from '@jest/globals';
import type { Removal } from '../../../src/core/model/types.ts';
import type { ShownStep } from '../../../src/core/plan/family.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { removalFamily } from '../../../src/core/removal/family.ts';
import { claimOfOthers, disposalText } from '../../../src/core/removal/words.ts';
import type { Unit } from '../../../src/core/unit.ts';
import { hubUnit, presentHub, wantedHub } from '../../support/shown.ts';

const removal: Removal = {
  hub: 'gone',
  cluster: 'c',
  homes: 'keep',
  database: 'archive',
  bucket: 's3://bucket/x',
  reason: 'moved',
};
const decide = (removals: readonly Removal[], unit: Unit = hubUnit('gone')) =>
  removalFamily.decide({
    wanted: [wantedHub('a', '1')],
    present: [presentHub('a', 'old'), { ...presentHub('gone', '9'), unit }],
    removals,
  });

describe('what runs and no file names', () => {
  test('is removed as its reviewed removal says', () => {
    const other = { ...removal, hub: 'b' };
    const decision = decide([other, removal]);
    expect(decision).toEqual({
      changes: [
        {
          unit: hubUnit('gone'),
          homes: 'keep',
          database: 'archive',
          archive: 's3://bucket/x/gone/',
          claim: undefined,
          why: 'moved',
        },
      ],
      unchanged: [],
      orphans: [],
    });
    expect(decision.changes.map((change) => removalFamily.idOf(change))).toEqual(['gone']);
  });

  test('has no archive where nothing is archived', () => {
    const { changes } = decide([{ ...removal, database: 'keep' }]);
    expect(changes.map(({ archive }) => archive)).toEqual([undefined]);
  });

  test.each<[string, readonly Removal[], Unit]>([
    ['no removal', [], hubUnit('gone')],
    ['a removal of another hub', [{ ...removal, hub: 'b' }], hubUnit('gone')],
    ['a removal on another cluster', [{ ...removal, cluster: 'b' }], hubUnit('gone')],
    ['a cluster of that name', [removal], { kind: 'cluster', cluster: 'c', name: 'gone' }],
  ])('is left alone: %s', (_what, removals, unit) => {
    const { changes, orphans } = decide(removals, unit);
    expect([changes, orphans.map(({ json }) => json)]).toEqual([[], [{ ...unit }]]);
  });

  const show = (more: Partial<Removal>): ShownStep[] =>
    decide([{ ...removal, ...more }]).changes.map((change) =>
      removalFamily.show(removalFamily.explain(change, undefined)),
    );

  test('is shown with what becomes of its volumes', () => {
    const text =
      'the hub is gone; homes: kept; database: archived to s3://bucket/x/gone/, then deleted here';
    expect(show({})).toEqual([
      {
        family: 'removal',
        marker: '−',
        hubs: ['gone'],
        id: 'gone',
        title: 'gone',
        noun: 'hub',
        wave: '',
        order: 9,
        risk: 10,
        reasons: [{ code: 'removal', text: 'moved' }],
        summary: 'removed: moved',
        effects: [{ code: 'hub-gone', text, risk: 10 }],
        touched: [],
        diff: undefined,
        detail: 'names',
        shape: expect.stringMatching(/^[0-9a-f]{40}$/u),
        identity: ['remove', 'gone', 'keep', 'archive'],
        reviewed: undefined,
        json: {
          kind: 'remove',
          unit: { kind: 'hub', cluster: 'c', name: 'gone' },
          wave: null,
          from: null,
          to: null,
          restartsHub: false,
          why: ['moved'],
          effects: [text],
          diff: { added: [], removed: [], changed: [] },
        },
      },
    ]);
  });

  test('is worst where homes are deleted', () => {
    expect(show({ homes: 'delete' }).map(({ risk }) => risk)).toEqual([11]);
    expect(show({ homes: 'archive', database: 'delete' }).map(({ risk }) => risk)).toEqual([10]);
  });

  test('is a step of its own for each hub', () => {
    const shapes = ['x', 'y'].map(
      (name) =>
        removalFamily.show({
          unit: hubUnit(name),
          homes: 'keep',
          database: 'keep',
          archive: undefined,
          claim: undefined,
          why: 'w',
        }).shape,
    );
    expect(shapes[0]).not.toBe(shapes[1]);
  });
});

test.each([
  ['archive', 'archive', 'homes and database: archived to s3://a/, then deleted here'],
  ['archive', 'keep', 'homes: archived to s3://a/, then deleted here; database: kept'],
  ['keep', 'delete', 'homes: kept; database: deleted'],
  ['delete', 'delete', 'homes and database: deleted'],
] as const)('homes: %s, database: %s', (homes, database, text) => {
  const said = { homes, database, archive: 's3://a/' };
  expect(disposalText({ ...said, claim: undefined })).toBe(text);
  expect(disposalText({ ...said, claim: 'nfs' })).toBe(
    `${text}; but the claim nfs, where homes are folders, stays as it is: others have made it`,
  );
});

test.each<[JsonObject, string | undefined]>([
  [{ type: 'static', static: { pvcName: 'nfs' } }, 'nfs'],
  [{ type: 'dynamic', static: { pvcName: 'nfs' } }, undefined],
  [{ type: 'static' }, undefined],
  [{}, undefined],
])('homes by %j lie on the claim of others %s', (storage, claim) => {
  expect(claimOfOthers({ values: { jupyterhub: { singleuser: { storage } } } })).toBe(claim);
});
