import type { Chromium, Seen } from './chromium.ts';

interface Answer {
  status: number;
  /** Where redirects have led. */
  path: string;
  text: string;
}

/** Asks as the page's own programs do, with its cookies. */
const ASK = `async (path, method, body) => {
  const xsrf = /(?:^|; )_xsrf=([^;]+)/u.exec(document.cookie)?.[1] ?? window.jhdata?.xsrf_token ?? '';
  const headers = {'content-type': 'application/json', 'X-XSRFToken': xsrf};
  const answer = await fetch(path, {method, headers, ...(body ? {body} : {})});
  return {status: answer.status, path: new URL(answer.url).pathname, text: await answer.text()};
}`;

/** Code in a kernel, once it is heard: what a new one says first may be lost. */
const EXECUTE = `(socket, code) => new Promise((resolve, reject) => {
  const ask = (msg_type, content) => {
    const msg_id = crypto.randomUUID();
    const header = {msg_id, msg_type, username: '', session: 'lab', version: '5.3'};
    const parts = {header, parent_header: {}, metadata: {}, content, buffers: []};
    socket.send(JSON.stringify({channel: 'shell', ...parts}));
    return msg_id;
  };
  const hellos = new Set();
  const hello = () => hellos.add(ask('kernel_info_request', {}));
  const again = setInterval(hello, 1000);
  let work = '';
  let printed = '';
  socket.onmessage = ({data}) => {
    const {parent_header: {msg_id}, msg_type, content} = JSON.parse(data);
    const isIdle = msg_type === 'status' && content.execution_state === 'idle';
    if (work === '' && isIdle && hellos.has(msg_id)) {
      clearInterval(again);
      work = ask('execute_request', {code, silent: false, store_history: false, allow_stdin: false});
    } else if (work !== '' && msg_id === work) {
      if (msg_type === 'stream' && content.name === 'stdout') printed += content.text;
      if (msg_type === 'error') reject(new Error(content.ename + ': ' + content.evalue));
      if (isIdle) resolve(printed);
    }
  };
  hello();
})`;

/** Somebody before a browser, at one hub. */
export class Person {
  readonly window: Chromium;
  readonly #hub: string;
  /** The name that the hub has for them. */
  readonly #name: string;

  /** `hub` is its address, without a slash at the end. */
  constructor(window: Chromium, hub: string, name: string) {
    this.window = window;
    this.#hub = hub;
    this.#name = name;
  }

  open(path: string): Promise<Seen> {
    return this.window.open(`${this.#hub}${path}`);
  }

  /** From the hub's first page, over GitHub's, to where that leads. */
  async signIn(): Promise<Seen> {
    await this.open('/hub/login?next=%2Fhub%2Fhome');
    return this.window.click('main a.btn-primary');
  }

  /** By the pages: home, choice, start. Ends where the start begins. */
  async askServer(size: string): Promise<void> {
    await this.open('/hub/home');
    await this.window.click('#start');
    await this.window.run(`document.querySelector('.gc-size select').value = '${size}'`);
    await this.window.click('#spawn_form button[type=submit]');
  }

  /** Until the server's own page is there. */
  async start(): Promise<void> {
    await this.askServer('small');
    await this.window.until(`location.pathname.startsWith('/user/${this.#name}/')`);
    await this.window.see();
  }

  async stop(): Promise<void> {
    await this.open('/hub/home');
    await this.ask('DELETE', `/hub/api/users/${this.#name}/server`);
    await this.window.until(
      `(${ASK})('/hub/api/user', 'GET').then(({text}) => text.includes('"servers": {}'))`,
    );
  }

  async ask(method: string, path: string, body?: object): Promise<Answer> {
    const given = body === undefined ? 'undefined' : JSON.stringify(JSON.stringify(body));
    return (await this.window.run(`(${ASK})('${path}', '${method}', ${given})`)) as Answer;
  }

  /** On the server's page: into a file of the home. */
  async write(file: string, content: Buffer): Promise<void> {
    const body = { type: 'file', format: 'base64', content: content.toString('base64') };
    const { status, text } = await this.ask('PUT', this.#contents(file), body);
    if (status !== 201) throw new Error(`${file} is not written: ${status} ${text}`);
  }

  async read(file: string): Promise<Buffer> {
    const { status, text } = await this.ask('GET', `${this.#contents(file)}?format=base64`);
    if (status !== 200) throw new Error(`${file} is not read: ${status} ${text}`);
    return Buffer.from((JSON.parse(text) as { content: string }).content, 'base64');
  }

  /** On one of the hub's pages: a token of one's own. */
  async takeToken(): Promise<string> {
    const path = `/hub/api/users/${this.#name}/tokens`;
    const { status, text } = await this.ask('POST', path, { note: 'lab' });
    if (status !== 201) throw new Error(`no token: ${status} ${text}`);
    return (JSON.parse(text) as { token: string }).token;
  }

  /** On the server's page: a kernel whose connection stays open in this page. */
  async openKernel(): Promise<void> {
    const path = `/user/${this.#name}/api/kernels`;
    const { text } = await this.ask('POST', path, { name: 'python3' });
    const { id } = JSON.parse(text) as { id: string };
    await this.window.run(`new Promise((resolve, reject) => {
      window.kernelState = 'opening';
      window.kernel = new WebSocket('ws://' + location.host + '${path}/${id}/channels');
      window.kernel.onopen = () => { window.kernelState = 'open'; resolve(); };
      window.kernel.onclose = () => { window.kernelState = 'closed'; };
      window.kernel.onerror = () => reject(new Error('the kernel does not answer'));
    })`);
  }

  /** On the server's page: what a new kernel prints. */
  async compute(code: string): Promise<string> {
    await this.openKernel();
    return String(await this.window.run(`(${EXECUTE})(window.kernel, ${JSON.stringify(code)})`));
  }

  async kernelState(): Promise<unknown> {
    return this.window.run('window.kernelState');
  }

  #contents(file: string): string {
    return `/user/${this.#name}/api/contents/${file}`;
  }
}
