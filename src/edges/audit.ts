import { readAudit, withLines } from '../core/access/audit/line.ts';
import type { AuditKeeper } from '../ports/access.ts';
import { readKept, writeKept } from './kept-branch.ts';
import type { KeptBranch } from './kept-branch.ts';

const AUDIT: KeptBranch = {
  branch: 'audit',
  problem: 'the audit cannot be written',
  hint: 'run it again: what is missing is written by the next run; the branch audit must be writable',
};

/** The branch `audit` of the clone at `root`, and of the repository that it came from. */
export function gitAudit(root: string): AuditKeeper {
  return {
    read: async () => readAudit(await readKept(root, AUDIT)),
    append: async (lines) => {
      if (lines.length === 0) return;
      const files = withLines(await readKept(root, AUDIT), lines);
      const message = `Audit: ${lines.length} ${lines.length === 1 ? 'effect' : 'effects'}`;
      await writeKept(root, AUDIT, { files, message });
    },
  };
}
