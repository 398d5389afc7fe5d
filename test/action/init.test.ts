import { cp, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { fromAction } from '../../src/arguments.ts';
import { init } from '../../src/commands/init.ts';
import { pinOf } from '../../src/core/init/answers.ts';
import { foreignWorkflow } from '../../src/core/init/workflow.ts';
import { exec } from '../../src/edges/exec.ts';
import type { ExecResult } from '../../src/edges/exec.ts';
import { unpackedTool } from '../../src/edges/tools.ts';
import { lintWorkflow } from '../support/lint.ts';
import { CLI, DOUBLE, ROOT, git, temporary } from '../support/sample.ts';
import { runWorkflow } from '../support/workflow.ts';

const COMMIT = '3d3c42e5aac5ba805825da76410c181273ba90b1';
const ACTION = `somebody/hub-tool@${COMMIT}`;
const FLAGS = [
  '--organization',
  'Ice-Lab',
  '--url',
  'https://hub.example.net',
  '--email',
  'ice@example.net',
  '--action',
  ACTION,
];

let folder: Awaited<ReturnType<typeof temporary>>;
beforeAll(async () => {
  folder = await temporary();
});
afterAll(() => folder.remove());

const run = (args: string[], cwd = folder.path): Promise<ExecResult> =>
  exec(process.execPath, [CLI, ...args], {
    cwd,
    env: { GLACIOCLOUD_HELM: unpackedTool('helm'), GLACIOCLOUD_CACHE: join(folder.path, 'cache') },
  });
const below = async (root: string): Promise<Record<string, string>> => {
  const files = (await readdir(root, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    await Promise.all(
      files.map(
        async (entry) =>
          [
            join(entry.parentPath, entry.name).slice(root.length + 1),
            await readFile(join(entry.parentPath, entry.name), 'utf8'),
          ] as const,
      ),
    ),
  );
};
const fresh = async (name: string): Promise<string> => {
  const root = join(folder.path, name);
  await mkdir(root);
  return root;
};

/** Somebody who types these lines into streams that are no terminal; what they saw comes back. */
async function typed(root: string, lines: string[]): Promise<{ seen: string; text: string }> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let seen = '';
  output.on('data', (chunk: Buffer) => (seen += chunk.toString()));
  input.end(lines.map((line) => `${line}\n`).join(''));
  const { text } = await init({ root, given: {} }, { input, output });
  return { seen, text };
}

describe('an empty folder', () => {
  test('becomes a platform that check accepts, and that render and plan work on', async () => {
    const root = await fresh('flags');
    const made = await run(['init', '--root', root, ...FLAGS, '--json']);
    expect(made.code).toBe(0);
    const result = JSON.parse(made.stdout) as { written: string[]; kept: string[]; next: string[] };
    expect(result).toMatchObject({ schema_version: 1, kept: [] });
    expect(Object.keys(await below(root)).sort()).toEqual([...result.written].sort());
    expect(result.written).toEqual(
      expect.arrayContaining([
        'platform.yaml',
        'clusters/main.yaml',
        'environments/hub.yaml',
        '.github/ISSUE_TEMPLATE/access.yml',
        '.github/ISSUE_TEMPLATE/renew.yml',
        '.github/ISSUE_TEMPLATE/class.yml',
        'access/README.md',
        '.sops.yaml',
        '.gitignore',
        '.github/workflows/check.yml',
        '.github/workflows/plan.yml',
        '.github/workflows/deploy.yml',
      ]),
    );
    expect(
      result.next.map(
        (step) =>
          /git init|npx --yes github:somebody\/hub-tool#3d3c42e|DNS|https:\/\/hub\.example\.net\/hub\/oauth_callback|hub-users and hub-admins|age-keygen -o hubs|secrets template hub|named main .*default branch.*KUBECONFIG .*glaciocloud rights.*SOPS_AGE_KEY|ClusterIssuer|access\/approvers\.yaml|named access-requests|pages: \{repository|pull request|doctor/u.exec(
            step,
          ) !== null,
      ),
    ).toEqual(Array.from({ length: 14 }, () => true));

    const checked = await run(['check', '--json', '--charts-from', DOUBLE], root);
    const { findings } = JSON.parse(checked.stdout) as {
      findings: { severity: string; rule: string }[];
    };
    expect([
      checked.code,
      findings.filter(({ severity }) => severity === 'error'),
      findings.map(({ rule }) => rule),
    ]).toEqual([0, [], ['placeholder', 'image-additions', 'no-approvers']]);
    const out = join(folder.path, 'out');
    expect((await run(['render', '--all', '--out', out, '--charts-from', DOUBLE], root)).code).toBe(
      0,
    );
    expect(await readdir(out)).toEqual(['clusters', 'hub']);
    await git(root, 'init', '-q');
    const plan = await run(['plan', '--json', '--charts-from', DOUBLE], root);
    expect([
      plan.code,
      (JSON.parse(plan.stdout) as { steps: { unit: { name: string } }[] }).steps.map(
        ({ unit }) => unit.name,
      ),
    ]).toEqual([0, ['hub', 'main']]);
  }, 30_000);

  test('has in each YAML file the address of a schema that there is, and new files have it too', async () => {
    const root = join(folder.path, 'flags');
    expect((await run(['new', 'hub', 'alps', '--root', root])).code).toBe(0);
    const files = Object.entries(await below(root)).filter(
      ([path]) => path.endsWith('.yaml') && path !== '.sops.yaml',
    );
    expect(files.length).toBe(5);
    for (const [path, text] of files) {
      const schema = new RegExp(
        `^# yaml-language-server: \\$schema=https://raw\\.githubusercontent\\.com/somebody/hub-tool/${COMMIT}/(schemas/[a-z]+\\.schema\\.json)\n# `,
        'u',
      ).exec(text)?.[1];
      expect({
        path,
        schema: schema !== undefined && (await readFile(join(ROOT, schema), 'utf8')).length > 0,
      }).toEqual({ path, schema: true });
    }
  });

  test('is the same when it is done twice, and what was there is kept and named', async () => {
    const root = join(folder.path, 'flags');
    const before = await below(root);
    const again = await run(['init', '--root', root, ...FLAGS, '--json']);
    expect(JSON.parse(again.stdout)).toMatchObject({ written: [] });
    expect(await below(root)).toEqual(before);
    const begun = await fresh('begun');
    await writeFile(join(begun, 'platform.yaml'), '# mine\n');
    const { stdout, code } = await run(['init', '--root', begun, ...FLAGS]);
    expect([code, await readFile(join(begun, 'platform.yaml'), 'utf8')]).toEqual([0, '# mine\n']);
    expect(stdout).toMatch(/^· platform\.yaml was there already, and is kept$/mu);
    expect(stdout).toMatch(/^✓ environments\/hub\.yaml$/mu);
    expect(stdout).toContain(`https://github.com/somebody/hub-tool/blob/${COMMIT}/docs/setup.md`);
  });

  test('stays empty where nobody can be asked: everything that is missing or wrong is named at once', async () => {
    const root = await fresh('empty');
    const none = await run(['init', '--root', root]);
    expect([none.code, none.stderr]).toEqual([
      2,
      expect.stringContaining('init needs --organization, --url, --email, --action'),
    ]);
    const wrong = await run([
      'init',
      '--root',
      root,
      '--url',
      'https://hub.example.net/x',
      '--hub',
      'kube-system',
      '--email',
      'ice',
      '--provider',
      'gkee',
      '--action',
      'somebody/hub-tool@main',
    ]);
    expect([wrong.code, wrong.stderr]).toEqual([
      2,
      expect.stringMatching(
        /needs --organization\n.*"kube-system" is reserved[^\n]*\n.*--url: the address has a path[^\n]*\n.*--provider: "gkee"[^\n]*did you mean "gke"[^\n]*\n.*--email: "ice"[^\n]*\n.*--action: this is not a commit/u,
      ),
    ]);
    expect(await readdir(root)).toEqual([]);
  });

  test('with a hub on plain http has neither entry nor issuer, and needs no e-mail address', async () => {
    const root = await fresh('local');
    expect(
      (
        await run([
          'init',
          '--root',
          root,
          '--organization',
          '1e5',
          '--url',
          'http://127.0.0.1:8080',
          '--action',
          ACTION,
        ])
      ).code,
    ).toBe(0);
    expect(load(await readFile(join(root, 'clusters/main.yaml'), 'utf8'))).toMatchObject({
      ingress: { class: 'none' },
    });
    expect(load(await readFile(join(root, 'platform.yaml'), 'utf8'))).toMatchObject({
      organization: '1e5',
      registry: 'ghcr.io/1e5',
    });
    expect((await run(['check'], root)).code).toBe(0);
  });
});

describe('questions', () => {
  test('show their defaults, say why an answer is wrong, and ask again; the files are those of the options', async () => {
    const root = await fresh('asked');
    const { seen, text } = await typed(root, [
      'Ice Lab',
      'Ice-Lab',
      '',
      '../hub',
      'hub',
      '',
      'ftp://hub',
      'https://hub.example.net',
      '',
      'amazon',
      '',
      'ice',
      'ice@example.net',
      'somebody/hub-tool@main',
      ACTION,
    ]);
    expect(seen).toContain('Registry for images [ghcr.io/ice-lab]: ');
    const reasons = [
      /"Ice Lab" does not have the right form/u,
      /"\.\.\/hub" cannot be a name; use lower-case/u,
      /"" is not an address; write it with https/u,
      /"ftp:\/\/hub" is not an address/u,
      /"amazon" is not one of the choices; choose "digitalocean"/u,
      /"ice" does not have the right form; write it like/u,
      /not a commit of a repository/u,
    ];
    for (const reason of reasons) expect(seen).toMatch(reason);
    expect(seen.match(/GitHub organisation: /gu)?.length).toBe(2);
    expect(text).toMatch(/^ {2}1\. This folder is in no git repository: /mu);
    await run(['init', '--root', join(folder.path, 'same'), ...FLAGS]);
    expect(await below(root)).toEqual(await below(join(folder.path, 'same')));
  });

  test('that are left unanswered leave nothing behind', async () => {
    const root = await fresh('left');
    await expect(typed(root, ['Ice-Lab', ''])).rejects.toThrow('the questions were not answered');
    expect(await readdir(root)).toEqual([]);
  });
});

describe('workflows of another repository', () => {
  const generated = async (): Promise<[string, string][]> =>
    Object.entries(await below(join(folder.path, 'flags'))).filter(([path]) =>
      path.startsWith('.github/workflows/'),
    );

  test('are all of the tool but its own tests, pinned, without a path of the tool, and sound for actionlint', async () => {
    const files = await generated();
    const here = (await readdir(join(ROOT, '.github/workflows'))).filter(
      (name) => name !== 'ci.yml',
    );
    expect(files.map(([path]) => path).sort()).toEqual(
      here.map((name) => `.github/workflows/${name}`).sort(),
    );
    for (const [path, text] of files) {
      expect(await lintWorkflow(text, path)).toEqual([]);
      expect(text).not.toMatch(/uses: \.\/(?!\.glaciocloud[\s/])/u);
      const { jobs } = load(text) as {
        jobs: Record<
          string,
          {
            steps?: {
              uses?: string;
              run?: string;
              'working-directory'?: string;
              with?: Record<string, unknown>;
            }[];
          }
        >;
      };
      for (const { steps = [] } of Object.values(jobs)) {
        const fetched = steps.findIndex(({ with: given }) => given?.['path'] === '.glaciocloud');
        if (fetched >= 0)
          expect(steps[fetched]).toMatchObject({
            uses: expect.stringMatching(/^actions\/checkout@/u),
            with: { repository: 'somebody/hub-tool', ref: COMMIT, 'persist-credentials': false },
          });
        for (const [index, step] of steps.entries()) {
          const local = step.uses?.startsWith('./.glaciocloud') === true;
          if (step.uses !== undefined && !local) expect(step.uses).toMatch(/@[0-9a-f]{40}$/u);
          const installs = /\bnpm\b/u.test(step.run ?? '');
          if (local || installs)
            expect({ path, index, fetched: fetched >= 0 && fetched < index }).toEqual({
              path,
              index,
              fetched: true,
            });
          if (installs) expect(step['working-directory']).toBe('.glaciocloud');
          // Whatever else of the tool a step might use would not be there.
          expect(step.run ?? '').not.toMatch(
            /\bnpx\b|\bnode \S*(dist|scripts|src)\/|(^|[\s"'])(charts|schemas|scripts|dist)\//u,
          );
        }
        expect(
          steps.filter(({ with: given }) => given?.['path'] === '.glaciocloud').length,
        ).toBeLessThanOrEqual(1);
      }
      expect(text.replaceAll('/.glaciocloud/node_modules/', '')).not.toContain('node_modules');
    }
  }, 60_000);

  test('each job that needs the tool has it once, before its first use, however the steps are written', () => {
    const text = [
      'jobs:',
      '  one:',
      '    steps:',
      `      - uses: actions/checkout@${COMMIT} # v7`,
      '      - run: npm ci',
      '      - if: success()',
      '        uses: ./ # the action',
      '  two:',
      '    steps:',
      `      - uses: actions/checkout@${COMMIT} # v7`,
      '      - run: echo',
      '  three:',
      '    steps:',
      '      - uses: ./',
      '',
    ].join('\n');
    const steps = (
      load(foreignWorkflow(text, pinOf({ action: ACTION }))) as {
        jobs: Record<string, { steps: unknown[] }>;
      }
    ).jobs;
    const [checkout, tool] = [
      { uses: `actions/checkout@${COMMIT}` },
      {
        name: 'GlacioCloud',
        uses: `actions/checkout@${COMMIT}`,
        with: {
          repository: 'somebody/hub-tool',
          ref: COMMIT,
          path: '.glaciocloud',
          'persist-credentials': false,
        },
      },
    ];
    expect(steps).toEqual({
      one: {
        steps: [
          checkout,
          tool,
          { 'working-directory': '.glaciocloud', run: 'npm ci' },
          { if: 'success()', uses: './.glaciocloud' },
        ],
      },
      two: { steps: [checkout, { run: 'echo' }] },
      three: { steps: [tool, { uses: './.glaciocloud' }] },
    });
  });

  test('run the bundle from .glaciocloud: check finds no error in the new platform', async () => {
    const workspace = join(folder.path, 'workspace');
    const asked: (string | undefined)[] = [];
    const results = await runWorkflow(join(folder.path, 'same/.github/workflows/check.yml'), {
      workspace,
      bundle: join(workspace, '.glaciocloud/dist/index.js'),
      event: {},
      env: { GLACIOCLOUD_CACHE: join(folder.path, 'cache') },
      // Stands in for GitHub: the platform, and the tool as it is here in place of the pinned commit.
      checkout: async ({ path, ref }) => {
        asked.push(path ?? 'platform', ref);
        if (path === undefined) await cp(join(folder.path, 'same'), workspace, { recursive: true });
        else
          for (const part of ['dist', 'charts', 'schemas'])
            await cp(join(ROOT, part), join(workspace, path, part), { recursive: true });
      },
    });
    expect(asked).toEqual(['platform', undefined, '.glaciocloud', COMMIT]);
    expect(results.map(({ command, code }) => [command, code])).toEqual([['check', 0]]);
    expect(JSON.parse(results[0]?.outputs['result'] ?? '{}')).toMatchObject({
      findings: [
        { severity: 'warning', rule: 'placeholder' },
        { severity: 'warning', rule: 'image-additions' },
        { severity: 'warning', rule: 'values-unchecked' },
        { severity: 'warning', rule: 'no-approvers' },
      ],
    });
  });
});

test('init is no command of the action', () => {
  expect(() => fromAction((name) => (name === 'command' ? 'init' : ''))).toThrow(
    'there is no command "init"',
  );
});
