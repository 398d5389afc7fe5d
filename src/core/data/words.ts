const GIB = 2 ** 30;

/** Rounded up, as a quantity that can be written: 12.4Gi. */
export function gigabytes(bytes: number): string {
  return `${Math.max(Math.ceil((bytes / GIB) * 10) / 10, 0.1)}Gi`;
}
