import { FILE_RULES } from '../core/check/file-rules.ts';
import { RULES } from '../core/check/rules.ts';
import { didYouMean } from '../core/model/nearest.ts';
import { UsageError } from '../failure.ts';
import { outcome } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';

/** Why a rule exists; without a name, all of them. */
export function explainRule(id: string | undefined): Outcome {
  const all = [...FILE_RULES, ...RULES].map(({ id: name, severity, title, why }) => ({
    id: name,
    severity,
    title,
    why,
  }));
  if (id === undefined)
    return outcome({
      exit: 0,
      text: all.map(({ id: name, title }) => `${name.padEnd(24)}${title}\n`).join(''),
      json: { schema_version: 1, rules: all },
    });
  const rule = all.find((one) => one.id === id);
  if (!rule) {
    const known = all.map((one) => one.id);
    throw new UsageError(
      `there is no rule "${id}"`,
      didYouMean(id, known, '`glaciocloud explain` lists them'),
    );
  }
  return outcome({
    exit: 0,
    text: `${rule.id} (${rule.severity})\n\n${rule.title}\n\n${rule.why}\n`,
    json: { schema_version: 1, ...rule },
  });
}
