import { describe, expect, test } from '@jest/globals';
import { platformFiles } from '../../../src/core/init/files.ts';
import { SCAFFOLDS, scaffold, schemaBase, schemaComment } from '../../../src/core/init/scaffold.ts';
import type { Platform } from '../../../src/core/model/types.ts';
import { ANSWERED, TOOL, platformOf } from './tool.ts';

const files = platformFiles(ANSWERED, TOOL);
const platform = platformOf(files);
/** The platform with one file more. */
const withFile = (kind: (typeof SCAFFOLDS)[number], name: string): Platform => {
  const { path, text } = scaffold(kind, name, platform, undefined);
  return platformOf(new Map([...files, [path, text]]));
};

describe('a new file', () => {
  test.each([
    ['hub', 'environments/new.yaml', '../schemas/environment'],
    ['image', 'images/new/image.yaml', '../../schemas/image'],
    ['cluster', 'clusters/new.yaml', '../schemas/cluster'],
  ] as const)('of a %s is %s, and names its schema', (kind, path, schema) => {
    const made = scaffold(kind, 'new', platform, undefined);
    expect(made.path).toBe(path);
    expect(made.text.split('\n')[0]).toBe(`# yaml-language-server: $schema=${schema}.schema.json`);
    const elsewhere = scaffold(kind, 'new', platform, 'https://example.org/');
    expect(elsewhere.text.split('\n')[0]).toBe(
      `# yaml-language-server: $schema=https://example.org/${schema.replace(/^.*\//u, '')}.schema.json`,
    );
    expect(elsewhere.text.split('\n').slice(1)).toEqual(made.text.split('\n').slice(1));
  });

  test('is one of three kinds', () => {
    expect(SCAFFOLDS).toEqual(['hub', 'image', 'cluster']);
  });

  test('of a hub is a hub beside those that there are', () => {
    expect(withFile('hub', 'new').environments.get('new')?.data).toMatchObject({
      title: 'new',
      url: 'https://new.example.org',
      cluster: 'north',
      wave: 'production',
      images: [{ name: 'oggm-1.6.3' }],
      sizes: { small: { cpu: 2, memory: '4G', default: true } },
      access: { allow: ['team:Ice-Lab/new-users'], admins: ['team:Ice-Lab/new-admins'] },
      secrets: {
        'github-client-id': { rotate: '365d' },
        'github-client-secret': { rotate: '365d' },
      },
    });
  });

  test('of an image is an image that is built', () => {
    const image = withFile('image', 'new').images.get('new')?.data;
    expect(image).toMatchObject({ title: 'new', python: '3.13', rebuild: 'weekly' });
    expect(image?.from).toBeUndefined();
  });

  test('of a cluster is a cluster of a provider that nobody knows', () => {
    expect(withFile('cluster', 'new').clusters.get('new')?.data).toMatchObject({
      title: 'new',
      provider: 'existing',
      storage: { homes: { class: 'standard' } },
      ingress: { class: 'nginx', issuer: 'letsencrypt' },
      nodes: { user: { startTime: '240s' } },
    });
  });
});

describe('the image of a new hub', () => {
  const imageIn = (more: Partial<Platform>): unknown =>
    /^images: \[(.*?)\]/mu.exec(
      scaffold('hub', 'new', { ...platform, ...more }, undefined).text,
    )?.[1];
  const [image] = [...platform.images.values()];
  const built = withFile('image', 'built').images.get('built')!;

  test('is one that a hub uses', () => {
    const images = new Map([['other', { ...image!, name: 'other' }], ...platform.images]);
    expect(imageIn({ images })).toBe('oggm-1.6.3');
  });

  test('is one that needs no build, where no hub uses any', () => {
    const images = new Map([['built', built], ...platform.images]);
    expect(imageIn({ environments: new Map(), images })).toBe('oggm-1.6.3');
  });

  test('has to be added, where there is none', () => {
    expect(imageIn({ environments: new Map(), images: new Map([['built', built]]) })).toBe(
      'add-an-image',
    );
  });

  test('is on a cluster that has to be added, where there is none', () => {
    const { text } = scaffold('hub', 'new', { ...platform, clusters: new Map() }, undefined);
    expect(text).toContain('\ncluster: add-a-cluster\n');
  });
});

test.each([
  ['platform.yaml', undefined, 'schemas/platform.schema.json'],
  ['a/b/platform.yaml', undefined, '../../schemas/platform.schema.json'],
  ['a/platform.yaml', 'https://example.org/s/', 'https://example.org/s/platform.schema.json'],
])('editors find the schema of %s', (path, base, schema) => {
  expect(schemaComment('platform', path, base)).toBe(`# yaml-language-server: $schema=${schema}\n`);
});

test.each([
  [schemaComment('platform', 'platform.yaml', 'https://example.org/s/'), 'https://example.org/s/'],
  [
    `# first\n${schemaComment('platform', 'platform.yaml', 'https://example.org/s/')}x: 1\n`,
    'https://example.org/s/',
  ],
  [schemaComment('platform', 'platform.yaml', undefined), undefined],
  [schemaComment('cluster', 'platform.yaml', 'https://example.org/s/'), undefined],
  [schemaComment('platform', 'platform.yaml', 'http://example.org/s/'), undefined],
  ['', undefined],
])('new files follow platform.yaml to its schemas: %j', (text, expected) => {
  expect(schemaBase(text)).toBe(expected);
});
