import { lookup } from 'node:dns/promises';
import { request as plain } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as secure } from 'node:https';
import { TLSSocket } from 'node:tls';
import type { Answer } from '../core/watch/outside.ts';
import { messageOf } from '../failure.ts';
import type { Internet } from '../ports.ts';

const TIMEOUT_MS = 15_000;
const MOST_BYTES = 10_000;

/**
 * Asks once, as anybody on the internet would: no redirect is followed, and a certificate that a browser refuses
 * is no answer.
 */
export async function askAddress(address: string): Promise<Answer> {
  try {
    const url = new URL(address);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = (url.protocol === 'http:' ? plain : secure)(
        url,
        { timeout: TIMEOUT_MS, agent: false, signal: AbortSignal.timeout(2 * TIMEOUT_MS) },
        resolve,
      );
      request
        .on('timeout', () => request.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)))
        .on('error', reject)
        .end();
    });
    const until =
      response.socket instanceof TLSSocket
        ? Date.parse(response.socket.getPeerCertificate().valid_to)
        : undefined;
    let body = '';
    for await (const chunk of response as AsyncIterable<Buffer>) {
      body += chunk.toString('utf8');
      if (body.length > MOST_BYTES) break;
    }
    return { kind: 'answered', status: response.statusCode ?? 0, body, until };
  } catch (error) {
    return { kind: 'nothing', why: messageOf(error) };
  }
}

async function addressesOf(host: string): Promise<string[]> {
  return lookup(host, { all: true }).then(
    (found) => found.map(({ address }) => address),
    () => [],
  );
}

export const internet: Internet = { ask: askAddress, resolve: addressesOf };
