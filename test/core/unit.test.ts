import { expect, test } from '@jest/globals';
import { unitId, unitTitle } from '../../src/core/unit.ts';

test('a unit has a name in files and one for people', () => {
  const hub = { kind: 'hub', cluster: 'c', name: 'h' } as const;
  const cluster = { kind: 'cluster', cluster: 'c', name: 'c' } as const;
  expect([unitId(hub), unitTitle(hub)]).toEqual(['h', 'h']);
  expect([unitId(cluster), unitTitle(cluster)]).toEqual(['clusters/c', 'cluster c']);
});
