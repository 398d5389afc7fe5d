import { readFile, rm, writeFile } from 'node:fs/promises';
import { exists } from '../../src/edges/files.ts';

const LONGEST_WAIT_SECONDS = 900;

/** One at a time has what there is once: tests of another file end. What a killed one held is free, as is what an earlier file of this process left. */
export async function takeTurn(
  file: string,
  what: string,
  say: (text: string) => unknown,
): Promise<() => Promise<void>> {
  for (let tries = 0; tries < LONGEST_WAIT_SECONDS; tries += 1) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx' });
      return () => rm(file, { force: true });
    } catch {
      const holder = (await readFile(file, 'utf8').catch(() => '')).trim();
      const isFree = holder === `${process.pid}` || !(await exists(`/proc/${holder}`));
      if (holder !== '' && isFree) await rm(file, { force: true });
      else if (tries === 0) say(`waiting for other tests that use ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
  throw new Error(`other tests use ${what}, and do not end: see ${file}`);
}
