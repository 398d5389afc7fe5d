import { pretty } from '../core/json.ts';
import type { PresentStatus, WantedRelease } from '../core/plan/types.ts';
import { releaseFiles } from './render.ts';

/** What runs, for everybody to read: masked, in the shape that `render` writes and `plan --present` reads. */
export function recordFiles(
  to: WantedRelease,
  manifests: string,
  status: PresentStatus,
): Map<string, string> {
  return new Map([...releaseFiles(to, manifests), ['status.json', pretty({ ...status })]]);
}
