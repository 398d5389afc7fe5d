import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds `charts/` and `schemas/` of this tool: beside `dist/` in a release, two up in a checkout. */
export function toolRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'charts', 'oggm-hub', 'Chart.yaml'))) {
    const up = dirname(folder);
    if (up === folder)
      throw new Error('charts/ is not beside the bundle: the installation is incomplete');
    folder = up;
  }
  return folder;
}

/** Text of a script that our chart mounts, by its name. */
export function chartScript(name: string): Promise<string> {
  return readFile(join(toolRoot(), 'charts', 'oggm-hub', 'files', name), 'utf8');
}

/** Text of a script that runs in an image before it is pushed, by its name. */
export function imageScript(name: string): Promise<string> {
  return name === 'oggm_check.py'
    ? chartScript(name)
    : readFile(join(toolRoot(), 'image-tests', name), 'utf8');
}
