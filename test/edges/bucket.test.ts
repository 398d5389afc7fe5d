import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Bucket } from '../../src/edges/bucket.ts';
import { failureOf } from '../support/program.ts';

/* A double of an S3 server that says one thing to everybody; the real one is in test/lab. */
interface Asked {
  method: string;
  url: string;
  type: string | undefined;
  key: string | undefined;
  body: Buffer;
}
let asked: Asked[] = [];
let server: Server;
let bucket: Bucket;
let place: Parameters<typeof Bucket.open>[0];
let answer: { status: number; code: string; body?: string } = {
  status: 200,
  code: '',
};

beforeEach(() => {
  asked = [];
});
beforeAll(async () => {
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'canary-secret',
    AWS_MAX_ATTEMPTS: '1',
  });
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request
      .on('data', (chunk: Buffer) => parts.push(chunk))
      .on('end', () => {
        const { method = '', url = '', headers } = request;
        asked.push({
          method,
          url,
          type: headers['content-type'],
          key: /Credential=([^/]+)\//u.exec(headers.authorization ?? '')?.[1],
          body: Buffer.concat(parts),
        });
        const text =
          answer.body ??
          `<?xml version="1.0"?><Error><Code>${answer.code}</Code><Message>about AKIDEXAMPLE of account 12345678901</Message></Error>`;
        response
          .writeHead(answer.status, {
            'content-type': 'application/xml',
            'content-length': Buffer.byteLength(text),
            etag: '"e"',
          })
          .end(text);
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  place = {
    bucket: 'archive',
    folder: 'hubs/old/',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: undefined,
  };
  bucket = await Bucket.open(place);
}, 30_000);
afterAll(async () => {
  bucket.close();
  await new Promise((resolve) => server.close(resolve));
});

const REFUSED = {
  says: /^http:\/\/127\.0\.0\.1:\d+ refuses these credentials \(\w+\)$/u,
  hint: 'they need s3:ListBucket, s3:GetObject, s3:PutObject and s3:AbortMultipartUpload',
};
const REGION = {
  says: /^the bucket is in another region, or no region is named$/u,
  hint: 'correct "region:"',
};
const EXPIRED = {
  says: /^the credentials are not valid any more$/u,
  hint: 'log in again; the next run goes on from here',
};
const OTHER = 'look at the bucket; the next run goes on from here';

test.each([
  [403, 'AccessDenied', REFUSED],
  [400, 'AccessDenied', REFUSED],
  [400, 'InvalidAccessKeyId', REFUSED],
  [400, 'SignatureDoesNotMatch', REFUSED],
  [401, 'Whatever', REFUSED],
  [403, 'Whatever', REFUSED],
  [
    404,
    'NoSuchBucket',
    {
      says: /^http:\/\/127\.0\.0\.1:\d+ has no bucket archive$/u,
      hint: 'make it, or correct "bucket:"',
    },
  ],
  [400, 'ExpiredToken', EXPIRED],
  [400, 'ExpiredTokenException', EXPIRED],
  [403, 'RequestTimeTooSkewed', EXPIRED],
  [301, 'PermanentRedirect', REGION],
  [400, 'AuthorizationHeaderMalformed', REGION],
  [400, 'IllegalLocationConstraintException', REGION],
  [
    503,
    'SlowDown',
    { says: /^http:\/\/127\.0\.0\.1:\d+: SlowDown: about A.* 12345678901$/u, hint: OTHER },
  ],
])('%i %s is told in words', async (status, code, { says, hint }) => {
  answer = { status, code };
  const failure = await failureOf(bucket.writeText('k', '{}'));
  expect(failure).toMatchObject({ name: 'BucketFailure', hint, exit: 1 });
  const { message } = failure as Error;
  expect(message).toMatch(/^s3:\/\/archive\/k cannot be written: /u);
  expect(message.slice('s3://archive/k cannot be written: '.length)).toMatch(says);
  // Never what the server says of credentials, where it says it of those.
  if (status !== 503) expect(message).not.toMatch(/AKIDEXAMPLE|12345678901|canary/u);
});

test('what cannot be read is said to be that', async () => {
  answer = { status: 403, code: 'AccessDenied' };
  const asks = [() => bucket.readText('k'), () => bucket.read('k'), () => bucket.size('k')];
  for (const ask of asks)
    expect(await failureOf(ask())).toMatchObject({
      message: expect.stringMatching(/^s3:\/\/archive\/k cannot be read: /u) as unknown,
    });
});

test('without credentials that is said', async () => {
  const names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const;
  const before = names.map((name) => process.env[name]);
  const home = process.env['HOME'];
  for (const name of names) process.env[name] = '';
  process.env['HOME'] = '/nonexistent';
  process.env['AWS_EC2_METADATA_DISABLED'] = 'true';
  const nobody = await Bucket.open(place);
  try {
    expect(await failureOf(nobody.size('k'))).toMatchObject({
      message: 's3://archive/k cannot be read: there are no credentials',
      hint: 'give the deployment ARCHIVE_ACCESS_KEY_ID and ARCHIVE_SECRET_ACCESS_KEY, or the usual ones of AWS',
    });
  } finally {
    nobody.close();
    for (const [index, name] of names.entries()) process.env[name] = before[index];
    process.env['HOME'] = home;
  }
});

test.each([
  ['own', 'secret', 'own'],
  ['own', '', 'AKIDEXAMPLE'],
  ['', 'secret', 'AKIDEXAMPLE'],
])('credentials of its own (%p, %p) go before the usual ones', async (id, secret, used) => {
  answer = { status: 200, code: '', body: '' };
  process.env['ARCHIVE_ACCESS_KEY_ID'] = id;
  process.env['ARCHIVE_SECRET_ACCESS_KEY'] = secret;
  const own = await Bucket.open(place);
  try {
    await own.writeText('k', '{}');
    expect(asked.map(({ key }) => key)).toEqual([used]);
  } finally {
    own.close();
    delete process.env['ARCHIVE_ACCESS_KEY_ID'];
    delete process.env['ARCHIVE_SECRET_ACCESS_KEY'];
  }
});

test('a text is written and read as it is, below the name of the bucket', async () => {
  answer = { status: 200, code: '', body: '{"a": "ü"}' };
  await bucket.writeText('hubs/old/a.json', '{}');
  expect(await bucket.readText('hubs/old/a.json')).toBe('{"a": "ü"}');
  expect(await bucket.size('hubs/old/a.json')).toBe(11);
  expect(Buffer.concat(await (await bucket.read('k')).toArray()).toString()).toBe('{"a": "ü"}');
  expect(asked.map(({ method, url, type }) => [method, url.replace(/\?.*$/u, ''), type])).toEqual([
    ['PUT', '/archive/hubs/old/a.json', 'application/json'],
    ['GET', '/archive/hubs/old/a.json', undefined],
    ['HEAD', '/archive/hubs/old/a.json', undefined],
    ['GET', '/archive/k', undefined],
  ]);
  expect(asked[0]?.body.toString()).toBe('{}');
});

test('what is large goes in parts of 32 MiB, two at once', async () => {
  answer = {
    status: 200,
    code: '',
    body: '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>',
  };
  const part = 32 * 2 ** 20;
  const body = Readable.from(
    (function* () {
      for (let sent = 0; sent < 33; sent += 1) yield Buffer.alloc(2 ** 20);
    })(),
  );
  await bucket.send('k', body);
  const parts = asked.filter(({ url }) => url.includes('partNumber='));
  expect(parts.map(({ body: sent }) => sent.length).sort((a, b) => b - a)).toEqual([part, 2 ** 20]);
  expect(asked.find(({ url }) => url.includes('uploads'))?.type).toBe('application/gzip');
  expect(body.destroyed).toBe(true);
});

test('what is not there is no failure', async () => {
  answer = { status: 404, code: 'NoSuchKey' };
  expect([await bucket.readText('k'), await bucket.size('k')]).toEqual([undefined, undefined]);
  expect(await failureOf(bucket.writeText('k', '{}'))).toMatchObject({
    message: expect.stringMatching(/^s3:\/\/archive\/k cannot be written: /u) as unknown,
  });
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
