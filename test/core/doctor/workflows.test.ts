import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { workflowChecks } from '../../../src/core/doctor/workflows.ts';
import { foreignWorkflow } from '../../../src/core/init/workflow.ts';
import { brief, platformOf } from '../../support/doctor.ts';
import { ROOT } from '../../support/sample.ts';

const FOLDER = '.github/workflows';
const DRIFT = `${FOLDER}/drift.yml`;
const tool = new Map(
  readdirSync(join(ROOT, FOLDER)).map((name): [string, string] => [
    `${FOLDER}/${name}`,
    readFileSync(join(ROOT, FOLDER, name), 'utf8'),
  ]),
);
const text = tool.get(DRIFT) ?? '';
const PIN = { repository: 'somebody/hub-tool', commit: 'c'.repeat(40) };
const foreign = new Map(
  [...tool].map(([path, one]): [string, string] => [path, foreignWorkflow(one, PIN)]),
);
const platform = platformOf();
const checks = (here: ReadonlyMap<string, string>): string[] =>
  workflowChecks(platform, { here, tool }).flatMap(brief);
const drift = (found: string | undefined): string[] =>
  workflowChecks(platform, {
    here: new Map(found === undefined ? [] : [[DRIFT, found]]),
    tool: new Map([[DRIFT, text]]),
  }).flatMap(brief);
const replaced = (from: string, to: string, whole = text): string => {
  expect(whole.split(from).length).toBeGreaterThan(1);
  return whole.replace(from, to);
};
const FIX =
  'glaciocloud init --root .glaciocloud/fresh --organization example --url https://late.example.org --email ADDRESS --action OWNER/REPO@SHA' +
  ` && cp .glaciocloud/fresh/${DRIFT} ${DRIFT}`;
const SAME = [`✓ ${DRIFT}: does what this version does`];
const DIFFERS = [`✗ ${DRIFT}: does something else than this version’s`, FIX];

describe('workflows', () => {
  test.each([
    ['the tool’s own', tool],
    ['those that `init` writes', foreign],
  ])('%s are those of this version', (_what, here) => {
    expect(checks(here)).toEqual(
      [
        'access',
        'catch-up',
        'check',
        'data',
        'deploy',
        'drift',
        'image-comment',
        'image',
        'night',
        'order',
        'outside',
        'plan',
        'request',
        'try',
      ].map((name) => `✓ ${FOLDER}/${name}.yml: does what this version does`),
    );
  });

  test('that are not there are written by init, from the commit that the others use', () => {
    expect(drift(undefined)).toEqual([`✗ ${DRIFT}: is not there`, FIX]);
    const here = new Map([...foreign].filter(([path]) => path !== DRIFT));
    expect(checks(here).filter((line) => !line.startsWith('✓'))).toEqual([
      `✗ ${DRIFT}: is not there`,
      FIX.replace('OWNER/REPO@SHA', `somebody/hub-tool@${'c'.repeat(40)}`),
    ]);
  });

  test.each([
    ['the time', 'cron: "17 3 * * *"', 'cron: "1 1 * * *"'],
    ['the runner', 'runs-on: ubuntu-latest', 'runs-on: [self-hosted]'],
    ['the limit', 'timeout-minutes: 30', 'timeout-minutes: 5'],
    ['a comment', '# the tracking issues', '# other words'],
  ])('are the same with another of %s', (_what, from, to) => {
    expect(drift(replaced(from, to))).toEqual(SAME);
  });

  test.each([
    ['more permissions', 'contents: read', 'contents: write'],
    ['no environment', '    environment: ${{ matrix.cluster }}\n', ''],
    ['another trigger', 'workflow_dispatch:', 'pull_request_target:'],
    ['no schedule', '  schedule:\n    - cron: "17 3 * * *"\n', ''],
    ['another command', 'command: drift', 'command: deploy'],
    ['no YAML', 'name: drift', 'name: [drift'],
  ])('do something else with %s', (_what, from, to) => {
    expect(drift(replaced(from, to))).toEqual(DIFFERS);
  });

  test('are compared at their own commit', () => {
    const other = foreignWorkflow(text, { ...PIN, commit: 'd'.repeat(40) });
    expect(drift(other)).toEqual(SAME);
    expect(drift(replaced('command: drift', 'command: deploy', other))).toEqual([
      DIFFERS[0],
      FIX.replace('OWNER/REPO@SHA', `somebody/hub-tool@${'d'.repeat(40)}`),
    ]);
  });

  test('cannot be compared with a copy of the tool that has none', () => {
    expect(workflowChecks(platform, { here: tool, tool: new Map() }).flatMap(brief)).toEqual([
      '? .github/workflows: not asked: this copy of GlacioCloud has no workflows to compare with',
      'node dist/cli.js doctor # in a whole checkout of its repository',
    ]);
  });
});
