import { messageOf } from '../failure.ts';
import type { FileAnswer, FileServers } from '../ports/data.ts';

const TIMEOUT_MS = 30_000;
/** Out of order, or asked too often. */
const BUSY: readonly number[] = [408, 425, 429, 500, 502, 503, 504];

async function ask(url: string): Promise<FileAnswer> {
  try {
    const response = await fetch(url, {
      method: 'HEAD',
      headers: { 'accept-encoding': 'identity', 'user-agent': 'glaciocloud' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (url.startsWith('https:') && !response.url.startsWith('https:'))
      return { kind: 'fault', why: 'it leads to an address without encryption' };
    return answerOf(response);
  } catch (error) {
    return { kind: 'busy', why: reasonOf(error), wait: undefined };
  }
}

function answerOf({ ok, status, headers }: Response): FileAnswer {
  if (status === 404 || status === 410) return { kind: 'absent' };
  if (BUSY.includes(status)) {
    const wait = Number(headers.get('retry-after') ?? Number.NaN);
    return { kind: 'busy', why: `it answers ${status}`, wait: wait >= 0 ? wait : undefined };
  }
  if (!ok) return { kind: 'fault', why: `it answers ${status}` };
  const bytes = Number(headers.get('content-length') ?? Number.NaN);
  if (Number.isSafeInteger(bytes) && bytes > 0) return { kind: 'size', bytes };
  return { kind: 'fault', why: 'it does not say how large the file is' };
}

/** Of what `fetch` throws, the cause says what happened. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return messageOf(cause ?? error);
}

export const fileServers: FileServers = { ask };
