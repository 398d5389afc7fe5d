import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

interface Cookie {
  name: string;
  value: string;
  path: string;
  /** A server takes a cookie away by one that is over already. */
  isOver: boolean;
}

interface Ask {
  method?: string;
  headers?: Record<string, string>;
  body?: object;
}

interface Answer {
  status: number;
  location: string | undefined;
  text: string;
}

/** What somebody does at a hub with a browser's cookies, without a browser: a double of one. */
export class Visitor {
  readonly #hub: string;
  readonly #cookies = new Map<string, Cookie>();
  token = '';

  /** `hub` is its address, without a slash at the end. */
  constructor(hub: string) {
    this.#hub = hub;
  }

  /** Goes where redirects lead, with cookies: the last page, and what it says. */
  async open(path: string): Promise<{ status: number; path: string; text: string }> {
    let url = new URL(path, this.#hub);
    const way: string[] = [];
    for (let hop = 0; hop < 15; hop += 1) {
      way.push(url.pathname);
      const { status, location, text: said } = await this.#ask(url, {});
      if (location === undefined) return { status, path: url.pathname, text: said };
      url = new URL(location, url);
    }
    throw new Error(`${path} leads around in circles: ${way.join(', ')}`);
  }

  /** The status of one page, without going further. */
  async look(path: string): Promise<number> {
    return (await this.#ask(new URL(path, this.#hub), {})).status;
  }

  /** Through the login pages, by the simulated GitHub: the last page's status. */
  async logIn(): Promise<number> {
    return (await this.open('/hub/oauth_login?next=%2Fhub%2Fhome')).status;
  }

  /** A token of one's own, as the hub's page makes it. */
  async takeToken(name: string): Promise<void> {
    const xsrf = [...this.#cookies.values()].find((one) => isFor(one, '_xsrf', '/hub/'));
    const answer = await this.#ask(new URL(`/hub/api/users/${name}/tokens`, this.#hub), {
      method: 'POST',
      headers: { 'X-XSRFToken': xsrf?.value ?? '', Referer: `${this.#hub}/hub/token` },
      body: { note: 'lab' },
    });
    if (answer.status >= 300) throw new Error(`no token: ${answer.status} ${answer.text}`);
    this.token = (JSON.parse(answer.text) as { token: string }).token;
  }

  /** With the token, not the cookies. */
  async api(path: string, ask: Ask = {}): Promise<{ status: number; json: unknown }> {
    const headers = { authorization: `token ${this.token}`, 'content-type': 'application/json' };
    const answer = await fetch(new URL(path, this.#hub), {
      method: ask.method ?? 'GET',
      headers,
      redirect: 'manual',
      ...(ask.body ? { body: JSON.stringify(ask.body) } : {}),
    });
    const said = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json') === true;
    return { status: answer.status, json: isJson && said !== '' ? JSON.parse(said) : said };
  }

  /** Asks for a server; a start that takes long goes on after this. */
  askServer(name: string, size: string): Promise<void> {
    return this.#askServer(name, { profile: 'oggm', size });
  }

  async #askServer(name: string, body: object): Promise<void> {
    const { status, json } = await this.api(`/hub/api/users/${name}/server`, {
      method: 'POST',
      body,
    });
    if (status !== 201 && status !== 202)
      throw new Error(`no server: ${status} ${JSON.stringify(json)}`);
  }

  /** `ready`, what it waits for, or nothing where there is no server. */
  async server(name: string): Promise<string | undefined> {
    const { json } = await this.api(`/hub/api/users/${name}`);
    const { servers } = json as { servers?: Record<string, { ready: boolean; pending: string }> };
    const one = servers?.[''];
    return one && (one.ready ? 'ready' : one.pending);
  }

  /** `choice`: of image and size. */
  async start(name: string, choice: object = { profile: 'oggm', size: 'small' }): Promise<void> {
    await this.#askServer(name, choice);
    await this.#ready(name);
  }

  async stop(name: string): Promise<void> {
    await this.api(`/hub/api/users/${name}/server`, { method: 'DELETE' });
    for (let look = 0; look < 200; look += 1) {
      if ((await this.server(name)) === undefined) return;
      await sleep(300);
    }
    throw new Error(`the server of ${name} has not stopped after 60 s`);
  }

  async #ready(name: string): Promise<void> {
    for (let look = 0; look < 300; look += 1) {
      if ((await this.server(name)) === 'ready') return;
      await sleep(300);
    }
    throw new Error(`the server of ${name} is not ready after 90 s`);
  }

  /** As a browser asks for a page: `fetch` would say that a script asks, and hubs take no cookies from those. */
  async #ask(url: URL, { method = 'GET', headers = {}, body }: Ask): Promise<Answer> {
    const isHub = url.origin === this.#hub;
    const cookies = isHub ? this.#cookiesFor(url.pathname) : '';
    const sent = request(url, {
      method,
      headers: {
        'sec-fetch-mode': 'navigate',
        ...headers,
        ...(cookies === '' ? {} : { cookie: cookies }),
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
    });
    sent.end(body && JSON.stringify(body));
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    for (const cookie of answer.headers['set-cookie'] ?? [])
      if (isHub) this.#keep(cookieOf(cookie));
    return {
      status: answer.statusCode ?? 0,
      location: answer.headers.location,
      text: await text(answer),
    };
  }

  #cookiesFor(path: string): string {
    const fitting = [...this.#cookies.values()].filter((one) => path.startsWith(one.path));
    // Of two with one name a browser sends the one of the longer path first.
    fitting.sort((a, b) => b.path.length - a.path.length);
    return fitting.map(({ name, value }) => `${name}=${value}`).join('; ');
  }

  #keep(cookie: Cookie): void {
    const key = `${cookie.path} ${cookie.name}`;
    if (cookie.isOver) this.#cookies.delete(key);
    else this.#cookies.set(key, cookie);
  }
}

function isFor(cookie: Cookie, name: string, path: string): boolean {
  return cookie.name === name && cookie.path === path;
}

function cookieOf(header: string): Cookie {
  const [pair = '', ...attributes] = header.split(/;\s*/u);
  const attribute = (name: string): string | undefined =>
    attributes.find((one) => one.toLowerCase().startsWith(name))?.slice(name.length);
  const cut = pair.indexOf('=');
  return {
    name: pair.slice(0, cut),
    value: pair.slice(cut + 1),
    path: attribute('path=') ?? '/',
    isOver: Date.parse(attribute('expires=') ?? '') < Date.now(),
  };
}
