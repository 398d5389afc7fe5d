import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ImageResult } from '../../src/core/images/test-report.ts';
import { at } from '../../src/core/json.ts';
import { exec } from '../../src/edges/exec.ts';
import { Kube } from '../../src/edges/kube.ts';
import { archiveMirror } from '../images/archive-mirror.ts';
import type { ArchiveMirror } from '../images/archive-mirror.ts';
import { up } from '../images/docker.ts';
import type { DockerPlace } from '../images/docker.ts';
import { bridgeAddress } from '../images/support.ts';
import { CLI, commitAll, edit, temporary } from '../support/sample.ts';
import type { Lab } from './lab.ts';
import { writePlatform } from './platform.ts';
import { CHARTS, deploy, inHub, removeNamespaces, theLab } from './support.ts';
import type { DeployRun } from './support.ts';

/*
 * An image from its file to a person's server: resolved and built by the real repo2docker, tested, pushed to the lab's registry,
 * deployed and started, with a Docker of its own (as `npm run test:images`). GLACIOCLOUD_SAMPLE_DATA=DIR: OGGM comes from PyPI
 * and its sample data through a mirror, and a glacier runs in the test of the image and in the hub.
 */
const DATA = process.env['GLACIOCLOUD_SAMPLE_DATA'] ?? '';
const GLACIER = 'Hintereisferner 0.740 → 0.558 km³';
const HUB = 'lab-built';
/** The lab's registry stays from run to run, and what it has is not built again. */
const REPOSITORY = `built-${Date.now()}`;

describe('an image', () => {
  let lab: Lab;
  let docker: DockerPlace;
  let folder: Awaited<ReturnType<typeof temporary>>;
  let root = '';
  let env: Record<string, string> = {};
  let built: ImageResult;
  let run: DeployRun;
  let mirror: ArchiveMirror | undefined;

  beforeAll(async () => {
    lab = await theLab();
    await removeNamespaces(lab, HUB);
    docker = await up();
    folder = await temporary();
    root = join(folder.path, 'platform');
    ({ env } = await writePlatform(root, lab, { [HUB]: {} }));
    await edit(root, 'platform.yaml', `${lab.registry}/lab`, `${lab.registry}/${REPOSITORY}`);
    const [image = '', digest = ''] = (lab.images['oggm'] ?? '').split('@');
    const file = { title: 'Built', oggm: { version: '1.6.3' }, from: { image, digest } };
    const pip = ['tabulate==0.9.0'];
    if (DATA === '') process.stderr.write('  ▸ NO SAMPLE DATA: no glacier is run\n');
    else {
      mirror = await archiveMirror(await bridgeAddress(docker.env), DATA);
      await appendFile(join(root, 'platform.yaml'), `\nmirrors: {github: "${mirror.address}"}\n`);
      pip.push('oggm[full]==1.6.3');
    }
    const bake = DATA === '' ? [] : ['sample-data', 'salem'];
    await writeFile(join(root, 'images/oggm/image.yaml'), JSON.stringify({ ...file, pip, bake }));
    await commitAll(root, 'an image');
  }, 1_200_000);
  afterAll(async () => {
    await mirror?.stop();
    await docker.down();
    await removeNamespaces(lab, HUB);
    await folder.remove();
  });

  const build = async (): Promise<ImageResult | undefined> => {
    const args = ['image', 'build', 'oggm', '--push', '--json', '--root', root];
    const { stdout, stderr } = await exec(
      process.execPath,
      [CLI, ...args, '--charts-from', CHARTS],
      { env: { ...(process.env as Record<string, string>), ...docker.env }, timeoutMs: 600_000 },
    );
    if (stdout === '') throw new Error(stderr);
    return (JSON.parse(stdout) as { images: ImageResult[] }).images[0];
  };

  test('is built, tested and pushed, and its lock says so', async () => {
    built = (await build())!;
    expect([built.outcome, built.reason]).toEqual(['built', 'tested and pushed']);
    process.stderr.write(`  ▸ ${measured(built)}\n`);
    if (DATA !== '')
      expect(built.tests.find(({ name }) => name === 'oggm')?.detail).toContain(GLACIER);
    const address = `http://${lab.registry}/v2/${REPOSITORY}/oggm/manifests/candidate`;
    const accept = { Accept: 'application/vnd.oci.image.index.v1+json' };
    const { headers } = await fetch(address, { headers: accept });
    expect(headers.get('docker-content-digest')).toBe(built.digest);
    await commitAll(root, 'its lock');
  }, 900_000);

  test('is deployed by its digest, and the hub is proven with it', async () => {
    run = await deploy(root, lab, env);
    expect([run.code, run.output]).toEqual([0, expect.any(String)]);
    const kernels = run.json.health.filter(({ check }) => check.startsWith('kernel'));
    expect(kernels.map(({ ok }) => ok)).toEqual([true, true]);
    if (DATA !== '') expect(kernels.map(({ detail }) => detail).join()).toContain(GLACIER);
  });

  test('gives a person what its file adds, in the bytes that were tested', async () => {
    const { kernel } = await inHub(lab, HUB, 'start', 'probe_1');
    const code = 'import oggm, tabulate; print(oggm.__version__, tabulate.__version__)';
    const { said } = await inHub(lab, HUB, 'set', 'probe_1', String(kernel), code);
    expect(said).toBe('1.6.3 0.9.0');
    const selector = 'component=singleuser-server';
    const [pod] = await new Kube(lab.kubeconfig).list('pods', { namespace: HUB, selector });
    const digest = expect.stringContaining(`@${built.digest ?? ''}`);
    expect(at(pod ?? {}, '/spec/containers/0/image')).toEqual(digest);
    expect(at(pod ?? {}, '/status/containerStatuses/0/imageID')).toEqual(digest);
    await inHub(lab, HUB, 'stop', 'probe_1');
  });

  test('is not built again while nothing changes, and nothing is deployed', async () => {
    expect(await build()).toMatchObject({ outcome: 'unchanged', digest: built.digest });
    expect((await deploy(root, lab, env)).json.steps).toEqual([]);
  });
});

/** What a build took, for people who read the run. */
function measured({ size_bytes: size, seconds, tests }: ImageResult): string {
  const steps = Object.entries(seconds).map(([step, value]) => `${step} ${value} s`);
  const ran = tests.map(
    ({ name, seconds: took, memory_mb: memory }) => `${name} ${took} s ${memory} MB`,
  );
  return `${Math.round((size ?? 0) / 1e6)} MB; ${steps.join(', ')}; ${ran.join(', ')}`;
}
