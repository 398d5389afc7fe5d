const UNITS = [
  { size: 86_400, name: 'd' },
  { size: 3600, name: 'h' },
  { size: 60, name: 'min' },
];

/** `24 h`, `90 s`: in the largest unit of which it is a whole number. */
export function duration(seconds: number): string {
  const unit = UNITS.find(({ size }) => seconds > 0 && seconds % size === 0);
  return unit ? `${seconds / unit.size} ${unit.name}` : `${seconds} s`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `21 Nov 2026` of an ISO instant, in UTC. */
export function day(instant: string): string {
  const [year, month, date] = instant.slice(0, 10).split('-');
  return `${Number(date)} ${MONTHS[Number(month) - 1] ?? ''} ${year ?? ''}`;
}

/** `2026-11-21T02:00:00Z` of milliseconds since 1970. */
export function instantText(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/u, 'Z');
}
