import { describe, expect, test } from '@jest/globals';
import { explainHub } from '../../../src/core/hub/explain.ts';
import { hubFamily } from '../../../src/core/hub/family.ts';
import {
  dataEffects,
  decideHubs,
  newHomeEffects,
  placeEffects,
  volumeEffects,
  workdirEffects,
} from '../../../src/core/hub/grave.ts';
import type { Effect } from '../../../src/core/hub/step.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { ObjectRef } from '../../../src/core/plan/types.ts';
import type { PresentRelease, Release, WantedRelease } from '../../../src/core/unit.ts';
import { aChange, aDiff, aRelease, hubUnit, presentHub, wantedHub } from '../../support/shown.ts';

const at = (url: string): Release => aRelease({ values: { glaciocloud: { hub: { url } } } });
const A = 'https://a.example.org';
const B = 'https://b.example.org';

describe('a hub beside others', () => {
  const decided = (
    wanted: WantedRelease[],
    present: PresentRelease[],
  ): [name: string, from: string | undefined, effects: Effect[]][] =>
    decideHubs({ wanted, present }).changes.map((change) => [
      change.to.unit.name,
      change.from?.digest,
      placeEffects(change),
    ]);

  test('that stays where it is has no such effect', () => {
    expect(decided([wantedHub('a', '2', at(A))], [presentHub('a', '1', at(A))])).toEqual([
      ['a', '1', []],
    ]);
  });

  test('on another cluster is a new one', () => {
    const moved = { ...wantedHub('a', '2', at(A)), unit: hubUnit('a', 'other') };
    expect(decided([moved], [presentHub('a', '1', at(A))])).toEqual([
      ['a', undefined, [{ kind: 'moved', from: 'c', to: 'other', url: A }]],
    ]);
    expect(decided([moved], [presentHub('a', '1', at(B))])[0]?.[2]).toEqual([
      { kind: 'moved', from: 'c', to: 'other', url: undefined },
    ]);
    const nowhere = { ...wantedHub('a', '2'), unit: hubUnit('a', 'other') };
    expect(decided([nowhere], [presentHub('a', '1')])[0]?.[2]).toEqual([
      { kind: 'moved', from: 'c', to: 'other', url: undefined },
    ]);
    const [change] = decideHubs({
      wanted: [moved],
      present: [presentHub('a', '1', at(A))],
    }).changes;
    const step = explainHub(change!, aDiff());
    expect(step.effects.map(({ kind }) => kind)).toEqual(['moved', 'new-hub']);
    expect(hubFamily.show(step)).toMatchObject({
      marker: '+',
      risk: 11,
      summary: 'cluster c → other',
      json: { kind: 'install', from: null },
    });
  });

  test('whose file has another name is a new one at the address of the old', () => {
    expect(decided([wantedHub('b', '2', at(A))], [presentHub('a', '1', at(`${A}/`))])).toEqual([
      ['b', undefined, [{ kind: 'address-of', url: A, name: 'a', stays: false }]],
    ]);
  });

  test('that swaps its address with another tells of both', () => {
    const wanted = [wantedHub('a', '3', at(B)), wantedHub('b', '4', at(A))];
    const present = [presentHub('a', '1', at(A)), presentHub('b', '2', at(B))];
    expect(decided(wanted, present)).toEqual([
      ['a', '1', [{ kind: 'address-of', url: B, name: 'b', stays: true }]],
      ['b', '2', [{ kind: 'address-of', url: A, name: 'a', stays: true }]],
    ]);
    const steps = decideHubs({ wanted, present }).changes.map((one) => explainHub(one, aDiff()));
    expect(steps[0]?.effects.map(({ kind }) => kind)).toEqual(['address-of', 'address']);
  });

  test('at an address of its own, or at none, takes nobody’s', () => {
    const present = [presentHub('a', '1', at(A)), presentHub('c', '1')];
    expect(decided([wantedHub('b', '2', at(B)), wantedHub('d', '2')], present)).toEqual([
      ['b', undefined, []],
      ['d', undefined, []],
    ]);
  });

  test('has nothing to do with a cluster that says an address', () => {
    const cluster = { ...presentHub('a', '1', at(A)), unit: { ...hubUnit('a'), kind: 'cluster' } };
    expect(decided([wantedHub('b', '2', at(A))], [cluster as PresentRelease])).toEqual([
      ['b', undefined, []],
    ]);
  });
});

describe('claims that a release names no longer', () => {
  const ref: ObjectRef = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    namespace: '',
    name: 'db',
  };
  const removed = (annotations: JsonObject, kind: 'removed' | 'changed' = 'removed'): Effect[] =>
    volumeEffects(
      aDiff({
        removed: [ref, { ...ref, kind: 'Secret' }],
        changed: [
          aChange({
            kind,
            object: ref,
            fields: [{ path: '/metadata', from: { annotations }, to: undefined }],
          }),
        ],
      }),
    );
  test('go, unless they say that they stay', () => {
    const lost = [{ kind: 'data-loss', what: 'volume claim db' }];
    expect(removed({ 'helm.sh/resource-policy': 'keep' })).toEqual([
      { kind: 'volume-left', what: 'volume claim db' },
    ]);
    expect(removed({ 'helm.sh/resource-policy': 'delete' })).toEqual(lost);
    expect(removed({ 'helm.sh/resource-policy': 'keep' }, 'changed')).toEqual(lost);
    expect(removed({})).toEqual(lost);
  });
});

const hub = (values: JsonObject): Release => aRelease({ values: { jupyterhub: values } });
const storage = (more: JsonObject): Release => hub({ singleuser: { storage: more } });

describe('what becomes of homes and database', () => {
  test.each<[string, Release, Release, Effect[]]>([
    ['nothing', hub({}), hub({}), []],
    [
      'homes of another kind',
      storage({ type: 'dynamic' }),
      storage({ type: 'static', static: { pvcName: 'x' } }),
      [{ kind: 'homes-anew' }],
    ],
    [
      'a folder of the claim',
      storage({ static: { subPath: 'a' } }),
      storage({ static: { subPath: 'b' } }),
      [{ kind: 'homes-anew' }],
    ],
    [
      'names of claims',
      storage({ dynamic: { pvcNameTemplate: 'a' } }),
      storage({ dynamic: {} }),
      [{ kind: 'homes-anew' }],
    ],
    [
      'a folder of a dynamic claim',
      storage({ dynamic: { subPath: 'a' } }),
      storage({}),
      [{ kind: 'homes-anew' }],
    ],
    ['a folder of any', storage({ homeSubPath: 'a' }), storage({}), [{ kind: 'homes-anew' }]],
    [
      'a database of another type',
      hub({ hub: { db: { type: 'sqlite-pvc' } } }),
      hub({ hub: { db: { type: 'postgres' } } }),
      [{ kind: 'database', from: 'sqlite-pvc', to: 'postgres' }],
    ],
    [
      'a database elsewhere, without its password',
      hub({ hub: { db: { type: 'postgres', url: 'p://a:secret@a' } } }),
      hub({ hub: { db: { type: 'postgres', url: 'p://a:secret@b' } } }),
      [{ kind: 'database', from: 'postgres', to: 'postgres' }],
    ],
    [
      'a folder of the database',
      hub({ hub: { db: { type: 't', pvc: { subPath: 'a' } } } }),
      hub({ hub: { db: { type: 't' } } }),
      [{ kind: 'database', from: 't', to: 't' }],
    ],
    [
      'the user',
      hub({ singleuser: { uid: 1100, fsGid: 100 } }),
      hub({ singleuser: { uid: 1101, fsGid: 100 } }),
      [{ kind: 'owner', from: '1100:100', to: '1101:100' }],
    ],
    [
      'the group',
      hub({ singleuser: { uid: 1100, fsGid: 100 } }),
      hub({ singleuser: { uid: 1100, fsGid: 200 } }),
      [{ kind: 'owner', from: '1100:100', to: '1100:200' }],
    ],
    [
      'the user’s name',
      storage({ homeMountPath: '/home/a' }),
      storage({ homeMountPath: '/home/b' }),
      [{ kind: 'home-path', from: '/home/a', to: '/home/b' }],
    ],
    [
      'all of it, from the worst on',
      hub({ singleuser: { uid: 1, storage: { type: 'a', homeMountPath: '/a' } } }),
      hub({
        hub: { db: { type: 'b' } },
        singleuser: { uid: 2, storage: { type: 'b', homeMountPath: '/b' } },
      }),
      [
        { kind: 'homes-anew' },
        { kind: 'database', from: '', to: 'b' },
        { kind: 'owner', from: '1:', to: '2:' },
        { kind: 'home-path', from: '/a', to: '/b' },
      ],
    ],
  ])('%s', (_what, from, to, effects) => {
    expect(dataEffects(from, to)).toEqual(effects);
  });

  test.each<[JsonObject, JsonObject, Effect[]]>([
    [{ capacity: '20Gi' }, { capacity: '20Gi' }, []],
    [{ capacity: '20Gi' }, { capacity: '21Gi' }, [{ kind: 'home-size', from: '20Gi', to: '21Gi' }]],
    [{ capacity: '20Gi' }, { capacity: '20G' }, [{ kind: 'home-shrunk', from: '20Gi', to: '20G' }]],
    [
      { capacity: '1Ti' },
      { capacity: '1024Gi' },
      [{ kind: 'home-size', from: '1Ti', to: '1024Gi' }],
    ],
    [
      { dynamic: { storageClass: 'a' } },
      { dynamic: { storageClass: 'b' } },
      [{ kind: 'home-class', from: 'a', to: 'b' }],
    ],
  ])('homes made from now on: %j %j', (from, to, effects) => {
    expect(newHomeEffects(storage(from), storage(to))).toEqual(effects);
  });
});

describe('what becomes of /scratch', () => {
  const other = { name: 'other', emptyDir: { sizeLimit: '1Gi' } };
  const scratch = (size?: string): Release =>
    storage({
      extraVolumes:
        size === undefined ? [other] : [other, { name: 'scratch', emptyDir: { sizeLimit: size } }],
    });

  test.each<[string | undefined, string | undefined, Effect[]]>([
    ['10Gi', '5Gi', [{ kind: 'scratch-shrunk', from: '10Gi', to: '5Gi' }]],
    ['10Gi', '10G', [{ kind: 'scratch-shrunk', from: '10Gi', to: '10G' }]],
    ['10Gi', undefined, [{ kind: 'scratch-shrunk', from: '10Gi', to: undefined }]],
    ['10Gi', '10Gi', []],
    ['10Gi', '20Gi', []],
    [undefined, '5Gi', []],
    [undefined, undefined, []],
  ])('%s → %s', (from, to, effects) => {
    expect(newHomeEffects(scratch(from), scratch(to))).toEqual(effects);
  });
});

describe('where OGGM works', () => {
  const works = (folder?: string, said?: string): Release =>
    aRelease({
      values: {
        jupyterhub: { singleuser: { extraEnv: said === undefined ? {} : { OGGM_WORKDIR: said } } },
        glaciocloud: {
          profiles: {
            images: [
              { slug: 'plain', env: {} },
              { slug: 'oggm', env: folder === undefined ? {} : { OGGM_WORKDIR: folder } },
            ],
          },
        },
      },
    });
  const workdir = (from: string | undefined, to: string): Effect[] => [
    { kind: 'workdir', from, to },
  ];

  test.each<[Release | undefined, Release, Effect[]]>([
    [works('/home/a/w'), works('/scratch/w'), workdir('/home/a/w', '/scratch/w')],
    [works('/scratch/w'), works('/home/a/w'), workdir('/scratch/w', '/home/a/w')],
    [works(), works('/scratch/w'), workdir(undefined, '/scratch/w')],
    [undefined, works('/scratch/w'), workdir(undefined, '/scratch/w')],
    [works('/home/a'), works('/home/a', '/scratch/b'), workdir('/home/a', '/scratch/b')],
    [works('/home/a/w'), works('/home/b/w'), []],
    [works('/scratch/w'), works('/scratch/v'), []],
    [works('/home/a/w'), works('/scratches/w'), []],
    [works('/scratch/w'), works(), []],
    [undefined, works('/home/a/w'), []],
  ])('%#', (from, to, effects) => {
    expect(workdirEffects(from, to)).toEqual(effects);
  });
});
