import { at, canonical } from '../json.ts';
import type { Release } from '../unit.ts';

/** A change of chart, of secrets or of anything below `jupyterhub:` starts a new hub pod; anything else does not. */
export function restartsHub(from: Release | undefined, to: Release): boolean {
  const part = (release: Release): string =>
    canonical([
      release.values['jupyterhub'] ?? null,
      release.charts.map(({ name, version, digest }) => [name, version, digest]),
      release.secrets,
    ]);
  return from === undefined || part(from) !== part(to);
}

/** A new hub image may change the database's schema. Without one of our own, the chart's version decides the image. */
export function changesHubImage(from: Release, to: Release): boolean {
  const part = (release: Release): string =>
    canonical([
      at(release.values, '/jupyterhub/hub/image') ?? null,
      release.charts.find(({ name }) => name === 'jupyterhub')?.digest ?? null,
    ]);
  return part(from) !== part(to);
}
