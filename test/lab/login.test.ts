import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Kube } from '../../src/edges/kube.ts';
import { startGithubSim } from '../support/github-sim/server.ts';
import type { GithubSim } from '../support/github-sim/server.ts';
import { ownCertificate } from '../support/certificate.ts';
import { edit, temporary } from '../support/sample.ts';
import { browse, letIn, openEntry } from './door.ts';
import type { Lab } from './lab.ts';
import { writePlatform } from './platform.ts';
import { deploy, removeNamespaces, theLab } from './support.ts';
import type { DeployRun } from './support.ts';

/*
 * People log in to a real hub with a real browser, over TLS, by a supplied certificate. github.com is simulated, and the cluster's entry is
 * a double (openEntry).
 */
const HUB = 'lab-door';
const CLASS = 'lab-entry';
let lab: Lab;
let kube: Kube;
let sim: GithubSim;
let folder: Awaited<ReturnType<typeof temporary>>;
let entry: Awaited<ReturnType<typeof openEntry>>;
let first: DeployRun;

const page = (profile: string, path: string, more: string[] = []): Promise<string> =>
  browse(join(folder.path, profile), `https://localhost${path}`, [
    '--ignore-certificate-errors',
    ...more,
  ]);

beforeAll(async () => {
  lab = await theLab();
  kube = new Kube(lab.kubeconfig);
  await removeNamespaces(lab, HUB);
  folder = await temporary();
  sim = await startGithubSim(18999, '10.200.0.1');
  const root = join(folder.path, 'platform');
  const own = await ownCertificate(folder.path, ['localhost']);
  const { env } = await writePlatform(root, lab, {
    [HUB]: {
      url: 'https://localhost',
      secrets: {
        chain: ['{use: certificate of the university}', own.cert],
        private: ['{use: its key}', own.key],
      },
    },
  });
  const file = `environments/${HUB}.yaml`;
  await edit(root, file, 'capacity:', 'certificate: {cert: chain, key: private}\ncapacity:');
  await edit(
    root,
    'clusters/lab.yaml',
    '{class: none}',
    `{class: ${CLASS}, issuer: null, email: null}`,
  );
  await kube.apply([
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name: CLASS },
      spec: { controller: 'glaciocloud.org/double' },
    },
  ]);
  entry = await openEntry(lab, HUB);
  first = await deploy(root, lab, { ...env, NODE_EXTRA_CA_CERTS: own.file });
  if (first.code !== 0) throw new Error(first.output);
}, 300_000);
afterAll(async () => {
  await entry.close();
  await kube.delete('ingressclass', CLASS);
  await sim.close();
  await removeNamespaces(lab, HUB);
  await folder.remove();
});

test('the hub is proven at its public address, with the certificate that was supplied', () => {
  expect(first.json.health.find(({ check }) => check === 'public address')).toMatchObject({
    ok: true,
    detail: 'JupyterHub 5.5.0, certificate good for 29 days',
  });
});

test('who stands in the access file gets in, under the name that belongs to the id', async () => {
  const alice = sim.state.addUser('Alice-Renamed');
  await letIn(lab, HUB, { [alice.id]: { name: 'alice', groups: ['team:example/users'] } });
  sim.state.atBrowser = alice;
  await page('alice', '/hub/oauth_login?next=%2Fhub%2Fhome');
  const seen = await page('alice', '/hub/home', [`--screenshot=${join(folder.path, 'home.png')}`]);
  expect(seen).toContain('alice');
  expect(seen).toContain('<h1>Your server</h1>');
});

test('who does not is refused, even with the login of somebody who may', async () => {
  const thief = sim.state.addUser('alice');
  sim.state.atBrowser = thief;
  expect(await page('thief', '/hub/oauth_login?next=%2Fhub%2Fhome')).toContain(
    '<h1>You have no access yet</h1>',
  );
});

test('whose access ends is out at once, whatever the browser remembers', async () => {
  await letIn(lab, HUB, {});
  expect(await page('alice', '/hub/home')).not.toContain('<h1>Your server</h1>');
});
