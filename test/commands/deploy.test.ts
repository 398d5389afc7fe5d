import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { fromArguments } from '../../src/arguments.ts';
import type { Report } from '../../src/edges/report.ts';
import type { DeployInputs } from '../../src/flow/deployment.ts';
import { main } from '../../src/main.ts';
import { DeployBench } from '../support/deploy-bench.ts';

let here: DeployBench;
beforeAll(async () => {
  here = await DeployBench.make();
});
afterAll(() => here.remove());

const REASONS = '--now, --again and --retry need a --reason';
const HOLD = '--hold needs a time such as 2h, and a --reason';

describe('options of deploy', () => {
  test.each<[Partial<DeployInputs>, string]>([
    [{ now: true }, REASONS],
    [{ again: true, hubs: ['one'] }, REASONS],
    [{ retry: 'one' }, REASONS],
    [{ retry: 'one', reason: '' }, REASONS],
    [{ hold: '2h' }, HOLD],
    [{ hold: '2h', reason: '' }, HOLD],
    [{ hold: '2', reason: 'x' }, HOLD],
    [{ hold: '0h', reason: 'x' }, HOLD],
    [{ hold: '2d', reason: 'x' }, HOLD],
    [{ hold: 'x2h', reason: 'x' }, HOLD],
    [{ hold: '2hx', reason: 'x' }, HOLD],
    [{ again: true, reason: 'x' }, '--again needs the names of hubs'],
  ])('%j are refused', async (more, message) => {
    await expect(here.run(more)).rejects.toMatchObject({ message, exit: 2 });
    expect(here.bench.outside.calls).toEqual([]);
  });

  test.each<[Partial<DeployInputs>]>([
    [{ now: true, reason: 'x' }],
    [{ retry: 'one', reason: 'x' }],
    [{ hold: '120m', reason: 'x' }],
    [{ hold: '12h', reason: 'x' }],
  ])('%j are taken', async (more) => {
    expect((await here.run({ ...more, hubs: ['one'] })).exit).toBe(0);
  });
});

describe('in GitHub Actions', () => {
  const before = { ...process.env };
  afterEach(() => {
    process.env = { ...before };
  });

  test.each<[string, string[]]>([
    ['a deployment', ['deploy']],
    ['a try', ['deploy', '--hold', '2h', '--reason', 'x']],
  ])('%s without a token is refused: nobody could be asked what was reviewed', async (_, args) => {
    process.env = {
      ...before,
      GITHUB_TOKEN: '',
      GITHUB_ACTIONS: 'true',
      GITHUB_REPOSITORY: 'example/hubs',
    };
    const heard: string[] = [];
    const listening: Report = {
      progress: (text) => heard.push(text),
      result: () => Promise.resolve(),
      failure: (said, hint) => heard.push(`${said}; ${hint}`),
    };
    const given = [...args, '--root', here.platform, '--kubeconfig', import.meta.filename];
    expect(await main(() => fromArguments(given), listening)).toBe(2);
    expect(heard).toEqual([
      'GITHUB_TOKEN is not set; pass it to the step: `env: {GITHUB_TOKEN: ${{ github.token }}}`',
    ]);
  });
});
