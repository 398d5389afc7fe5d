import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pinnedProgram } from '../../scripts/pinned-program.ts';
import { pinnedSops } from '../../scripts/sops.ts';
import { temporary } from '../support/sample.ts';

const GENUINE = '#!/bin/sh\necho genuine\n';
const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');
const SHA256 = sha256Of(GENUINE);

let folder: Awaited<ReturnType<typeof temporary>>;
let target: string;
let made: number;
const path = process.env['PATH'] ?? '';
beforeEach(async () => {
  folder = await temporary();
  target = join(folder.path, 'bin/tool');
  made = 0;
});
afterEach(async () => {
  process.env['PATH'] = path;
  await folder.remove();
});

const making =
  (text = GENUINE) =>
  (): Promise<Uint8Array> => {
    made += 1;
    return Promise.resolve(Buffer.from(text));
  };
const found = (): Promise<string> => readFile(target, 'utf8');

describe('a pinned program', () => {
  test('is made once, can be run, and leaves nothing beside it', async () => {
    await pinnedProgram(target, SHA256, making());
    await pinnedProgram(target, SHA256, making('something else'));
    expect([await found(), made]).toEqual([GENUINE, 1]);
    expect((await stat(target)).mode & 0o777).toBe(0o755);
    expect(await readdir(dirname(target))).toEqual(['tool']);
  });

  test.each(['longer', 'other', 'empty', 'a folder'])(
    'that is changed is made anew: %s',
    async (how) => {
      await pinnedProgram(target, SHA256, making());
      if (how === 'longer') await appendFile(target, 'curl evil\n');
      if (how === 'other') await writeFile(target, GENUINE.replace('genuine', 'Genuine'));
      if (how === 'empty') await writeFile(target, '');
      if (how === 'a folder') {
        await rm(target);
        await mkdir(target);
      }
      await pinnedProgram(target, SHA256, making());
      expect([await found(), made]).toEqual([GENUINE, 2]);
    },
  );

  test('that cannot be had unchanged is not there at all', async () => {
    await mkdir(dirname(target));
    await writeFile(target, 'evil');
    const other = sha256Of('evil too');
    await expect(pinnedProgram(target, SHA256, making('evil too'))).rejects.toThrow(
      `tool is not the one that is pinned: its SHA-256 is ${other}, not ${SHA256}`,
    );
    expect(await readdir(dirname(target))).toEqual([]);
  });

  test('of which nothing new can be had is not there either', async () => {
    await mkdir(dirname(target));
    await writeFile(target, 'evil');
    const failing = (): Promise<Uint8Array> => Promise.reject(new Error('offline'));
    await expect(pinnedProgram(target, SHA256, failing)).rejects.toThrow('offline');
    expect(await readdir(dirname(target))).toEqual([]);
  });
});

/* Go is a double here: it "builds" the text that the test gives. */
describe('sops from a cache', () => {
  const go = async (text: string, code = 0): Promise<void> => {
    const bin = join(folder.path, 'go');
    await mkdir(bin, { recursive: true });
    await writeFile(join(bin, 'text'), text);
    await writeFile(
      join(bin, 'go'),
      [
        '#!/bin/sh',
        '# A test double.',
        `echo "$*|$GOTOOLCHAIN|$GOFLAGS|$CGO_ENABLED" >> "${bin}/calls"`,
        `[ ${code} = 0 ] || { echo no network >&2; exit ${code}; }`,
        `cp "${bin}/text" "$GOBIN/sops"`,
      ].join('\n'),
      { mode: 0o755 },
    );
    process.env['PATH'] = [bin, path].join(delimiter);
  };
  const calls = async (): Promise<string[]> =>
    (await readFile(join(folder.path, 'go/calls'), 'utf8').catch(() => ''))
      .split('\n')
      .slice(0, -1);
  const BUILD = 'install github.com/getsops/sops/v3/cmd/sops@v3.11.0|go1.26.8|-trimpath|0';

  test('is used as long as it is the pinned one, and built again where somebody changed it', async () => {
    await go(GENUINE);
    const cache = join(folder.path, 'cache');
    const expected = { path: join(cache, 'sops'), sha256: SHA256 };
    expect(await pinnedSops(cache, SHA256)).toEqual(expected);
    expect(await pinnedSops(cache, SHA256)).toEqual(expected);
    expect(await calls()).toEqual([BUILD]);
    await writeFile(join(cache, 'sops'), 'evil');
    expect(await pinnedSops(cache, SHA256)).toEqual(expected);
    expect(await readFile(join(cache, 'sops'), 'utf8')).toBe(GENUINE);
    expect(await calls()).toEqual([BUILD, BUILD]);
  });

  test('is refused where what is built is another, or nothing', async () => {
    const cache = join(folder.path, 'cache');
    await go('evil');
    await expect(pinnedSops(cache, SHA256)).rejects.toThrow('sops is not the one that is pinned');
    await go(GENUINE, 3);
    await expect(pinnedSops(cache, SHA256)).rejects.toThrow('sops cannot be built: no network');
    expect(await readdir(folder.path)).toEqual(['go']);
  });
});
