import { randomBytes, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Random } from '../ports.ts';

/** The machine's chance. */
export const machineRandom: Random = {
  uuid: () => randomUUID(),
  hex: (bytes) => randomBytes(bytes).toString('hex'),
};

/** What other runs know this one by. */
export function processName(): string {
  return `${hostname()}-${process.pid}`;
}
