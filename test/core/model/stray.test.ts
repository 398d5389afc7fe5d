import { describe, expect, test } from '@jest/globals';
import { looksOurs, strayFindings } from '../../../src/core/model/stray.ts';

const said = (files: Record<string, string>): string[] =>
  strayFindings(new Map(Object.entries(files))).map(
    ({ rule, severity, at, message, hint }) =>
      `${severity} ${rule} ${at.file}:${at.line}:${at.column} ${message} | ${hint}`,
  );
const unread = (file: string, hint: string, message = 'nobody reads this file'): string =>
  `warning unread-file ${file}:1:1 ${message} | ${hint}`;

describe('a file that nobody reads', () => {
  test.each([
    ['environment/hub.yaml', 'environments/hub.yaml'],
    ['Environments/hub.yml', 'environments/hub.yml'],
    ['hubs/a.yaml', 'environments/a.yaml'],
    ['cluster/a/b.yaml', 'clusters/a/b.yaml'],
    ['image/x/image.yaml', 'images/x/image.yaml'],
    ['secret/hub.sops.yaml', 'secrets/hub.sops.yaml'],
    ['environments/hub.yaml.bak', 'environments/hub.yaml'],
    ['environments/hub.json', 'environments/hub.yaml'],
    ['environments/hub', 'environments/hub.yaml'],
    ['clusters/main.txt', 'clusters/main.yaml'],
    ['data/cru.csv', 'data/cru.yaml'],
    ['access/approvers', 'access/approvers.yaml'],
    ['images/science.yaml', 'images/science/image.yaml'],
    ['images/science.yml', 'images/science/image.yaml'],
    ['platfrom.yaml', 'platform.yaml'],
    ['platforms.yml', 'platform.yaml'],
  ])('%s: did you mean %s?', (file, right) => {
    expect(said({ [file]: '' })).toEqual([unread(file, `did you mean ${right}?`)]);
  });

  test.each([
    ['title: x\nurl: https://x.org\ncluster: a\nwave: b\n', 'environments/foo.yaml'],
    ['provider: gke\nkubernetes: "1.35"\nstorage: {}\n', 'clusters/foo.yaml'],
    ['title: x\nfrom: {}\npip: []\n', 'images/foo/image.yaml'],
    ['title: x\noggm: x\nprepro: {}\nsize: 1Gi\n', 'data/foo.yaml'],
    ['title: x\nleads: [1]\ntier: a\ncapacity: 1\n', 'access/cohorts/foo.yaml'],
    ['id: 1\nlogin: x\nrequest: 3\n', 'access/members/foo.yaml'],
    ['x: [', 'environments/foo.yaml'],
    ['- a\n', 'environments/foo.yaml'],
  ])('beside platform.yaml, holding %j: did you mean %s?', (text, right) => {
    expect(said({ 'foo.yaml': text })).toEqual([unread('foo.yaml', `did you mean ${right}?`)]);
  });

  test('is none of these', () => {
    const files = [
      ...['platform.yaml', 'environments/hub.yaml', 'clusters/main.yaml', 'data/cru.yaml'],
      ...[
        'access/README.md',
        'access/.gitkeep',
        'environments/.hub.yaml.swp',
        'environments/.x/y.yaml',
      ],
      ...[
        'images/logo.png',
        'images/science/image.yaml',
        'images/science/files/a.yaml',
        'images/README.md',
      ],
      ...[
        'secrets/hub.sops.yaml',
        'secrets/README.md',
        'secrets/x.txt',
        'environment/notes.txt',
        'docs/a.yaml',
      ],
      ...[
        'mkdocs.yml',
        '_config.yml',
        'codecov.yml',
        'environment.yml',
        'docker-compose.yaml',
        'action.yml',
      ],
      ...['.pre-commit-config.yaml', 'README.md', 'foo.txt'],
    ];
    expect(said(Object.fromEntries(files.map((file) => [file, ''])))).toEqual([]);
  });

  test('is not told twice: other endings are refused elsewhere', () => {
    expect(
      said({ 'environments/hub.yml': '', 'clusters/a/b.yaml': '', 'platform.yml': '' }),
    ).toEqual([]);
  });
});

describe('a folder of images', () => {
  const none = 'images/x has no image.yaml, and is no image';

  test('without image.yaml', () => {
    expect(said({ 'images/x/a.ipynb': '', 'images/x/b': '' })).toEqual([
      unread('images/x/a.ipynb', 'add images/x/image.yaml, or remove the folder', none),
    ]);
    expect(said({ 'images/x/image.lock.yaml': '' })).toEqual([
      unread('images/x/image.lock.yaml', 'add images/x/image.yaml, or remove the folder', none),
    ]);
    expect(said({ 'images/x/a': '', 'images/x/imag.yml': '' })).toEqual([
      unread('images/x/imag.yml', 'did you mean images/x/image.yaml?', none),
    ]);
  });

  test('with it, or with one that is refused for its ending', () => {
    expect(said({ 'images/x/image.yaml': '', 'images/x/a': '' })).toEqual([]);
    expect(said({ 'images/x/image.yml': '' })).toEqual([]);
    expect(said({ 'images/.ipynb_checkpoints/a': '' })).toEqual([]);
  });

  test('beside one that has it', () => {
    expect(said({ 'images/xy/image.yaml': '', 'images/x/a': '' })).toHaveLength(1);
  });
});

test('secrets of a hub that is not there', () => {
  const file = 'secrets/hubb.sops.yaml';
  expect(said({ [file]: '', 'environments/hub.yaml': '' })).toEqual([
    unread(file, 'did you mean secrets/hub.sops.yaml?', 'there is no environments/hubb.yaml'),
  ]);
  expect(said({ [file]: '', 'clusters/hub.yaml': '' })).toEqual([
    unread(file, 'remove it, once the hub is gone', 'there is no environments/hubb.yaml'),
  ]);
  expect(said({ [file]: '', 'environments/hubb.yaml': '' })).toEqual([]);
});

test('what is looked at beside platform.yaml', () => {
  const looked = [
    'foo.yaml',
    'foo.YML',
    'environment',
    'Clusters',
    'imagess',
    'hubs',
    'hub',
    'acces',
  ];
  expect(looked.filter((name) => !looksOurs(name))).toEqual([]);
  const passed = [
    'platform.yaml',
    'platform.yml',
    'environments',
    'secrets',
    'docs',
    'dist',
    'test',
    'src',
  ];
  const more = [
    'node_modules',
    '.github',
    '.x.yaml',
    'mkdocs.yml',
    'README.md',
    'schemas',
    'charts',
    'lib',
  ];
  expect([...passed, ...more].filter(looksOurs)).toEqual([]);
});
