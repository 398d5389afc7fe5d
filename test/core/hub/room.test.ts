import { describe, expect, test } from '@jest/globals';
import { roomVerdict } from '../../../src/core/hub/room.ts';
import { merge } from '../../../src/core/json.ts';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import type { Pool } from '../../../src/core/model/machine-types.ts';
import type { ClusterFile, EnvironmentFile } from '../../../src/core/model/types.ts';

describe('room', () => {
  const node = (cpu: Json, memory: Json): JsonObject => ({
    status: { allocatable: { cpu, memory } },
  });
  const asks = (...requests: JsonObject[]): JsonObject => ({
    kind: 'Deployment',
    metadata: { name: 'hub' },
    spec: {
      template: { spec: { containers: requests.map((one) => ({ resources: { requests: one } })) } },
    },
  });
  const nodes = [node('1500m', '4Gi'), node('2', '2Gi')];
  const pool = (max: number, selector = {}): Pool => ({
    cpu: 8,
    memory: '64Gi',
    max,
    startTime: '0s',
    selector,
    taints: [],
    priceClass: 'on-demand',
  });
  const pools = (max: number, selector = {}): Pick<ClusterFile, 'nodes'> => ({
    nodes: { user: pool(max, selector) },
  });
  const POOLS = pools(2);

  test.each<[JsonObject[], string | undefined]>([
    [[{ memory: '4Gi', cpu: '2' }], undefined],
    [[{ memory: '4097Mi' }], 'hub asks for 4.0 GiB of memory, and the largest node has 4.0 GiB'],
    [[{ memory: '5Gi' }], 'hub asks for 5.0 GiB of memory, and the largest node has 4.0 GiB'],
    [[{ cpu: '2001m' }], 'hub asks for 2.001 CPUs, and the largest node has 2'],
    [[{ cpu: 3 }], 'hub asks for 3 CPUs, and the largest node has 2'],
    [
      [{ cpu: '9', memory: '9Gi' }],
      'hub asks for 9.0 GiB of memory, and the largest node has 4.0 GiB',
    ],
    [
      [{ memory: '2Gi' }, { memory: '2560Mi' }],
      'hub asks for 4.5 GiB of memory, and the largest node has 4.0 GiB',
    ],
    [[{ memory: true, cpu: 'many' }], undefined],
    [[{}], undefined],
    [[], undefined],
  ])('for a hub that asks for %j', (requests, expected) => {
    expect(roomVerdict([asks(...requests)], nodes, {}, POOLS)).toBe(expected);
  });

  test('is not asked for by what is no Deployment', () => {
    expect(roomVerdict([{ ...asks({ cpu: '9' }), kind: 'Job' }], nodes, {}, POOLS)).toBeUndefined();
  });

  test('is asked for by the first that finds none', () => {
    const proxy = { ...asks({ cpu: '4' }), metadata: { name: 'proxy' } };
    expect(roomVerdict([asks({ cpu: '1' }), proxy, asks({ cpu: '5' })], nodes, {}, POOLS)).toBe(
      'proxy asks for 4 CPUs, and the largest node has 2',
    );
  });

  const size = (cpu: number, memory: string): EnvironmentFile['sizes'] => ({
    big: { cpu, memory, default: true, for: [], nodes: 'user' },
  });

  test.each<[EnvironmentFile['sizes'], number, string | undefined]>([
    [size(8, '4G'), 2, undefined],
    [
      size(8, '5G'),
      2,
      'a server of size big asks for 5.0 GiB of memory, and the largest node has 4.0 GiB',
    ],
    [size(9, '4G'), 2, 'a server of size big asks for 2.25 CPUs, and the largest node has 2'],
    [
      size(9, '9G'),
      1,
      'a server of size big asks for 9.0 GiB of memory, and the largest node has 4.0 GiB',
    ],
    [size(9, '9G'), 3, undefined],
  ])('for servers of %j, where there may be %i nodes', (sizes, max, expected) => {
    expect(roomVerdict([], nodes, sizes, pools(max))).toBe(expected);
  });

  test('is taken on trust where no node is known', () => {
    expect(roomVerdict([asks({ cpu: '99' })], [], size(99, '99G'), POOLS)).toBeUndefined();
  });

  const inPool = (pool: string, one: JsonObject): JsonObject => ({
    ...one,
    metadata: { labels: { pool } },
  });
  const mixed = [
    inPool('users', node('2', '4Gi')),
    inPool('core', node('1', '2Gi')),
    node('9', '99Gi'),
  ];

  test('for servers is looked for on the nodes of their pool', () => {
    const users = pools(1, { pool: 'users' });
    expect(roomVerdict([], mixed, size(2, '4G'), users)).toBeUndefined();
    expect(roomVerdict([], mixed, size(2, '5G'), users)).toBe(
      'a server of size big asks for 5.0 GiB of memory, and the largest node has 4.0 GiB',
    );
    expect(roomVerdict([], mixed, size(2, '5G'), pools(2, { pool: 'users' }))).toBeUndefined();
    expect(roomVerdict([], mixed, size(2, '5G'), pools(1, { pool: 'none' }))).toBeUndefined();
  });

  test('for a size of another pool is looked for there', () => {
    const two = {
      nodes: { ...pools(1, { pool: 'users' }).nodes, core: pool(1, { pool: 'core' }) },
    };
    const onCore = { big: { ...size(1, '3G')['big']!, nodes: 'core' } };
    expect(roomVerdict([], mixed, onCore, two)).toBe(
      'a server of size big asks for 3.0 GiB of memory, and the largest node has 2.0 GiB',
    );
  });

  test('for the hub is looked for where it may be', () => {
    const onCore = asks({ memory: '3Gi' });
    const spec = { nodeSelector: { pool: 'core' } };
    expect(roomVerdict([onCore], mixed, {}, POOLS)).toBeUndefined();
    expect(roomVerdict([merge(onCore, { spec: { template: { spec } } })], mixed, {}, POOLS)).toBe(
      'hub asks for 3.0 GiB of memory, and the largest node has 2.0 GiB',
    );
  });
});
