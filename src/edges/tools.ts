import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { toolRoot } from './tool-root.ts';

/** Where `npm run tools` unpacks Helm and kubectl. */
export function unpackedTool(name: string): string {
  return join(toolRoot(), 'node_modules', '.cache', 'glaciocloud', 'bin', name);
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * GLACIOCLOUD_<NAME>, then the PATH, then what `npm run tools` unpacked. A name that is given is not second-guessed.
 */
export function findTool(name: string): string | undefined {
  const named = process.env[`GLACIOCLOUD_${name.toUpperCase()}`];
  if (named !== undefined && named !== '') return isExecutable(named) ? named : undefined;
  const onPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name));
  return [...onPath, unpackedTool(name)].find(isExecutable);
}
