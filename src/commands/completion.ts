import { FILE_RULES } from '../core/check/file-rules.ts';
import { RULES } from '../core/check/rules.ts';
import { didYouMean } from '../core/model/nearest.ts';
import { SHELLS, completionScript } from '../core/show/completion.ts';
import type { Completed } from '../core/show/completion.ts';
import { UsageError } from '../failure.ts';
import { outcome } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';

/** A script that a shell reads; without a name, that of bash. */
export function completion(
  [name = 'bash']: readonly string[],
  tables: Omit<Completed, 'rules'>,
): Outcome {
  const shell = SHELLS.find((one) => one === name);
  if (shell === undefined) {
    throw new UsageError(
      `there is no completion for "${name}"`,
      didYouMean(name, SHELLS, `shells: ${SHELLS.join(', ')}`),
    );
  }
  const rules = [...FILE_RULES, ...RULES].map(({ id }) => id);
  const text = completionScript(shell, { ...tables, rules });
  return outcome({ exit: 0, text });
}
