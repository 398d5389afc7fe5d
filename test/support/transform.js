import { transformSync } from 'esbuild';

/** Jest transformer: esbuild strips the types; `npm run typecheck` checks them. */
export default {
  process(source, path) {
    const { code, map } = transformSync(source, {
      loader: 'ts',
      format: 'esm',
      target: 'node24',
      sourcefile: path,
      sourcemap: 'both',
      supported: { 'import-attributes': true },
    });
    return { code, map };
  },
};
