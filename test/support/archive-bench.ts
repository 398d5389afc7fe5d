import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { createTar } from 'nanotar';
import { applyHub } from '../../src/apply/hub/hub.ts';
import { at, objectsIn, textAt } from '../../src/core/json.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { Removal } from '../../src/core/model/types.ts';
import type { Unit } from '../../src/core/unit.ts';
import type { Streaming } from '../../src/ports.ts';
import { Bench } from './apply-bench.ts';
import type { Edit } from './apply-bench.ts';

/* A hub with people's homes in it, that is to be removed, and a bucket. */

export const UNIT: Unit = { kind: 'hub', cluster: 'main', name: 'one' };
export const HOMES = ['claim-ada', 'claim-bo'];
export const DATABASE = 'hub-db-dir';
export const MANIFEST = 'hubs/one/manifest.json';

export const KEEP: Removal = {
  hub: 'one',
  cluster: 'main',
  homes: 'keep',
  database: 'keep',
  reason: 'the course is over',
};
export const ARCHIVE: Removal = {
  ...KEEP,
  homes: 'archive',
  database: 'archive',
  bucket: 's3://archive/hubs',
};

/** What a volume holds, as the script in a pod sends it. */
export function tarOf(claim: string): Buffer {
  const attrs = { mtime: 0 };
  return gzipSync(
    createTar([
      { name: 'runs/', attrs },
      { name: 'runs/who', data: claim, attrs },
    ]),
  );
}

export function counted(content: Buffer): JsonObject {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { sha256, bytes: content.length, files: 1 };
}

/** How a stream ends: all of it and its count, if nothing else is said. */
export interface Sent {
  content?: Buffer;
  stderr?: string;
  code?: number;
  /** Before its first byte. */
  afterMs?: number;
}

export class ArchiveBench extends Bench {
  /** By claim. */
  sent: Record<string, Sent> = {};
  killed = 0;

  /** A hub that runs, with two people's homes, one of a machine, and a server. */
  static async make(...edits: readonly Edit[]): Promise<ArchiveBench> {
    const bench = new ArchiveBench(...edits);
    await applyHub(bench.task('one'), bench.world);
    bench.kube.add(
      home('claim-ada', 'ada'),
      home('claim-bo', 'bo'),
      home('claim-machine', 'probe_1'),
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name: 'jupyter-ada',
          namespace: 'one',
          labels: { component: 'singleuser-server' },
        },
        spec: { volumes: [claimed('claim-ada')] },
        status: { phase: 'Running' },
      },
    );
    bench.kube.streams = (pod) => bench.#stream(pod);
    bench.said.length = 0;
    bench.outside.calls.length = 0;
    return bench;
  }

  get claims(): string[] {
    return this.kube
      .objectsIn('PersistentVolumeClaim', 'one')
      .map((one) => textAt(one, '/metadata/name'))
      .sort();
  }

  #stream(pod: string): Streaming {
    const found = this.kube.peek('Pod', pod, 'one');
    const [volume] = objectsIn(at(found, '/spec/volumes'));
    const claim = textAt(volume, '/persistentVolumeClaim/claimName');
    const whole = tarOf(claim);
    const {
      content = whole,
      stderr = JSON.stringify(counted(whole)),
      code = 0,
      afterMs = 0,
    } = this.sent[claim] ?? {};
    const { clock } = this;
    async function* pieces(): AsyncGenerator<Buffer> {
      if (afterMs > 0) await clock.sleep(afterMs);
      for (let from = 0; from < content.length; from += 64) yield content.subarray(from, from + 64);
    }
    return {
      output: Readable.from(pieces()),
      ended: Promise.resolve({ code, stderr: `said before\n${stderr}\n` }),
      kill: () => {
        this.killed += 1;
      },
    };
  }
}

export function claimed(claim: string): JsonObject {
  return { name: 'home', persistentVolumeClaim: { claimName: claim } };
}

export function home(claim: string, username: string): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: claim,
      namespace: 'one',
      labels: { component: 'singleuser-storage' },
      annotations: { 'hub.jupyter.org/username': username },
    },
    spec: { accessModes: ['ReadWriteOnce'] },
  };
}
