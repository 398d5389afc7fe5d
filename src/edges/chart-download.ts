import { request as plain } from 'node:http';
import { request as secure } from 'node:https';
import { Failure, messageOf } from '../failure.ts';
import { ChartRefused } from './chart-archive.ts';
import { NotPublic, addressFault, publicLookup, shownAddress } from './public-address.ts';

export class ChartUnreachable extends Failure {}

const TIMEOUT_MS = 60_000;
const MOST_REDIRECTS = 5;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

export const NETWORK_HINT = 'check the network, or give a folder or mirror with --charts-from';
const PRIVATE_HINT =
  'charts come over https from public addresses: name such a repository, or set charts.allowPrivate: true on the default branch for a mirror of your own';

/** What a server says to one question. */
export interface Asked {
  status: number;
  location: string | undefined;
  body: AsyncIterable<Uint8Array>;
}

export interface Download {
  /** Largest answer, in bytes. */
  most: number;
  /** A mirror in one's own network: addresses that are not public, and http. */
  privateToo: boolean;
  /** Asks one address; a test gives a double. */
  ask?: (url: URL, privateToo: boolean, signal: AbortSignal) => Promise<Asked>;
}

/** The bytes at an address. Redirects are looked at like the first address, and nothing is read beyond the limit. */
export async function download(
  address: string,
  { most, privateToo, ask = askOnce }: Download,
): Promise<Buffer> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  let url = parsed(address, undefined);
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const shown = shownAddress(url);
    const fault = addressFault(url, privateToo);
    if (fault !== undefined) throw refused(shown, fault);
    try {
      const { status, location, body } = await ask(url, privateToo, signal);
      if (!REDIRECTS.includes(status)) {
        if (status === 200) return await readAtMost(body, most, shown);
        throw new ChartUnreachable(`${shown} answers ${status}`, { hint: NETWORK_HINT });
      }
      url = parsed(location ?? '', url);
    } catch (cause) {
      if (cause instanceof Failure) throw cause;
      if (cause instanceof NotPublic) throw refused(shown, cause.message);
      throw new ChartUnreachable(`${shown} cannot be reached: ${messageOf(cause)}`, {
        hint: NETWORK_HINT,
        cause,
      });
    }
  }
  throw new ChartUnreachable(
    `${shownAddress(parsed(address, undefined))} leads to more than ${MOST_REDIRECTS} other addresses`,
    { hint: NETWORK_HINT },
  );
}

function refused(shown: string, why: string): ChartRefused {
  return new ChartRefused(`nothing is fetched from ${shown}: ${why}`, { hint: PRIVATE_HINT });
}

function parsed(address: string, base: URL | undefined): URL {
  const url = address === '' ? null : parseUrl(address, base?.href);
  if (!url)
    throw new ChartUnreachable(
      base
        ? `${shownAddress(base)} leads to an address that is none`
        : 'the address of a chart repository is none',
      { hint: 'write it like https://charts.example.org/' },
    );
  return url;
}

function parseUrl(address: string, base: string | undefined): URL | null {
  return URL.canParse(address, base) ? new URL(address, base) : null;
}

async function readAtMost(
  body: AsyncIterable<Uint8Array>,
  most: number,
  shown: string,
): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > most)
      throw new ChartRefused(`${shown} is larger than ${most / 1e6} MB`, {
        hint: 'no chart is: look at what the repository serves',
      });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function askOnce(url: URL, privateToo: boolean, signal: AbortSignal): Promise<Asked> {
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'http:' ? plain : secure)(
      url,
      {
        agent: false,
        signal,
        headers: { 'accept-encoding': 'identity', 'user-agent': 'glaciocloud' },
        ...(privateToo ? {} : { lookup: publicLookup }),
      },
      (response) =>
        resolve({
          status: response.statusCode ?? 0,
          location: response.headers.location,
          body: response,
        }),
    );
    request.on('error', reject).end();
  });
}
