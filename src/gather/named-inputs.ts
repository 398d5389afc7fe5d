import { delimiter } from 'node:path';
import { UsageError } from '../failure.ts';
import { kindOf } from '../edges/files.ts';

/** What an option names on this machine. */
export interface NamedPath {
  /** As it is written, such as `--root`. */
  option: string;
  kind: 'file' | 'folder';
  /** Made by the command where it is not there. */
  written: boolean;
  path: string | undefined;
}

/** What options name is there, before anything is asked, rendered or written. */
export async function confirmNamed(named: readonly NamedPath[]): Promise<void> {
  for (const { option, kind, written, path } of named) {
    if (path === undefined) continue;
    const found = await kindOf(path);
    if (found === undefined && !written)
      throw new UsageError(`${option}: there is no ${kind} ${path}`, 'correct the path');
    if (found !== undefined && found !== kind)
      throw new UsageError(`${option}: ${path} is a ${found}`, `name a ${kind}`);
  }
}

/** Of several kubeconfigs kubectl takes those that are there: one is enough. */
export async function oneThere(paths: string | undefined): Promise<string | undefined> {
  const all = (paths ?? '').split(delimiter).filter((path) => path !== '');
  for (const path of all) if ((await kindOf(path)) === 'file') return path;
  return all[0];
}
