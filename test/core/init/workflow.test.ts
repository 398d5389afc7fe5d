import { expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { foreignWorkflow } from '../../../src/core/init/workflow.ts';

const PIN = { repository: 'somebody/hub-tool', commit: 'c'.repeat(40) };
const CHECKOUT = `actions/checkout@${'a'.repeat(40)}`;
const TOOL_STEP = {
  name: 'GlacioCloud',
  uses: CHECKOUT,
  with: {
    repository: 'somebody/hub-tool',
    ref: 'c'.repeat(40),
    path: '.glaciocloud',
    'persist-credentials': false,
  },
};

/** Steps of each job in a workflow of the tool, as they are in a platform of its own. */
function stepsOf(jobs: string): Record<string, unknown[]> {
  const read = load(foreignWorkflow(`name: x\njobs:\n${jobs}`, PIN)) as {
    jobs: Record<string, { steps: unknown[] }>;
  };
  return Object.fromEntries(Object.entries(read.jobs).map(([name, { steps }]) => [name, steps]));
}

test('each job has the tool before the first step that needs it, once', () => {
  const jobs = `
  one:
    runs-on: x
    steps:
      - uses: ${CHECKOUT} # v7
        with: {fetch-depth: 0}
      - name: plan
        uses: ./
        with:
          command: plan
      - name: "no new steps: here"
        uses: ./check
      - uses: ./last
  two:
    runs-on: x
    steps:
      - run: echo
      - id: built
        run: npm ci --ignore-scripts
      - run: npm run -s tools
        env: {A: b}
  three:
    runs-on: x
    steps:
      - run: echo npm ci
`;
  expect(stepsOf(jobs)).toEqual({
    one: [
      { uses: CHECKOUT, with: { 'fetch-depth': 0 } },
      TOOL_STEP,
      { name: 'plan', uses: './.glaciocloud', with: { command: 'plan' } },
      { name: 'no new steps: here', uses: './.glaciocloud/check' },
      { uses: './.glaciocloud/last' },
    ],
    two: [
      { run: 'echo' },
      TOOL_STEP,
      { id: 'built', 'working-directory': '.glaciocloud', run: 'npm ci --ignore-scripts' },
      { 'working-directory': '.glaciocloud', run: 'npm run -s tools', env: { A: 'b' } },
    ],
    three: [{ run: 'echo npm ci' }],
  });
});

test('what was installed is where the tool is', () => {
  const jobs = `
  one:
    steps:
      - run: npm ci
      - run: "\${{ github.workspace }}/node_modules/.bin/x; \${{ github.workspace }}/y"
`;
  expect(stepsOf(jobs)['one']?.slice(-1)).toEqual([
    {
      run: '${{ github.workspace }}/.glaciocloud/node_modules/.bin/x; ${{ github.workspace }}/y',
    },
  ]);
});

test('a workflow says who wrote it, and at which line its version is changed', () => {
  const lines = foreignWorkflow('name: x\n', PIN).split('\n');
  expect(lines).toEqual([
    expect.stringMatching(/^# Written by `glaciocloud init`\. /u),
    '# Another version of GlacioCloud is another commit at each `ref:` below `repository: somebody/hub-tool`.',
    'name: x',
    '',
  ]);
});
