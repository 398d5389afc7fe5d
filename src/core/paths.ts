/** A path as whoever mounts something there reads it: one slash between parts, no `.` nor `..`; the root is empty. */
export function plainPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.map((part) => `/${part}`).join('');
}

/** Whether a path goes by way of `.` or `..`, and so to another place than it seems to. */
export function hasDots(path: string): boolean {
  return path.split('/').some((part) => part === '.' || part === '..');
}
