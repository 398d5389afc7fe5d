import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { packTar } from 'modern-tar';
import { waves } from '../../src/commands/waves.ts';
import { deployedInFolder } from '../../src/edges/deployed.ts';
import { gatherPlan } from '../../src/flow/plan.ts';
import { DeployBench } from '../support/deploy-bench.ts';
import { commitAll, git } from '../support/sample.ts';

/*
 * What was first seen of a chart stands on the record with what runs, and no other machine takes anything else under that
 * version. The chart repository on loopback is a double.
 */
const CHART = {
  'Chart.yaml': 'name: jupyterhub\nversion: 4.4.0\n',
  'values.yaml': 'changed: after it was published\n',
  'values.schema.json': '{}',
};
const REFUSED = 'is not what runs under this version';
const { GLACIOCLOUD_CACHE: cache } = process.env;
let server: Server;
let here: DeployBench;

beforeEach(async () => {
  const entries = Object.entries(CHART).map(([name, body]) => ({
    header: { name: `jupyterhub/${name}`, size: body.length, type: 'file' as const },
    body,
  }));
  const archive = gzipSync(await packTar(entries));
  server = createServer(({ url }, response) => {
    const index = 'entries: {jupyterhub: [{version: 4.4.0, urls: ["jupyterhub-4.4.0.tgz"]}]}';
    response.end(url === '/index.yaml' ? index : archive);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  here = await DeployBench.make(
    ['platform.yaml', 'https://charts.example.org/', address],
    ['platform.yaml', 'charts:', 'charts:\n  allowPrivate: true'],
  );
  process.env['GLACIOCLOUD_CACHE'] = join(here.root, 'cache');
  const unit = { kind: 'hub', cluster: 'main', name: 'one' };
  const charts = [{ name: 'jupyterhub', version: '4.4.0', digest: 'what was seen first' }];
  const release = { v: 1, unit, namespace: 'one', charts, values: {}, images: [], secrets: [] };
  await mkdir(join(here.record, 'one'), { recursive: true });
  await writeFile(
    join(here.record, 'one/release.json'),
    JSON.stringify({ digest: 'd'.repeat(40), release }),
  );
});
afterEach(async () => {
  if (cache === undefined) delete process.env['GLACIOCLOUD_CACHE'];
  else process.env['GLACIOCLOUD_CACHE'] = cache;
  server.closeAllConnections();
  server.close();
  await here.remove();
});

const report = { progress: () => undefined };

test('a deployment takes no other chart than the record has', async () => {
  await expect(here.run({ chartsFrom: undefined, record: here.record })).rejects.toThrow(REFUSED);
  expect(here.bench.outside.calls).toEqual([]);
});

test('a plan is made with no other', async () => {
  const sources = { root: here.platform, chartsFrom: undefined, now: 0 };
  const deployed = await deployedInFolder(here.record);
  await expect(gatherPlan({ ...sources, deployed }, report)).rejects.toThrow(REFUSED);
});

test('nor are waves, of what the branch `deployed` has', async () => {
  await git(here.record, 'init', '-q', '-b', 'deployed');
  await commitAll(here.record, 'What runs');
  await git(here.root, 'init', '-q', 'platform');
  await commitAll(here.platform, 'The files');
  await git(here.platform, 'fetch', '-q', here.record, 'deployed:deployed');
  const silent = { ...report, result: () => Promise.resolve(), failure: () => undefined };
  await expect(waves({ root: here.platform, chartsFrom: undefined }, silent)).rejects.toThrow(
    REFUSED,
  );
});
