import { describe, expect, test } from '@jest/globals';
import { exitOf, judged, judgedSize } from '../../../src/core/images/test-report.ts';
import type { ImageResult } from '../../../src/core/images/test-report.ts';
import type { NamedFile } from '../../../src/core/images/folder.ts';
import { PACKAGES, imageTests, scriptInput } from '../../../src/core/images/tests.ts';
import type { ImageTest, Occasion } from '../../../src/core/images/tests.ts';
import { imagesText } from '../../../src/core/images/words.ts';
import { platformWith } from '../../support/written.ts';

const user = { name: 'jovyan', uid: 1100, gid: 100 };

function planned(
  changes: Record<string, unknown>,
  hub: string | undefined,
  notebooks: NamedFile[] = [],
  occasion: Occasion = 'build',
) {
  const platform = platformWith({ 'images/science/image.yaml': changes });
  return imageTests({
    image: platform.images.get('science')!.data,
    user,
    hub,
    notebooks,
    occasion,
  });
}

describe('which tests an image gets', () => {
  const names = (changes: Record<string, unknown>): string[] =>
    planned(changes, '5.5.0').flatMap(({ tests }) => tests.map(({ name }) => name));
  const always = [
    ...['home', 'server', 'second start'],
    ...['kernel', 'nbgitpuller', 'hub version', 'full home'],
  ];

  test.each<[string, Record<string, unknown>, string[]]>([
    ['with OGGM', { oggm: { version: '1.6.3' } }, [...always, 'oggm']],
    ['without OGGM', { oggm: undefined }, always],
    ['with OGGM that nobody tests', { tests: { oggm: 'none' } }, always],
    ['that runs OGGM’s own tests at night', { tests: { oggm: 'full' } }, [...always, 'oggm']],
  ])('%s', (_, changes, expected) => {
    expect(names(changes)).toEqual(expected);
  });

  test.each<[string, Record<string, unknown>, string | undefined]>([
    ['all of OGGM’s own tests', { tests: { oggm: 'full' } }, 'oggm suite'],
    ['the usual', { tests: { oggm: 'minimal' } }, 'oggm'],
    ['none', { tests: { oggm: 'none' } }, 'full home'],
    ['none without OGGM', { oggm: undefined, tests: { oggm: 'full' } }, 'full home'],
  ])('at night: %s, as the last', (_, changes, expected) => {
    const last = planned(changes, '5.5.0', [], 'refresh').at(-1)?.tests.at(-1);
    expect(last?.name).toBe(expected);
  });

  test('OGGM’s own tests alone have a network, time, and a home with room', () => {
    const stays = planned({ tests: { oggm: 'full' } }, '5.5.0', [], 'refresh');
    expect(stays.at(-1)).toEqual({
      home: 'image',
      tests: [
        {
          name: 'oggm suite',
          script: 'check_suite.py',
          args: [],
          env: {},
          seconds: 7200,
          network: 'open',
        },
      ],
    });
    const others = stays.slice(0, -1).flatMap(({ tests }) => tests);
    expect([...new Set([PACKAGES, ...others].map(({ network }) => network))]).toEqual(['none']);
  });

  test('notebooks, each in a home of its own, before OGGM', () => {
    const [one, two] = [
      { path: 'a.ipynb', text: '{"a"}' },
      { path: 'b/c.ipynb', text: '' },
    ] as const;
    const stays = planned({}, undefined, [one, two]).slice(4);
    const notebook = {
      script: 'check_notebook.py',
      args: [],
      env: {},
      seconds: 600,
      network: 'none',
    };
    expect(stays.slice(0, 2)).toEqual([
      { home: 'empty', tests: [{ ...notebook, name: 'notebook a.ipynb', notebook: '{"a"}' }] },
      { home: 'empty', tests: [{ ...notebook, name: 'notebook b/c.ipynb', notebook: '' }] },
    ]);
    expect(stays.map(({ tests }) => tests[0]?.name)).toEqual([
      'notebook a.ipynb',
      'notebook b/c.ipynb',
      'oggm',
    ]);
  });

  test.each([
    ['alone', undefined, 'print(1)\n'],
    ['after its notebook', '{\n"a": "\'"}', 'NOTEBOOK = "{\\n\\"a\\": \\"\'\\"}"\nprint(1)\n'],
    ['after an empty one', '', 'NOTEBOOK = ""\nprint(1)\n'],
  ])('a script stands %s', (_, notebook, expected) => {
    const one = notebook === undefined ? {} : { notebook };
    expect(scriptInput('print(1)\n', one)).toBe(expected);
  });

  test('in which home each runs', () => {
    const homes = planned({}, '5.5.0').map(({ home, tests }) => [home, tests.length]);
    expect(homes).toEqual([
      ['image', 1],
      ['empty', 2],
      ['empty', 3],
      ['full', 1],
      ['empty', 1],
    ]);
  });

  test('what scripts are told', () => {
    const told = planned({ oggm: { version: '1.6.3' } }, '5.5.0')
      .flatMap(({ tests }) => tests)
      .map(({ script, args, env, hub, seconds }) => ({ script, args, env, hub, seconds }));
    const plain = { args: ['5.5.0'], env: {}, hub: undefined, seconds: 180 };
    expect(told).toEqual([
      { ...plain, script: 'check_home.py', args: ['/home/jovyan', '1100'] },
      { ...plain, script: 'check_server.py' },
      { ...plain, script: 'check_server.py' },
      { ...plain, script: 'check_kernel.py', args: [] },
      { ...plain, script: 'check_puller.py', args: [] },
      { ...plain, script: 'check_version.py', args: [], hub: '5.5.0' },
      { ...plain, script: 'check_server.py' },
      {
        ...plain,
        script: 'oggm_check.py',
        args: [],
        env: { GLACIOCLOUD_CHECK: '{"version":"1.6.3","smoke":true}' },
        seconds: 600,
      },
    ]);
  });

  test('a chart that does not say its hub, and a model that moves', () => {
    const tests = planned({ oggm: { git: 'OGGM/oggm' } }, undefined).flatMap((stay) => stay.tests);
    expect(tests.find(({ name }) => name === 'server')?.args).toEqual(['']);
    expect(tests.find(({ name }) => name === 'hub version')?.hub).toBeUndefined();
    expect(tests.at(-1)?.env).toEqual({ GLACIOCLOUD_CHECK: '{"version":null,"smoke":true}' });
  });
});

describe('what a test comes to', () => {
  const one: ImageTest = {
    name: 'x',
    script: 'check_home.py',
    args: [],
    env: {},
    seconds: 1,
    network: 'none',
  };
  const fine = '{"ok": true, "detail": "good", "version": "5.5.0"}\n';
  const rows: [
    string,
    Partial<{ code: number; stdout: string; stderr: string; hub: string }>,
    boolean,
    string,
  ][] = [
    ['it says so', { stdout: fine }, true, 'good'],
    ['after other lines', { stdout: `noise\n${fine}` }, true, 'good'],
    ['it says that it failed', { stdout: '{"ok": false, "detail": "bad"}' }, false, 'bad'],
    ['ok is a word', { stdout: '{"ok": "yes", "detail": "bad"}' }, false, 'bad'],
    ['a good last line and a bad code', { stdout: fine, code: 3 }, false, fine.trim()],
    ['it says something after it', { stdout: `${fine}and more` }, false, 'and more'],
    ['it says nothing', {}, false, 'ended with code 0 and said nothing'],
    [
      'its last words',
      { code: 1, stderr: 'first\nlast\n\nglaciocloud-peak-kb 2048\n' },
      false,
      'last',
    ],
    ['late', { code: 124 }, false, 'did not end in time'],
    [
      'abort',
      { code: 134, stderr: 'x' },
      false,
      'ended by SIGABRT, as compiled code does that gives up',
    ],
    [
      'killed',
      { code: 137 },
      false,
      'killed, most likely because it wanted more memory than the smallest size has',
    ],
    ['segfault', { code: 139 }, false, 'ended by SIGSEGV: compiled code crashed'],
    ['a hub of the same major version', { stdout: fine, hub: '5.0.0' }, true, 'good'],
    [
      'a newer hub',
      { stdout: fine, hub: '6.0.0' },
      false,
      'the image has JupyterHub 5.5.0, and the chart’s hub is 6.0.0',
    ],
    [
      'an older hub',
      { stdout: fine, hub: '4.1' },
      false,
      'the image has JupyterHub 5.5.0, and the chart’s hub is 4.1',
    ],
    [
      'a hub, and no version',
      { stdout: '{"ok": false, "detail": "none"}', hub: '5' },
      false,
      'none',
    ],
  ];

  test.each(rows)('%s', (_, { hub, ...run }, ok, detail) => {
    const asked = hub === undefined ? one : { ...one, hub };
    const result = judged(asked, { code: 0, stdout: '', stderr: '', seconds: 2.504, ...run });
    expect(result).toMatchObject({ name: 'x', ok, detail, seconds: 2.5 });
  });

  test('memory is of the largest process, where it is said', () => {
    const memory = (stderr: string) =>
      judged(one, { code: 0, stdout: fine, stderr, seconds: 0 }).memory_mb;
    expect(memory('\nglaciocloud-peak-kb 127840\n')).toBe(125);
    expect(memory('glaciocloud-peak-kb much\n')).toBeNull();
    expect(memory('it said glaciocloud-peak-kb 5\n')).toBeNull();
  });
});

test.each([
  [{ bytes: 2 ** 30, layers: 60 }, true, '1073.7 MB in 60 layers'],
  [{ bytes: 2 ** 30 + 1, layers: 60 }, false, '1073.7 MB is more than 1Gi'],
  [{ bytes: 5, layers: 61 }, false, '61 layers are more than 60'],
  [
    { bytes: 2 ** 30 + 1e6, layers: 61 },
    false,
    '1074.7 MB is more than 1Gi, 61 layers are more than 60',
  ],
])('%j against 1Gi in 60 layers', (size, ok, detail) => {
  const budget = { max: '1Gi', layers: 60 };
  expect(judgedSize(size, budget)).toEqual({
    name: 'size',
    ok,
    seconds: 0,
    memory_mb: null,
    detail,
  });
});

const built: ImageResult = {
  image: 'science',
  outcome: 'built',
  build: '2026-11-26-0a1b2c',
  digest: 'sha256:aa',
  reason: 'tested and pushed',
  size_bytes: 1_005_000_000,
  seconds: { resolve: 0.12, build: 60, test: 30.06, push: 2 },
  tests: [
    { name: 'server', ok: true, seconds: 6.9, memory_mb: 125, detail: 'JupyterLab answers' },
    { name: 'size', ok: false, seconds: 0, memory_mb: null, detail: 'a\nb' },
  ],
  packages: ['pip oggm 1.6.3'],
  oggm_commit: null,
};

test.each([
  [['built', 'unchanged'], 0],
  [['built', 'failed'], 3],
  [['unchanged', 'failed'], 3],
  [['failed', 'failed'], 1],
  [['failed'], 1],
  [[], 0],
] as const)('%j ends with %d', (outcomes, exit) => {
  expect(exitOf(outcomes.map((outcome) => ({ ...built, outcome })))).toBe(exit);
});

test('what people read', () => {
  const unchanged: ImageResult = {
    ...built,
    image: 'other',
    outcome: 'unchanged',
    reason: '',
    size_bytes: null,
    seconds: { resolve: 0, build: 0, test: 0, push: 0 },
    tests: [],
  };
  const failed = { ...unchanged, outcome: 'failed', digest: null, reason: 'no base' } as const;
  expect(imagesText([built, unchanged, failed]).split('\n')).toEqual([
    '✓ science built sha256:aa: tested and pushed (resolve 0.1 s, build 60.0 s, test 30.1 s, push 2.0 s, 1.00 GB)',
    '    ✓ server          6.9 s, 125 MB  JupyterLab answers',
    '    ✗ size                    0.0 s  a b',
    '· other unchanged sha256:aa (no time)',
    '✗ other failed: no base (no time)',
    '',
  ]);
});
