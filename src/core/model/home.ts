import type { EnvironmentFile } from './types.ts';

/** What people's files lie on. */
export type Home =
  /** A claim for each person, made by the hub; without a class on the cluster's. */
  | { kind: 'claims'; size: string; class: string | undefined }
  /** A folder for each person on one claim, which others have made. */
  | { kind: 'folder'; claim: string; path: string };

/** The folder of a person, by the name that access gives; KubeSpawner writes it in place. */
const FOLDER = '{username}';

export function homeOf({ home }: Pick<EnvironmentFile, 'home'>): Home {
  const { size = '', claim, path = FOLDER } = home;
  return claim === undefined
    ? { kind: 'claims', size, class: home.class }
    : { kind: 'folder', claim, path };
}
