import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { exec, stream } from '../../src/edges/exec.ts';
import { doubleOf, failureOf } from '../support/program.ts';
import type { Double } from '../support/program.ts';
import { temporary } from '../support/sample.ts';

let folder: Awaited<ReturnType<typeof temporary>>;
let program: Double;
beforeAll(async () => {
  folder = await temporary();
  program = await doubleOf(folder.path, 'program');
});
afterAll(() => folder.remove());
beforeEach(() => program.says({ stdout: 'out', stderr: 'err', code: 3 }));

const shell = (script: string, options = {}): ReturnType<typeof exec> =>
  exec('/bin/sh', ['-c', script], options);

test('arguments arrive as they are, the input is what was given, and any exit code is a result', async () => {
  const args = ['a b', '$HOME; rm -rf "x"', "it's", 'é'];
  const result = await exec(program.path, args, { input: 'given' });
  expect(result).toEqual({ code: 3, stdout: 'out', stderr: 'err', bytes: Buffer.from('out') });
  expect(await program.calls()).toMatchObject([{ args, input: 'given' }]);
  await program.says({});
  expect((await exec(program.path, [])).code).toBe(0);
  expect(await program.calls()).toMatchObject([{ args: [], input: '' }]);
});

describe('of our environment a tool sees', () => {
  const passed = {
    PATH: process.env['PATH'] ?? '',
    HOME: '/home/somebody',
    TMPDIR: '/tmp',
    HTTP_PROXY: 'http://proxy:1',
    HTTPS_PROXY: 'http://proxy:2',
    NO_PROXY: 'a',
    http_proxy: 'http://proxy:3',
    https_proxy: 'http://proxy:4',
    no_proxy: 'b',
    SSL_CERT_FILE: '/etc/cert.pem',
    SSL_CERT_DIR: '/etc/certs',
    USER: 'somebody',
  };
  const before = { ...process.env };
  beforeEach(() => {
    for (const name of Object.keys(process.env)) Reflect.deleteProperty(process.env, name);
  });
  afterAll(() => {
    Object.assign(process.env, before);
  });

  test('exactly a list, and what it is given', async () => {
    Object.assign(process.env, passed, { GITHUB_TOKEN: 'secret', NODE_OPTIONS: '', LANG: 'de_DE' });
    await exec(program.path, [], { env: { OWN: 'yes', HOME: '/elsewhere' } });
    await stream(program.path, [], { env: { OWN: 'yes' } }).ended;
    expect((await program.calls()).map(({ env }) => env)).toEqual([
      { ...passed, LC_ALL: 'C', TZ: 'UTC', OWN: 'yes', HOME: '/elsewhere' },
      { ...passed, LC_ALL: 'C', TZ: 'UTC', OWN: 'yes' },
    ]);
  });

  test('nothing that is not set', async () => {
    Object.assign(process.env, { PATH: passed.PATH });
    await exec(program.path, []);
    expect((await program.calls())[0]?.env).toEqual({
      PATH: passed.PATH,
      LC_ALL: 'C',
      TZ: 'UTC',
    });
  });
});

test('the folder is the one that is named', async () => {
  expect((await shell('pwd -P', { cwd: '/' })).stdout).toBe('/\n');
});

test('bytes that are no text come as they were', async () => {
  expect([...(await shell("printf '\\377\\0\\376'")).bytes]).toEqual([255, 0, 254]);
});

test('what it says is heard as it comes', async () => {
  const heard = join(folder.path, 'heard');
  let text = '';
  const result = await shell(
    'echo one; until [ -e "$HEARD" ]; do sleep 0.01; done; echo two; echo three >&2',
    {
      env: { HEARD: heard },
      onStdout: (more: string) => {
        text += more;
        writeFileSync(heard, '');
      },
    },
  );
  expect([text, result.stdout, result.stderr]).toEqual(['one\ntwo\n', 'one\ntwo\n', 'three\n']);
});

test('a letter that comes in two parts is heard as one', async () => {
  const heard = join(folder.path, 'half');
  let text = '';
  await shell("printf 'a\\303'; until [ -e \"$HEARD\" ]; do sleep 0.01; done; printf '\\251b'", {
    env: { HEARD: heard },
    onStdout: (more: string) => {
      text += more;
      writeFileSync(heard, '');
    },
  });
  expect(text).toBe('aéb');
});

test('a program that ends before it has read its input is no failure', async () => {
  const input = 'x'.repeat(4_000_000);
  expect((await shell('exec 0<&-; exit 5', { input })).code).toBe(5);
  const streamed = stream('/bin/sh', ['-c', 'exec 0<&-; exit 6'], { input });
  expect((await streamed.ended).code).toBe(6);
});

test('a program that is killed says by what', async () => {
  expect(await shell('echo so far >&2; kill -TERM $$')).toMatchObject({
    code: 128,
    stderr: 'so far\n\nthe program was killed by SIGTERM',
  });
});

test('a program that runs too long is ended', async () => {
  expect(await failureOf(exec('/bin/sleep', ['60'], { timeoutMs: 100 }))).toMatchObject({
    name: 'TimedOut',
    message: '/bin/sleep 60 did not end within 0.1 s',
    hint: 'try again; if it happens again, look at the machine',
    exit: 1,
  });
  expect(await failureOf(shell('kill -STOP $$', { timeoutMs: 100 }))).toMatchObject({
    name: 'TimedOut',
  });
  expect(await shell('exit 0', { timeoutMs: 60_000 })).toMatchObject({ code: 0 });
});

test('a program is ended from outside', async () => {
  const ending = new AbortController();
  const running = exec('/bin/sh', ['-c', 'echo ready; exec sleep 60'], {
    signal: ending.signal,
    onStdout: () => ending.abort(),
  });
  expect(await failureOf(running)).toMatchObject({
    message: '/bin/sh cannot be started (ABORT_ERR)',
  });
});

test('a program that is not there is said to be missing', async () => {
  const nowhere = join(folder.path, 'nowhere');
  const missing = {
    name: 'ToolMissing',
    message: `${nowhere} cannot be started (ENOENT)`,
    hint: `install ${nowhere}, or put it on the PATH`,
    exit: 1,
  };
  expect(await failureOf(exec(nowhere, []))).toMatchObject(missing);
  expect(await failureOf(stream(nowhere, []).ended)).toMatchObject(missing);
});

test('a stream gives its input, and tells in the end how it went', async () => {
  const streaming = stream('/bin/sh', ['-c', 'cat; echo said >&2; exit 4'], { input: 'given' });
  expect(await streaming.output.toArray()).toEqual([Buffer.from('given')]);
  expect(await streaming.ended).toEqual({ code: 4, stderr: 'said\n' });
  const endless = stream('/bin/sleep', ['60']);
  endless.kill();
  expect(await endless.ended).toEqual({ code: 128, stderr: '' });
});
