import { describe, expect, test } from '@jest/globals';
import { decide } from '../../src/core/hub/decide.ts';
import { isSettled, parseState, stateObject } from '../../src/core/hub/state.ts';
import type { ReleaseState } from '../../src/core/hub/state.ts';
import { effectsText } from '../../src/core/hub/words.ts';
import { at, pretty, textAt } from '../../src/core/json.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';
import type { Removal } from '../../src/core/model/types.ts';
import {
  archivePlace,
  difference,
  manifestFor,
  manifestKey,
  notArchived,
  parseManifest,
  placeText,
  volumeKey,
} from '../../src/core/removal/archive.ts';
import type { ArchiveManifest, Volume } from '../../src/core/removal/archive.ts';
import { archiveObjects } from '../../src/core/removal/objects.ts';
import type { Release, Unit } from '../../src/core/unit.ts';

const removal: Removal = {
  hub: 'old',
  cluster: 'lab',
  homes: 'archive',
  database: 'archive',
  bucket: 's3://archive/hubs',
  reason: 'over',
};
const home: Volume = { claim: 'claim-ada', uid: '1', what: 'home' };
const database: Volume = { claim: 'hub-db-dir', uid: '2', what: 'database' };
const counted = { sha256: 'a'.repeat(64), bytes: 10, files: 2 };
const manifest = (more: Partial<ArchiveManifest> = {}): ArchiveManifest => ({
  v: 1,
  hub: 'old',
  cluster: 'lab',
  removal: 'mine',
  complete: null,
  objects: [],
  ...more,
});

describe('an archive', () => {
  test.each([
    ['s3://archive/hubs', 's3://archive/hubs/old/'],
    ['s3://archive', 's3://archive/old/'],
    ['s3://archive/a/b', 's3://archive/a/b/old/'],
  ])('in %s has a folder for each hub', (bucket, expected) => {
    const place = archivePlace({ ...removal, bucket })!;
    expect(placeText(place)).toBe(expected);
    const key = expected.replace('s3://archive/', '');
    expect([manifestKey(place), volumeKey(place, home), volumeKey(place, database)]).toEqual([
      `${key}manifest.json`,
      `${key}homes/claim-ada.tar.gz`,
      `${key}database.tar.gz`,
    ]);
  });

  test('has no place where nothing is archived', () => {
    expect(archivePlace({ ...removal, homes: 'keep', database: 'delete' })).toBeUndefined();
  });

  test('is read as it was written, and nothing else is taken for one', () => {
    const written = manifest({
      complete: '2026-11-24T12:00:00Z',
      objects: [{ claim: 'a', uid: 'u', key: 'k', ...counted }],
    });
    expect(parseManifest(pretty(written as unknown as Json))).toEqual(written);
    for (const text of ['', '{', '[]', '{"v": 2, "objects": []}', '{"manifest_version": 3}'])
      expect(parseManifest(text)).toBeUndefined();
  });

  test('is built on only by the removal that began it; a complete one of another is never written over', () => {
    const fresh = manifest();
    const mine = manifest({ objects: [{ claim: 'claim-ada', uid: '1', key: 'k', ...counted }] });
    expect(manifestFor(undefined, fresh)).toEqual({ kind: 'begin', manifest: fresh });
    expect(manifestFor(mine, fresh)).toEqual({ kind: 'go-on', manifest: mine });
    expect(manifestFor({ ...mine, complete: 't' }, fresh)).toMatchObject({ kind: 'go-on' });
    expect(manifestFor({ ...mine, removal: 'other' }, fresh)).toEqual({
      kind: 'begin',
      manifest: fresh,
    });
    expect(manifestFor({ ...mine, removal: 'other', complete: 't' }, fresh)).toEqual({
      kind: 'taken',
      since: 't',
    });
  });

  test('of a volume is not that of another which bears its name', () => {
    const one = manifest({ objects: [{ claim: 'claim-ada', uid: '1', key: 'k', ...counted }] });
    expect(notArchived([home, database], one)).toEqual([database]);
    expect(notArchived([{ ...home, uid: '9' }], one)).toEqual([{ ...home, uid: '9' }]);
  });

  test.each([
    [{}, undefined],
    [{ bytes: 9 }, '9 bytes came back, and 10 were sent'],
    [{ sha256: 'b' }, 'what came back has another SHA-256 than what was sent'],
    [{ files: 1 }, '1 files came back, and 2 were sent'],
  ])('that comes back with %j', (other, expected) => {
    expect(difference(counted, { ...counted, ...other })).toBe(expected);
  });
});

const hub: JsonObject = {
  kind: 'Deployment',
  metadata: { name: 'hub' },
  spec: {
    template: {
      spec: {
        serviceAccountName: 'hub',
        nodeSelector: { core: 'yes' },
        securityContext: { fsGroup: 1000 },
        tolerations: [{ key: 'core' }],
        imagePullSecrets: [{ name: 'pull' }],
        volumes: [
          { name: 'pvc', persistentVolumeClaim: { claimName: 'hub-db-dir' } },
          { name: 'secret', secret: { secretName: 'hub' } },
        ],
        containers: [
          {
            name: 'hub',
            image: 'i',
            env: [{ name: 'A' }],
            securityContext: { runAsUser: 1000, allowPrivilegeEscalation: false },
            volumeMounts: [{ name: 'secret', mountPath: '/s' }],
          },
        ],
      },
    },
  },
};

describe('a pod that archives', () => {
  const pod = (volume: Volume): Json =>
    archiveObjects(hub, {
      namespace: 'old',
      name: 'pod',
      volume,
      user: { name: 'jovyan', uid: 1100, gid: 100 },
    })[0]!;

  test.each([home, database])(
    'sees one volume, cannot write to it, and has no rights: $what',
    (volume) => {
      const one = pod(volume);
      expect(at(one, '/spec/volumes')).toEqual([
        { name: 'archived', persistentVolumeClaim: { claimName: volume.claim } },
      ]);
      expect(at(one, '/spec/containers/0/volumeMounts')).toEqual([
        { name: 'archived', mountPath: '/archive', readOnly: true },
      ]);
      expect([
        at(one, '/spec/automountServiceAccountToken'),
        at(one, '/spec/containers/0/env'),
        at(one, '/spec/containers/0/image'),
        at(one, '/spec/imagePullSecrets/0/name'),
      ]).toEqual([false, undefined, 'i', 'pull']);
      expect(at(one, '/spec/containers/0/securityContext/allowPrivilegeEscalation')).toBe(false);
    },
  );

  test('reads a home as its owner, on whatever node its volume is', () => {
    const one = pod(home);
    expect(at(one, '/spec/containers/0/securityContext')).toMatchObject({
      runAsUser: 1100,
      runAsGroup: 100,
    });
    expect(at(one, '/spec/securityContext')).toMatchObject({ runAsUser: 1100, fsGroup: 100 });
    expect([at(one, '/spec/nodeSelector'), at(one, '/spec/tolerations/1/value')]).toEqual([
      undefined,
      'user',
    ]);
  });

  test('reads the database as the hub does', () => {
    const one = pod(database);
    expect([
      at(one, '/spec/containers/0/securityContext/runAsUser'),
      at(one, '/spec/securityContext/fsGroup'),
      at(one, '/spec/nodeSelector/core'),
    ]).toEqual([1000, 1000, 'yes']);
  });
});

test('the plan says where homes and database go', () => {
  const unit: Unit = { kind: 'hub', cluster: 'lab', name: 'old' };
  const release: Release = {
    v: 1,
    unit,
    namespace: 'old',
    charts: [],
    values: {},
    images: [],
    secrets: [],
  };
  const text = (more: Partial<Removal>): string =>
    decide([], [{ unit, digest: 'd', release, status: undefined }], [{ ...removal, ...more }])
      .removals.map(effectsText)
      .join();
  expect(text({})).toBe(
    'the hub is gone; homes and database: archived to s3://archive/hubs/old/, then deleted here',
  );
  expect(text({ database: 'keep' })).toBe(
    'the hub is gone; homes: archived to s3://archive/hubs/old/, then deleted here; database: kept',
  );
  expect(text({ homes: 'keep', database: 'delete' })).toBe(
    'the hub is gone; homes: kept; database: deleted',
  );
});

test('a hub whose removal has begun is not what its state says', () => {
  const release = { namespace: 'old' } as Release;
  const state: ReleaseState = {
    v: 1,
    wanted: 'd',
    healthy: { digest: 'd', revision: 1, since: 't', release },
    quarantined: undefined,
    copy: undefined,
    hold: undefined,
    removing: undefined,
    infrastructure: 0,
    last: { at: 't', outcome: 'done', reason: '' },
  };
  const kept = (one: ReleaseState): ReleaseState | undefined => {
    const reading = parseState(textAt(stateObject('old', one), '/data/state.json'));
    return reading.kind === 'known' ? reading.state : undefined;
  };
  expect(isSettled(kept(state), 'd')).toBe(true);
  expect(isSettled(kept({ ...state, removing: { id: 'x', homes: 2 } }), 'd')).toBe(false);
});
