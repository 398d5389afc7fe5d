import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  jest,
  test,
} from '@jest/globals';
import type { Finding } from '../../src/core/finding.ts';
import { actionReport } from '../../src/edges/report-action.ts';
import { terminalReport } from '../../src/edges/report.ts';
import { outcome } from '../../src/outcome.ts';
import { temporary } from '../support/sample.ts';

/** What was written to a stream of this process while a test ran. */
const written = { stdout: '', stderr: '' };
const listen = (name: 'stdout' | 'stderr'): void =>
  void jest.spyOn(process[name], 'write').mockImplementation((text) => {
    written[name] += String(text);
    return true;
  });

beforeEach(() => {
  Object.assign(written, { stdout: '', stderr: '' });
  listen('stdout');
  listen('stderr');
});
afterEach(() => void jest.restoreAllMocks());

const finding = (severity: Finding['severity'], line: number): Finding => ({
  rule: 'a-rule',
  severity,
  at: { file: 'environments/hub.yaml', line, column: 3 },
  message: `message ${line}`,
  hint: 'do this',
});

describe('on a terminal', () => {
  test('results go to stdout, everything else to stderr', async () => {
    const report = terminalReport();
    const result = outcome({ exit: 0, text: 'words\n', json: { a: [1] } });
    report.progress('working');
    report.failure('it failed', 'do this');
    expect(written).toEqual({ stdout: '', stderr: '· working\n✗ it failed\n  do this\n' });
    await report.result(result, false);
    expect(written.stdout).toBe('words\n');
    await report.result(result, true);
    expect(written.stdout).toBe('words\n{\n  "a": [\n    1\n  ]\n}\n');
  });
});

test('nothing on a terminal is a command of the runner, or acts unseen', async () => {
  const report = terminalReport();
  const hostile = '::add-mask::x\n ::error::x ##[error]x \u{1B}[2J';
  const shown = '· ::add-mask::x\n·  ::error::x ## [error]x <U+001B>[2J';
  report.progress(hostile);
  expect(written.stderr).toBe(`· ${shown.slice(2)}\n`);
  report.failure(hostile, hostile);
  expect(written.stderr.slice(shown.length + 1)).toBe(
    `✗ ${shown.slice(2)}\n·   ${shown.slice(2)}\n`,
  );
  const result = outcome({ exit: 0, text: hostile, json: [hostile] });
  await report.result(result, false);
  expect(written.stdout).toBe(shown);
  await report.result(result, true);
  const json = written.stdout.slice(shown.length);
  expect(json).not.toContain('##[');
  expect(JSON.parse(json)).toEqual([hostile]);
});

describe('in GitHub Actions', () => {
  const names = ['GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY'];
  const before = new Map(names.map((name) => [name, process.env[name]]));
  let folder: Awaited<ReturnType<typeof temporary>>;
  const file = (name: string): Promise<string> => readFile(join(folder.path, name), 'utf8');

  beforeAll(async () => {
    folder = await temporary();
  });
  beforeEach(async () => {
    for (const name of names) {
      process.env[name] = join(folder.path, name);
      await writeFile(join(folder.path, name), '');
    }
  });
  afterAll(async () => {
    for (const [name, value] of before)
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    await folder.remove();
  });
  const commands = (): string[] =>
    written.stdout.split('\n').filter((line) => line.startsWith('::'));

  test('a finding is an annotation where it was written', async () => {
    const findings = [finding('warning', 2), finding('error', 1)];
    await actionReport().result(outcome({ exit: 2, findings }), false);
    expect(commands()).toEqual([
      '::error title=a-rule,file=environments/hub.yaml,line=1,col=3::message 1; do this',
      '::warning title=a-rule,file=environments/hub.yaml,line=2,col=3::message 2; do this',
    ]);
  });

  test('ten of each severity are shown, the first ones', async () => {
    const lines = Array.from({ length: 11 }, (_, index) => index + 1);
    const findings = (['warning', 'error'] as const).flatMap((severity) =>
      lines.map((line) => finding(severity, line)),
    );
    await actionReport().result(outcome({ exit: 2, findings }), false);
    expect(
      commands().map((line) => /^::(\w+) .*line=(\d+)/u.exec(line)?.slice(1).join(' ')),
    ).toEqual(
      ['error', 'warning'].flatMap((severity) =>
        lines.slice(0, 10).map((line) => `${severity} ${line}`),
      ),
    );
  });

  test('text, outputs and summary go where the runner looks for them', async () => {
    const result = outcome({
      exit: 0,
      text: 'words',
      json: { a: 1 },
      outputs: { digest: 'abc', has_changes: 'true' },
      summary: '### A summary',
    });
    await actionReport().result(result, false);
    expect(written.stdout).toBe('words\n');
    const outputs = [...(await file('GITHUB_OUTPUT')).matchAll(/^(\w+)<<(\S+)\n(.*)\n\2$/gmu)];
    expect(outputs.map(([, name, , value]) => [name, value])).toEqual([
      ['result', '{"a":1}'],
      ['digest', 'abc'],
      ['has_changes', 'true'],
    ]);
    expect(await file('GITHUB_STEP_SUMMARY')).toBe('### A summary\n');
  });

  test('without a summary, or a place for it, none is written', async () => {
    await actionReport().result(outcome({ exit: 0 }), false);
    expect(await file('GITHUB_STEP_SUMMARY')).toBe('');
    Reflect.deleteProperty(process.env, 'GITHUB_STEP_SUMMARY');
    await actionReport().result(outcome({ exit: 0, summary: 'words' }), false);
    expect(await file('GITHUB_STEP_SUMMARY')).toBe('');
  });

  test('progress is a line, and a failure an error', () => {
    actionReport().progress('working');
    actionReport().failure('it failed', 'do this');
    expect(written.stdout).toBe('working\n::error::it failed. do this\n');
  });

  test('hostile text is a command nowhere', async () => {
    actionReport().progress('::add-mask::x');
    actionReport().failure('a\n::b::', '\u{1B}[2J');
    await actionReport().result(outcome({ exit: 0, text: 'a\n::b::##[error]' }), false);
    const at = { file: 'a\n::b::,c', line: 1, column: 2 };
    const hostile = {
      rule: 'a\u{9B}',
      severity: 'warning',
      at,
      message: 'b\nc',
      hint: '\r',
    } as const;
    await actionReport().result(outcome({ exit: 2, findings: [hostile] }), false);
    expect(written.stdout.trimEnd().split('\n')).toEqual([
      '· ::add-mask::x',
      '::error::a%0A· ::b::. <U+001B>[2J',
      'a',
      '· ::b::## [error]',
      '::warning title=a<U+009B>,file=a %3A%3Ab%3A%3A%2Cc,line=1,col=2::b c;',
    ]);
  });
});
