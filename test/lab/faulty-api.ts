import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { Socket } from 'node:net';
import { connect } from 'node:tls';
import { load } from 'js-yaml';
import { textAt } from '../../src/core/json.ts';
import type { Json } from '../../src/core/json.ts';

export type Fault = 'pass' | 'reset' | 'slow' | 401 | 429 | 500;

/** A server between a deployment and the real API server, which answers as networks and overloaded servers do. */
export interface FaultyApi {
  kubeconfig: string;
  /** What becomes of the n-th request from now, from 1. */
  begin: (plan: (n: number) => Fault) => void;
  injected: Partial<Record<Fault, number>>;
  close: () => Promise<void>;
}

const REASONS: Record<401 | 429 | 500, string> = {
  401: 'Unauthorized',
  429: 'TooManyRequests',
  500: 'InternalError',
};

export async function startFaultyApi(kubeconfig: string, file: string): Promise<FaultyApi> {
  const real = load(await readFile(kubeconfig, 'utf8')) as Json;
  const server = new URL(textAt(real, '/clusters/0/cluster/server'));
  const data = async (path: string): Promise<Buffer> => {
    const inline = textAt(real, `${path}-data`);
    return inline === '' ? readFile(textAt(real, path)) : Buffer.from(inline, 'base64');
  };
  const tls = {
    host: server.hostname,
    port: Number(server.port),
    ca: await data('/clusters/0/cluster/certificate-authority'),
    cert: await data('/users/0/user/client-certificate'),
    key: await data('/users/0/user/client-key'),
  };
  let count = 0;
  let plan: (n: number) => Fault = () => 'pass';
  const begin = (next: (n: number) => Fault): void => {
    plan = next;
    count = 0;
    api.injected = {};
  };
  const api: FaultyApi = { kubeconfig: file, begin, injected: {}, close: () => Promise.resolve() };
  const next = (): Fault => {
    count += 1;
    const fault = plan(count);
    api.injected[fault] = (api.injected[fault] ?? 0) + 1;
    return fault;
  };
  const between = createServer((incoming, answer) => {
    const fault = next();
    if (fault === 'reset') {
      incoming.socket.resetAndDestroy();
      return;
    }
    if (typeof fault === 'number') {
      const body = JSON.stringify({
        kind: 'Status',
        apiVersion: 'v1',
        status: 'Failure',
        reason: REASONS[fault],
        message: REASONS[fault],
        code: fault,
      });
      answer
        .writeHead(fault, {
          'content-type': 'application/json',
          ...(fault === 429 ? { 'retry-after': '1' } : {}),
        })
        .end(body);
      return;
    }
    const forward = (): void => {
      const outgoing = request(
        { ...tls, method: incoming.method, path: incoming.url, headers: incoming.headers },
        (real) => {
          answer.writeHead(real.statusCode ?? 502, real.headers);
          real.pipe(answer);
        },
      );
      outgoing.on('error', () => answer.destroy());
      incoming.pipe(outgoing);
    };
    if (fault === 'slow') setTimeout(forward, 4000);
    else forward();
  });
  // `kubectl exec`: both sides as they are.
  between.on('upgrade', (incoming: IncomingMessage, socket, head) => {
    const upstream = connect(tls, () => {
      const headers = Object.entries(incoming.headers).flatMap(([name, value]) =>
        value === undefined ? [] : [value].flat().map((one) => `${name}: ${one}\r\n`),
      );
      upstream.write(
        `${incoming.method ?? 'GET'} ${incoming.url ?? '/'} HTTP/1.1\r\n${headers.join('')}\r\n`,
      );
      upstream.write(head);
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
  const open = new Set<Socket>();
  between.on('connection', (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve));
  const address = between.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await writeFile(
    file,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'faulty',
      clusters: [{ name: 'faulty', cluster: { server: `http://127.0.0.1:${port}` } }],
      users: [{ name: 'faulty', user: {} }],
      contexts: [{ name: 'faulty', context: { cluster: 'faulty', user: 'faulty' } }],
    }),
  );
  api.close = async () => {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => between.close(resolve));
  };
  return api;
}
