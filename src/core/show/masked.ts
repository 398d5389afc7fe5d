import { isMaskedValue } from '../plan/diff.ts';
import type { ObjectChange } from '../plan/types.ts';

/** Of a Secret only values change, and nobody may see them: there is nothing to read in its lines. */
export function isMasked({ kind, fields }: ObjectChange): boolean {
  return (
    kind === 'changed' &&
    fields.length > 0 &&
    fields.every(({ from, to }) => [from, to].every(isMaskedValue))
  );
}

/** `2 values, masked` */
export function maskedText({ fields }: ObjectChange): string {
  return fields.length === 1 ? '1 value, masked' : `${fields.length} values, masked`;
}
