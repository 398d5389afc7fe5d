import { chmod } from 'node:fs/promises';
import { build } from 'esbuild';
import type { Plugin } from 'esbuild';

/** Amazon's SDK in a file of its own, loaded by who asks for it: within the others it would cost every start 25 ms. */
const s3Apart: Plugin = {
  name: 's3-apart',
  setup: (esbuild) =>
    esbuild.onResolve({ filter: /s3-client\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './s3.js', external: true } : undefined,
    ),
};

/** What `bundle` writes. */
export const BUNDLES = ['index.js', 'cli.js', 's3.js', 'schema.js'] as const;

/**
 * Bundles the action and the CLI into `dist/`, one readable file each, and what both load from
 * beside them. Committed; a test builds again and compares.
 */
export async function bundle(outdir: string, root = process.cwd()): Promise<void> {
  await build({
    absWorkingDir: root,
    nodePaths: [`${process.cwd()}/node_modules`], // for a copy of the sources
    entryPoints: {
      index: 'src/index.ts',
      cli: 'src/cli.ts',
      s3: 'src/edges/s3-client.ts',
      schema: 'src/edges/schema-child.ts',
    },
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    legalComments: 'none',
    banner: {
      js: "#!/usr/bin/env node\nimport { createRequire as glaciocloudRequire } from 'node:module';\nconst require = glaciocloudRequire(import.meta.url);",
    },
    logLevel: 'warning',
    plugins: [s3Apart],
  });
  await chmod(`${outdir}/cli.js`, 0o755);
}

if (import.meta.main) await bundle(process.argv[2] ?? 'dist');
