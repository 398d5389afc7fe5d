import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import type { JsonObject } from '../../src/core/json.ts';
import { splitDocuments } from '../../src/core/manifests.ts';
import { checkValues } from '../support/schema.ts';
import { exec } from '../../src/edges/exec.ts';
import { unpackedTool } from '../../src/edges/tools.ts';
import { runRules } from '../../src/core/check/run.ts';
import { gatherPlatform } from '../../src/gather/platform.ts';
import { CLI, DOUBLE, ROOT, copyPlatform, temporary } from '../support/sample.ts';

/*
 * GLACIOCLOUD_TEST_CHART_SCHEMAS names a folder with values.yaml and values.schema.json of the pinned Zero to JupyterHub.
 * Where it is not given, the schema of our small chart stands in, and the test says so.
 */
const real = process.env['GLACIOCLOUD_TEST_CHART_SCHEMAS'];
const schemas = real ?? join(DOUBLE, 'jupyterhub');
const chart = {
  schema: JSON.parse(readFileSync(join(schemas, 'values.schema.json'), 'utf8')) as JsonObject,
  defaults: load(readFileSync(join(schemas, 'values.yaml'), 'utf8')) as JsonObject,
};

describe(
  real === undefined
    ? 'values against the schema of our small chart (the real one was not given)'
    : 'values against the real chart’s schema',
  () => {
    test('every environment fits', async () => {
      const { platform } = await gatherPlatform(ROOT);
      expect(platform && checkValues(platform, chart)).toEqual([]);
    });

    test('no rule finds a mistake in what the chart itself says', async () => {
      const { platform } = await gatherPlatform(ROOT);
      if (!platform) throw new Error('the platform of this repository cannot be read');
      const found = runRules({ platform, now: 0, defaults: chart.defaults });
      expect(found.filter(({ severity }) => severity === 'error')).toEqual([]);
    });

    test('what does not fit is found where it was written', async () => {
      const folder = await temporary();
      try {
        await copyPlatform(folder.path);
        const file = join(folder.path, 'environments/hub.yaml');
        const { writeFile } = await import('node:fs/promises');
        await writeFile(
          file,
          `${readFileSync(file, 'utf8')}values:\n  hub:\n    concurentSpawnLimit: 3\n    db:\n      type: 7\n`,
        );
        const { platform } = await gatherPlatform(folder.path);
        const lines = readFileSync(file, 'utf8').split('\n').length;
        const found = platform ? checkValues(platform, chart) : [];
        expect(found.map(({ at, message }) => `${at.line} ${message}`)).toEqual([
          `${lines - 3} values: hub.concurentSpawnLimit is not known to the chart`,
          expect.stringContaining(`${lines - 1} values: hub.db.type`) as unknown,
        ]);
        expect(found[0]?.hint).toBe('did you mean "concurrentSpawnLimit"?');
      } finally {
        await folder.remove();
      }
    });
  },
);

/** Checksums and hashes are over texts that Helm writes a little differently; what they stand for is compared itself. */
function withoutHashes(text: string): unknown {
  return load(
    text.replaceAll(/^\s+(checksum\/\S+|\S+): (?:[0-9a-f]{64}|masked [0-9a-f]{16})$/gmu, ''),
  );
}

test('Helm 3 and Helm 4 render the same objects', async () => {
  const folder = await temporary();
  try {
    const objects = async (helm: string): Promise<unknown[]> => {
      const out = join(folder.path, helm);
      const result = await exec(
        process.execPath,
        [CLI, 'render', '--all', '--root', ROOT, '--out', out, '--charts-from', DOUBLE],
        { env: { GLACIOCLOUD_HELM: unpackedTool(helm) } },
      );
      expect(result.stderr + result.stdout).toContain('✓ hub');
      return ['hub', 'hub-staging', 'classroom'].map((hub) =>
        splitDocuments(readFileSync(join(out, hub, 'manifests.yaml'), 'utf8'))
          .filter((text) => text.trim() !== '')
          .map(withoutHashes),
      );
    };
    expect(await objects('helm3')).toEqual(await objects('helm'));
  } finally {
    await folder.remove();
  }
}, 60_000);
