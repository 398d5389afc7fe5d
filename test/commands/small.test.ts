import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { check } from '../../src/commands/check.ts';
import { explainRule } from '../../src/commands/explain.ts';
import { nextAfter, numbered } from '../../src/core/init/next-steps.ts';
import { createFile } from '../../src/commands/new.ts';
import { rights } from '../../src/commands/rights.ts';
import { secrets } from '../../src/commands/secrets.ts';
import { waves } from '../../src/commands/waves.ts';
import { Failure, UsageError } from '../../src/failure.ts';
import type { Outcome } from '../../src/outcome.ts';
import { DOUBLE, commitAll, edit, git, temporary } from '../support/sample.ts';

const NOW = Date.UTC(2026, 10, 24, 12);
const report = { progress: () => undefined } as never;
let folder: Awaited<ReturnType<typeof temporary>>;

beforeAll(async () => {
  folder = await temporary();
});
afterAll(() => folder.remove());

async function platform(name: string): Promise<string> {
  const root = join(folder.path, name);
  await cp(join(import.meta.dirname, '../core/rules/_base'), root, { recursive: true });
  return root;
}

async function broken(name: string): Promise<string> {
  const root = await platform(name);
  await writeFile(join(root, 'platform.yaml'), '- no platform\n');
  return root;
}

describe('check', () => {
  const checked = (root: string) => check({ root, chartsFrom: DOUBLE, hubs: [], now: NOW }, report);

  test('passes with nothing but warnings', async () => {
    const answer = await checked(await platform('good'));
    expect(answer.exit).toBe(0);
    expect(answer.text).toMatch(/^(.* warning .*\n)*\n?(no findings|\d+ warnings?)\n$/u);
    expect(answer.findings.every(({ severity }) => severity === 'warning')).toBe(true);
  });

  test('fails with an error, in all its views', async () => {
    const root = await platform('bad');
    await edit(root, 'environments/hub.yaml', 'memory: 4G', 'memory: 4Gi');
    const answer = await checked(root);
    expect(answer.exit).toBe(2);
    expect(answer.text).toContain('environments/hub.yaml:7:27  memory-suffix  ');
    expect(answer.summary).toContain('| ✗ | `environments/hub.yaml:7` |');
    expect(answer.json).toMatchObject({ schema_version: 1, findings: [{ rule: 'memory-suffix' }] });
  });

  test('of a hub is about what that hub is made of', async () => {
    const root = await platform('of-a-hub');
    await cp(join(root, 'environments/hub.yaml'), join(root, 'environments/classroom.yaml'));
    await edit(root, 'environments/hub.yaml', 'memory: 4G', 'memory: 4Gi');
    const of = (...hubs: string[]) => check({ root, chartsFrom: DOUBLE, hubs, now: NOW }, report);
    const errors = async (hub: string): Promise<string[]> =>
      (await of(hub)).findings.flatMap(({ severity, rule }) =>
        severity === 'error' ? [rule] : [],
      );
    expect(await errors('hub')).toEqual(['memory-suffix']);
    expect(await errors('classroom')).toEqual([]);
    await expect(of('hub', 'clasroom')).rejects.toMatchObject({
      hint: 'did you mean "classroom"?',
    });
  });

  test('says of which files no rule has judged what they say', async () => {
    const root = await platform('unread');
    await edit(root, 'environments/hub.yaml', 'memory: 4G', 'memory: 4Gi');
    const some = await checked(root);
    const said =
      /\nRules have not looked at environments\/hub\.yaml yet: mend what is told here first\.\n$/u;
    expect(some.text).toMatch(said);
    expect(some.summary).toMatch(said);
    expect(some.json).toMatchObject({ unread: ['environments/hub.yaml'] });
    const none = await checked(await broken('whole'));
    const all = /\nRules have looked at no file, because platform\.yaml cannot be read\.\n$/u;
    expect(none.text).toMatch(all);
    expect(none.summary).toMatch(all);
    expect(none.json).toMatchObject({ unread: ['platform.yaml'] });
  });

  test('fails where there is no platform to check', async () => {
    expect((await checked(await broken('none'))).exit).toBe(2);
  });
});

describe('explain', () => {
  test('lists every rule, of files and of values', () => {
    const answer = explainRule(undefined);
    expect(answer.text).toMatch(/^memory-suffix {11}\S/mu);
    expect(answer.text).toMatch(/^max-age {17}\S/mu);
    const { rules, ...rest } = answer.json as { rules: { id: string }[] };
    expect(rules).toHaveLength(answer.text.trimEnd().split('\n').length);
    expect(rules).toContainEqual({
      id: 'max-age',
      severity: 'error',
      title: expect.any(String) as unknown,
      why: expect.any(String) as unknown,
    });
    expect(rest).toEqual({ schema_version: 1 });
    expect(answer.exit).toBe(0);
  });

  test('says why one exists', () => {
    const answer = explainRule('max-age');
    expect(answer.exit).toBe(0);
    expect(answer.text).toMatch(/^max-age \(error\)\n\n.+\n\n.+\n$/u);
    expect(answer.json).toMatchObject({ schema_version: 1, id: 'max-age', severity: 'error' });
  });

  test.each([
    ['max-agee', 'did you mean "max-age"?'],
    ['zzzzzzzzzzzzzzzzzzzz', '`glaciocloud explain` lists them'],
  ])('knows what was meant by %s', (id, hint) => {
    expect(failureOf(() => explainRule(id))).toMatchObject({
      message: `there is no rule "${id}"`,
      hint,
      exit: 2,
    });
  });
});

function failureOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}

describe('new', () => {
  test.each([
    ['hub', 'second', 'environments/second.yaml'],
    ['image', 'my.image-1.2', 'images/my.image-1.2/image.yaml'],
    ['cluster', 'other', 'clusters/other.yaml'],
  ] as const)('%s %s', async (kind, name, file) => {
    const root = await platform(`new-${kind}`);
    const answer = await createFile(root, [kind, name]);
    expect(answer).toMatchObject({
      exit: 0,
      text: [`${file} written. Next:`, ...numbered(nextAfter(kind, name)), ''].join('\n'),
      json: { schema_version: 1, file },
    });
    expect(await readFile(join(root, file), 'utf8')).toMatch(/^# /u);
    const again = await createFile(root, [kind, name]).catch((error: unknown) => error);
    expect(again).toBeInstanceOf(Failure);
    expect(again).toMatchObject({
      message: `${file} exists already`,
      hint: 'choose another name',
      exit: 1,
    });
  });

  test('refuses names that are none', async () => {
    for (const given of [
      ['hub', 'my.hub'],
      ['image', 'My_Image'],
    ])
      await expect(createFile('/nonexistent', given)).rejects.toBeInstanceOf(UsageError);
  });

  test('needs a platform that can be read', async () => {
    expect((await createFile(await broken('new-broken'), ['hub', 'x'])).exit).toBe(2);
  });
});

describe('secrets', () => {
  test('template: the file to fill in', async () => {
    const answer = await secrets(await platform('template'), ['template', 'hub'], NOW);
    expect([answer.exit, answer.text]).toEqual([
      0,
      '# Fill in, then encrypt: sops encrypt --in-place secrets/hub.sops.yaml\n# login\ngithub-client-id: ""\n# login\ngithub-client-secret: ""\n',
    ]);
  });

  test('audit: what is missing, in words and as JSON', async () => {
    const answer = await secrets(await platform('audit'), ['audit', 'hub'], NOW);
    expect(answer.exit).toBe(2);
    expect(answer.text.split('\n').slice(0, 3)).toEqual([
      '✗ github-client-id          missing    login',
      '✗ github-client-secret      missing    login',
      '· hub cookie secret         exempt     made in the cluster',
    ]);
    expect(answer.json).toMatchObject({
      schema_version: 1,
      hub: 'hub',
      secrets: [{ secret: 'github-client-id', state: 'missing', note: 'login' }, {}, {}, {}, {}],
    });
  });

  test('audit: nothing is wrong where nothing is declared', async () => {
    const root = await platform('exempt');
    await edit(
      root,
      'environments/hub.yaml',
      'secrets:\n  github-client-id: {use: login}\n  github-client-secret: {use: login}',
      'secrets: {}',
    );
    expect((await secrets(root, ['audit', 'hub'], NOW)).exit).toBe(0);
  });

  test.each([
    [['audit'], 'secrets needs audit or template, and a hub'],
    [['show', 'hub'], 'secrets needs audit or template, and a hub'],
    [[], 'secrets needs audit or template, and a hub'],
    [['audit', 'hbu'], 'there is no hub "hbu"'],
  ])('refuses %j', async (given, message) => {
    const root = await platform(`refuses-${given.join('-')}`);
    const hint = message.startsWith('there')
      ? 'hubs: hub'
      : 'glaciocloud secrets audit|template HUB';
    await expect(secrets(root, given, NOW)).rejects.toMatchObject({ message, hint, exit: 2 });
  });

  test('needs a platform that can be read', async () => {
    expect((await secrets(await broken('secrets-broken'), ['audit', 'hub'], NOW)).exit).toBe(2);
  });
});

describe('waves', () => {
  async function asked(name: string): Promise<Outcome> {
    const root = await platform(name);
    const second = join(root, 'environments/second.yaml');
    await cp(join(root, 'environments/hub.yaml'), second);
    await edit(root, 'environments/second.yaml', 'hub.example.org', 'second.example.org');
    await edit(root, 'environments/second.yaml', 'cluster: main', 'cluster: other');
    await cp(join(root, 'clusters/main.yaml'), join(root, 'clusters/other.yaml'));
    await edit(root, 'platform.yaml', 'images: stable}', 'images: stable, approval: true}');
    await git(root, 'init', '-q');
    await commitAll(root, 'one');
    return waves({ root, chartsFrom: DOUBLE }, report);
  }

  test('in words, as JSON, and as outputs for every job of the workflow', async () => {
    const answer = await asked('waves');
    expect(answer.text).toBe(
      'wave 1 staging: no hub\nwave 2 production: main, other; asks first on main, other\n',
    );
    expect(answer.json).toEqual({
      schema_version: 1,
      waves: [
        { name: 'staging', clusters: [], waiting: [], approve: [] },
        {
          name: 'production',
          clusters: ['main', 'other'],
          waiting: ['main', 'other'],
          approve: ['main', 'other'],
        },
      ],
    });
    expect(answer.outputs).toEqual({
      clusters: '["main","other"]',
      data: '[]',
      name_1: 'staging',
      clusters_1: '[]',
      waiting_1: '[]',
      approve_1: '[]',
      name_2: 'production',
      clusters_2: '["main","other"]',
      waiting_2: '["main","other"]',
      approve_2: '["main","other"]',
      name_3: '',
      clusters_3: '[]',
      waiting_3: '[]',
      approve_3: '[]',
      name_4: '',
      clusters_4: '[]',
      waiting_4: '[]',
      approve_4: '[]',
    });
  });

  test('need a platform that can be read', async () => {
    expect(
      (await waves({ root: await broken('waves-broken'), chartsFrom: DOUBLE }, report)).exit,
    ).toBe(2);
  });
});

describe('rights', () => {
  test('are those of the only cluster, or of the one that is named', async () => {
    const root = await platform('rights');
    const { exit, text } = await rights(root, undefined);
    expect([exit, text]).toEqual([0, expect.stringContaining('\nkind: ClusterRole\n')]);
    expect((await rights(root, 'main')).text).toBe(text);
    await expect(rights(root, 'other')).rejects.toThrow('there is no cluster "other"');
    await cp(join(root, 'clusters/main.yaml'), join(root, 'clusters/second.yaml'));
    await expect(rights(root, undefined)).rejects.toThrow('write --cluster NAME');
  });

  test('of files that cannot be read are not known', async () => {
    expect((await rights(await broken('rights-broken'), undefined)).exit).toBe(2);
  });
});
