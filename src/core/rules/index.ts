import { unknownReference } from './references.ts';
import type { Rule } from './types.ts';

/** Every rule. One object each; `docs/reference/rules.md` is made from this list. */
export const RULES: readonly Rule[] = [unknownReference];
