import pMap from 'p-map';
import type { ImageResult } from '../core/images/test-report.ts';
import type { Doc, ImageFile } from '../core/model/types.ts';
import { cores } from '../edges/cores.ts';
import type { Registry } from '../ports/images.ts';
import { ImageRun } from './image-run.ts';
import type { ImageJob } from './image-run.ts';

/** Builds, tests and pushes images. What fails for one hides nothing of the others. */
export async function buildImages(
  job: ImageJob,
  images: readonly Doc<ImageFile>[],
): Promise<ImageResult[]> {
  const near = new Near(job.ports.registry);
  try {
    const one = (image: Doc<ImageFile>): Promise<ImageResult> =>
      new ImageRun(job, image, () => near.address()).result();
    return await pMap(images, one, { concurrency: cores() });
  } finally {
    await near.stop();
  }
}

/** The registry on this machine: started for the first image that is built, because most nights none is. */
class Near {
  readonly registry: Registry;
  #started: ReturnType<Registry['throwAway']> | undefined;

  constructor(registry: Registry) {
    this.registry = registry;
  }

  async address(): Promise<string> {
    this.#started ??= this.registry.throwAway();
    return (await this.#started).address;
  }

  async stop(): Promise<void> {
    const started = await this.#started?.catch(() => undefined);
    await started?.stop();
  }
}
