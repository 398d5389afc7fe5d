import { describe, expect, test } from '@jest/globals';
import { changesHubImage, restartsDeployment, restartsHub } from '../../../src/core/hub/changes.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { Diff, FieldChange } from '../../../src/core/plan/types.ts';
import type { Release } from '../../../src/core/unit.ts';
import { aChange, aDiff, aRelease } from '../../support/shown.ts';

const chart = (name: string, digest: string): Release['charts'][number] => ({
  name,
  version: '1',
  digest,
});
const release = (jupyterhub: JsonObject, more: Partial<Release> = {}): Release =>
  aRelease({
    charts: [chart('jupyterhub', 'a'), chart('oggm-hub', 'b')],
    values: { jupyterhub, glaciocloud: {} },
    ...more,
  });
const image = (tag: string): JsonObject => ({ hub: { image: { name: 'hub', tag }, config: {} } });
const old = release(image('1'));

test.each<[string, Release, boolean, boolean]>([
  ['nothing', release(image('1')), false, false],
  [
    'what lies outside the chart’s values',
    { ...old, values: { ...old.values, glaciocloud: { profiles: [] } } },
    false,
    false,
  ],
  [
    'a value',
    release({ hub: { image: { name: 'hub', tag: '1' }, config: { a: 1 } } }),
    true,
    false,
  ],
  ['the hub’s image', release(image('2')), true, true],
  [
    'the chart of the hub',
    { ...old, charts: [chart('jupyterhub', 'x'), chart('oggm-hub', 'b')] },
    true,
    true,
  ],
  [
    'another chart',
    { ...old, charts: [chart('jupyterhub', 'a'), chart('oggm-hub', 'x')] },
    false,
    false,
  ],
  [
    'the order of charts',
    { ...old, charts: [chart('oggm-hub', 'b'), chart('jupyterhub', 'a')] },
    false,
    false,
  ],
  ['no chart at all', { ...old, charts: [] }, true, true],
  ['no values at all', { ...old, values: {} }, true, true],
  ['a secret that no value names', { ...old, secrets: ['x'] }, false, false],
])('a change of a release: %s', (_what, to, restarts, newImage) => {
  expect([restartsHub(old, to), changesHubImage(old, to)]).toEqual([restarts, newImage]);
  expect([restartsHub(to, old), changesHubImage(to, old)]).toEqual([restarts, newImage]);
});

describe('a Deployment starts new pods', () => {
  const ref = (kind: string, name: string): Diff['added'][number] => ({
    apiVersion: 'apps/v1',
    kind,
    namespace: '',
    name,
  });
  const changed = (kind: string, name: string, ...paths: string[]): Diff =>
    aDiff({
      changed: [
        aChange({
          object: ref(kind, name),
          fields: paths.map((path): FieldChange => ({ path, from: 1, to: 2 })),
        }),
      ],
    });
  test.each<[string, Diff, boolean]>([
    ['for nothing', aDiff(), false],
    ['for a checksum', aDiff({ checksumOnly: [ref('Deployment', 'hub')] }), true],
    ['not for another’s checksum', aDiff({ checksumOnly: [ref('Deployment', 'proxy')] }), false],
    [
      'not for the checksum of a DaemonSet',
      aDiff({ checksumOnly: [ref('DaemonSet', 'hub')] }),
      false,
    ],
    ['for its pod template', changed('Deployment', 'hub', '/spec/template/spec/x'), true],
    [
      'for one field of several',
      changed('Deployment', 'hub', '/metadata/x', '/spec/template'),
      true,
    ],
    ['for its whole specification', changed('Deployment', 'hub', '/spec'), true],
    ['not for replicas', changed('Deployment', 'hub', '/spec/replicas'), false],
    ['not for labels', changed('Deployment', 'hub', '/metadata/labels/a'), false],
    ['not for another Deployment', changed('Deployment', 'proxy', '/spec/template/x'), false],
    ['not for a ConfigMap', changed('ConfigMap', 'hub', '/spec/template/x'), false],
  ])('%s', (_what, diff, expected) => {
    expect(restartsDeployment(diff, 'hub')).toBe(expected);
  });
});
