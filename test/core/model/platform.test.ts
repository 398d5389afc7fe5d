import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { isNamed, readPlatform } from '../../../src/core/model/platform.ts';
import type { Text } from '../../../src/core/model/platform.ts';

const FOLDER = join(import.meta.dirname, '../rules/_base');
const SCIENCE = 'title: Science\nfrom: {image: registry.example.org/base, tag: "1"}\n';
const EXTRA = {
  'images/science/image.lock.yaml': `recipe: ${'a'.repeat(40)}\nbuilds: {}\nchannels: {}\n`,
  'data/cru.yaml': 'title: CRU\nfiles: [https://data.example.org/cru.nc]\nsize: 1Gi\n',
  'access/approvers.yaml': 'approvers: [{id: 1}]\n',
  'access/members/583231.yaml': 'id: 583231\ntier: researcher\nuntil: 2027-01-01\n',
  'access/cohorts/class.yaml':
    'title: Class\nleads: [1]\ntier: researcher\nfrom: 2027-01-01\nuntil: 2027-02-01\ncapacity: 5\n',
  'images/science/image.yaml': SCIENCE,
};

function filesWith(changes: Record<string, string | Text | undefined> = {}): Map<string, Text> {
  const names = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' });
  const files = new Map<string, Text>();
  for (const name of names.filter((one) => one.endsWith('.yaml')))
    files.set(name, { kind: 'text', text: readFileSync(join(FOLDER, name), 'utf8') });
  const all: Record<string, string | Text | undefined> = { ...EXTRA, ...changes };
  for (const [name, content] of Object.entries(all)) {
    if (content === undefined) files.delete(name);
    else files.set(name, typeof content === 'string' ? { kind: 'text', text: content } : content);
  }
  return files;
}

const said = (changes: Record<string, string | Text | undefined>): string[] =>
  readPlatform(filesWith(changes)).findings.map(
    ({ rule, severity, at, message, hint }) =>
      `${severity} ${rule} ${at.file}:${at.line}:${at.column} ${message} | ${hint}`,
  );

test('every file is where its kind belongs', () => {
  const files = filesWith({ 'README.md': 'words', 'docs/x.yaml': '}' });
  const { platform, findings, sources } = readPlatform(files);
  expect(findings).toEqual([]);
  if (!platform) throw new Error('the platform cannot be read');
  expect(platform.settings.data.organization).toBe('example');
  expect([...platform.clusters.keys()]).toEqual(['main']);
  expect([...platform.environments.keys()]).toEqual(['hub']);
  expect(platform.images.get('science')?.data.title).toBe('Science');
  expect(platform.locks.get('science')?.data.recipe).toBe('a'.repeat(40));
  expect(platform.data.get('cru')?.data.title).toBe('CRU');
  expect(platform.approvers?.data.approvers).toEqual([{ id: 1 }]);
  expect(platform.members.get('583231')?.data.tier).toBe('researcher');
  expect(platform.cohorts.get('class')?.data.capacity).toBe(5);
  expect([...platform.paths]).toEqual([...files.keys()]);
  expect([...sources.keys()]).toEqual(
    [...files.keys()].filter((name) => !/^(README|docs)/u.test(name)).sort(),
  );
  expect(sources.get('data/cru.yaml')?.text).toBe(EXTRA['data/cru.yaml']);
});

test('files are read in the order of their paths, however they were found', () => {
  const names = (files: ReadonlyMap<string, Text>): string[] => [
    ...(readPlatform(files).platform?.clusters.keys() ?? []),
  ];
  const cluster = readFileSync(join(FOLDER, 'clusters/main.yaml'), 'utf8');
  const files = filesWith({ 'clusters/zeta.yaml': cluster, 'clusters/alpha.yaml': cluster });
  expect(names(files)).toEqual(['alpha', 'main', 'zeta']);
  expect(names(new Map([...files].reverse()))).toEqual(['alpha', 'main', 'zeta']);
});

describe('what is wrong', () => {
  test.each<[string, Record<string, string | Text | undefined>, string[]]>([
    [
      'no platform',
      { 'platform.yaml': undefined },
      [
        'error file platform.yaml:1:1 there is no platform.yaml | run this in the root of a platform, or start one with `glaciocloud init`',
      ],
    ],
    [
      'a file that cannot be had',
      { 'data/cru.yaml': { kind: 'refused', why: 'it is a link', hint: 'write a file' } },
      ['error file data/cru.yaml:1:1 it is a link | write a file'],
    ],
    [
      'a file that is no file of ours and cannot be had',
      { 'clusters/cru.txt': { kind: 'refused', why: 'it is a link', hint: 'write a file' } },
      ['error file clusters/cru.txt:1:1 it is a link | write a file'],
    ],
    [
      'a file in place of a folder, whose files seem to be gone then, and its neighbours',
      {
        'access/members': '',
        announcements: 'x',
        secrets: '',
        'images/oggm': '',
      },
      ['access/members', 'announcements', 'secrets'].map(
        (path) =>
          `error file ${path}:1:1 this is a file | put a folder of this name here, with the files that belong into it`,
      ),
    ],
    [
      'a file that would be passed over',
      { 'clusters/second.yml': '' },
      [
        'error file-place clusters/second.yml:1:1 this file is not read here | platform files are clusters/<name>.yaml',
      ],
    ],
    [
      'one of several',
      { 'data/cru.yaml': 'title: [', 'access/approvers.yaml': 'approvers: 1\n' },
      [
        'error schema access/approvers.yaml:1:12 1 stands where a list belongs | start each entry with "- ", or write [a, b]',
        'error yaml data/cru.yaml:1:8 "[" is opened here and not closed | write "]" where it ends',
      ],
    ],
  ])('%s', (_what, changes, expected) => {
    expect(said(changes)).toEqual(expected);
  });

  test('without its first file there is no platform; with any other wrong there is', () => {
    expect(readPlatform(filesWith({ 'platform.yaml': undefined })).platform).toBeUndefined();
    expect(readPlatform(filesWith({ 'platform.yaml': 'x: 1' })).platform).toBeUndefined();
    const { platform } = readPlatform(filesWith({ 'data/cru.yaml': 'x: 1' }));
    expect(platform?.data.size).toBe(0);
    expect(platform && isNamed(platform, 'data', 'cru')).toBe(true);
  });

  test('a name counts although its file is wrong, refused, or one of several', () => {
    const refused: Text = { kind: 'refused', why: 'w', hint: 'h' };
    const { platform } = readPlatform(
      filesWith({ 'clusters/second.yaml': refused, 'clusters/third.yaml': '[' }),
    );
    if (!platform) throw new Error('the platform cannot be read');
    const named = ['main', 'second', 'third', 'fourth'].map((name) =>
      isNamed(platform, 'cluster', name),
    );
    expect(named).toEqual([true, true, true, false]);
    expect([...platform.clusters.keys()]).toEqual(['main']);
    expect(isNamed(platform, 'cluster', 'hub')).toBe(false);
  });

  test('nothing is named where there are no files of a kind', () => {
    const { platform } = readPlatform(filesWith({ 'data/cru.yaml': undefined }));
    expect(platform && isNamed(platform, 'data', 'cru')).toBe(false);
  });
});
