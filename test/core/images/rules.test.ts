import { describe, expect, test } from '@jest/globals';
import { HUB, said } from '../../support/written.ts';

const IMAGE = 'images/science/image.yaml';
const LOCK = 'images/science/image.lock.yaml';
const digest = `sha256:${'a'.repeat(64)}`;
const ofImage = (id: string, keys: object, more: Record<string, Record<string, unknown>> = {}) =>
  said(id, { [IMAGE]: { ...keys }, ...more });
const at = (text: string) => `${IMAGE} ${text}`;
const base = 'registry.example.org/base';
const build = '2026-11-01-aaaaaa';
const lock = (channels: object, more = {}) => ({
  recipe: 'b'.repeat(40),
  builds: { [build]: { digest, tests: { oggm: 'passed' }, ...more } },
  channels,
});

describe('image-source', () => {
  test.each([
    [{}, 'nothing says which version of the image'],
    [{ tag: '1.0', digest }, 'tag and digest exclude each other'],
    [{ track: 'main', tag: '1.0' }, 'track and tag exclude each other'],
    [{ digest, track: 'main', tag: '1.0' }, 'track and tag and digest exclude each other'],
  ])('from %j', (from, message) => {
    expect(ofImage('image-source', { from: { image: base, ...from } })).toEqual([
      [at(`image: ${base}`), message, 'write one of track (moves), tag (does not) or digest'],
    ]);
  });

  test.each([[{ tag: '1.0' }], [{ track: 'main' }], [{ digest }]])('from %j is right', (from) => {
    expect(ofImage('image-source', { from: { image: base, ...from } })).toEqual([]);
  });

  test.each([
    [{ ref: 'main' }, 'ref: main', 'nothing says which OGGM'],
    [
      { git: 'OGGM/oggm', version: '1.6.3' },
      'git: OGGM/oggm',
      'git and version exclude each other',
    ],
  ])('OGGM %j', (oggm, place, message) => {
    expect(ofImage('image-source', { oggm })).toEqual([
      [at(place), message, 'write version: 1.6.3, or git: with ref:'],
    ]);
  });

  test.each([[{ version: '1.6.3' }], [{ git: 'OGGM/oggm' }], [undefined]])(
    'OGGM %j is right',
    (oggm) => {
      expect(ofImage('image-source', { oggm, from: undefined })).toEqual([]);
    },
  );

  test('a Python beside the image that it is built on', () => {
    expect(ofImage('image-source', { from: { image: base, tag: '1.0' }, python: '3.13' })).toEqual([
      [
        at("'3.13'"),
        '"from" and "python" exclude each other',
        'remove python: the image that it is built on has its own',
      ],
    ]);
    expect(ofImage('image-source', { from: undefined, python: '3.13' })).toEqual([]);
  });

  test.each<[object, object, string, string]>([
    [
      { version: '1.6.3' },
      { pip: ['motuclient', 'oggm[full]==1.6.2'] },
      'oggm[full]==1.6.2',
      'write the version 1.6.3, or remove it',
    ],
    [
      { version: '1.6.3' },
      { conda: ['conda-forge::oggm=1.6.31'] },
      'conda-forge::oggm=1.6.31',
      'write the version 1.6.3, or remove it',
    ],
    [{ version: '1.6.3' }, { pip: ['oggm'] }, 'oggm', 'write the version 1.6.3, or remove it'],
    [
      { git: 'OGGM/oggm' },
      { pip: ['OGGM==1.6.3'] },
      'OGGM==1.6.3',
      'remove it: what "oggm:" says is installed',
    ],
  ])('OGGM %j beside packages %j', (oggm, packages, place, hint) => {
    expect(ofImage('image-source', { oggm, ...packages })).toEqual([
      [expect.stringContaining(place), `"${place}" is not the OGGM that "oggm:" asks for`, hint],
    ]);
  });

  test.each<[object | undefined, object]>([
    [{ version: '1.6.3' }, { pip: ['oggm[full]==1.6.3', 'oggm-edu==1.0'] }],
    [{ version: '1.6.3' }, { conda: ['oggm=1.6.3'] }],
    [undefined, { pip: ['oggm'] }],
  ])('OGGM %j beside packages %j is right', (oggm, packages) => {
    expect(ofImage('image-source', { oggm, ...packages })).toEqual([]);
  });

  test('both mistakes of one image', () => {
    const keys = { from: { image: base }, oggm: { ref: 'main' } };
    expect(ofImage('image-source', keys)).toHaveLength(2);
  });
});

describe('mutable-tag', () => {
  const tagged = (tag: string) => ofImage('mutable-tag', { from: { image: base, tag } });

  test.each(['latest', 'main', 'master', 'stable', 'nightly', 'dev', 'edge', 'test'])(
    '%s',
    (tag) => {
      expect(tagged(tag)).toEqual([[at(tag), `the tag "${tag}" moves`, `write "track: ${tag}"`]]);
    },
  );

  test.each(['v1', 'latest-2026', 'mydev', '2026.11'])('%s does not move', (tag) => {
    expect(tagged(tag)).toEqual([]);
  });

  test('what is tracked may move', () => {
    expect(ofImage('mutable-tag', { from: { image: base, track: 'latest' } })).toEqual([]);
  });
});

describe('image-unlocked', () => {
  const hint =
    'run "glaciocloud image build science --push", which writes its lock, or write "tag:" or "digest:"';
  const from = (written: object, more = {}) =>
    ofImage('image-unlocked', { from: { image: base, ...written } }, more);

  test('a tag, and what moves', () => {
    expect(from({ tag: 'v1' })).toEqual([]);
    expect(from({ track: 'main' })).toEqual([
      [at(`image: ${base}`), `${base}:main is used as it is, and it moves`, hint],
    ]);
  });

  test('a digest, a lock, and what another rule names', () => {
    expect(from({ digest })).toEqual([]);
    expect(from({ tag: 'latest' })).toEqual([]);
    expect(from({ track: 'v1' }, { [LOCK]: lock({ stable: build }) })).toEqual([]);
    expect(ofImage('image-unlocked', { from: undefined })).toEqual([]);
  });

  test('an image that no hub offers', () => {
    const spare = { title: 'Spare', from: { image: base, track: 'v1' } };
    expect(said('image-unlocked', { 'images/spare/image.yaml': spare })).toEqual([]);
    expect(
      said('image-unlocked', {
        'images/spare/image.yaml': spare,
        [HUB]: { images: ['science', 'spare'] },
      }).map(([place]) => place),
    ).toEqual([`images/spare/image.yaml image: ${base}`]);
  });
});

test('image-unbuilt: from conda-forge an image has no address before its first lock', () => {
  const spare = 'images/spare/image.yaml';
  const hint = (name: string) =>
    `run "glaciocloud image build ${name} --push" and commit the lock that it writes, or leave it out until then`;
  const hub = { [HUB]: { images: ['spare', 'science'] }, [spare]: { title: 'Spare' } };
  const science = { [IMAGE]: { from: undefined } };
  expect(said('image-unbuilt', { ...hub, ...science })).toEqual([
    ['spare', 'spare has not been built yet', hint('spare')],
    ['science', 'science has not been built yet', hint('science')],
  ]);
  expect(said('image-unbuilt', { ...science, [LOCK]: lock({ candidate: build }) })).toEqual([]);
  expect(said('image-unbuilt', { [IMAGE]: { from: { image: base, tag: 'v1' } } })).toEqual([]);
  expect(said('image-unbuilt', { [spare]: { title: 'Spare' } })).toEqual([]);
});

describe('image-unpromoted', () => {
  const unpromoted = (channels: object, hub: object = {}) =>
    said('image-unpromoted', { [HUB]: { ...hub }, [LOCK]: lock(channels) });
  const finding = (channel: string) => [
    'science',
    `science has no ${channel} build: the hub keeps what it runs, and does not offer it anew`,
    'promote a build of science, or leave it out until then',
  ];

  test('a stable wave has no promoted build', () => {
    expect(unpromoted({ candidate: build })).toEqual([finding('stable')]);
    expect(unpromoted({ stable: build })).toEqual([]);
  });

  test('a candidate wave has neither', () => {
    const hub = { wave: 'staging' };
    expect(unpromoted({ candidate: build }, hub)).toEqual([]);
    expect(unpromoted({ stable: build }, hub)).toEqual([]);
    expect(unpromoted({}, hub)).toEqual([finding('candidate')]);
  });

  test('images without a lock, or that are not there, are others’ business', () => {
    expect(said('image-unpromoted', {})).toEqual([]);
    expect(said('image-unpromoted', { [HUB]: { images: ['nobody'] } })).toEqual([]);
  });
});

describe('image-files', () => {
  const leaves = (path: string) => [
    [at(path), `"${path}" leaves the image’s folder`, 'name a file below it'],
  ];

  test.each(['../x', 'a/../b', '..', './x', 'a/./b', '/etc/passwd'])('%s', (path) => {
    expect(ofImage('image-files', { files: [path] }).map(([, ...rest]) => rest)).toEqual(
      leaves(path).map(([, ...rest]) => rest),
    );
  });

  test('a file that is not there, and one that is', () => {
    const there = { 'images/science/a..b/c.ipynb': {} };
    expect(ofImage('image-files', { files: ['a..b/c.ipynb'] }, there)).toEqual([]);
    expect(ofImage('image-files', { files: ['a..b/c.ipynb', 'd.txt'] }, there)).toEqual([
      [at('d.txt'), 'there is no images/science/d.txt', 'add the file, or correct the path'],
    ]);
  });

  test('the script of the image’s own', () => {
    const missing = 'there is no images/science/setup.sh';
    expect(ofImage('image-files', { postBuild: 'setup.sh' })).toEqual([
      [at('setup.sh'), missing, 'add the file, or correct the path'],
    ]);
    expect(ofImage('image-files', { postBuild: '../x' })).toEqual(leaves('../x'));
    const there = { 'images/science/setup.sh': {} };
    expect(ofImage('image-files', { postBuild: 'setup.sh' }, there)).toEqual([]);
  });

  test('notebooks of tests', () => {
    const notebooks = ['one.ipynb', '../two.ipynb'];
    expect(ofImage('image-files', { tests: { oggm: 'none', notebooks } })).toEqual([
      [
        at('one.ipynb'),
        'there is no images/science/one.ipynb',
        'add the file, or correct the path',
      ],
      ...leaves('../two.ipynb'),
    ]);
  });
});

describe('below-home', () => {
  const env = (name: string, value: string) =>
    ofImage('below-home', { env: { A: 'x', [name]: value } });
  const said = (name: string, value: string) => [
    [
      expect.stringContaining(value),
      `${name} points below the home, which a volume hides`,
      'use a folder below /opt',
    ],
  ];

  test.each([
    ['OGGM_DOWNLOAD_CACHE', '/home/jovyan/cache'],
    ['SALEM_DATA', '~/data'],
    ['IPYTHON_DIR', '$HOME/x'],
    ['PYTHONPATH', '/opt/lib:/home/jovyan/lib'],
    ['JUPYTER_PATH', '/opt/lib:~/lib'],
  ])('%s=%s', (name, value) => {
    expect(env(name, value)).toEqual(said(name, value));
  });

  test.each([
    ['OGGM_DOWNLOAD_CACHE', '/opt/home/cache'],
    ['OGGM_DOWNLOAD_CACHE', '/homes/cache'],
    ['PYTHONPATH', '/opt/lib:/opt/home/x'],
    ['OGGM_WORKDIR', '/home/jovyan/work'],
    ['DIRECTION', '/home/jovyan'],
    ['SOME_DIRS', '/home/jovyan'],
    ['EDITOR', '~/bin/vi'],
  ])('%s=%s is right', (name, value) => {
    expect(env(name, value)).toEqual([]);
  });
});
