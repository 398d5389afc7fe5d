import { unlessCredential } from '../credentials/shapes.ts';
import { oneLine, short } from '../escape.ts';
import type { Json } from '../json.ts';
import { memoryBytes, quantityBytes } from '../model/quantities.ts';

const MI = 2 ** 20;
const GI = 2 ** 30;

/** A name of ours from words of theirs; `taken` are those that others have. */
export function nameFrom(words: string, otherwise: string, taken: Iterable<string> = []): string {
  return free(
    plain(words.toLowerCase().replaceAll(/[^a-z0-9]+/gu, '-'), 28).replace(/^(?=[0-9])/u, 'n') ||
      otherwise,
    taken,
  );
}

/** The same with dots, for folders of images. */
export function dottedFrom(words: string, otherwise: string, taken: Iterable<string> = []): string {
  const joined = words
    .toLowerCase()
    .replaceAll(/[^a-z0-9.]+/gu, '-')
    .replaceAll(/[-.]*\.[-.]*/gu, '.');
  return free(plain(joined, 58) || otherwise, taken);
}

function plain(text: string, limit: number): string {
  return text
    .slice(0, limit + 8)
    .replace(/^[-.]+/u, '')
    .slice(0, limit)
    .replace(/[-.]+$/u, '');
}

function free(name: string, taken: Iterable<string>): string {
  const others = new Set(taken);
  let number = 2;
  let found = name;
  while (others.has(found)) found = `${name}-${number++}`;
  return found;
}

/** Text that people read: one line, at most 80 characters. */
export function titleFrom(text: Json | undefined): string | undefined {
  if (typeof text !== 'string') return undefined;
  const title = short(oneLine(unlessCredential(text.replaceAll(/<[^>]*>/gu, ''))).trim(), 80);
  return title === '' ? undefined : title;
}

/** Memory as JupyterHub or Kubernetes writes it → `4G`; undefined where it is none. */
export function memoryFrom(value: Json | undefined): string | undefined {
  const bytes = bytesOf(value);
  if (bytes === undefined || bytes < MI) return undefined;
  return bytes % GI === 0 ? `${bytes / GI}G` : `${Math.floor(bytes / MI)}M`;
}

function bytesOf(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? (memoryBytes(value) ?? quantityBytes(value)) : undefined;
}

/** Cores as a number, `"0.5"` or `500m`; undefined where it is none. */
export function cpuFrom(value: Json | undefined): number | undefined {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value) : '';
  const parts = /^(\d+(?:\.\d+)?)(m?)$/u.exec(text);
  const cores = Number(parts?.[1]) / (parts?.[2] === 'm' ? 1000 : 1);
  return Number.isFinite(cores) && cores > 0 ? cores : undefined;
}

/** Seconds as the chart has them → `2h`. */
export function durationFrom(value: Json | undefined): string | undefined {
  const all = typeof value === 'string' ? Number(value) : value;
  if (typeof all !== 'number' || !Number.isInteger(all) || all <= 0) return undefined;
  for (const [unit, length] of [
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
  ] as const)
    if (all % length === 0) return `${all / length}${unit}`;
  return `${all}s`;
}

/** A Kubernetes quantity as the schema writes it. */
export function quantityFrom(value: Json | undefined): string | undefined {
  const text = typeof value === 'number' ? `${Math.ceil(value / MI)}Mi` : value;
  return typeof text === 'string' && /^[1-9]\d*(\.\d+)?([KMGTP]i|[kMGTP])$/u.test(text)
    ? text
    : undefined;
}

/** Texts of a list, or of a list written as keys. */
export function textsOf(value: Json | undefined): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.filter((one) => typeof one === 'string');
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}
