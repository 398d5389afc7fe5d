import { firstImage } from '../core/init/files.ts';
import type { Tool } from '../core/init/files.ts';
import { PLATFORM_FOLDERS, locate } from '../core/model/layout.ts';
import { readPlatform } from '../core/model/platform.ts';
import { readTree } from '../edges/files.ts';
import { toolRoot } from '../edges/tool-root.ts';
import { Failure } from '../failure.ts';

const WORKFLOWS = '.github/workflows';

/** What lies beside the bundle for others to begin with: the tool's own platform and workflows. */
export async function gatherTool(root = toolRoot()): Promise<Tool> {
  const { files } = await readTree(
    root,
    [...PLATFORM_FOLDERS, WORKFLOWS],
    (path) => locate(path) !== undefined || path.startsWith(WORKFLOWS),
  );
  const { platform, sources } = readPlatform(files);
  const name = platform && firstImage(platform.images.values());
  const image = name === undefined ? undefined : sources.get(`images/${name}/image.yaml`);
  const workflows = new Map(
    [...files].flatMap(([path, file]): [string, string][] =>
      path.startsWith(WORKFLOWS) && file.kind === 'text' ? [[path, file.text]] : [],
    ),
  );
  if (!platform || name === undefined || !image || workflows.size === 0)
    throw new Failure('this copy of GlacioCloud has no platform and workflows to begin with', {
      hint: 'run it from a whole checkout of its repository',
    });
  return { settings: platform.settings.data, image: { name, text: image.text }, workflows };
}
