import { transformSync } from 'esbuild';

/** Jest transformer: esbuild strips the types; `npm run typecheck` checks them. */
export default {
  process(source, path) {
    const { code, map } = transformSync(source, { loader: 'ts', format: 'esm', target: 'node20', sourcefile: path, sourcemap: 'both' });
    return { code, map };
  },
};
