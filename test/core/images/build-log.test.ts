import { expect, test } from '@jest/globals';
import { BuildLog } from '../../../src/core/images/build-log.ts';

const heard = (lines: readonly string[]): { said: string[]; error: string } => {
  const log = new BuildLog();
  const said = lines.flatMap((line) => log.add(line) ?? []);
  return { said, error: log.firstError() };
};

test('steps are told when they are done, without what is mounted for them', () => {
  const { said } = heard([
    '#1 [internal] load build definition from Dockerfile',
    '#1 DONE 0.1s',
    '#6 [stage-0 2/3] RUN --mount=type=secret,id=a,target=/b --mount=type=secret,id=c,target=/d [ ! -e /b ] || . /b; pip install x',
    '#6 9.357 Collecting x',
    '#7 [2/3] COPY start /opt',
    '#7 DONE 0.1s',
    '#6 DONE 21.6s',
    '#6 DONE 21.6s',
    '#8 exporting to image',
    '#8 DONE 17.5s',
  ]);
  expect(said).toEqual([
    'COPY start /opt: 0.1 s',
    'RUN pip install x: 21.6 s',
    'exporting layers: 17.5 s',
  ]);
});

test.each<[string, string[], string]>([
  [
    'the lines that look like one',
    [
      'x',
      '------',
      ' > [stage-0 2/3] RUN pip:',
      '1.20 ERROR: no x',
      '1.30 usage',
      '------',
      'Dockerfile:5',
      'ERROR: failed',
    ],
    'ERROR: no x',
  ],
  [
    'the last three of many without one',
    ['------', ' > [2/3] RUN x:', '1.0 a', '2.0 b', '3.0 c', '4.0 d', '------'],
    'b\nc\nd',
  ],
  [
    'the first three of many',
    [
      '------',
      ' > [2/3] RUN x:',
      '1.0 error 1',
      '1.0 error 2',
      '1.0 error 3',
      '1.0 error 4',
      '------',
    ],
    'error 1\nerror 2\nerror 3',
  ],
  ['a block that does not end', [' > [2/3] RUN x:', '1.0 not found'], 'not found'],
  [
    'the last line where there is no block',
    ['#1 x', 'ERROR: no such base', ''],
    'ERROR: no such base',
  ],
  ['nothing at all', [], 'the build ended without a word'],
])('the error is %s', (_, lines, error) => {
  expect(heard(lines).error).toBe(error);
});
