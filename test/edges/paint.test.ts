import { stripVTControlCharacters } from 'node:util';
import { expect, test } from '@jest/globals';
import { painted, paints } from '../../src/edges/paint.ts';
import { exec } from '../../src/edges/exec.ts';
import { CLI } from '../support/sample.ts';

test.each<[boolean, Record<string, string>, boolean]>([
  [true, {}, true],
  [false, {}, false],
  [true, { NO_COLOR: '1' }, false],
  [true, { NO_COLOR: '' }, true],
  [true, { TERM: 'dumb' }, false],
  [false, { FORCE_COLOR: '1' }, true],
  [true, { FORCE_COLOR: '0' }, false],
  [false, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
])('a terminal (%s) with %j is painted: %s', (isTTY, env, expected) => {
  expect(paints({ isTTY }, env)).toBe(expected);
});

const TEXT = `[+] hub  wave 1, staging
    users notice: nothing
      + a: 1
      - a: 2
[−] old
environments/hub.yaml:7:27  memory-suffix  "4Gi" is not understood; write 4G
environments/hub.yaml:7:27  warning no-approvers  nobody; write one
✓ done

3 errors
`;

test('colours are beside the text, which stays as it is', () => {
  const shown = painted(TEXT);
  expect(stripVTControlCharacters(shown)).toBe(TEXT);
  const [comes, , plus, minus, goes, error, warning] = shown.split('\n');
  expect([comes, plus, minus, goes].map((line) => line?.slice(2, 4))).toEqual([
    '32',
    '32',
    '31',
    '31',
  ]);
  expect(error).toBe(
    '\u001b[31menvironments/hub.yaml:7:27  memory-suffix  \u001b[39m"4Gi" is not understood; write 4G',
  );
  expect(warning).toContain(
    '\u001b[33menvironments/hub.yaml:7:27  warning no-approvers  \u001b[39m',
  );
});

test('what is piped has no colours, unless it is asked for', async () => {
  const run = async (env: Record<string, string>): Promise<string> =>
    (await exec(process.execPath, [CLI, 'check', '--root', '/nonexistent'], { env })).stderr;
  expect(await run({})).not.toContain('\u001b');
});
