import { availableParallelism } from 'node:os';

/** How much this machine can do at once. */
export function cores(): number {
  return availableParallelism();
}
