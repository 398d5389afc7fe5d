import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { createTar } from 'nanotar';
import { readBack } from '../../src/apply/removal/stream.ts';
import { stream } from '../../src/edges/exec.ts';

const tar = createTar([
  { name: 'runs/' },
  { name: 'runs/a.nc', data: randomBytes(3_000_000) },
  { name: 'empty', data: '' },
  { name: 'b.txt', data: 'b' },
]);
const whole = gzipSync(tar);
/** In pieces, as they come over a network. */
const pieces = (content: Buffer): Readable =>
  Readable.from(
    (function* () {
      for (let from = 0; from < content.length; from += 65_536)
        yield content.subarray(from, from + 65_536);
    })(),
  );

describe('an archive that is read back', () => {
  test('is counted anew', async () => {
    let seen = 0;
    const back = await readBack(pieces(whole), (bytes) => (seen = bytes));
    expect(back).toEqual({
      sha256: createHash('sha256').update(whole).digest('hex'),
      bytes: whole.length,
      files: 3,
    });
    expect(seen).toBe(whole.length);
  });

  test.each<[string, Buffer]>([
    ['cut', whole.subarray(0, whole.length - 1000)],
    [
      'with another byte in it',
      Buffer.concat([
        whole.subarray(0, 100_000),
        Buffer.from([(whole[100_000] ?? 0) ^ 1]),
        whole.subarray(100_001),
      ]),
    ],
    ['whole, around a tar that is cut', gzipSync(tar.subarray(0, 2_000_000))],
    ['no archive', Buffer.from('<html>not what you asked for</html>')],
  ])('is refused where it is %s', async (_what, content) => {
    await expect(readBack(pieces(content), () => undefined)).rejects.toThrow(
      /^it cannot be read back: /u,
    );
  });

  test('fails where the line breaks', async () => {
    const broken = Readable.from(
      (function* () {
        yield whole.subarray(0, 10_000);
        throw new Error('reset');
      })(),
    );
    await expect(readBack(broken, () => undefined)).rejects.toThrow(
      'it cannot be read back: reset',
    );
  });
});

test('a program that says much is read as it comes, and can be stopped', async () => {
  const endless = stream(process.execPath, [
    '-e',
    'const more = () => { while (process.stdout.write("x".repeat(65536))); process.stdout.once("drain", more); }; more()',
  ]);
  let bytes = 0;
  for await (const chunk of endless.output as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > 1_000_000) endless.kill();
  }
  expect(bytes).toBeLessThan(100_000_000);
  expect((await endless.ended).code).toBe(128);
  const short = stream(
    process.execPath,
    ['-e', 'process.stdin.pipe(process.stdout); console.error("said"); process.exitCode = 3'],
    { input: 'given' },
  );
  expect(await short.output.toArray()).toEqual([Buffer.from('given')]);
  expect(await short.ended).toEqual({ code: 3, stderr: 'said\n' });
  await expect(stream('/nonexistent/program', []).ended).rejects.toThrow(
    'cannot be started (ENOENT)',
  );
});
