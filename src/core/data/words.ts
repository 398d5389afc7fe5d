const GIB = 2 ** 30;

/** Rounded up, as a quantity that can be written: 12.4Gi. */
export function gigabytes(bytes: number): string {
  return `${Math.max(Math.ceil((bytes / GIB) * 10) / 10, 0.1)}Gi`;
}

/** `0.3 of 12.4Gi`: rounded down, because it is not all yet. */
export function doneOf(done: number, all: number): string {
  if (done >= all) return gigabytes(all);
  return `${(Math.floor((done / GIB) * 10) / 10).toFixed(1)} of ${gigabytes(all)}`;
}
