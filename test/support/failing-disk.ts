import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/*
 * A double of the disk for a command in a process of its own: at the call number FAIL_AT that changes something below
 * FAIL_BELOW the process is killed, or the call ends with the error FAIL_WITH. A file is half written by then.
 */
const SCRIPT = `// A test double of the disk.
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { resolve } from 'node:path';
const disk = createRequire(import.meta.url)('node:fs/promises');
const { FAIL_AT, FAIL_BELOW, FAIL_WITH } = process.env;
let calls = 0;
for (const name of ['mkdir', 'mkdtemp', 'writeFile', 'rename', 'link', 'rm']) {
  const real = disk[name];
  disk[name] = async (...args) => {
    if (resolve(String(args[0])).startsWith(FAIL_BELOW)) calls += 1;
    if (calls !== Number(FAIL_AT)) return real(...args);
    calls += 1;
    if (name === 'writeFile') await real(args[0], String(args[1]).slice(0, args[1].length / 2));
    if (FAIL_WITH === 'SIGKILL') process.kill(process.pid, 'SIGKILL');
    throw Object.assign(new Error(FAIL_WITH + ': told so'), { code: FAIL_WITH });
  };
}
syncBuiltinESMExports();
`;

/** The environment of a process whose disk fails, by the number of the call. */
export async function failingDisk(
  folder: string,
  below: string,
): Promise<(at: number, how: string) => Record<string, string>> {
  const file = join(folder, 'failing-disk.mjs');
  await writeFile(file, SCRIPT);
  return (at, how) => ({
    NODE_OPTIONS: `--import=${file}`,
    FAIL_AT: String(at),
    FAIL_BELOW: below,
    FAIL_WITH: how,
  });
}
