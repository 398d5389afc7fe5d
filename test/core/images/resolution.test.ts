import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  pinnedText,
  resolvedIn,
  solveFault,
  solveScript,
  solved,
} from '../../../src/core/images/resolution.ts';
import type { Package } from '../../../src/core/model/package-list.ts';

const numpy: Package = { manager: 'pip', name: 'numpy', version: '2.3.4', source: 'sha256:ab' };
const curl: Package = { manager: 'apt', name: 'curl', version: '8.1', source: 'sha256:cd' };
const commit = 'c'.repeat(40);
const from = `git+https://github.com/OGGM/oggm@${commit}`;
const oggm: Package = { manager: 'pip', name: 'oggm', version: '1.6.4.dev1', source: from };

test.each<[string, Package[], string]>([
  ['nothing', [], ''],
  ['archives, which are compared', [numpy], 'numpy==2.3.4 --hash=sha256:ab\n'],
  ['a commit, which has no hash', [numpy, oggm], `numpy==2.3.4\noggm @ ${from}\n`],
])('pip installs %s', (_, packages, expected) => {
  expect(pinnedText(packages)).toBe(expected);
});

test('of a list those were resolved whose archive or commit pip has said', () => {
  const found = ['files-sha256:ab', `found-${from}`, 'md5:ab'].map((source) => ({
    ...numpy,
    source,
  }));
  expect(resolvedIn([numpy, curl, oggm, ...found])).toEqual([numpy, oggm]);
});

describe('what pip answers', () => {
  const archive = (hashes?: object) => ({ url: 'https://x', archive_info: { hashes } });
  const said = (...install: unknown[]): string => `noise\n${JSON.stringify({ install })}\n`;

  test('is a list, sorted by name', () => {
    const vcs = {
      url: 'https://github.com/OGGM/oggm',
      vcs_info: { vcs: 'git', commit_id: commit },
    };
    const answer = said(
      { name: 'oggm', version: '1.6.4.dev1', from: vcs },
      { name: 'numpy', version: '2.3.4', from: archive({ sha256: 'ab' }) },
      { name: 'part', version: '1', from: { ...vcs, subdirectory: 'x/y' } },
    );
    const part = { ...numpy, name: 'part', version: '1', source: `${from}#subdirectory=x/y` };
    expect(solved(answer)).toEqual({ packages: [numpy, oggm, part] });
  });

  test.each<[string, string, string]>([
    ['nothing', '', 'pip’s report: it is no JSON object'],
    [
      'something else',
      said({ name: 'numpy' }),
      'pip’s report: its field /install/0/version is missing or is something else',
    ],
    [
      'no hash',
      said({ name: 'numpy', version: '2.3.4', from: archive({ md5: 'x' }) }),
      'pip does not say the hash of numpy 2.3.4',
    ],
    [
      'no hashes',
      said({ name: 'numpy', version: '2.3.4', from: { url: 'https://x' } }),
      'pip does not say the hash of numpy 2.3.4',
    ],
  ])('is %s', (_, stdout, fault) => {
    expect(solved(stdout)).toEqual({ fault });
  });

  test.each([
    [
      'its errors, three of them',
      'a\nERROR: 1\nb\nERROR: 2\nERROR: 3\nERROR: 4\n',
      'ERROR: 1\nERROR: 2\nERROR: 3',
    ],
    ['its last line', 'a\nsh: pip: not found\n\n', 'sh: pip: not found'],
    ['nothing', '', ''],
  ])('where it fails: %s', (_, stderr, expected) => {
    expect(solveFault(stderr)).toBe(expected);
  });
});

describe('the question', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'resolution-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const question = { wanted: 'a>=1\n', held: [], machine: '', certificates: undefined };
  const report = {
    install: [
      {
        metadata: { name: 'a', version: '1', description: 'long' },
        download_info: { url: 'https://x', archive_info: { hashes: { sha256: 'ab' } } },
      },
    ],
  };

  /** Run by a real shell and Python, with a double of pip, in a folder instead of a container. */
  async function asked(script: string, pip: string): Promise<{ stdout: string; calls: string }> {
    await writeFile(join(folder, 'report.out'), JSON.stringify(report));
    const double = `#!/bin/sh\n# A test double of pip.\necho "$@" "X=$X" >> calls\ncat wanted.txt >> calls\n${pip}\n`;
    await writeFile(join(folder, 'pip'), double, { mode: 0o755 });
    const local = script.replaceAll('/run/glaciocloud', folder);
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', local], {
      env: { PATH: `${folder}:${process.env['PATH'] ?? ''}` },
    });
    return { stdout, calls: await readFile(join(folder, 'calls'), 'utf8') };
  }
  const fine = 'cp report.out report.json; echo noise';
  const call = 'install --quiet --no-input --dry-run --report report.json --requirement wanted.txt';

  test('is for what image.yaml says, with what the machine knows', async () => {
    const machine = "export X='1'\n";
    const { stdout, calls } = await asked(solveScript({ ...question, machine }), fine);
    expect(calls).toBe(`${call} X=1\na>=1\n`);
    expect(solved(stdout)).toEqual({
      packages: [{ manager: 'pip', name: 'a', version: '1', source: 'sha256:ab' }],
    });
    expect(stdout).not.toContain('long');
    expect(stdout).not.toContain('noise');
  });

  test('is asked again without what is held, where both cannot be', async () => {
    const script = solveScript({ ...question, held: [numpy] });
    const refuses = `case "$*" in *held*) exit 1;; esac; ${fine}`;
    expect((await asked(script, refuses)).calls).toBe(
      `${call} --constraint held.txt X=\na>=1\n${call} X=\na>=1\n`,
    );
    expect(await readFile(join(folder, 'held.txt'), 'utf8')).toBe('numpy==2.3.4\n');
  });

  test('is asked once where what is held can stay', async () => {
    const { calls } = await asked(solveScript({ ...question, held: [numpy] }), fine);
    expect(calls).toBe(`${call} --constraint held.txt X=\na>=1\n`);
  });

  test.each([['A\nB\n'], ['A\nB']])('brings certificates: %j', async (certificates) => {
    await asked(solveScript({ ...question, certificates }), fine);
    expect(await readFile(join(folder, 'certificates.crt'), 'utf8')).toBe('A\nB\n');
  });

  test('fails as pip fails', async () => {
    await expect(asked(solveScript(question), 'echo ERROR: no >&2; exit 1')).rejects.toMatchObject({
      code: 1,
      stderr: 'ERROR: no\n',
    });
  });
});
