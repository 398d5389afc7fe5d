import { imageFolder } from '../core/images/folder.ts';
import { hasErrors } from '../core/finding.ts';
import { beforeBuild } from '../core/images/rules.ts';
import type { Json } from '../core/json.ts';
import { writeFolders } from '../edges/files.ts';
import { UsageError } from '../failure.ts';
import { allFindings } from '../flow/findings.ts';
import { gatherNamed } from '../gather/named-files.ts';
import { gatherPlatform } from '../gather/platform.ts';
import { SCHEMA_VERSION, outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';

export interface RenderInputs {
  root: string;
  images: readonly string[] | 'all';
  out: string | undefined;
  now: number;
}

/** The folder of each image as repo2docker builds it. */
export async function renderImages(inputs: RenderInputs): Promise<Outcome> {
  const { root, out, images } = inputs;
  if (out === undefined) throw new UsageError('image render needs --out DIR');
  if (images !== 'all' && images.length === 0)
    throw new UsageError('image render needs an image, or --all');
  const reading = await gatherPlatform(root);
  const { platform } = reading;
  const findings = await allFindings(reading, undefined, inputs.now);
  if (!platform || hasErrors(beforeBuild(findings))) return refused(findings);
  const chosen = images === 'all' ? [...platform.images.keys()] : images;
  const folders = new Map<string, ReadonlyMap<string, string>>();
  const rendered: { image: string; hash: string }[] = [];
  for (const name of chosen) {
    const image = platform.images.get(name);
    if (!image)
      throw new UsageError(
        `there is no image "${name}"`,
        `images: ${[...platform.images.keys()].join(', ')}`,
      );
    const { files, hash } = imageFolder(
      name,
      image.data,
      platform.settings.data,
      await gatherNamed(root, image),
    );
    folders.set(name, files);
    rendered.push({ image: name, hash });
  }
  await writeFolders(out, folders, 'image');
  const json: Json =
    images !== 'all' && images.length === 1
      ? { schema_version: SCHEMA_VERSION, ...rendered[0] }
      : { schema_version: SCHEMA_VERSION, images: rendered };
  return outcome({
    exit: 0,
    text: rendered.map(({ image, hash }) => `✓ ${image} ${hash.slice(0, 12)}\n`).join(''),
    json,
  });
}
