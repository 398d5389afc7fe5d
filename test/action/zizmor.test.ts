import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pinnedZizmor } from '../../scripts/zizmor.ts';
import { foreignWorkflow } from '../../src/core/init/workflow.ts';
import { OWN } from '../../src/core/init/files.ts';
import { exec } from '../../src/edges/exec.ts';
import { ROOT, temporary } from '../support/sample.ts';

/*
 * zizmor comes from PyPI when it is first needed. Who has no PyPI is told what did not run, in the
 * title too; in CI that is a failure.
 */
const found = await pinnedZizmor().then(
  (path) => ({ path, missing: '' }),
  (error: unknown) => ({ path: '', missing: String(error).split('\n')[0] ?? '' }),
);
const here = found.missing === '' || (process.env['CI'] ?? '') !== '';
const audited = here ? test : test.skip;
if (!here) process.stderr.write(`zizmor did not run: ${found.missing}\n`);

let folder: Awaited<ReturnType<typeof temporary>>;
beforeAll(async () => {
  folder = await temporary();
});
afterAll(() => folder.remove());

/** What zizmor finds below a path, as people read it; empty where it finds nothing. */
async function findings(path: string): Promise<string> {
  if (found.missing !== '') throw new Error(found.missing);
  const level = ['--persona=regular', '--min-severity=medium', '--strict-collection'];
  const options = ['--offline', '--no-config', '--no-progress', '--quiet', '--format=plain'];
  const { code, stdout, stderr } = await exec(found.path, [...options, ...level, path], {
    timeoutMs: 60_000,
  });
  return code === 0 ? '' : `${stdout}${stderr}`;
}

async function workflows(): Promise<[string, string][]> {
  const names = await readdir(join(ROOT, '.github/workflows'));
  return Promise.all(
    names.map(async (name): Promise<[string, string]> => {
      const path = `.github/workflows/${name}`;
      return [path, await readFile(join(ROOT, path), 'utf8')];
    }),
  );
}

describe(here ? 'zizmor' : `zizmor (did not run: ${found.missing})`, () => {
  audited.each(['.github', 'action.yml'])('finds nothing in %s', async (path) => {
    expect(await findings(join(ROOT, path))).toBe('');
  });

  audited('finds nothing in what `init` writes', async () => {
    const pin = { repository: 'somebody/hub-tool', commit: 'c'.repeat(40) };
    await mkdir(join(folder.path, 'init/.github/workflows'), { recursive: true });
    const all = (await workflows()).filter(([path]) => !OWN.includes(path));
    expect(all.length).toBeGreaterThan(10);
    for (const [path, text] of all)
      await writeFile(join(folder.path, 'init', path), foreignWorkflow(text, pin));
    expect(await findings(join(folder.path, 'init'))).toBe('');
  });

  audited.each([
    ['dangerous-triggers', 'on: pull_request_target', 'run: "true"'],
    ['template-injection', 'on: issues', 'run: "echo ${{ github.event.issue.title }}"'],
    ['unpinned-uses', 'on: push', 'uses: a/b@main'],
    ['artipacked', 'on: push', `uses: actions/checkout@${'c'.repeat(40)}`],
    ['dangerous-triggers', 'on: {workflow_run: {workflows: [a]}}', 'run: "true"'],
  ])('would find %s: %s, %s', async (rule, on, step) => {
    const job = `{runs-on: ubuntu-latest, permissions: {}, steps: [{${step}}]}`;
    const text = `name: x\n${on}\npermissions: {}\njobs:\n  a: ${job}\n`;
    await mkdir(join(folder.path, 'bad/.github/workflows'), { recursive: true });
    await writeFile(join(folder.path, 'bad/.github/workflows/x.yml'), text);
    expect(await findings(join(folder.path, 'bad'))).toContain(`[${rule}]`);
  });
});

test('whatever zizmor is told to ignore has its reason beside it', async () => {
  const ignored = (await workflows()).flatMap(([path, text]) =>
    [...text.matchAll(/zizmor: ignore(.*)/gu)].map(([, rest = '']) => [path, rest] as const),
  );
  expect(ignored.length).toBeGreaterThan(0);
  for (const [path, rest] of ignored)
    expect([path, rest]).toEqual([path, expect.stringMatching(/^\[[a-z-]+\] \w.{30,}$/u)]);
});
