import type { Asked } from '../core/doctor/check.ts';
import { Failure } from '../failure.ts';

/** An answer, or what was refused and why; mistakes of ours go on. */
export async function attempt<T>(ask: () => Promise<T>, set: string): Promise<Asked<T>> {
  try {
    return { kind: 'answered', value: await ask() };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { kind: 'not-asked', why: `${error.message} (${error.hint})`, set };
  }
}
