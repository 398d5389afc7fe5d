import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { askAddress } from '../../src/edges/address.ts';

/* A double of a hub's address that says what a test wants. */
let server: Server;
let base: string;
let answer: RequestListener;
let asked: (string | undefined)[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test('what answers is told, without a certificate where there is none', async () => {
  answer = (_request, response) => response.end('{"version": "5.4.0"}');
  expect(await askAddress(`${base}/hub/api?x=1`)).toEqual({
    kind: 'answered',
    status: 200,
    body: '{"version": "5.4.0"}',
    until: undefined,
  });
  expect(asked).toEqual(['GET /hub/api?x=1']);
});

test('no redirect is followed', async () => {
  asked = [];
  answer = (_request, response) =>
    response.writeHead(302, { location: `${base}/elsewhere` }).end('moved');
  expect(await askAddress(base)).toMatchObject({ kind: 'answered', status: 302, body: 'moved' });
  expect(asked).toEqual(['GET /']);
});

test('an error of the server is an answer', async () => {
  answer = (_request, response) => response.writeHead(503).end();
  expect(await askAddress(base)).toMatchObject({ kind: 'answered', status: 503, body: '' });
});

test('of an answer without end only the beginning is read', async () => {
  answer = (_request, response) => {
    const more = (): void => {
      while (response.write('x'.repeat(1000)));
      response.once('drain', more);
    };
    more();
  };
  const found = await askAddress(base);
  if (found.kind !== 'answered') throw new Error(found.why);
  expect(found.body.length).toBeGreaterThan(10_000);
  expect(found.body.length).toBeLessThan(100_000);
});

test('what does not answer, or not as a server does, says why', async () => {
  answer = (request) => request.socket.destroy();
  expect(await askAddress(base)).toEqual({ kind: 'nothing', why: 'socket hang up' });
  answer = (_request, response) => {
    response.write('begun');
    response.destroy();
  };
  expect(await askAddress(base)).toMatchObject({ kind: 'nothing' });
  expect(await askAddress('http://127.0.0.1:1/')).toEqual({
    kind: 'nothing',
    why: 'connect ECONNREFUSED 127.0.0.1:1',
  });
  expect(await askAddress('no address')).toEqual({ kind: 'nothing', why: 'Invalid URL' });
});

test('an address with https is asked with https, and plain http there is no answer', async () => {
  answer = (_request, response) => response.end('plain');
  expect(await askAddress(base.replace('http:', 'https:'))).toMatchObject({
    kind: 'nothing',
    why: expect.stringMatching(/SSL|TLS|EPROTO|wrong version/iu) as unknown,
  });
});
