const GIB = 2 ** 30;
const MIB = 2 ** 20;

/** Rounded up, as a quantity that can be written: 12.4Gi. */
export function gigabytes(bytes: number): string {
  return `${Math.max(Math.ceil((bytes / GIB) * 10) / 10, 0.1)}Gi`;
}

/** `0.3 of 12.4Gi`, or `3 of 15Mi`: rounded down, because it is not all yet. */
export function doneOf(done: number, all: number): string {
  const whole = all < GIB ? `${Math.ceil(all / MIB)}Mi` : gigabytes(all);
  if (done >= all) return whole;
  const part = all < GIB ? Math.floor(done / MIB) : Math.floor((done / GIB) * 10) / 10;
  return `${part} of ${whole}`;
}
