import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Bucket } from '../../src/edges/bucket.ts';

/* A double of an S3 server that says one thing to everybody; the real one is in test/lab/archive.test.ts. */
let server: Server;
let bucket: Bucket;
let answer = { status: 200, code: '' };

beforeAll(async () => {
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'canary-secret',
    AWS_MAX_ATTEMPTS: '1',
  });
  server = createServer((request, response) => {
    request
      .resume()
      .on('end', () =>
        response
          .writeHead(answer.status, { 'content-type': 'application/xml' })
          .end(
            `<?xml version="1.0"?><Error><Code>${answer.code}</Code><Message>about AKIDEXAMPLE of account 123</Message></Error>`,
          ),
      );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  bucket = await Bucket.open({
    bucket: 'archive',
    folder: 'hubs/old/',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: undefined,
  });
}, 30_000);
afterAll(async () => {
  bucket.close();
  await new Promise((resolve) => server.close(resolve));
});

test.each([
  [
    403,
    'AccessDenied',
    /^s3:\/\/archive\/k cannot be written: http:\/\/127\.0\.0\.1:\d+ refuses these credentials \(AccessDenied\)$/u,
  ],
  [403, 'InvalidAccessKeyId', /refuses these credentials \(InvalidAccessKeyId\)$/u],
  [404, 'NoSuchBucket', /has no bucket archive$/u],
  [400, 'ExpiredToken', /the credentials are not valid any more$/u],
  [301, 'PermanentRedirect', /the bucket is in another region, or no region is named$/u],
  [503, 'SlowDown', /: SlowDown: about /u],
])(
  '%i %s is told in words, without what it says of credentials',
  async (status, code, expected) => {
    answer = { status, code };
    const refused = await bucket.writeText('k', '{}').then(
      () => undefined,
      (error: unknown) => error as Error,
    );
    expect(refused?.message).toMatch(expected);
    if (status !== 503) expect(refused?.message).not.toMatch(/AKIDEXAMPLE|123|canary/u);
  },
);

test('what is not there is no failure', async () => {
  answer = { status: 404, code: 'NoSuchKey' };
  expect([await bucket.readText('k'), await bucket.size('k')]).toEqual([undefined, undefined]);
  await expect(bucket.read('k')).rejects.toThrow('s3://archive/k cannot be read');
});

test('an upload that is refused ends what was to be sent, and nothing else', async () => {
  answer = { status: 403, code: 'AccessDenied' };
  let given = 0;
  const body = Readable.from(
    (async function* () {
      for (; given < 200; given += 1) {
        await sleep(1);
        yield Buffer.alloc(2 ** 20);
      }
      throw new Error('nobody hears this');
    })(),
  );
  await expect(bucket.send('k', body)).rejects.toThrow('refuses these credentials');
  await sleep(100);
  expect([body.destroyed, given < 200]).toEqual([true, true]);
});

test('where what is to be sent fails, that is the reason', async () => {
  answer = { status: 200, code: '' };
  const body = Readable.from(
    (async function* () {
      yield await Promise.resolve(Buffer.alloc(10));
      throw new Error('1 file cannot be read');
    })(),
  );
  await expect(bucket.send('k', body)).rejects.toThrow(/^1 file cannot be read$/u);
});
