import { UsageError } from '../failure.ts';
import type { Outcome } from '../outcome.ts';
import { renderImages } from './image-render.ts';

export interface ImageInputs {
  root: string;
  /** What to do, then names of images. */
  target: readonly string[];
  all: boolean;
  out: string | undefined;
  now: number;
}

/** `image VERB IMAGE…`: what can be done with images. */
export function image({ target, all, ...inputs }: ImageInputs): Promise<Outcome> {
  const [verb = '', ...names] = target;
  if (verb !== 'render')
    throw new UsageError(
      verb === '' ? 'image needs to know what to do' : `image cannot "${verb}"`,
      'write: image render IMAGE --out DIR',
    );
  return renderImages({ ...inputs, images: all ? 'all' : names });
}
