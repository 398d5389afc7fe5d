import { MACHINES } from '../../core/access/door.ts';
import { lockedSets } from '../../core/data/lock.ts';
import { samplesOf } from '../../core/data/sample.ts';
import type { Sample } from '../../core/data/sample.ts';
import { viewPlace, viewsOf } from '../../core/hub/values/data.ts';
import { trialSize } from '../../core/model/offers.ts';
import { slug } from '../../core/model/quantities.ts';
import type { HubTask } from '../types.ts';

export const [DEPLOY_USER] = MACHINES;

/** What health_check.py is asked of an image. */
interface ImageCheck {
  user: string;
  profile: string;
  size: string;
  image: string;
  oggm: boolean;
  version: string | null;
  /** Without: on a fresh and on an existing home. */
  starts?: number;
  smoke?: boolean;
  data?: { view: string; files: Sample[] };
}

/**
 * Of the images that are new here: what ran before is proven. Other input data are another volume or view, so that a
 * server with OGGM has to start again.
 */
export function checksOf(task: HubTask): ImageCheck[] {
  const { to, state } = task;
  const known = new Set(state?.healthy?.release.images.map(({ reference }) => reference));
  const fresh = to.release.images.filter(({ reference }) => !known.has(reference));
  const checks = fresh.map(({ name }) => checkOf(name, task));
  if (!hasOtherData(task) || checks.some(({ data }) => data !== undefined)) return checks;
  const reader = to.release.images
    .map(({ name }) => checkOf(name, task))
    .find(({ data }) => data !== undefined);
  return reader ? [...checks, { ...reader, starts: 1, smoke: false }] : checks;
}

function hasOtherData({ to, state }: HubTask): boolean {
  const before = state?.healthy ? viewsOf(state.healthy.release) : [];
  return viewsOf(to.release).some((view) => !before.includes(view));
}

function checkOf(name: string, { to, hub, platform }: HubTask): ImageCheck {
  const oggm = platform.images.get(name)?.data.oggm;
  const [view] = viewsOf(to.release);
  const files = samplesOf(lockedSets(platform, hub.data.data));
  return {
    user: DEPLOY_USER,
    profile: slug(name),
    size: trialSize(hub.data, name),
    image: name,
    oggm: oggm !== undefined,
    version: oggm?.version ?? null,
    ...(oggm && view !== undefined && { data: { view: viewPlace(view), files } }),
  };
}
