import { createServer, request as ask } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What becomes of a request; undefined: the registry behind it answers. */
export type Fault = { kind: 'cut'; after: number } | { kind: 'refuse' } | undefined;

/** A real registry behind a proxy that can lose connections and refuse requests. */
export interface DyingRegistry {
  /** `127.0.0.1:PORT` */
  address: string;
  /** Asked for every request from now on. */
  fault: (decide: (method: string, path: string) => Fault) => void;
  /** Requests that had a fault, as `METHOD kind`. */
  faults: string[];
  stop: () => Promise<void>;
}

export async function dyingRegistry(registry: string): Promise<DyingRegistry> {
  let decide: (method: string, path: string) => Fault = () => undefined;
  const faults: string[] = [];
  const server = createServer((request, answer) => {
    const { method = '', url = '' } = request;
    const fault = decide(method, url);
    if (fault) faults.push(`${method} ${fault.kind}`);
    if (fault?.kind === 'refuse') {
      request.resume();
      answer.writeHead(500).end();
      return;
    }
    pass(registry, request, answer);
    if (fault?.kind === 'cut') cutAfter(fault.after, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    fault: (next) => (decide = next),
    faults,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** With the headers as they are: the registry names the address that it was asked at. */
function pass(registry: string, request: IncomingMessage, answer: ServerResponse): void {
  const [host, port] = registry.split(':');
  const { method, url, headers } = request;
  const behind = ask({ host, port, method, path: url, headers }, (got) => {
    answer.writeHead(got.statusCode ?? 502, got.headers);
    got.pipe(answer);
  });
  behind.on('error', () => answer.destroy());
  request.on('error', () => behind.destroy());
  request.on('close', () => {
    if (!request.complete) behind.destroy();
  });
  request.pipe(behind);
}

function cutAfter(bytes: number, request: IncomingMessage): void {
  let seen = 0;
  request.on('data', (chunk: Buffer) => {
    seen += chunk.length;
    if (seen > bytes) request.socket.destroy();
  });
}
