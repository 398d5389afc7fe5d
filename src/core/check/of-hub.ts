import { imageNames } from '../model/offers.ts';
import type { Platform } from '../model/types.ts';

/** Whether a file is one that a hub is made of, by its path: its own, its cluster's, its images' and its data sets'. */
export function isOfHub(platform: Platform, hub: string): (file: string) => boolean {
  const found = platform.environments.get(hub)?.data;
  const folders = (found ? imageNames(found) : []).map((name) => `images/${name}/`);
  const files = new Set([
    'platform.yaml',
    `environments/${hub}.yaml`,
    `secrets/${hub}.sops.yaml`,
    ...(found ? [`clusters/${found.cluster}.yaml`] : []),
    ...(found?.data ?? []).flatMap((set) => [`data/${set}.yaml`, `data/${set}.lock.yaml`]),
  ]);
  return (file) => files.has(file) || folders.some((folder) => file.startsWith(folder));
}
