import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { runRules } from '../../src/core/check/run.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { ROOT } from '../support/sample.ts';
import { NOW, platformWith } from '../support/written.ts';

const IGM = { title: 'IGM', from: { image: 'registry.example.org/igm', tag: '1' } };

test('what docs/hubs.md shows is read, and no rule has a word to say', async () => {
  const text = await readFile(join(ROOT, 'docs/hubs.md'), 'utf8');
  const blocks = [...text.matchAll(/```yaml\n# (\S+)\n([^]*?)```/gu)];
  expect(blocks.map(([, path]) => path)).toEqual([
    'clusters/main.yaml',
    'environments/hub.yaml',
    'environments/hub.yaml',
    'environments/hub.yaml',
  ]);
  const [cluster, ...hubs] = blocks.map(([, , yaml = '']) => load(yaml) as JsonObject);
  for (const hub of hubs) {
    const platform = platformWith({
      'clusters/main.yaml': cluster ?? {},
      'environments/hub.yaml': hub,
      'images/igm/image.yaml': IGM,
    });
    const found = runRules({ platform, now: NOW, defaults: undefined });
    expect(found.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([]);
  }
});
