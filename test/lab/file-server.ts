import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

const PIECE = 256 * 1024;

type Read = (path: string) => Buffer | undefined | Promise<Buffer | undefined>;

export const sha = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Files on the lab's bridge, with ranges and strong tags, as fast as is said; it knows what it has sent. */
export class FileServer {
  static readonly HOST = '10.200.0.1';
  /** Bytes a second, of each connection. */
  rate = Infinity;
  sent = 0;
  /** Where each answer with content began. */
  begins: number[] = [];
  readonly #port: number;
  readonly #read: Read;
  readonly #server: Server;

  constructor(port: number, read: Read) {
    this.#port = port;
    this.#read = read;
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.listen(port, '0.0.0.0');
  }

  url(name: string): string {
    return `http://${FileServer.HOST}:${this.#port}/${name}`;
  }

  forget(): void {
    this.sent = 0;
    this.begins = [];
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const bytes = await this.#read((request.url ?? '').slice(1));
    if (bytes === undefined) {
      response.writeHead(404).end();
      return;
    }
    const tag = `"${sha(bytes).slice(0, 16)}"`;
    const range = /^bytes=(\d+)-$/u.exec(request.headers.range ?? '');
    const from = range && request.headers['if-range'] === tag ? Number(range[1]) : 0;
    response.writeHead(from > 0 ? 206 : 200, {
      etag: tag,
      'content-length': bytes.length - from,
      ...(from > 0 && { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
    });
    if (request.method !== 'HEAD') await this.#send(bytes, from, response);
    response.end();
  }

  async #send(bytes: Buffer, from: number, response: ServerResponse): Promise<void> {
    this.begins.push(from);
    for (let at = from; at < bytes.length; at += PIECE) {
      const piece = bytes.subarray(at, at + PIECE);
      const begun = performance.now();
      if (!response.write(piece))
        await new Promise((resolve) => {
          response.once('drain', resolve).once('close', resolve);
        });
      if (response.destroyed) return;
      this.sent += piece.length;
      const pause = (piece.length / this.rate) * 1000 - (performance.now() - begun);
      if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
