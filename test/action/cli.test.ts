import { cp, readFile, readdir, rm, symlink } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { fromArguments } from '../../src/arguments.ts';
import { exec } from '../../src/edges/exec.ts';
import type { ExecResult } from '../../src/edges/exec.ts';
import type { Report } from '../../src/edges/report.ts';
import { unpackedTool } from '../../src/edges/tools.ts';
import { at } from '../../src/core/json.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { main } from '../../src/main.ts';
import { CLI, DOUBLE, copyPlatform, edit, git, temporary } from '../support/sample.ts';

const COMMANDS_WITH_ROOT = new Set(['check', 'plan', 'render']);

let folder: Awaited<ReturnType<typeof temporary>>;
let platform: string;
beforeAll(async () => {
  folder = await temporary();
  platform = join(folder.path, 'platform');
  await copyPlatform(platform);
  await git(platform, 'init', '-q');
});
afterAll(() => folder.remove());

const run = (
  args: string[],
  env: Record<string, string> = {},
  cwd = platform,
): Promise<ExecResult> =>
  exec(process.execPath, [CLI, ...args], {
    cwd,
    env: {
      GLACIOCLOUD_HELM: unpackedTool('helm'),
      GLACIOCLOUD_CACHE: join(folder.path, 'cache'),
      ...env,
    },
  });
const copy = async (name: string): Promise<string> => {
  const to = join(folder.path, name);
  await cp(platform, to, { recursive: true });
  return to;
};
const below = async (path: string): Promise<Map<string, string>> => {
  const files = (await readdir(path, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    await Promise.all(
      files.map(async (entry): Promise<[string, string]> => [
        join(entry.parentPath, entry.name).slice(path.length),
        await readFile(join(entry.parentPath, entry.name), 'utf8'),
      ]),
    ),
  );
};

test('the workflow’s first wave reaches clusters that have nothing left but a hub to be removed', async () => {
  const root = await copy('removing');
  await cp(join(root, 'clusters/bremen.yaml'), join(root, 'clusters/attic.yaml'));
  const waves = async (): Promise<unknown> =>
    (
      JSON.parse((await run(['waves', '--json', '--charts-from', DOUBLE], {}, root)).stdout) as {
        waves: { clusters: string[] }[];
      }
    ).waves.map(({ clusters }) => clusters);
  expect(await waves()).toEqual([['bremen'], ['bremen']]);
  await edit(
    root,
    'platform.yaml',
    'removals: []',
    'removals: [{hub: old, cluster: attic, reason: the class is over}]',
  );
  expect(await waves()).toEqual([['attic', 'bremen'], ['bremen']]);
});

describe('what is rendered', () => {
  test('is planned as unchanged', async () => {
    const out = join(folder.path, 'P');
    expect((await run(['render', '--all', '--out', out, '--charts-from', DOUBLE])).code).toBe(0);
    const plan = await run(['plan', '--present', out, '--json', '--charts-from', DOUBLE]);
    expect(plan.code).toBe(0);
    expect(JSON.parse(plan.stdout)).toMatchObject({ schema_version: 1, steps: [], orphans: [] });
  });

  test('has the same bytes elsewhere, in another time zone and locale', async () => {
    const other = await copy('elsewhere');
    const [one, two] = [join(folder.path, 'one'), join(folder.path, 'two')];
    await run(['render', '--all', '--out', one, '--charts-from', DOUBLE]);
    await run(
      ['render', '--all', '--out', two, '--charts-from', DOUBLE],
      { TZ: 'Pacific/Auckland', LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8' },
      other,
    );
    expect(await below(two)).toEqual(await below(one));
  });

  test('holds no placeholder in any values.json, and no secret in any manifest', async () => {
    const files = await below(join(folder.path, 'P'));
    const manifests = [...files]
      .filter(([path]) => path.endsWith('manifests.yaml'))
      .map(([, text]) => text)
      .join('');
    const { standInSecrets } = await import('../../src/core/hub/values/stand-ins.ts');
    const stand =
      JSON.stringify(standInSecrets({ hub: { services: { 'glaciocloud-health': {} } } })).match(
        /[0-9a-f]{64}/gu,
      ) ?? [];
    expect(stand.length).toBe(4);
    for (const value of stand) {
      for (const [path, text] of files)
        if (path.endsWith('.json')) expect(text.includes(value)).toBe(false);
      expect(
        manifests.includes(value) || manifests.includes(Buffer.from(value).toString('base64')),
      ).toBe(false);
    }
    expect(manifests).toContain('masked ');
  });

  test('seats and images wait on the nodes where servers go', async () => {
    const root = await copy('pools');
    await edit(
      root,
      'environments/classroom.yaml',
      'capacity: {maxServers: 30}',
      `capacity: {maxServers: 30, placeholders: 2}
values: {singleuser: {nodeSelector: {pool: users}, extraTolerations: [{key: spot}]}}`,
    );
    const out = join(folder.path, 'pools-out');
    const { code } = await run(
      ['render', 'classroom', '--out', out, '--charts-from', DOUBLE],
      {},
      root,
    );
    expect(code).toBe(0);
    const manifests = await readFile(join(out, 'classroom/manifests.yaml'), 'utf8');
    for (const name of ['prepull', 'placeholders']) {
      const [pod] = manifests
        .split(/^---$/mu)
        .filter((text) => text.trim() !== '')
        .map((text) => load(text) as JsonObject)
        .filter((one) => at(one, '/metadata/name') === name)
        .map((one) => at(one, '/spec/template/spec'));
      expect(pod).toMatchObject({
        nodeSelector: { pool: 'users' },
        tolerations: [{ value: 'user' }, { value: 'user' }, { key: 'spot' }],
        affinity: {
          nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100 }] },
        },
      });
    }
  });

  test('images wait on every pool that a size names, each in its own way', async () => {
    const root = await copy('other-pools');
    await edit(
      root,
      'clusters/bremen.yaml',
      'nodes:',
      'nodes:\n  gpu: {cpu: 8, memory: 64Gi, max: 1, selector: {pool: gpu}, taints: [{key: gpu, effect: NoSchedule}]}',
    );
    await edit(
      root,
      'environments/classroom.yaml',
      'sizes:',
      'sizes:\n  on-gpu: {cpu: 2, memory: 8G, nodes: gpu}',
    );
    const out = join(folder.path, 'other-pools-out');
    const { code } = await run(
      ['render', 'classroom', '--out', out, '--charts-from', DOUBLE],
      {},
      root,
    );
    expect(code).toBe(0);
    const manifests = await readFile(join(out, 'classroom/manifests.yaml'), 'utf8');
    const waiting = manifests
      .split(/^---$/mu)
      .filter((text) => text.trim() !== '')
      .map((text) => load(text) as JsonObject)
      .filter((one) => one['kind'] === 'DaemonSet')
      .map((one) => [
        at(one, '/metadata/name'),
        at(one, '/spec/selector/matchLabels'),
        at(one, '/spec/template/metadata/labels/app.kubernetes.io~1component'),
        at(one, '/spec/template/spec/nodeSelector'),
      ]);
    expect(waiting).toEqual(
      [
        ['prepull', {}],
        ['prepull-gpu', { pool: 'gpu' }],
      ].map(([name, labels]) => [name, { 'app.kubernetes.io/component': name }, name, labels]),
    );
  });

  test('one hub alone', async () => {
    const out = join(folder.path, 'alone');
    const { code } = await run(['render', 'classroom', '--out', out, '--charts-from', DOUBLE]);
    expect([code, await readdir(out), (await readdir(join(out, 'classroom'))).sort()]).toEqual([
      0,
      ['classroom'],
      ['.glaciocloud', 'manifests.yaml', 'release.json', 'values.json'],
    ]);
  });
});

describe('a plan says what happens', () => {
  test('to a hub whose file is gone: nothing', async () => {
    const root = await copy('gone');
    await rm(join(root, 'environments/classroom.yaml'));
    const plan = JSON.parse(
      (
        await run([
          'plan',
          '--root',
          root,
          '--present',
          join(folder.path, 'P'),
          '--json',
          '--charts-from',
          DOUBLE,
        ])
      ).stdout,
    ) as { orphans: unknown[]; steps: unknown[] };
    expect([plan.orphans, plan.steps]).toEqual([
      [{ kind: 'hub', cluster: 'bremen', name: 'classroom' }],
      [],
    ]);
  });

  test('to a hub whose values change: a restart; to one whose sizes change: none', async () => {
    const root = await copy('changes');
    await edit(root, 'environments/hub.yaml', 'idle: 24h', 'idle: 12h');
    await edit(root, 'environments/classroom.yaml', 'memory: 2G', 'memory: 3G');
    const plan = JSON.parse(
      (
        await run([
          'plan',
          '--root',
          root,
          '--present',
          join(folder.path, 'P'),
          '--json',
          '--charts-from',
          DOUBLE,
        ])
      ).stdout,
    ) as { steps: { unit: { name: string }; restartsHub: boolean }[] };
    expect(plan.steps.map(({ unit, restartsHub }) => [unit.name, restartsHub])).toEqual([
      ['hub', true],
      ['classroom', false],
    ]);
  });
});

describe('another organisation', () => {
  test('with YAML files alone can check, render and plan, and nothing of OGGM appears', async () => {
    const root = join(folder.path, 'foreign');
    await cp(join(import.meta.dirname, '../core/rules/_base'), root, { recursive: true });
    await git(root, 'init', '-q');
    const outputs = [
      await run(['check', '--json'], {}, root),
      await run(['render', '--all', '--out', 'out', '--charts-from', DOUBLE], {}, root),
      await run(['plan', '--charts-from', DOUBLE], {}, root),
    ];
    expect(outputs.map(({ code }) => code)).toEqual([0, 0, 0]);
    const text =
      outputs.map(({ stdout }) => stdout).join('') +
      [...(await below(join(root, 'out'))).values()].join('');
    // The model's own variables, our chart's name, and the image that says it has OGGM may name it; the organisation may not.
    expect(
      text.replaceAll(
        /OGGM 1\.6\.3|OGGM_[A-Z_]+|oggm-hub|oggm-work|oggm-extract|\/scratch\/oggm/gu,
        '',
      ),
    ).not.toMatch(/oggm|bremen|jovyan@/iu);
  });
});

describe('what goes wrong is said in one message, with the documented exit code', () => {
  const refuses = async (
    args: string[],
    code: number,
    message: RegExp,
    env: Record<string, string> = {},
    cwd = platform,
  ): Promise<void> => {
    const result = await run(args, env, cwd);
    expect({ code: result.code, text: result.stderr + result.stdout }).toEqual({
      code,
      text: expect.stringMatching(message) as unknown,
    });
    expect(result.stderr).not.toMatch(/ {4}at .*:\d+:\d+/u);
  };
  const out = (): string => join(folder.path, `out-${Math.random()}`);

  /* Without a process of its own: what is printed is heard by a report that only listens. */
  test.each([
    ['teleport', 'there is no command "teleport"'],
    ['check --rot x', "Unknown option '--rot'"],
    ['render', 'render needs --out DIR'],
    [`render hbu --out x --charts-from ${DOUBLE}`, 'there is no hub "hbu"'],
    ['plan --at yesterday', '"yesterday" is not a time'],
    ['state', 'no kubeconfig is named'],
    ['check --root /nonexistent', '--root: there is no folder /nonexistent'],
  ])('usage: %s', async (words, message) => {
    const heard: string[] = [];
    const listening: Report = {
      progress: () => undefined,
      result: (result) => {
        heard.push(result.text);
        return Promise.resolve();
      },
      failure: (said, hint) => heard.push(`${said}; ${hint}`),
    };
    const [command = '', ...rest] = words.split(' ');
    const root = COMMANDS_WITH_ROOT.has(command) && !words.includes('--root');
    const args = [command, ...rest, ...(root ? ['--root', platform] : [])];
    const { KUBECONFIG: before, ...others } = process.env;
    process.env = others;
    try {
      expect(await main(() => fromArguments(args), listening)).toBe(2);
    } finally {
      if (before !== undefined) process.env['KUBECONFIG'] = before;
    }
    expect(heard.join('')).toContain(message);
  });

  test('a rule that does not exist', async () => {
    await refuses(['explain', 'max-agee'], 2, /did you mean "max-age"/u);
  });

  test('Helm is missing', async () => {
    await refuses(
      ['render', 'hub', '--out', out(), '--charts-from', DOUBLE],
      1,
      /Helm 3.17 or newer not found[\s\S]*npm run tools/u,
      { GLACIOCLOUD_HELM: '/nonexistent/helm' },
    );
  });

  test('the chart repository cannot be reached', async () => {
    const root = await copy('charts');
    await edit(root, 'platform.yaml', 'https://hub.jupyter.org/helm-chart/', 'http://127.0.0.1:9/');
    await edit(root, 'platform.yaml', 'charts:\n', 'charts:\n  allowPrivate: true\n');
    await refuses(
      ['render', 'hub', '--out', out()],
      1,
      /127.0.0.1:9\/index.yaml cannot be reached[\s\S]*--charts-from/u,
      {},
      root,
    );
  });

  test('the chart comes from a repository, and the next run has it', async () => {
    const root = await copy('charts-fetched');
    const packaged = await exec(unpackedTool('helm'), [
      'package',
      join(DOUBLE, 'jupyterhub'),
      '--destination',
      folder.path,
    ]);
    expect(packaged.code).toBe(0);
    const bytes = await readFile(join(folder.path, 'jupyterhub-4.4.0.tgz'));
    const server = createServer((request, response) => {
      if (request.url === '/index.yaml')
        response.end('entries: {jupyterhub: [{version: 4.4.0, urls: [jupyterhub-4.4.0.tgz]}]}\n');
      else response.end(bytes);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    await edit(root, 'platform.yaml', 'https://hub.jupyter.org/helm-chart/', address);
    await edit(root, 'platform.yaml', 'charts:\n', 'charts:\n  allowPrivate: true\n');
    try {
      await refuses(['render', 'hub', '--out', out()], 0, /✓ hub/u, {}, root);
    } finally {
      server.closeAllConnections();
      server.close();
    }
    await refuses(['render', 'hub', '--out', out()], 0, /✓ hub/u, {}, root);
  });

  test('the chart given is another version', async () => {
    const root = await copy('version');
    await edit(root, 'platform.yaml', 'jupyterhub: {version: 4.4.0', 'jupyterhub: {version: 4.4.1');
    await refuses(
      ['render', 'hub', '--out', out(), '--charts-from', DOUBLE],
      1,
      /wants jupyterhub 4.4.1, and .* holds jupyterhub 4.4.0/u,
      {},
      root,
    );
  });

  test('what cannot be written', async () => {
    await refuses(
      ['render', 'hub', '--out', '/dev/full/x', '--charts-from', DOUBLE],
      1,
      /\/dev\/full\/x\/hub cannot be written: ENOTDIR[\s\S]*look at the folder and run it again/u,
    );
  });

  test('a symbolic link in place of a file is a finding', async () => {
    const root = await copy('links');
    await rm(join(root, 'environments/hub.yaml'));
    await symlink('/etc/passwd', join(root, 'environments/hub.yaml'));
    await refuses(
      ['check'],
      2,
      /environments\/hub.yaml:1:1 {2}file {2}this is a symbolic link/u,
      {},
      root,
    );
  });
});

test('a new file passes the check', async () => {
  const root = await copy('fresh');
  for (const [kind, name] of [
    ['hub', 'alps'],
    ['image', 'fresh'],
    ['cluster', 'cloud'],
  ]) {
    const made = await run(['new', kind ?? '', name ?? '', '--root', root]);
    expect(made.code).toBe(0);
  }
  const checked = await run(['check', '--json'], {}, root);
  const { findings } = JSON.parse(checked.stdout) as {
    findings: { file: string; rule: string }[];
  };
  expect(checked.code).toBe(0);
  expect(
    findings
      .filter(({ file }) => /alps|fresh|cloud/u.test(file))
      .map(({ file, rule }) => [file, rule]),
  ).toEqual([['environments/alps.yaml', 'placeholder']]);
  expect((await run(['new', 'hub', 'alps', '--root', root])).code).toBe(1);
}, 30_000);

test('the completion script is bash', async () => {
  const { stdout } = await run(['completion']);
  expect((await exec('bash', ['-n'], { input: stdout })).code).toBe(0);
  expect(stdout).toContain('image');
});
