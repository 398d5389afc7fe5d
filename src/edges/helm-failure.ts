import { readRefusals } from '../core/refusals/read.ts';
import { refusalsText } from '../core/refusals/refusal.ts';
import { HelmFailure } from '../failure.ts';

/** What Helm refused, in our words. `hint` is for what nobody has read yet. */
export function helmFailure(what: string, said: string, hint: string): HelmFailure {
  const all = readRefusals('Helm', said);
  const [{ kind: refusal, cure }] = all;
  return new HelmFailure(`${what}: ${refusalsText(all)}`, {
    hint: cure === '' ? hint : cure,
    refusal,
  });
}
