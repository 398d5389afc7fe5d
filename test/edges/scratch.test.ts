import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { exec } from '../../src/edges/exec.ts';
import { DOUBLE, ROOT, copyPlatform, temporary } from '../support/sample.ts';

let folder: Awaited<ReturnType<typeof temporary>>;
let scratch: string;
let count = 0;
const at = (name: string): string => join(folder.path, name);
beforeAll(async () => {
  folder = await temporary();
  await copyPlatform(at('platform'));
});
afterAll(() => folder.remove());
beforeEach(async () => {
  count += 1;
  scratch = at(`scratch-${count}`);
  await mkdir(scratch);
});

const SOURCE = JSON.stringify(new URL('../../src/edges/scratch.ts', import.meta.url).href);
/** Makes a folder with a secret in it, says where it is, and goes on. */
const MAKE = `import { writeFileSync } from 'node:fs';
import { makeScratch } from ${SOURCE};
const made = makeScratch();
writeFileSync(made + '/secret', 'secret');
process.stdout.write(made);
`;

interface Ended {
  code: number | null;
  signal: string | null;
  said: string;
}

/** A process of its own; `meet` says when something may be done to it. */
async function child(
  args: readonly string[],
  meet: (said: string) => boolean,
  act: (pid: number) => unknown,
  env: Record<string, string> = {},
): Promise<Ended> {
  const started = spawn(process.execPath, args, {
    cwd: at('platform'),
    env: { ...process.env, TMPDIR: scratch, NODE_NO_WARNINGS: '1', ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let said = '';
  started.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<Ended>((resolve) =>
    started.on('close', (code, signal) => resolve({ code, signal, said })),
  );
  while (started.exitCode === null && started.signalCode === null && !meet(said)) await sleep(20);
  await act(started.pid ?? 0);
  return ended;
}

const program = (text: string): string[] => ['--input-type=module', '--eval', text];
const left = (): Promise<string[]> => readdir(scratch);
const nothing = (): void => undefined;
const leave = (): Promise<Ended> =>
  child(
    program(`${MAKE}setInterval(() => undefined, 1000);`),
    (said) => said !== '',
    (pid) => process.kill(pid, 'SIGKILL'),
  );

describe('a scratch folder', () => {
  test.each([
    ['at the end', '', 0],
    ['after process.exit', 'process.exit(7);', 7],
    ['after an exception', 'throw new Error("x");', 1],
    ['after a promise that nobody awaits', 'void Promise.reject(new Error("x"));', 1],
  ])('is gone %s', async (_, end, code) => {
    const ended = await child(program(`${MAKE}${end}`), () => true, nothing);
    expect([ended.code, ended.said.startsWith(scratch), await left()]).toEqual([code, true, []]);
  });

  test.each([0o000, 0o022, 0o277])('is its owner’s alone, whatever the mask %d', async (mask) => {
    const text = `process.umask(${mask});${MAKE.replace(/writeFileSync\(.*\n/u, '')}`;
    const look = `import { statSync } from 'node:fs';process.stdout.write(' ' + statSync(made).mode);`;
    const { said } = await child(program(`${text}${look}`), () => true, nothing);
    expect(Number(said.split(' ')[1]) & 0o777).toBe(0o700);
  });

  test('of a run that was killed is removed by the next one that makes one', async () => {
    const { said, signal } = await leave();
    expect([signal, existsSync(join(said, 'secret'))]).toEqual(['SIGKILL', true]);
    await child(program(MAKE), () => true, nothing);
    expect(await left()).toEqual([]);
  });

  test('of a run that goes on stays, and so does what is not ours', async () => {
    const killed = (await leave()).said.slice(scratch.length + 1);
    const others = [
      'glaciocloud-notes',
      killed.replace(/-\d+-/u, `-${process.pid}-`),
      killed.replace(/^glaciocloud-[^-]+/u, 'glaciocloud-elsewhere'),
      killed.replace(/^/u, 'my-'),
    ];
    for (const name of others) await mkdir(join(scratch, name));
    const [file, link] = ['AAAAAA', 'BBBBBB'].map((end) => killed.replace(/\w{6}$/u, end));
    await writeFile(join(scratch, file ?? ''), 'mine');
    await mkdir(at(`aim-${count}`));
    await symlink(at(`aim-${count}`), join(scratch, link ?? ''));
    await child(program(MAKE), () => true, nothing);
    expect(await left()).toEqual([...others, file, link].sort());
    expect((await stat(at(`aim-${count}`))).isDirectory()).toBe(true);
  });
});

describe('a run that is interrupted', () => {
  /** No Helm: says its number, and does not end. */
  const helm = async (): Promise<string> => {
    const path = at(`helm-${count}`);
    const say = `[ "$1" = version ] && { echo v3.17.0; exit; }\necho $$ > '${path}.pid'`;
    await writeFile(path, `#!/bin/sh\n# A test double: no Helm.\n${say}\nexec sleep 600\n`, {
      mode: 0o755,
    });
    return path;
  };
  const isGone = async (pid: number): Promise<boolean> => {
    const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    return state === '' || / Z /u.test(state);
  };

  test.each([
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s ends with %i, and leaves no folder and no program', async (signal, code) => {
    const path = await helm();
    const render = [join(ROOT, 'src/cli.ts'), 'render', 'hub', '--out', at(`out-${count}`)];
    const ended = await child(
      [...render, '--charts-from', DOUBLE],
      () => existsSync(`${path}.pid`),
      (pid) => process.kill(pid, signal),
      { GLACIOCLOUD_HELM: path, GLACIOCLOUD_CACHE: at('cache') },
    );
    expect([ended.code, ended.signal, await left()]).toEqual([code, null, []]);
    const pid = Number(await readFile(`${path}.pid`, 'utf8'));
    while (!(await isGone(pid))) await sleep(20);
  });

  test('while it does nothing yet ends the same way', async () => {
    const source = SOURCE.replace('scratch.ts', 'ending.ts');
    const text = `import { endOnSignals } from ${source};
endOnSignals();
setInterval(() => undefined, 1000);
process.stdout.write('ready');`;
    const ended = await child(
      program(text),
      (said) => said === 'ready',
      (pid) => exec('kill', ['-INT', String(pid)]),
    );
    expect([ended.code, ended.signal]).toEqual([130, null]);
  });
});
