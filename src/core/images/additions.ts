import { pointer } from '../json.ts';
import { imageNames } from '../model/offers.ts';
import type { Doc, ImageFile, Platform } from '../model/types.ts';
import type { Rule } from '../rule.ts';
import { resolveImage } from './resolve.ts';

/** Keys by which image.yaml adds something to the image that it is built on. */
const ADDING = ['oggm', 'conda', 'pip', 'apt', 'bake', 'files', 'postBuild', 'env'] as const;
type Adding = (typeof ADDING)[number];

export const imageAdditions: Rule = {
  id: 'image-additions',
  severity: 'warning',
  upFront: true,
  title: 'What an image’s file adds is in what people get.',
  why: 'Until an image is built and locked, hubs run the image that it is built on, and nothing that its file adds. People would look for packages that the file promises. `glaciocloud image build IMAGE --push` builds it and writes its lock; an image that adds nothing needs none.',
  on: 'platform',
  *check(platform) {
    const used = new Set(
      [...platform.environments.values()].flatMap(({ data }) => imageNames(data)),
    );
    for (const image of platform.images.values()) {
      const bare = bareReference(platform, image);
      const adding = additionsOf(image.data);
      const [first] = adding;
      if (bare === undefined || !used.has(image.name) || first === undefined) continue;
      yield {
        at: image.keyAt(pointer(first)),
        message: `hubs run ${bare} as it is, without what this file adds: ${adding.join(', ')}`,
        hint: `"glaciocloud image build ${image.name} --push" builds it and writes its lock; or remove what is added`,
      };
    }
  },
};

/** What hubs run instead of the image, where it has no lock. */
function bareReference({ settings, locks }: Platform, image: Doc<ImageFile>): string | undefined {
  const lock = locks.get(image.name);
  const resolved = resolveImage(settings.data.registry, image, lock, 'stable');
  switch (resolved.kind) {
    case 'digest':
    case 'unlocked':
      return resolved.reference;
    case 'locked':
    case 'unbuilt':
    case 'unpromoted':
      return undefined;
  }
}

/** The keys that add something. A version of OGGM is what the image must have already; a commit is installed. */
function additionsOf(image: ImageFile): Adding[] {
  return ADDING.filter((key) => {
    switch (key) {
      case 'oggm':
        return image.oggm?.git !== undefined;
      case 'postBuild':
        return image.postBuild !== undefined;
      case 'env':
        return Object.keys(image.env).length > 0;
      case 'conda':
      case 'pip':
      case 'apt':
      case 'bake':
      case 'files':
        return image[key].length > 0;
    }
  });
}
