import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

/**
 * Puts a program to `target`, unless exactly the one with this SHA-256 is there: what a cache or somebody else has
 * left there is not trusted. `make` gives its content.
 */
export async function pinnedProgram(
  target: string,
  sha256: string,
  make: () => Promise<Uint8Array>,
): Promise<void> {
  const present = await readFile(target).catch(() => undefined);
  if (present !== undefined && sha256Of(present) === sha256) return;
  // Nobody finds the wrong one meanwhile, nor after a failure.
  await rm(target, { force: true, recursive: true });
  const data = await make();
  const made = sha256Of(data);
  if (made !== sha256)
    throw new Error(
      `${basename(target)} is not the one that is pinned: its SHA-256 is ${made}, not ${sha256}`,
    );
  await mkdir(dirname(target), { recursive: true });
  const beside = `${target}.${process.pid}`;
  await writeFile(beside, data);
  await chmod(beside, 0o755);
  await rename(beside, target);
}

function sha256Of(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
