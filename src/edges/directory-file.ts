import { readDirectory } from '../core/access/directory-file.ts';
import { UsageError } from '../failure.ts';
import type { Directory } from '../ports/access.ts';
import { fileText } from './files.ts';

/** The organisation's teams as somebody has written them down. */
export function directoryFile(file: string): Directory {
  return {
    teams: async () => {
      const reading = readDirectory(await fileText(file));
      if (reading.kind === 'wrong')
        throw new UsageError(`${file} is no directory: ${reading.message}`);
      return { lists: reading.teams, requests: 0 };
    },
  };
}
