import { readAudit, withLines } from '../core/access/audit/line.ts';
import { nameFile, nameText, readBook } from '../core/access/names.ts';
import type { Erasure } from '../ports/access.ts';
import { readKept, restartKept } from './kept-branch.ts';
import type { KeptBranch } from './kept-branch.ts';

const HINT =
  'run it again; the branches names and audit must take a forced push, which a rule may forbid: lift it for the moment';
const NAMES: KeptBranch = { branch: 'names', problem: 'nothing is erased', hint: HINT };
const AUDIT: KeptBranch = { branch: 'audit', problem: 'nothing is erased', hint: HINT };

/** Names and audit of the clone at `root`, and of the repository that it came from, written anew as a whole. */
export function gitErasure(root: string): Erasure {
  return {
    read: async () => ({
      book: readBook(await readKept(root, NAMES)),
      audit: readAudit(await readKept(root, AUDIT)),
    }),
    restart: async ({ book, lines }) => {
      const names = new Map([...book].map(([id, given]) => [nameFile(id), nameText(given)]));
      const branches = [
        { kept: NAMES, files: names },
        { kept: AUDIT, files: withLines(new Map(), lines) },
      ];
      const message = 'Anew, because somebody was erased';
      await restartKept(
        root,
        branches
          .filter(({ files }) => files.size > 0)
          .map(({ kept, files }) => ({ kept, made: { files, message } })),
      );
    },
  };
}
