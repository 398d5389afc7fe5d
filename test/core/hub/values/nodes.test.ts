import { describe, expect, test } from '@jest/globals';
import { nodesPart } from '../../../../src/core/hub/values/nodes.ts';
import { serverNodes } from '../../../../src/core/hub/values/server-nodes.ts';
import { without } from '../../../../src/core/hub/throw-away.ts';
import { at } from '../../../../src/core/json.ts';
import { MAIN, contextWith } from './context.ts';

const base = `registry.example.org/base@sha256:${'a'.repeat(64)}`;
const other = (name: string) => ({
  [`images/${name}/image.yaml`]: {
    title: name,
    from: { image: `registry.example.org/${name}`, tag: '1' },
  },
});
const others = { ...other('alpha'), ...other('zulu') };
const event = { from: '2026-12-01T08:00Z', until: '2026-12-01T12:00Z', users: 5 };

test('where pods go, what waits on the nodes, and which seats are warm', () => {
  const keys = { capacity: { maxServers: 40, placeholders: 3 } };
  const user = { 'platform.yaml': { user: { name: 'ada', uid: 2000, gid: 200 } } };
  expect(nodesPart(contextWith(keys, user))).toEqual({
    jupyterhub: {
      scheduling: {
        userScheduler: { enabled: false },
        podPriority: { enabled: false },
        userPlaceholder: { enabled: false },
      },
      prePuller: { hook: { enabled: false }, continuous: { enabled: false } },
    },
    glaciocloud: {
      hub: { title: 'Hub', url: 'https://hub.example.org' },
      user: { uid: 2000, gid: 200 },
      nodes: serverNodes({}),
      prepull: [base],
      placeholders: { replicas: 3, cpu: '500m', memory: '4294967296' },
    },
    ownFrom: {
      '/hub/title': '/title',
      '/hub/url': '/url',
      '/placeholders/replicas': '/capacity/placeholders',
      '/placeholders/cpu': '/sizes/small/cpu',
      '/placeholders/memory': '/sizes/small/memory',
    },
  });
});

describe('images that wait on the nodes', () => {
  const prepull = (images: string[], events: object[]) =>
    at(
      nodesPart(
        contextWith(
          {
            images,
            capacity: { maxServers: 40, events: events.map((one) => ({ ...event, ...one })) },
          },
          others,
        ),
      ).glaciocloud,
      '/prepull',
    );
  const alpha = 'registry.example.org/alpha:1';
  const zulu = 'registry.example.org/zulu:1';

  test('the first, and those of classes, sorted, each once', () => {
    expect(prepull(['zulu', 'science', 'alpha'], [])).toEqual([zulu]);
    expect(prepull(['zulu', 'science', 'alpha'], [{ name: 'a', image: 'alpha' }])).toEqual([
      alpha,
      zulu,
    ]);
    expect(
      prepull(
        ['zulu', 'alpha'],
        [{ name: 'a', image: 'alpha' }, { name: 'b' }, { name: 'c', image: 'zulu' }],
      ),
    ).toEqual([alpha, zulu]);
  });

  test('a hub without images that could be found', () => {
    expect(prepull(['nobody'], [{ name: 'a' }])).toEqual([]);
  });
});

test('a seat is what the default size guarantees: a quarter of its cores and all of its memory', () => {
  const seat = (sizes: object) =>
    at(nodesPart(contextWith({ sizes })).glaciocloud, '/placeholders');
  expect(
    seat({ a: { cpu: 8, memory: '32G' }, b: { cpu: 0.5, memory: '512M', default: true } }),
  ).toEqual({ replicas: 0, cpu: '125m', memory: '536870912' });
  const less = { cpu: 8, memory: '32G', guarantee: { cpu: 1, memory: '2G' } };
  expect(seat({ a: less })).toEqual({ replicas: 0, cpu: '1000m', memory: '2147483648' });
  expect(seat({ a: { cpu: 0.25, memory: '1G' } })).toEqual({
    replicas: 0,
    cpu: '63m',
    memory: '1073741824',
  });
});

describe('pools of the cluster', () => {
  const machine = { cpu: 8, memory: '64Gi', max: 4 };
  const part = (nodes: object, values = {}) =>
    nodesPart(contextWith({ values }, { [MAIN]: { nodes } }));
  const places = (nodes: object) =>
    without(part(nodes).jupyterhub ?? {}, ['scheduling', 'prePuller']);
  const tainted = {
    selector: { pool: 'users' },
    taints: [
      { key: 'for', value: 'servers', effect: 'NoSchedule' },
      { key: 'spot', effect: 'NoExecute' },
    ],
  };
  const tolerations = [
    { key: 'for', operator: 'Equal', value: 'servers', effect: 'NoSchedule' },
    { key: 'spot', operator: 'Exists', effect: 'NoExecute' },
  ];

  test('say nothing where nothing is said of their nodes', () => {
    expect(places({ user: machine, core: machine })).toEqual({});
  });

  test('servers go to user, and what waits for them', () => {
    expect(places({ user: { ...machine, ...tainted } })).toEqual({
      singleuser: { nodeSelector: { pool: 'users' }, extraTolerations: tolerations },
    });
    const values = { singleuser: { nodeSelector: { disk: 'ssd' } } };
    const usual = serverNodes({});
    expect(part({ user: { ...machine, ...tainted } }, values).glaciocloud?.['nodes']).toEqual({
      nodeSelector: { pool: 'users', disk: 'ssd' },
      tolerations: [...usual.tolerations, ...tolerations],
      affinity: usual.affinity,
    });
  });

  test('hub and proxy go to core', () => {
    const core = { nodeSelector: { pool: 'users' }, tolerations };
    expect(places({ user: machine, core: { ...machine, ...tainted } })).toEqual({
      hub: core,
      proxy: { chp: core },
    });
  });

  const gpu = {
    ...machine,
    selector: { pool: 'gpu' },
    taints: [{ key: 'gpu', effect: 'NoSchedule' }],
  };
  const forGpu = { key: 'gpu', operator: 'Exists', effect: 'NoSchedule' };
  const sized = (sizes: object, values = {}) =>
    nodesPart(
      contextWith(
        { sizes, values },
        { [MAIN]: { nodes: { user: { ...machine, ...tainted }, gpu } } },
      ),
    ).glaciocloud;
  const size = { cpu: 1, memory: '1G' };

  test('images wait on each that a size names, seats on that of the default size', () => {
    const usual = serverNodes({});
    const onGpu = {
      nodes: {
        nodeSelector: { pool: 'gpu' },
        tolerations: [...usual.tolerations, forGpu],
        affinity: usual.affinity,
      },
      prepull: [base],
    };
    const onUser = {
      nodes: {
        nodeSelector: { pool: 'users' },
        tolerations: [...usual.tolerations, ...tolerations],
        affinity: usual.affinity,
      },
      prepull: [base],
    };
    expect(sized({ a: size, b: { ...size, nodes: 'gpu' } })).toMatchObject({
      ...onUser,
      pools: { gpu: onGpu },
    });
    expect(sized({ a: size, b: { ...size, nodes: 'gpu', default: true } })).toMatchObject({
      ...onGpu,
      pools: { user: onUser },
    });
    expect(sized({ b: { ...size, nodes: 'gpu' } })).toMatchObject(onGpu);
    expect(sized({ b: { ...size, nodes: 'gpu' } })).not.toHaveProperty('pools');
    expect(sized({ a: size, b: { ...size, nodes: 'none' } })).not.toHaveProperty('pools');
  });

  test('a size leaves what the hub’s file says of labels, and keeps what it says else', () => {
    const values = {
      singleuser: { nodeSelector: { disk: 'ssd' } },
      scheduling: { userPods: { nodeAffinity: { matchNodePurpose: 'ignore' }, tolerations: [] } },
    };
    expect(sized({ b: { ...size, nodes: 'gpu' } }, values)?.['nodes']).toEqual({
      nodeSelector: { pool: 'gpu' },
      tolerations: [forGpu],
      affinity: {},
    });
  });

  test('an image waits only where a size of it may be', () => {
    const sizes = { a: size, b: { ...size, nodes: 'gpu' } };
    const images = [{ name: 'alpha', sizes: ['b'] }, 'science', { name: 'zulu', sizes: ['b'] }];
    const events = [{ ...event, name: 'a', image: 'zulu' }];
    const waiting = nodesPart(
      contextWith(
        { sizes, images, capacity: { maxServers: 40, events } },
        { ...others, [MAIN]: { nodes: { user: machine, gpu } } },
      ),
    ).glaciocloud;
    expect([waiting?.['prepull'], at(waiting, '/pools/gpu/prepull')]).toEqual([
      [base],
      ['registry.example.org/alpha:1', 'registry.example.org/zulu:1'],
    ]);
  });
});
