const DAY_MS = 86_400_000;
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of `90s`, `30m`, `24h`, `180d`. */
export function seconds(duration: string): number {
  return Number(duration.slice(0, -1)) * Number(SECONDS[duration.slice(-1)]);
}

/** Seconds as a duration of a file: in the unit of another one where that is whole, else in the largest that is. */
export function durationLike(total: number, like: string): string {
  const units = [like.slice(-1), 'd', 'h', 'm', 's'];
  const unit = units.find((one) => total % Number(SECONDS[one]) === 0) ?? 's';
  return `${total / Number(SECONDS[unit])}${unit}`;
}

type Units = ReadonlyMap<string, number>;

const BINARY: Units = new Map([
  ['', 1],
  ['K', 2 ** 10],
  ['M', 2 ** 20],
  ['G', 2 ** 30],
  ['T', 2 ** 40],
]);
const QUANTITY: Units = new Map([
  ['', 1],
  ['Ki', 2 ** 10],
  ['Mi', 2 ** 20],
  ['Gi', 2 ** 30],
  ['Ti', 2 ** 40],
  ['Pi', 2 ** 50],
  ['k', 1e3],
  ['M', 1e6],
  ['G', 1e9],
  ['T', 1e12],
  ['P', 1e15],
]);

function scaled(text: string, units: Units): number | undefined {
  const parts = /^([0-9]+(?:\.[0-9]+)?)([A-Za-z]*)$/u.exec(text);
  const factor = units.get(parts?.[2] ?? '');
  return parts && factor !== undefined ? Number(parts[1]) * factor : undefined;
}

/**
 * Bytes of memory as JupyterHub writes it (`4G` is 4 × 1024³); undefined where JupyterHub would refuse it.
 * Source: jupyterhub.traitlets.ByteSpecification.
 */
export function memoryBytes(text: string): number | undefined {
  return scaled(text, BINARY);
}

/** Bytes of a Kubernetes quantity (`20Gi`, `20G` is 20 × 10⁹). */
export function quantityBytes(text: string): number | undefined {
  return scaled(text, QUANTITY);
}

/** Milliseconds since 1970 of an instant or day; NaN for a day that does not exist. */
export function instant(text: string): number {
  const time = Date.parse(text.length === 10 ? `${text}T00:00Z` : text);
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text.slice(0, 10)
    ? Number.NaN
    : time;
}

/** Milliseconds since 1970 at which an instant or day is over: a day is included. */
export function endOf(text: string): number {
  return instant(text) + (text.length === 10 ? DAY_MS : 0);
}

/** `image-1.6.3` is `image-1-6-3` where only letters, digits and hyphens are allowed. */
export function slug(name: string): string {
  return name.replaceAll('.', '-');
}
