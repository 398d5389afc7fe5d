import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findBrowser } from './door.ts';

/** What Chromium says through its own protocol. */
interface Said {
  id?: number;
  result?: Record<string, unknown>;
  error?: { message: string };
}

interface Evaluated {
  result: { value?: unknown };
  exceptionDetails?: { text: string; exception?: { description?: string } };
}

/** What somebody sees: the page they ended at, how it was answered, and its text. */
export interface Seen {
  path: string;
  status: number;
  text: string;
}

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--remote-debugging-port=0',
  '--window-size=1100,760',
];
const PATIENCE_MS = 90_000;
const SEEN = `({
  path: location.pathname,
  status: performance.getEntriesByType('navigation')[0]?.responseStatus ?? 0,
  text: document.body?.innerText ?? '',
})`;

/** One window of a real Chromium. `profile` is a folder of its own: a person with cookies. */
export class Chromium {
  readonly #process: ChildProcess;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (said: Said) => void>();
  #count = 0;

  static async start(profile: string): Promise<Chromium> {
    const flags = [...FLAGS, `--user-data-dir=${profile}`, 'about:blank'];
    const browser = spawn(findBrowser() ?? 'chromium', flags, { stdio: 'ignore' });
    const port = await portOf(profile);
    const socket = new WebSocket(await pageOf(port));
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve());
      socket.addEventListener('error', () => reject(new Error('Chromium does not answer')));
    });
    return new Chromium(browser, socket);
  }

  private constructor(browser: ChildProcess, socket: WebSocket) {
    this.#process = browser;
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const said = JSON.parse(String(data)) as Said;
      this.#waiting.get(said.id ?? 0)?.(said);
      this.#waiting.delete(said.id ?? 0);
    });
  }

  /** Goes to an address, and where it leads, until a page is there. */
  async open(url: string): Promise<Seen> {
    await this.#leave(() => this.#call('Page.navigate', { url }));
    return this.see();
  }

  /** Clicks what leads to another page. */
  async click(selector: string): Promise<Seen> {
    const element = `document.querySelector(${JSON.stringify(selector)})`;
    await this.#leave(() => this.run(`${element}.click()`));
    return this.see();
  }

  /** The page as it is now. */
  async see(): Promise<Seen> {
    await this.until('document.readyState === "complete" && location.href !== "about:blank"');
    return (await this.run(SEEN)) as Seen;
  }

  /** Value of an expression in the page; what it promises is waited for. */
  async run(expression: string): Promise<unknown> {
    const asked = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails: problem } = (await this.#call(
      'Runtime.evaluate',
      asked,
    )) as unknown as Evaluated;
    if (problem) throw new Error(problem.exception?.description ?? problem.text);
    return result.value;
  }

  /** Until an expression is true, through whatever pages come meanwhile. */
  async until(expression: string, patienceMs = PATIENCE_MS): Promise<void> {
    const end = Date.now() + patienceMs;
    for (;;) {
      const isTrue = await this.run(`Boolean(${expression})`).catch(() => false);
      if (isTrue === true) return;
      if (Date.now() > end) {
        const seen = JSON.stringify(await this.run(SEEN).catch(String));
        throw new Error(`not after ${patienceMs / 1000} s: ${expression}; the page is ${seen}`);
      }
      await sleep(100);
    }
  }

  async picture(path: string): Promise<void> {
    const { data } = await this.#call('Page.captureScreenshot', {});
    await writeFile(path, Buffer.from(String(data), 'base64'));
  }

  async close(): Promise<void> {
    this.#socket.close();
    const ended = new Promise((resolve) => this.#process.once('close', resolve));
    this.#process.kill();
    await ended;
  }

  /** Until the page that is there now is left. */
  async #leave(go: () => Promise<unknown>): Promise<void> {
    await this.run('void (window.isLeft = false)');
    await go();
    await this.until('window.isLeft === undefined');
  }

  async #call(method: string, params: object): Promise<Record<string, unknown>> {
    this.#count += 1;
    const id = this.#count;
    const answered = new Promise<Said>((resolve) => this.#waiting.set(id, resolve));
    this.#socket.send(JSON.stringify({ id, method, params }));
    const { result = {}, error } = await answered;
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  }
}

/** Chromium writes where it listens. */
async function portOf(profile: string): Promise<string> {
  for (let look = 0; look < 600; look += 1) {
    const text = await readFile(join(profile, 'DevToolsActivePort'), 'utf8').catch(() => '');
    const [port = ''] = text.split('\n');
    if (text.includes('\n')) return port;
    await sleep(100);
  }
  throw new Error('Chromium does not start');
}

async function pageOf(port: string): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/json/list`);
  const pages = (await answer.json()) as { type: string; webSocketDebuggerUrl: string }[];
  const page = pages.find(({ type }) => type === 'page');
  if (!page) throw new Error('Chromium has no page');
  return page.webSocketDebuggerUrl;
}
