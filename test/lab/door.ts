import { spawn } from 'node:child_process';
import { request } from 'node:http';
import { createServer } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { SecureContext } from 'node:tls';
import { ACCESS_MANAGER, accessSecret } from '../../src/core/access/secret.ts';
import { textAt } from '../../src/core/json.ts';
import { Kube } from '../../src/edges/kube.ts';
import { exec } from '../../src/edges/exec.ts';
import { findTool, unpackedTool } from '../../src/edges/tools.ts';
import type { Lab } from './lab.ts';

/** The hub's public Service at a port of this machine, until `close`. */
export async function openDoor(
  lab: Lab,
  hub: string,
  port: number,
): Promise<{ close: () => void }> {
  const forward = spawn(
    unpackedTool('kubectl'),
    ['port-forward', '--namespace', hub, 'service/proxy-public', `${port}:80`],
    { env: { ...process.env, KUBECONFIG: lab.kubeconfig }, stdio: 'ignore' },
  );
  for (
    let look = 0;
    look < 50 &&
    !(await fetch(`http://127.0.0.1:${port}/hub/api/`).then(
      ({ ok }) => ok,
      () => false,
    ));
    look += 1
  )
    await new Promise((resolve) => setTimeout(resolve, 200));
  return { close: () => void forward.kill() };
}

/** The certificate that the hub's Ingress names. */
async function contextOf(kube: Kube, hub: string): Promise<SecureContext> {
  const [ingress = {}] = await kube.list('ingresses', { namespace: hub });
  const secret = await kube.get('secret', textAt(ingress, '/spec/tls/0/secretName'), hub);
  const held = (name: string): Buffer => Buffer.from(textAt(secret ?? {}, name), 'base64');
  return createSecureContext({ cert: held('/data/tls.crt'), key: held('/data/tls.key') });
}

/**
 * What an ingress controller does, and a double of it: https://localhost leads to the hub's public Service, with the certificate that
 * the hub's Ingress names.
 */
export async function openEntry(lab: Lab, hub: string): Promise<{ close: () => Promise<void> }> {
  const kube = new Kube(lab.kubeconfig);
  const service = async (): Promise<string> =>
    textAt((await kube.get('service', 'proxy-public', hub)) ?? {}, '/spec/clusterIP');
  let host = '';
  const server = createServer(
    {
      SNICallback: (_name, done) => {
        contextOf(kube, hub).then(
          (context) => done(null, context),
          (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
        );
      },
    },
    (incoming, answer) => {
      const unavailable = (): void =>
        void answer
          .writeHead(503, { 'content-type': 'text/html' })
          .end('<h1>503 Service Temporarily Unavailable</h1>');
      const forward = async (): Promise<void> => {
        host ||= await service();
        if (host === '') {
          unavailable();
          return;
        }
        const outgoing = request(
          {
            host,
            method: incoming.method,
            path: incoming.url,
            headers: { ...incoming.headers, 'x-forwarded-proto': 'https' },
          },
          (real) => {
            answer.writeHead(real.statusCode ?? 502, real.headers);
            real.pipe(answer);
          },
        );
        outgoing.on('error', unavailable);
        incoming.pipe(outgoing);
      };
      void forward();
    },
  );
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(443, '127.0.0.1', resolve),
  );
  return {
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Writes the hub's access file as `access apply` does: who may log in, by GitHub id. */
export async function letIn(lab: Lab, hub: string, users: Record<string, object>): Promise<void> {
  const kube = new Kube(lab.kubeconfig);
  const encode = (text: string): string => Buffer.from(text).toString('base64');
  const texts = { 'access.json': JSON.stringify({ v: 1, users }) };
  await kube.apply([accessSecret(hub, texts, encode)], ACCESS_MANAGER);
  await kube.annotate(
    'pods',
    'app=jupyterhub,component=hub',
    hub,
    `glaciocloud.org/touch=${Date.now()}`,
  );
  await new Promise((resolve) => setTimeout(resolve, 2000));
}

/** Opens a page in Chromium, which follows GitHub's pages there and back, and gives what people see. `profile` is a folder: who sits there stays logged in. */
export async function browse(
  profile: string,
  url: string,
  more: readonly string[] = [],
): Promise<string> {
  const flags = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--timeout=15000',
  ];
  const { stdout } = await exec(
    findBrowser() ?? 'chromium',
    [...flags, `--user-data-dir=${profile}`, ...more, '--dump-dom', url],
    { timeoutMs: 60_000 },
  );
  return stdout;
}

/** Debian's Chromium, or what runners of GitHub have; `npm run lab -- up` installs one where there is none. */
export function findBrowser(): string | undefined {
  return ['chromium', 'chromium-browser', 'google-chrome']
    .map(findTool)
    .find((one) => one !== undefined);
}
