import fc from 'fast-check';

/** Seed of every property: the same each time, or a red run could be neither repeated nor trusted. Another one finds more. */
const SEED = Number(process.env['GLACIOCLOUD_SEED'] ?? 1);
if (!Number.isInteger(SEED)) throw new Error('GLACIOCLOUD_SEED has to be a whole number');
fc.configureGlobal({ seed: SEED });

export { fc };
