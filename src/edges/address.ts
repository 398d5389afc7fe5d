import { lookup } from 'node:dns/promises';
import { request as plain } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as secure } from 'node:https';
import { TLSSocket } from 'node:tls';
import type { Answer } from '../core/watch/outside.ts';
import { Failure, messageOf } from '../failure.ts';
import type { Internet } from '../ports.ts';
import { isCode } from './disk-failure.ts';

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

/** A name that everybody has who uses the platform: where it does not resolve, no other need. */
const KNOWN_HOST = 'github.com';

/** IP addresses of a host name; none where it does not resolve. Fails where this machine cannot know. */
export async function addressesOf(host: string): Promise<string[]> {
  try {
    return await found(host);
  } catch (cause) {
    const elsewhere = isCode(cause, 'ENOTFOUND') && (await doesResolve(KNOWN_HOST));
    if (elsewhere) return [];
    throw new Failure(`${host} cannot be looked up here: ${messageOf(cause)}`, {
      hint: 'look at the DNS of this machine: no name may resolve at all',
      cause,
    });
  }
}

async function found(host: string): Promise<string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

async function doesResolve(host: string): Promise<boolean> {
  return found(host).then(
    () => true,
    () => false,
  );
}

export const internet: Internet = { ask: askAddress, resolve: addressesOf };
