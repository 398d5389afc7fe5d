import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Refusal } from './call.ts';
import { ROUTES, complete, requestProblem, responseProblem } from './contract.ts';
import type { Body } from './contract.ts';
import { graphql } from './graphql.ts';
import { HANDLERS } from './handlers.ts';
import { oauth } from './oauth.ts';
import { State } from './state.ts';

export interface LoggedRequest {
  method: string;
  path: string;
  token: string;
  status: number;
  body: Body;
}

/**
 * A failure to answer with instead, or a function that is called before the true answer: by method and path, for the
 * next `times` requests that match.
 */
export interface Fault {
  method: string;
  path: RegExp;
  times: number;
  answer:
    | { status: number; headers?: Record<string, string>; message?: string; body?: unknown }
    | 'reset'
    | (() => void);
}

export interface GithubSim {
  url: string;
  state: State;
  log: LoggedRequest[];
  faults: Fault[];
  close(): Promise<void>;
}

/**
 * A simulated GitHub: a test double, on loopback, in memory. Each answer is held to GitHub's own OpenAPI description,
 * each request too; an unknown route is a loud 501.
 */
export async function startGithubSim(port = 0, host = '127.0.0.1'): Promise<GithubSim> {
  const state = new State();
  const log: LoggedRequest[] = [];
  const faults: Fault[] = [];
  const server = createServer((request, response) => {
    void answer({ state, log, faults }, request, response);
  });
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  const address = server.address() as AddressInfo;
  return {
    url: `http://${host}:${address.port}`,
    state,
    log,
    faults,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function answer(
  { state, log, faults }: Pick<GithubSim, 'state' | 'log' | 'faults'>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://sim');
  const method = request.method ?? 'GET';
  const path = url.pathname.replace(/^\/api\/v3/u, '');
  const raw = await read(request);
  const body =
    request.headers['content-type']?.includes('json') === true && raw !== ''
      ? (JSON.parse(raw) as Body)
      : {};
  const token = (request.headers.authorization ?? '').replace(/^(?:token|bearer) /iu, '');
  const send = (status: number, content: unknown, headers: Record<string, string> = {}): void => {
    log.push({ method, path: `${path}${url.search}`, token, status, body });
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
    response.end(content === undefined ? undefined : JSON.stringify(content));
  };
  if (path.startsWith('/login/oauth/')) {
    oauth(state, url, raw, response, log);
    return;
  }
  const fault = faults.find((one) => one.times > 0 && one.method === method && one.path.test(path));
  if (fault) {
    fault.times -= 1;
    if (fault.answer === 'reset') return void request.socket.destroy();
    if (typeof fault.answer !== 'function') {
      const { status, headers, message = 'fault', body: given = { message } } = fault.answer;
      send(status, given, headers);
      return;
    }
    fault.answer();
  }
  if (method === 'POST' && /^(?:\/api)?\/graphql$/u.test(path)) {
    const asked = state.tokens.get(token);
    const answered = asked && (await graphql(state, asked, body));
    send(answered?.status ?? 401, answered?.body ?? { message: 'Bad credentials' });
    return;
  }
  // Where GitHub sends for the content of an artifact: another service, which must not be given the token.
  if (method === 'GET' && path.startsWith('/blobs/')) {
    const id = Number(path.slice('/blobs/'.length));
    const all = [...state.repositories.values()].flatMap(({ artifacts }) => artifacts);
    const zip = all.find((one) => one.id === id)?.zip;
    log.push({ method, path, token, status: zip ? 200 : 404, body });
    response.writeHead(zip ? 200 : 404, { 'content-type': 'application/zip' });
    response.end(zip);
    return;
  }
  for (const route of ROUTES) {
    const match = route.method === method ? route.pattern.exec(path) : null;
    const handler = HANDLERS[route.id];
    if (!match || !handler) continue;
    const parameters = Object.fromEntries(
      route.parameters.map((name, index) => [name, decodeURIComponent(match[index + 1] ?? '')]),
    );
    const known = state.tokens.get(token);
    if (!known) {
      send(401, { message: 'Bad credentials' });
      return;
    }
    const repository = state.repositories.get(
      `${parameters['owner'] ?? ''}/${parameters['repo'] ?? ''}`.toLowerCase(),
    );
    if (parameters['repo'] !== undefined && !repository) {
      send(404, { message: 'Not Found' });
      return;
    }
    const isFor = known.repositories?.includes(repository?.name ?? '') ?? true;
    if (repository?.private === true && !isFor) {
      send(404, { message: 'Not Found' });
      return;
    }
    if (handler.needs && !isFor) {
      send(403, { message: 'Resource not accessible by integration' });
      return;
    }
    if (handler.needs && !handler.needs.some((one) => known.write.includes(one))) {
      send(
        403,
        { message: 'Resource not accessible by integration' },
        { 'x-accepted-github-permissions': handler.needs.map((one) => `${one}=write`).join('; ') },
      );
      return;
    }
    const problem = requestProblem(
      route.id,
      method === 'GET' || method === 'DELETE' ? undefined : body,
    );
    if (problem !== undefined) {
      send(422, { message: `Invalid request. ${problem}` });
      return;
    }
    try {
      const result = handler.handle({
        state,
        token: known,
        repository:
          repository ??
          [...state.repositories.values()][0] ??
          state.addRepository(known.user, 'none'),
        parameters,
        query: url.searchParams,
        body,
      });
      const page = Array.isArray(result.body)
        ? paged(result.body, new URL(request.url ?? '/', `http://${request.headers.host ?? ''}`))
        : { content: result.body, headers: {} };
      const content =
        result.body === undefined ? undefined : complete(route.id, result.status, page.content);
      const broken = responseProblem(route.id, result.status, content);
      if (broken !== undefined) {
        send(500, { message: `github-sim breaks GitHub's description in ${route.id}: ${broken}` });
        return;
      }
      const { location } = result;
      send(result.status, content, {
        ...page.headers,
        ...(location === undefined ? {} : { location }),
      });
      return;
    } catch (error) {
      if (error instanceof Refusal) {
        send(error.status, { message: error.message });
        return;
      }
      send(500, { message: `github-sim failed in ${route.id}: ${String(error)}` });
      return;
    }
  }
  send(501, { message: `github-sim does not know ${method} ${path}` });
}

function paged(
  list: readonly unknown[],
  url: URL,
): { content: unknown[]; headers: Record<string, string> } {
  const size = Math.min(100, Number(url.searchParams.get('per_page') ?? 30));
  const page = Number(url.searchParams.get('page') ?? 1);
  const link = (to: number, rel: string): string => {
    const target = new URL(url);
    target.searchParams.set('page', String(to));
    return `<${target.href}>; rel="${rel}"`;
  };
  const last = Math.max(1, Math.ceil(list.length / size));
  return {
    content: list.slice((page - 1) * size, page * size),
    headers: page < last ? { link: `${link(page + 1, 'next')}, ${link(last, 'last')}` } : {},
  };
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
