import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { zipSync } from 'fflate';

/** A package index of tests: what pip asks, and nothing else. Packages are modules without content. */
export interface PackageIndex {
  /** What a build needs to ask it and nobody else. */
  env: Record<string, string>;
  add(name: string, version: string): void;
  remove(name: string, version: string): void;
  stop(): Promise<void>;
}

/** `host`: address of this machine, as containers reach it. */
export async function packageIndex(host: string): Promise<PackageIndex> {
  const wheels = new Map<string, Buffer>();
  const server = createServer((request, answer) => {
    const [, kind = '', name = ''] = (request.url ?? '').split('/');
    const wheel = kind === 'wheels' ? wheels.get(name) : undefined;
    const found = [...wheels].filter(([file]) => file.startsWith(`${name}-`));
    if (wheel) answer.end(wheel);
    else if (kind === 'simple' && found.length > 0)
      answer.setHeader('Content-Type', 'text/html').end(found.map(link).join(''));
    else answer.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    env: { PIP_INDEX_URL: `http://${host}:${port}/simple`, PIP_TRUSTED_HOST: host },
    add: (name, version) => wheels.set(fileOf(name, version), wheelOf(name, version)),
    remove: (name, version) => wheels.delete(fileOf(name, version)),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const fileOf = (name: string, version: string): string => `${name}-${version}-py3-none-any.whl`;

function link([file, wheel]: [string, Buffer]): string {
  const hash = createHash('sha256').update(wheel).digest('hex');
  return `<a href="/wheels/${file}#sha256=${hash}">${file}</a>\n`;
}

function wheelOf(name: string, version: string): Buffer {
  const info = `${name}-${version}.dist-info`;
  const files: Record<string, string> = {
    [`${name}.py`]: `version = "${version}"\n`,
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
    [`${info}/WHEEL`]:
      'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
  };
  const lines = Object.entries(files).map(([path, text]) => {
    const hash = createHash('sha256').update(text).digest('base64url');
    return `${path},sha256=${hash},${text.length}\n`;
  });
  files[`${info}/RECORD`] = `${lines.join('')}${info}/RECORD,,\n`;
  const bytes = Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]);
  return Buffer.from(zipSync(Object.fromEntries(bytes) as Record<string, Buffer>));
}
