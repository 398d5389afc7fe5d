import type { Package } from '../model/package-list.ts';
import type { ImageFile } from '../model/types.ts';
import { packageName } from './packages.ts';

/** Whether packages of conda are installed, which only conda itself can resolve. */
export function hasConda({ from, conda }: ImageFile): boolean {
  return !from || conda.length > 0;
}

/** An image.yaml whose OGGM is one commit. */
export function atCommit(image: ImageFile, commit: string): ImageFile {
  return { ...image, oggm: { ...image.oggm, ref: commit } };
}

/** An image.yaml that names every package of a list of its own, as conda and pip are told to install exactly these. */
export function pinnedImage(image: ImageFile, packages: readonly Package[]): ImageFile {
  const channels = new Map(
    image.conda
      .filter((one) => one.includes('::'))
      .map((one) => [packageName(one), one.slice(0, one.indexOf('::') + 2)]),
  );
  const pip = packages.filter(({ manager }) => manager === 'pip').map(pipLine);
  const conda = packages
    .filter(({ manager }) => manager === 'conda')
    // The list has a version with its build: `1.26.4=py312_0`.
    .map(({ name, version }) => `${channels.get(packageName(name)) ?? ''}${name}=${version}`);
  const pinned = { ...image, conda, pip };
  delete pinned.oggm;
  return pinned;
}

/** A commit where the list knows one: of what came from a repository an index has nothing. */
function pipLine({ name, version, source }: Package): string {
  const commit = /^(?:found-)?(git\+.+)$/u.exec(source)?.[1];
  return commit === undefined ? `${name}==${version}` : `${name} @ ${commit}`;
}
