import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { transformSync, version } from 'esbuild';

const OURS = readFileSync(import.meta.filename, 'utf8');

/** The text that is run instead of the file's own: `npm run mutate` names one file and one replacement. */
function mutated(source, path, { transformerConfig }) {
  const mutant = transformerConfig?.mutant;
  if (mutant?.path !== path) return source;
  return source.slice(0, mutant.start) + mutant.text + source.slice(mutant.end);
}

/** Jest transformer: esbuild strips the types; `npm run typecheck` checks them. */
export default {
  getCacheKey(source, path, options) {
    const parts = [OURS, version, path, mutated(source, path, options)];
    return createHash('sha256').update(parts.join('\0')).digest('hex');
  },
  process(source, path, options) {
    const { code, map } = transformSync(mutated(source, path, options), {
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
