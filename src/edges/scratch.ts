import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { atTheEnd } from './ending.ts';
import { isAlive } from './processes.ts';

/*
 * Folders of a run for what is in the making, secrets among it. They go when they are no longer needed, however the
 * run ends; where it is killed, with the next run that makes one.
 */

/** `glaciocloud-<place>-<process>-<chance>` */
const NAME = /^glaciocloud-([0-9a-f]{12})-(\d+)-\w{6}$/u;

const made = new Set<string>();
let isFirst = true;

/** Synchronous, so that no signal comes between the folder and the note of it. */
export function makeScratch(): string {
  if (isFirst) {
    isFirst = false;
    atTheEnd(removeAll);
    removeLeft(tmpdir());
  }
  const folder = mkdtempSync(join(tmpdir(), `glaciocloud-${place()}-${process.pid}-`));
  made.add(folder);
  chmodSync(folder, 0o700); // whatever the mask
  return folder;
}

export async function removeScratch(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  made.delete(folder);
}

function removeAll(): void {
  for (const folder of made) removeNow(folder);
}

/** A program that is being ended may still write; what cannot be removed now is removed by the next run. */
function removeNow(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  } catch {
    // by the next run
  }
}

function removeLeft(folder: string): void {
  for (const name of namesOf(folder)) {
    const [, where, pid] = NAME.exec(name) ?? [];
    const path = join(folder, name);
    if (where === place() && isLeft(path, Number(pid))) removeNow(path);
  }
}

function namesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Whether a folder is ours, and its run has ended. */
function isLeft(path: string, pid: number): boolean {
  const info = lstatSync(path, { throwIfNoEntry: false });
  if (info?.isDirectory() !== true || info.uid !== process.getuid?.()) return false;
  // In containers every run may have the same number.
  if (pid === process.pid) return info.ctimeMs < performance.timeOrigin;
  return !isAlive(pid);
}

/** Where numbers of processes mean the same ones: this host and, on Linux, this container. */
function place(): string {
  return createHash('sha256').update(`${hostname()} ${processSpace()}`).digest('hex').slice(0, 12);
}

function processSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}
