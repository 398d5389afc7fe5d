import { expect, test } from '@jest/globals';
import { MACHINES, firstAccess, machinesText } from '../../../src/core/access/door.ts';
import { HUB, platformWith } from '../../support/written.ts';

function first(sizes: object): unknown {
  const hub = platformWith({ [HUB]: { sizes } }).environments.get('hub');
  return hub && firstAccess(hub.data);
}
const size = { cpu: 2, memory: '4G' };

test('machines: four for deployments and four for probes, with names that GitHub cannot issue', () => {
  expect(MACHINES).toEqual([
    'deploy_0',
    'deploy_1',
    'deploy_2',
    'deploy_3',
    'probe_0',
    'probe_1',
    'probe_2',
    'probe_3',
  ]);
});

test('nobody but machines may enter a hub that was just born', () => {
  expect(first({ a: size })).toEqual({
    v: 1,
    users: {},
    machines: Object.fromEntries(MACHINES.map((name) => [name, []])),
  });
});

test('machines may choose every size: they are in each group that has one, once, in order', () => {
  expect(
    first({
      a: size,
      b: { ...size, for: ['tier:student', 'team:example/staff'] },
      c: { ...size, for: ['all', 'tier:student', 'cohort:class'] },
    }),
  ).toEqual({
    v: 1,
    users: {},
    machines: Object.fromEntries(
      MACHINES.map((name) => [name, ['cohort:class', 'team:example/staff', 'tier:student']]),
    ),
  });
});

test('machines have a file of their own, the same text for the same sizes', () => {
  const hub = platformWith({ [HUB]: { sizes: { a: { ...size, for: ['tier:student'] } } } });
  const environment = hub.environments.get('hub');
  const groups = MACHINES.map((name) => `"${name}":["tier:student"]`).join(',');
  expect(environment && machinesText(environment.data)).toBe(`{"machines":{${groups}},"v":1}`);
});
