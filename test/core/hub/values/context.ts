import { hubImages } from '../../../../src/core/images/resolve.ts';
import { hubData } from '../../../../src/core/hub/values/data.ts';
import type { HubContext } from '../../../../src/core/hub/values/part.ts';
import { HUB, platformWith } from '../../../support/written.ts';
import type { Written } from '../../../support/written.ts';

/** What values of the sound platform's hub are made from, with other keys in its files. */
export function contextWith(hub: Record<string, unknown>, more: Written = {}): HubContext {
  const platform = platformWith({ ...more, [HUB]: hub });
  const doc = platform.environments.get('hub');
  const cluster = platform.clusters.get('main');
  if (!doc || !cluster) throw new Error('the hub or its cluster cannot be read');
  return {
    hub: doc,
    cluster: cluster.data,
    platform: platform.settings.data,
    images: hubImages(platform, doc),
    codeDigest: 'digest-of-code',
    data: hubData(platform, doc, cluster.data),
  };
}

export const MAIN = 'clusters/main.yaml';
