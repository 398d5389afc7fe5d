import type { Json } from '../json.ts';

/*
 * What to write instead of a value that has another form than the one that belongs there; `usual` where nobody can
 * know. Only what has a harmless form itself is repeated.
 */

const PLAIN = /^[a-z][a-z0-9]*(?:[-.][a-z0-9]+)*$/u;

/** `clusters/bremen.yaml`, `Bremen`, `my hub`, `my_hub`. */
export function nameMeant(value: Json, usual: string): string {
  if (typeof value !== 'string' || value.length > 100) return usual;
  const plain = value
    .replace(/^(?:clusters|environments|images|data)\/(?=[^/])/u, '')
    .replace(/\/image\.ya?ml$/u, '')
    .replace(/\.ya?ml$/u, '')
    .toLowerCase()
    .replaceAll(/[\s_]+/gu, '-');
  return PLAIN.test(plain) && plain.length <= 32 && plain !== value
    ? `write ${plain}: ${usual}`
    : usual;
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** `24 hours`, `1h30m`, `90 min`. */
export function durationMeant(value: Json, usual: string): string {
  if (typeof value !== 'string' || value.length > 40) return usual;
  const parts = [...value.toLowerCase().matchAll(/([0-9]{1,6})\s*([smhd])[a-z]*\s*/gu)];
  if (parts.map(([all]) => all).join('') !== value.toLowerCase()) return usual;
  const total = parts.reduce(
    (sum, [, count, unit = '']) => sum + Number(count) * (SECONDS[unit] ?? 0),
    0,
  );
  const unit = parts.at(-1)?.[2] ?? 's';
  const count = total / (SECONDS[unit] ?? 1);
  return parts.length > 0 && Number.isInteger(count) ? `write ${count}${unit}` : usual;
}

/** `20`, `20 Gi`, `20GB`, `20gi`. */
export function quantityMeant(value: Json, usual: string): string {
  if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 1024)
    return `write it with a unit, such as ${value}Gi`;
  const [, count, unit = ''] =
    /^([0-9]{1,6})\s*([kmgt])i?b?$/iu.exec(typeof value === 'string' ? value : '') ?? [];
  return count === undefined ? usual : `write ${count}${unit.toUpperCase()}i, without a space`;
}

/** `01.02.2027`, `1/2/2027`, `2027-2-1`, a moment without its zone. */
export function timeMeant(value: Json, usual: string): string {
  if (typeof value !== 'string') return usual;
  const moment = /^([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2})(?::[0-9]{2})?$/u.exec(value);
  if (moment) return `write ${moment[1] ?? ''}T${moment[2] ?? ''}Z, where Z says that it is UTC`;
  const two = (text = ''): string => text.padStart(2, '0');
  const european = /^([0-9]{1,2})[./]([0-9]{1,2})[./]([0-9]{4})$/u.exec(value);
  const short = /^([0-9]{4})[-./]([0-9]{1,2})[-./]([0-9]{1,2})$/u.exec(value);
  const [year, month, day] = european
    ? [european[3], european[2], european[1]]
    : [short?.[1], short?.[2], short?.[3]];
  if (year === undefined || Number(month) > 12 || Number(day) > 31) return usual;
  return `write the year, the month, the day: ${year}-${two(month)}-${two(day)}`;
}

/** `hub.example.org`. */
export function addressMeant(value: Json, usual: string): string {
  const isHost = typeof value === 'string' && /^[a-z0-9-]+(?:\.[a-z0-9-]+)+\/?$/u.test(value);
  return isHost ? `write https://${value}` : usual;
}
