import type { Report } from '../edges/report.ts';
import { UsageError } from '../failure.ts';
import type { Asked } from '../flow/image-pulls.ts';
import type { Outcome } from '../outcome.ts';
import type { ImagePorts } from '../ports/images.ts';
import { promote, yank } from './image-channels.ts';
import { buildThem } from './image-build.ts';
import type { BuildInputs } from './image-build.ts';
import { changed } from './image-changed.ts';
import { refresh } from './image-refresh.ts';
import { renderImages } from './image-render.ts';
import type { RenderInputs } from './image-render.ts';

export interface ImageInputs extends Omit<BuildInputs & RenderInputs, 'images'> {
  /** What to do, then names of images. */
  target: readonly string[];
  all: boolean;
  present: string | undefined;
  reason: string | undefined;
  /** Commit to compare with. */
  base: string | undefined;
}

/** `image VERB IMAGE…`: what can be done with images. */
export async function image(
  inputs: ImageInputs,
  ports: ImagePorts,
  report: Report,
  asked?: Asked,
): Promise<Outcome> {
  const [verb = '', ...names] = inputs.target;
  const images = inputs.all ? 'all' : names;
  switch (verb) {
    case 'render':
      return await renderImages({ ...inputs, images });
    case 'build':
      return await buildThem({ ...inputs, images }, ports, report, asked);
    case 'refresh':
      return await refresh({ ...inputs, names }, ports, report, asked);
    case 'promote':
      return await promote({ ...inputs, names }, ports, asked);
    case 'yank':
      return await yank({ ...inputs, names }, asked);
    case 'changed':
      return await changed({ ...inputs, names }, report);
    default:
      throw new UsageError(
        verb === '' ? 'image needs to know what to do' : `image cannot "${verb}"`,
        'write: image render IMAGE --out DIR, or image build, refresh, promote, yank or changed',
      );
  }
}
