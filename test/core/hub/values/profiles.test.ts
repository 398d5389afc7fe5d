import { describe, expect, test } from '@jest/globals';
import { profilesPart } from '../../../../src/core/hub/values/profiles.ts';
import { defaultSize } from '../../../../src/core/model/sizes.ts';
import type { Size } from '../../../../src/core/model/machine-types.ts';
import type { HubImage } from '../../../../src/core/images/resolve.ts';
import { without } from '../../../../src/core/hub/throw-away.ts';
import { serverNodes } from '../../../../src/core/hub/values/server-nodes.ts';
import { at, objectsIn } from '../../../../src/core/json.ts';
import { MAIN, contextWith } from './context.ts';

const base = `registry.example.org/base@sha256:${'a'.repeat(64)}`;

describe('the default size', () => {
  const size = (marked: boolean): Size => ({
    cpu: 1,
    memory: '1G',
    default: marked,
    for: ['all'],
    nodes: 'user',
  });

  test('is the marked one, or the first, or none', () => {
    expect(defaultSize({ a: size(false), b: size(true), c: size(true) })).toBe('b');
    expect(defaultSize({ a: size(false), b: size(false) })).toBe('a');
    expect(defaultSize({})).toBe('');
  });
});

test('what users choose from: images for all, sizes for whom they are', () => {
  const context = contextWith(
    {
      images: ['tools-2.0', 'science'],
      sizes: {
        small: { cpu: 1.5, memory: '4G' },
        tiny: { cpu: 0.5, memory: '512M', default: true, for: ['all', 'tier:researcher'] },
        large: { title: 'Large', cpu: 8, memory: '32G', for: ['team:example/staff'] },
      },
    },
    {
      'images/tools-2.0/image.yaml': {
        title: 'Tools',
        description: 'For maps.',
        from: { image: 'registry.example.org/tools', tag: '2.0' },
      },
    },
  );
  const cores = (count: string) => ({
    SLURM_JOB_CPUS_PER_NODE: count,
    PYTHON_CPU_COUNT: count,
    OMP_NUM_THREADS: count,
  });
  expect(profilesPart(context)).toEqual({
    glaciocloud: {
      profiles: {
        v: 1,
        cpuGuaranteeShare: 0.25,
        images: [
          {
            slug: 'tools-2-0',
            title: 'Tools',
            description: 'For maps.',
            image: 'registry.example.org/tools:2.0',
            for: ['all'],
            default: true,
            env: {},
          },
          {
            slug: 'science',
            title: 'Science',
            description: '',
            software: 'OGGM 1.6.3',
            image: base,
            for: ['all'],
            default: false,
            env: {
              OGGM_WORKDIR: '/home/jovyan/oggm-work',
              OGGM_EXTRACT_DIR: '/home/jovyan/.oggm-extract',
              OGGM_USE_MULTIPROCESSING: '1',
            },
          },
        ],
        sizes: [
          {
            slug: 'small',
            title: 'Small',
            cpu: 1.5,
            memory: '4G',
            for: ['all'],
            default: false,
            env: cores('1'),
          },
          {
            slug: 'tiny',
            title: 'Tiny',
            cpu: 0.5,
            memory: '512M',
            for: ['all', 'tier:researcher'],
            default: true,
            env: cores('1'),
          },
          {
            slug: 'large',
            title: 'Large',
            cpu: 8,
            memory: '32G',
            for: ['team:example/staff'],
            default: false,
            env: cores('8'),
          },
        ],
      },
    },
    ownFrom: {
      '/profiles/sizes': '/sizes',
      ...Object.fromEntries(
        ['small', 'tiny', 'large'].flatMap((name) => [
          [`/profiles/sizes/${name}/env`, `/sizes/${name}/cpu`],
          [`/profiles/sizes/${name}/spot`, `/sizes/${name}/nodes`],
        ]),
      ),
      ...Object.fromEntries(
        ['science', 'tools-2-0'].flatMap((name) => [
          [`/profiles/images/${name}/env/OGGM_WORKDIR`, '/workdir'],
          [`/profiles/images/${name}/env/OGGM_EXTRACT_DIR`, '/scratch'],
        ]),
      ),
    },
  });
});

describe('what a file says of a variable counts', () => {
  const envs = (context: ReturnType<typeof contextWith>): unknown => {
    const menu = at(profilesPart(context).glaciocloud, '/profiles');
    return [at(menu, '/images/0/env'), at(menu, '/sizes/0/env')];
  };
  const model = {
    OGGM_WORKDIR: '/home/jovyan/oggm-work',
    OGGM_EXTRACT_DIR: '/home/jovyan/.oggm-extract',
    OGGM_USE_MULTIPROCESSING: '1',
  };
  const cores = { SLURM_JOB_CPUS_PER_NODE: '2', PYTHON_CPU_COUNT: '2', OMP_NUM_THREADS: '2' };
  const otherModel = without(model, ['OGGM_WORKDIR']);
  const otherCores = without(cores, ['OMP_NUM_THREADS']);
  const said = { OMP_NUM_THREADS: '1', OGGM_WORKDIR: '/scratch/work' };

  test.each<[string, Record<string, unknown>, unknown]>([
    ['nothing is said', {}, [model, cores]],
    ['in env:', { env: said }, [otherModel, otherCores]],
    ['in values:', { values: { singleuser: { extraEnv: said } } }, [otherModel, otherCores]],
    [
      'in a list, by a reference',
      {
        values: {
          singleuser: {
            extraEnv: [
              { name: 'OMP_NUM_THREADS', value: '1' },
              { name: 'OGGM_WORKDIR', valueFrom: { configMapKeyRef: { name: 'a', key: 'b' } } },
            ],
          },
        },
      },
      [otherModel, otherCores],
    ],
    ['of the hub itself', { values: { hub: { extraEnv: said } } }, [model, cores]],
  ])('%s', (_where, keys, expected) => {
    expect(envs(contextWith(keys))).toEqual(expected);
  });

  test('in the image, once it is built, before the platform’s own', () => {
    const context = contextWith({ env: { OGGM_USE_MULTIPROCESSING: '0' } });
    const [image] = context.images;
    if (!image) throw new Error('the hub has no image');
    const file = { ...image.file, env: { OGGM_WORKDIR: '/data', OMP_NUM_THREADS: '1' } };
    const whenBuilt = (built: HubImage['built']): unknown =>
      envs({ ...context, images: [{ ...image, file, built }] });
    const { OGGM_EXTRACT_DIR } = model;
    expect(whenBuilt(undefined)).toEqual([
      { OGGM_EXTRACT_DIR, OGGM_WORKDIR: model.OGGM_WORKDIR },
      cores,
    ]);
    expect(whenBuilt({ day: '2026-11-01', oggm: undefined })).toEqual([
      { OGGM_EXTRACT_DIR },
      cores,
    ]);
  });
});

test('a size on machines of its own says which, and nothing where they are those of all', () => {
  const machine = { cpu: 8, memory: '64Gi', max: 4 };
  const gpu = {
    ...machine,
    selector: { pool: 'gpu' },
    taints: [{ key: 'gpu', effect: 'NoSchedule' }],
  };
  const size = { cpu: 1, memory: '1G' };
  const sizes = {
    a: { ...size, nodes: 'gpu' },
    b: { ...size, nodes: 'user' },
    c: { ...size, nodes: 'none' },
  };
  const context = contextWith({ sizes }, { [MAIN]: { nodes: { user: machine, gpu } } });
  const menu = profilesPart(context).glaciocloud?.['profiles'];
  expect(objectsIn(at(menu, '/sizes')).map((one) => one['nodes'])).toEqual([
    {
      pool: 'gpu',
      selector: { pool: 'gpu' },
      tolerations: [
        ...serverNodes({}).tolerations,
        { key: 'gpu', operator: 'Exists', effect: 'NoSchedule' },
      ],
    },
    undefined,
    undefined,
  ]);
});

test('a size says what it has beside cores and memory, and what of these is certain', () => {
  const machine = { cpu: 8, memory: '64Gi', max: 4 };
  const gpu = { count: 2, resource: 'amd.com/gpu' };
  const cheap = { ...machine, selector: { pool: 'cheap' }, priceClass: 'spot', gpu };
  const size = { cpu: 1, memory: '1G' };
  const sizes = {
    a: { ...size, nodes: 'cheap', gpu: 2 },
    b: { ...size, gpu: 1, guarantee: { memory: '512M' } },
  };
  const context = contextWith({ sizes }, { [MAIN]: { nodes: { user: machine, cheap } } });
  const menu = profilesPart(context).glaciocloud?.['profiles'];
  const said = objectsIn(at(menu, '/sizes')).map(({ gpu: asked, spot, guarantee }) => ({
    gpu: asked,
    spot,
    guarantee,
  }));
  expect(said).toEqual([
    { gpu: { resource: 'amd.com/gpu', count: 2 }, spot: true, guarantee: undefined },
    { gpu: undefined, spot: undefined, guarantee: { memory: '512M' } },
  ]);
});

test('an image says whom it is for and which sizes it goes with; the usual one is open to all', () => {
  const other = (name: string) => ({
    [`images/${name}/image.yaml`]: {
      title: name,
      from: { image: `registry.example.org/${name}`, tag: '1' },
    },
  });
  const images = [
    { name: 'maps', for: ['team:example/maps'], sizes: ['small'] },
    'science',
    { name: 'tools' },
  ];
  const context = contextWith({ images }, { ...other('maps'), ...other('tools') });
  const menu = profilesPart(context).glaciocloud?.['profiles'];
  const said = objectsIn(at(menu, '/images')).map((one) => [
    one['slug'],
    one['for'],
    one['sizes'],
    one['default'],
  ]);
  expect(said).toEqual([
    ['maps', ['team:example/maps'], ['small'], false],
    ['science', ['all'], undefined, true],
    ['tools', ['all'], undefined, false],
  ]);
});
