import { expect, test } from '@jest/globals';
import { namesStorage, storageFaults } from '../../../src/core/hub/claims.ts';
import type { EnvironmentFile } from '../../../src/core/model/types.ts';

const hub = (keys: object): EnvironmentFile =>
  ({ home: { size: '20Gi' }, mounts: [], ...keys }) as unknown as EnvironmentFile; // nothing else is looked at
const claim = (name: string, mode: string) => ({
  metadata: { name },
  spec: { accessModes: [mode] },
});
const THERE = {
  claims: [
    claim('nfs', 'ReadWriteMany'),
    claim('disk', 'ReadWriteOnce'),
    claim('shown', 'ReadOnlyMany'),
  ],
  classes: ['standard', 'fast'],
  nodes: 2,
};

test.each<[object, object, string[]]>([
  [{}, {}, []],
  [{ home: { claim: 'nfs' } }, {}, []],
  [{ home: { size: '20Gi', class: 'fast' } }, {}, []],
  [
    { home: { size: '20Gi', class: 'slow' } },
    {},
    ['there is no storage class slow for homes; there are: standard, fast'],
  ],
  [
    { home: { claim: 'nothing' } },
    {},
    [
      'there is no claim nothing for homes in the namespace hub: make it, and the namespace where it is not there yet',
    ],
  ],
  [
    { home: { claim: 'disk' } },
    {},
    ['the claim disk for homes is not ReadWriteMany: servers on a second node would wait for ever'],
  ],
  [{ home: { claim: 'disk' } }, { nodes: 1 }, []],
  [{ mounts: [{ name: 'a', claim: 'shown', readOnly: true }] }, {}, []],
  [
    { mounts: [{ name: 'a', claim: 'shown', readOnly: false }] },
    {},
    [
      'the claim shown for the mount a is not ReadWriteMany: servers on a second node would wait for ever',
    ],
  ],
  [
    {
      home: { claim: 'disk' },
      mounts: [{ name: 'a', claim: 'disk', readOnly: true }],
    },
    {},
    [
      'the claim disk for homes is not ReadWriteMany: servers on a second node would wait for ever',
      'the claim disk for the mount a is not ReadWriteMany or ReadOnlyMany: servers on a second node would wait for ever',
    ],
  ],
])('%j on %j', (keys, facts, faults) => {
  expect(storageFaults(hub(keys), 'hub', { ...THERE, ...facts })).toEqual(faults);
});

test('storage is looked at where a hub names some', () => {
  const homes = [{}, { home: { claim: 'nfs' } }, { home: { size: '1Gi', class: 'fast' } }];
  expect(homes.map((keys) => namesStorage(hub(keys)))).toEqual([false, true, true]);
});
