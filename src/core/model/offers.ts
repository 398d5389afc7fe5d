import { pointer } from '../json.ts';
import type { Offer, Size } from './machine-types.ts';
import { defaultSize } from './sizes.ts';
import type { Doc, EnvironmentFile, ImageName, Who } from './types.ts';

type Offers = Pick<EnvironmentFile, 'images'>;
type Choices = Pick<EnvironmentFile, 'images' | 'sizes'>;

export function imageNames({ images }: Offers): ImageName[] {
  return images.map(({ name }) => name);
}

export function offersImage({ images }: Offers, image: ImageName): boolean {
  return images.some(({ name }) => name === image);
}

/** Where a hub's file names its image at an index: alone, or as the name of an entry. */
export function imagePath(hub: Pick<Doc<EnvironmentFile>, 'has'>, index: number): string {
  const path = pointer('images', index, 'name');
  return hub.has(path) ? path : pointer('images', index);
}

/** What people get who choose no image: the first that everybody may have, or else the first. */
export function usualOffer<T extends Pick<Offer, 'for'>>(images: readonly T[]): T | undefined {
  return images.find((one) => one.for.includes('all')) ?? images[0];
}

/** Sizes that an image goes with, in the order of the file. */
export function sizesWith(
  { sizes }: Pick<EnvironmentFile, 'sizes'>,
  offer: { sizes?: readonly string[] | undefined },
): [string, Size][] {
  return Object.entries(sizes).filter(([name]) => offer.sizes?.includes(name) ?? true);
}

/** A size with which an image is tried: that of most people, where it may be. */
export function trialSize(data: Choices, image: ImageName): string {
  const offer = data.images.find(({ name }) => name === image);
  return defaultSize(Object.fromEntries(sizesWith(data, offer ?? {})));
}

/** Whom sizes and images are for. */
export function choosers({ images, sizes }: Choices): Who[] {
  return [...Object.values(sizes), ...images].flatMap((one) => one.for);
}
