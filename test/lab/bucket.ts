import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Lab } from './lab.ts';

export interface BucketServer {
  endpoint: string;
  /** Credentials as a deployment gets them. */
  env: Record<string, string>;
  /** Objects of a bucket lie here as files. */
  folder: (bucket: string) => string;
  stop: () => Promise<void>;
}

export const BUCKET_SECRET = 'canary-9b1d64e07f35';

/** A real S3 server (Versity's gateway) with one bucket, over a folder. */
export async function startBucketServer(
  lab: Lab,
  root: string,
  bucket: string,
): Promise<BucketServer> {
  const [objects, meta] = [join(root, 'objects'), join(root, 'meta')];
  await mkdir(join(objects, bucket), { recursive: true });
  await mkdir(meta);
  const port = await freePort();
  const child = spawn(
    join(lab.bin, 'versitygw'),
    ['--quiet', '--port', `127.0.0.1:${port}`, 'posix', '--sidecar', meta, objects],
    {
      stdio: 'ignore',
      env: {
        PATH: process.env['PATH'] ?? '',
        ROOT_ACCESS_KEY_ID: 'lab',
        ROOT_SECRET_ACCESS_KEY: BUCKET_SECRET,
      },
    },
  );
  const ended = new Promise<void>((resolve, reject) =>
    child.on('close', () => resolve()).on('error', reject),
  );
  const endpoint = `http://127.0.0.1:${port}`;
  for (
    let look = 0;
    !(await fetch(endpoint).then(
      () => true,
      () => false,
    ));
    look += 1
  ) {
    if (look === 100) throw new Error('the S3 server does not answer');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    endpoint,
    folder: (name) => join(objects, name),
    env: {
      AWS_ACCESS_KEY_ID: 'lab',
      AWS_SECRET_ACCESS_KEY: BUCKET_SECRET,
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    stop: () => {
      child.kill();
      return ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
