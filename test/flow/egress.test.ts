import { appendFile, cp, readFile } from 'node:fs/promises';
import { BlockList } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { render } from '../../src/commands/render.ts';
import { at, objectsIn, textAt } from '../../src/core/json.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { documentsIn, parseObject } from '../../src/core/manifests.ts';
import { DOUBLE, temporary } from '../support/sample.ts';

/*
 * What a person's server may reach, by the policies as Helm renders them. GLACIOCLOUD_REAL_CHARTS=DIR asks the real
 * chart too.
 */
const real = process.env['GLACIOCLOUD_REAL_CHARTS'];
const CHARTS: [string, string][] = [['small', DOUBLE]];
if (real !== undefined) CHARTS.push(['real', real]);
const LABELS: JsonObject = { app: 'jupyterhub', release: 'hub', component: 'singleuser-server' };
const FAR: readonly (readonly [string, number, boolean])[] = [
  ['140.82.121.4', 443, true],
  ['8.8.8.8', 53, true],
  ['172.32.0.1', 443, true],
  ['100.128.0.1', 443, true],
  ['10.0.0.1', 443, false],
  ['10.0.0.10', 53, true],
  ['172.16.3.4', 5432, false],
  ['192.168.1.1', 80, false],
  ['169.254.169.254', 80, false],
  ['169.254.169.254', 53, true], // Google's DNS is there; the base cluster is one of GKE
  ['169.254.170.2', 80, false],
  ['169.254.20.10', 53, true],
  ['169.254.20.10', 80, false],
  ['100.100.100.200', 80, false],
  ['100.64.0.1', 443, false],
  ['134.102.20.7', 443, false],
  ['134.102.21.7', 443, true],
];
let folder: Awaited<ReturnType<typeof temporary>>;

beforeAll(async () => {
  folder = await temporary();
});
afterAll(() => folder.remove());

async function policies(name: string, chartsFrom: string, own = ''): Promise<JsonObject[]> {
  const root = join(folder.path, name);
  await cp(join(import.meta.dirname, '../core/rules/_base'), root, { recursive: true });
  await appendFile(join(root, 'clusters/main.yaml'), 'networks: [134.102.20.0/24]\n');
  await appendFile(join(root, 'environments/hub.yaml'), own);
  const out = join(root, 'out');
  const report = { progress: () => undefined } as never;
  const done = await render({ root, chartsFrom, hubs: ['hub'], out, now: 0 }, report);
  expect(done.exit).toBe(0);
  return documentsIn(await readFile(join(out, 'hub/manifests.yaml'), 'utf8'))
    .map(parseObject)
    .filter((one) => one['kind'] === 'NetworkPolicy' && selects(at(one, '/spec/podSelector')));
}

function selects(selector: ReturnType<typeof at>): boolean {
  const wanted = at(selector, '/matchLabels') ?? {};
  return Object.entries(wanted).every(([key, value]) => LABELS[key] === value);
}

/** As Kubernetes reads it: policies add up, and whom none names for egress reaches everything. */
function mayReach(all: readonly JsonObject[], address: string, port: number): boolean {
  const egress = all.filter((one) =>
    JSON.stringify(at(one, '/spec/policyTypes')).includes('Egress'),
  );
  if (egress.length === 0) return true;
  return egress.some((one) =>
    objectsIn(at(one, '/spec/egress')).some((rule) => {
      const ports = objectsIn(rule['ports']).map((each) => each['port']);
      const to = objectsIn(rule['to']);
      const open = ports.length === 0 || ports.includes(port);
      return open && (to.length === 0 || to.some((peer) => holds(at(peer, '/ipBlock'), address)));
    }),
  );
}

function holds(block: ReturnType<typeof at>, address: string): boolean {
  const except = at(block, '/except');
  const listed = (networks: unknown): boolean => {
    const list = new BlockList();
    for (const network of Array.isArray(networks) ? (networks as string[]) : []) {
      const [base = '', bits = ''] = network.split('/');
      list.addSubnet(base, Number(bits));
    }
    return list.check(address);
  };
  return block !== undefined && listed([textAt(block, '/cidr')]) && !listed(except);
}

describe.each(CHARTS)('with the %s chart', (name, charts) => {
  test('a server reaches the internet and DNS, and nothing inside', async () => {
    const all = await policies(name, charts);
    expect(all.length).toBe(2);
    const found = FAR.map(([address, port]) => [address, port, mayReach(all, address, port)]);
    expect(found).toEqual(FAR);
  });

  test('nor the internet, where the hub’s file shuts it', async () => {
    const shut =
      'values: {singleuser: {networkPolicy: {egressAllowRules: {nonPrivateIPs: false}}}}\n';
    const all = await policies(`${name}-shut`, charts, shut);
    expect(mayReach(all, '140.82.121.4', 443)).toBe(false);
    expect(mayReach(all, '10.0.0.10', 53)).toBe(true);
  });
});
