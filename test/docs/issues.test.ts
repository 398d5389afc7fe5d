import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ISSUES, ORDERS, TITLES } from '../../src/core/issues.ts';
import { ROOT } from '../support/sample.ts';

interface Row {
  label: string;
  title: string;
}

async function rows(): Promise<Row[]> {
  const text = await readFile(join(ROOT, 'docs/watch.md'), 'utf8');
  const found = text.matchAll(/^\| `(glaciocloud[a-z-]*)` +\| ([^|]+?) +\| [^|]+ \| [^|]+ \|$/gmu);
  return [...found].map(([, label = '', title = '']) => ({ label, title }));
}

test('docs/watch.md has every kind of issue, by its label, and orders', async () => {
  const text = await readFile(join(ROOT, 'docs/watch.md'), 'utf8');
  const labels = (await rows()).map(({ label }) => label);
  expect([...new Set(labels)].sort()).toEqual(Object.values(ISSUES).sort());
  const orders = text.match(/glaciocloud:[a-z-]+/gu);
  expect([...new Set(orders)].sort()).toEqual(Object.values(ORDERS).sort());
});

test('docs/watch.md has every title', async () => {
  const probe = await readFile(join(ROOT, 'charts/oggm-hub/files/probe.py'), 'utf8');
  const titles = (await rows()).map(({ title }) =>
    title.replace(/^(?:HUB: |CLUSTER: |Image IMAGE )/u, ''),
  );
  const written = ['heartbeat of the probe'];
  for (const one of written) expect(probe).toContain(`f"{hub}: ${one}"`);
  expect(probe).toContain("f\"{hub}: {step}{f' of {image}' if image else ''} fails ({key})\"");
  expect(titles.sort()).toEqual(
    [...Object.values(TITLES), ...written, 'STEP of IMAGE fails (ID)'].sort(),
  );
});

test('the probe writes under the labels that we look for', async () => {
  const probe = await readFile(join(ROOT, 'charts/oggm-hub/files/probe.py'), 'utf8');
  const written = [...probe.matchAll(/\["(glaciocloud-[a-z]+)", f"hub:/gu)].map(([, one]) => one);
  expect(written.sort()).toEqual([ISSUES.heartbeat, ISSUES.probe].sort());
});

test('the workflow listens to both orders', async () => {
  const workflow = await readFile(join(ROOT, '.github/workflows/order.yml'), 'utf8');
  const heard = [...workflow.matchAll(/label\.name == '([^']+)'/gu)].map(([, one]) => one);
  expect(heard.sort()).toEqual(Object.values(ORDERS).sort());
});
