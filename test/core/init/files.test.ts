import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import type { Answers } from '../../../src/core/init/answers.ts';
import { runRules } from '../../../src/core/check/run.ts';
import { dispatchWorkflow } from '../../../src/core/init/dispatch.ts';
import { firstImage, platformFiles, starterFiles } from '../../../src/core/init/files.ts';
import { PROVIDERS } from '../../../src/core/init/scaffold.ts';
import type { Doc, ImageFile, Platform } from '../../../src/core/model/types.ts';
import { ANSWERED, COMMIT, TOOL, platformOf } from './tool.ts';

const SCHEMAS = `https://raw.githubusercontent.com/somebody/hub-tool/${COMMIT}/schemas/`;
const platformFor = (more: Partial<Answers>, tool = TOOL): Platform =>
  platformOf(platformFiles({ ...ANSWERED, ...more }, tool));

describe('a new platform', () => {
  test('has four files, each with the schema of its kind at the tool’s commit', () => {
    const files = platformFiles(ANSWERED, TOOL);
    const heads = [...files].map(([path, text]) => [path, text.split('\n')[0]]);
    expect(heads).toEqual(
      [
        ['platform.yaml', 'platform'],
        ['clusters/north.yaml', 'cluster'],
        ['environments/ice.yaml', 'environment'],
        ['images/oggm-1.6.3/image.yaml', 'image'],
      ].map(([path, kind]) => [
        path,
        `# yaml-language-server: $schema=${SCHEMAS}${kind!}.schema.json`,
      ]),
    );
  });

  test('is what was answered', () => {
    const { settings, clusters, environments, images } = platformFor({ provider: 'gke' });
    expect(settings.data).toMatchObject({
      organization: 'Ice-Lab',
      registry: 'ghcr.io/ice-lab',
      user: TOOL.settings.user,
      charts: TOOL.settings.charts,
      waves: [{ name: 'production', images: 'stable' }],
      tiers: { researcher: { until: '180d' } },
    });
    expect(clusters.get('north')?.data).toMatchObject({
      title: 'north',
      provider: 'gke',
      storage: { homes: { class: 'standard-rwo' } },
      ingress: { class: 'nginx', issuer: 'letsencrypt', email: null },
      nodes: { user: { startTime: '240s' } },
    });
    expect(environments.get('ice')?.data).toMatchObject({
      title: 'ice',
      url: 'https://hub.example.net',
      cluster: 'north',
      wave: 'production',
      images: [{ name: 'oggm-1.6.3' }],
      access: {
        allow: ['team:Ice-Lab/ice-users', 'tier:researcher'],
        admins: ['team:Ice-Lab/ice-admins'],
      },
    });
    expect(images.get('oggm-1.6.3')?.data).toMatchObject({ title: 'OGGM 1.6.3' });
  });

  test.each(Object.entries(PROVIDERS))('on %s has its classes', (provider, expected) => {
    const cluster = platformFor({ provider }).clusters.get('north')?.data;
    expect(cluster).toMatchObject({
      provider,
      storage: { homes: { class: expected.storage } },
      ingress: { class: expected.ingress },
      nodes: { user: { startTime: expected.startTime } },
    });
  });

  test('that is reached by plain http has no ingress', () => {
    const { clusters } = platformFor({ url: 'http://hub.example.net' });
    expect(clusters.get('north')?.data.ingress.class).toBe('none');
  });

  test('pins no chart that the tool does not pin', () => {
    const charts = { jupyterhub: { ...TOOL.settings.charts.jupyterhub, sha256: null } };
    const tool = { ...TOOL, settings: { ...TOOL.settings, charts } };
    expect(platformFor({}, tool).settings.data.charts).toEqual(charts);
  });

  test('has the tool’s image with another comment above it', () => {
    const text = platformFiles(ANSWERED, TOOL).get('images/oggm-1.6.3/image.yaml') ?? '';
    const lines = text.split('\n');
    expect(lines.filter((line) => line.startsWith('# yaml-language-server'))).toHaveLength(1);
    expect(lines[1]).toMatch(/^# An image\. /u);
    expect(lines.slice(2)).toEqual(TOOL.image.text.split('\n').slice(1));
  });

  test.each([
    ['example', 'organization: example'],
    ['true', 'organization: "true"'],
    ['NO', 'organization: "NO"'],
    ['1e3', 'organization: "1e3"'],
    ['a: b', 'organization: "a: b"'],
    ['a#b', 'organization: "a#b"'],
    ['truest', 'organization: truest'],
    ['', 'organization: ""'],
  ])('writes %j so that YAML reads it back as a text', (organization, line) => {
    const text = platformFiles({ ...ANSWERED, organization }, TOOL).get('platform.yaml') ?? '';
    expect(text.split('\n')[3]?.split(' #')[0]).toBe(line);
  });

  test.each([
    ['localhost:5000/x', '"localhost:5000/x"'],
    ['https://hub.example.org:8443/', 'https://hub.example.org:8443/'],
    ['https://hub.example.org:', '"https://hub.example.org:"'],
  ])('writes the registry %s as %s', (registry, written) => {
    const text = platformFiles({ ...ANSWERED, registry }, TOOL).get('platform.yaml') ?? '';
    expect(text.split('\n')[4]?.split(' #')[0]).toBe(`registry: ${written}`);
  });
});

describe('what init writes', () => {
  const files = starterFiles(ANSWERED, TOOL);

  test('is the platform, forms, a page about access, and workflows but those that test the tool', () => {
    expect([...files.keys()]).toEqual([
      ...platformFiles(ANSWERED, TOOL).keys(),
      '.github/ISSUE_TEMPLATE/access.yml',
      '.github/ISSUE_TEMPLATE/renew.yml',
      '.github/ISSUE_TEMPLATE/class.yml',
      'access/README.md',
      '.sops.yaml',
      '.gitignore',
      '.github/workflows/plan.yml',
    ]);
  });

  test('tells sops which files to encrypt, and refuses until there is a key', () => {
    const rules = load(files.get('.sops.yaml') ?? '') as {
      creation_rules: { path_regex: string; age: string }[];
    };
    expect(rules.creation_rules.map(({ age }) => age)).toEqual(['PUBLIC-KEY']);
    const [pattern] = rules.creation_rules.map(({ path_regex: one }) => new RegExp(one, 'u'));
    expect(pattern?.test('secrets/ice.sops.yaml')).toBe(true);
    expect(
      ['secrets/ice.yaml', 'secrets/a/ice.sops.yaml', 'ice.sops.yaml'].filter((one) =>
        pattern?.test(one),
      ),
    ).toEqual([]);
  });

  test('keeps keys and secrets in clear out of git', () => {
    expect(
      (files.get('.gitignore') ?? '').split('\n').filter((line) => /^[^#]/u.test(line)),
    ).toEqual([
      '*.agekey',
      'keys.txt',
      '.env',
      'kubeconfig*',
      '/secrets/*',
      '!/secrets/*.sops.yaml',
      '!/secrets/*.md',
      '/.glaciocloud/',
    ]);
  });

  test('says in the page about access where the schemas are', () => {
    const text = files.get('access/README.md') ?? '';
    const schemas = [...text.matchAll(/\$schema=(\S+)/gu)].map(([, address]) => address);
    expect(schemas).toEqual(
      ['member', 'approvers', 'cohort'].map((kind) => `${SCHEMAS}${kind}.schema.json`),
    );
  });

  test('has examples there that check accepts as they stand', () => {
    const page = files.get('access/README.md') ?? '';
    const examples = [...page.matchAll(/^`(access\/\S+\.yaml)`, [^]*?```yaml\n([^]*?)```/gmu)].map(
      ([, path = '', text = '']) => [path.replace('NAME', 'workshop'), text] as const,
    );
    expect(examples.map(([path]) => path)).toEqual([
      'access/members/583231.yaml',
      'access/approvers.yaml',
      'access/cohorts/workshop.yaml',
    ]);
    const platform = platformOf(new Map([...platformFiles(ANSWERED, TOOL), ...examples]));
    const found = runRules({ platform, now: Date.UTC(2026, 10, 26), defaults: undefined });
    expect(found.filter(({ at }) => at.file.startsWith('access/'))).toEqual([]);
    expect(platform.approvers?.data).toEqual({
      approvers: [{ id: 583231, login: 'octocat' }],
      teams: ['team:Ice-Lab/ice-admins'],
    });
  });

  test('says there what requests need on GitHub, and where people ask', () => {
    const page = files.get('access/README.md') ?? '';
    for (const name of ['access-requests', 'ACCESS_REPOSITORY', 'REQUESTS_APP', 'REQUESTS_KEY'])
      expect(page).toContain(name);
    expect(page).toContain('`pages: {repository: OWNER/REPO}`');
    expect(starterFiles(ANSWERED, TOOL, 'Ice-Lab/hubs').get('access/README.md')).toContain(
      '`pages: {repository: Ice-Lab/hubs}`',
    );
  });

  test('says there which workflow a private repository needs', () => {
    const block = (text: string): string =>
      /```yaml\n(# Makes hubs[^]*?)```/u.exec(text)?.[1] ?? '';
    expect(block(files.get('access/README.md') ?? '')).toBe(dispatchWorkflow('OWNER/REPO'));
    const known = starterFiles(ANSWERED, TOOL, 'Ice-Lab/hubs').get('access/README.md') ?? '';
    expect(block(known)).toBe(dispatchWorkflow('Ice-Lab/hubs'));
    expect(known).toContain('as `.github/workflows/dispatch.yml`');
  });

  test('leads people to where it will be, if that is known', () => {
    const settings = (home?: string) =>
      platformOf(platformFiles(ANSWERED, TOOL, home)).settings.data.pages;
    expect(settings('Ice-Lab/hubs')).toEqual({ repository: 'Ice-Lab/hubs' });
    expect(settings()).toEqual({});
  });

  test('has workflows that say who wrote them', () => {
    expect(files.get('.github/workflows/plan.yml')).toMatch(
      /^# Written by `glaciocloud init`\.[^]*`repository: somebody\/hub-tool`\.\nname: plan\n$/u,
    );
  });
});

describe('the first image', () => {
  const image = (name: string, version: string | undefined, more: object = {}): Doc<ImageFile> => {
    const oggm = version === undefined ? {} : { oggm: { version } };
    return {
      name,
      data: { from: { tag: 'v1' }, files: [], ...oggm, ...more },
    } as unknown as Doc<ImageFile>;
  };
  test.each<[string, Doc<ImageFile>[], string | undefined]>([
    [
      'the newest by number',
      [image('a', '1.6.9'), image('b', '1.6.10'), image('c', '1.5.11')],
      'b',
    ],
    ['one that needs no build', [image('a', '2.0', { from: undefined }), image('b', '1.0')], 'b'],
    ['one without a tag is none', [image('a', '2.0', { from: {} }), image('b', '1.0')], 'b'],
    ['one without files of its own', [image('a', '2.0', { files: ['x'] }), image('b', '1.0')], 'b'],
    ['one with a release', [image('a', undefined), image('b', '1.0')], 'b'],
    ['none', [image('a', undefined)], undefined],
  ])('is %s', (_what, images, expected) => {
    expect(firstImage(images)).toBe(expected);
  });
});
