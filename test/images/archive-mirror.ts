import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { must } from './support.ts';

/** A mirror of GitHub that has archives of repositories only, from files of this machine. */
export interface ArchiveMirror {
  address: string;
  /** Paths that were asked for. */
  asked: string[];
  stop: () => Promise<void>;
}

/** `host`: address of this machine, as containers reach it. `data`: folder with `REPOSITORY.tar.xz`. */
export async function archiveMirror(host: string, data: string): Promise<ArchiveMirror> {
  const asked: string[] = [];
  const server = createServer((request, answer) => {
    const path = request.url ?? '';
    asked.push(path);
    const [, repository, commit] = /^\/[^/]+\/([\w-]+)\/archive\/(\w+)\.zip$/u.exec(path) ?? [];
    if (repository === undefined || commit === undefined) {
      answer.writeHead(404).end();
      return;
    }
    zipped(join(data, `${repository}.tar.xz`), `${repository}-${commit}`).then(
      (zip) => answer.end(zip),
      () => answer.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://${host}:${port}`,
    asked,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** As GitHub packs it: everything below one folder. */
async function zipped(tar: string, top: string): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'archive-'));
  try {
    await must('tar', ['-xJf', tar, '-C', folder, '--strip-components=1']);
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files: Record<string, Uint8Array> = {};
    for (const entry of entries.filter((one) => one.isFile())) {
      const path = join(entry.parentPath, entry.name);
      files[`${top}${path.slice(folder.length)}`] = await readFile(path);
    }
    return zipSync(files, { level: 1 });
  } finally {
    await rm(folder, { recursive: true });
  }
}
