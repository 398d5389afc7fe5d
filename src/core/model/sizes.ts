import { CPU_GUARANTEE_SHARE } from './limits.ts';
import type { Size } from './machine-types.ts';
import { memoryBytes } from './quantities.ts';

/** What a server of a size has in any case: cores, and bytes of memory. Kubernetes counts nodes by it. */
export function guaranteed({ cpu, memory, guarantee }: Size): { cpu: number; memory: number } {
  return {
    cpu: guarantee?.cpu ?? cpu * CPU_GUARANTEE_SHARE,
    memory: memoryBytes(guarantee?.memory ?? memory) ?? 0,
  };
}

/** The size marked as default, or the first. */
export function defaultSize(sizes: Readonly<Record<string, Size>>): string {
  const names = Object.keys(sizes);
  return names.find((name) => sizes[name]?.default === true) ?? names[0] ?? '';
}
