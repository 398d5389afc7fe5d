import { canonical } from '../json.ts';
import type { Diff, ObjectRef } from '../plan/types.ts';
import type { Release } from '../unit.ts';
import { JUPYTERHUB, chartOf, chartValue } from './charts.ts';

/** A Deployment starts new pods when its pod template differs in anything, checksums included. */
export function restartsDeployment(diff: Diff, name: string): boolean {
  const isIt = (ref: ObjectRef): boolean => ref.kind === 'Deployment' && ref.name === name;
  const inTemplate = (path: string): boolean =>
    path.startsWith('/spec/template') || path === '/spec';
  return (
    diff.checksumOnly.some(isIt) ||
    diff.changed.some(
      ({ object, fields }) => isIt(object) && fields.some(({ path }) => inTemplate(path)),
    )
  );
}

/**
 * The same answer for the hub where nothing is rendered: its chart and its values alone reach its pod template. Our
 * own chart's code does by a digest among these values, a secret by the variable that names it.
 */
export function restartsHub(from: Release, to: Release): boolean {
  const part = (release: Release): string =>
    canonical([release.values[JUPYTERHUB] ?? null, chartOf(release, JUPYTERHUB)?.digest ?? null]);
  return part(from) !== part(to);
}

/** A new hub image may change the database's schema. Without one of our own, the chart's version decides the image. */
export function changesHubImage(from: Release, to: Release): boolean {
  const part = (release: Release): string =>
    canonical([
      chartValue(release, JUPYTERHUB, '/hub/image') ?? null,
      chartOf(release, JUPYTERHUB)?.digest ?? null,
    ]);
  return part(from) !== part(to);
}
