import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Programs that count how often they are called, and kill whoever calls them at one of these calls. */
export interface Killer {
  /** Variables that name them. */
  env: Record<string, string>;
  calls: () => Promise<number>;
}

/**
 * `tools`: variable → the real program. `call`: which of their calls ends the caller with SIGKILL, `before` the real
 * program runs or `after` it; 0: none.
 */
export async function killingTools(
  folder: string,
  call: number,
  when: 'before' | 'after',
  tools: Readonly<Record<string, string>>,
): Promise<Killer> {
  const count = join(folder, `calls-${call}-${when}`);
  await writeFile(count, '0');
  const wrapped: Record<string, string> = {};
  for (const [name, real] of Object.entries(tools)) {
    const path = join(folder, `${name.toLowerCase()}-${call}-${when}`);
    const kill = '[ "$n" = ' + String(call) + ' ] && kill -9 $PPID';
    await writeFile(
      path,
      `#!/bin/bash\nn=$(flock '${count}' -c 'n=$(( $(cat ${count}) + 1 )); echo $n > ${count}; echo $n')\n${when === 'before' ? `${kill} && exit 1` : ''}\n"${real}" "$@"; code=$?\n${when === 'after' ? kill : ''}\nexit $code\n`,
    );
    await chmod(path, 0o755);
    wrapped[name] = path;
  }
  return { env: wrapped, calls: async () => Number(await readFile(count, 'utf8')) };
}
