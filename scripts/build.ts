import { chmod } from 'node:fs/promises';
import { build } from 'esbuild';

/** Bundles the action and the CLI into `dist/`, one readable file each. Committed; a test builds again and compares. */
export async function bundle(outdir: string): Promise<void> {
  await build({
    entryPoints: { index: 'src/index.ts', cli: 'src/cli.ts' },
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    legalComments: 'none',
    banner: { js: "#!/usr/bin/env node\nimport { createRequire as glaciocloudRequire } from 'node:module';\nconst require = glaciocloudRequire(import.meta.url);" },
    logLevel: 'warning',
  });
  await chmod(`${outdir}/cli.js`, 0o755);
}

if (import.meta.main) await bundle(process.argv[2] ?? 'dist');
