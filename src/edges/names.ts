import { nameFile, nameText, readBook } from '../core/access/names.ts';
import type { NameKeeper } from '../ports/access.ts';
import { readKept, writeKept } from './kept-branch.ts';
import type { KeptBranch } from './kept-branch.ts';

const NAMES: KeptBranch = {
  branch: 'names',
  problem: 'names cannot be kept',
  hint: 'run it again; nobody new enters until the branch names can be written',
};

/** The branch `names` of the clone at `root`, and of the repository that it came from. */
export function gitNames(root: string): NameKeeper {
  return {
    read: async () => readBook(await readKept(root, NAMES)),
    keep: async (names) => {
      const files = new Map([...names].map(([id, given]) => [nameFile(id), nameText(given)]));
      const message = `Names: ${names.size} given or with a home`;
      await writeKept(root, NAMES, { files, message });
    },
  };
}
