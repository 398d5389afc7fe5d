import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
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
import { startGithubSim } from '../support/github-sim/server.ts';
import type { GithubSim } from '../support/github-sim/server.ts';
import { CLI, commitAll, edit, temporary } from '../support/sample.ts';
import { Chromium } from './chromium.ts';
import { filled, lockSet, takeDataAway, volumeTurn } from './data-volume.ts';
import { FileServer } from './file-server.ts';
import { letIn, openDoor } from './door.ts';
import { firstCell, prepareGlaciers, setOf, shutOut } from './first-minute.ts';
import type { FirstGlacier, Glaciers } from './first-minute.ts';
import type { Lab } from './lab.ts';
import { Person } from './person.ts';
import { writePlatform } from './platform.ts';
import { CHARTS, deploy, inHub, removeNamespaces, theLab } from './support.ts';
import type { DeployRun } from './support.ts';

/*
 * An image from its file to a person's server: resolved and built by the real repo2docker, tested, pushed to the lab's registry,
 * deployed and started, with a Docker of its own (as `npm run test:images`). GLACIOCLOUD_SAMPLE_DATA=DIR: OGGM comes from PyPI
 * and its sample data through a mirror, and a glacier runs in the test of the image and in the hub. Then two people who have never
 * been there sign in with Chromium, in github.com's place a simulated one, and compute from a data set without the internet.
 */
const DATA = process.env['GLACIOCLOUD_SAMPLE_DATA'] ?? '';
const GLACIER = 'Hintereisferner 0.740 → 0.558 km³';
const HUB = 'lab-built';
const PORT = 18_064;
const GITHUB = 18_994;
const DATA_PORT = 18_089;
const MINUTE = 60;
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
    ({ env } = await writePlatform(root, lab, { [HUB]: { port: PORT, github: GITHUB } }));
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

  /** The runner says where there is no sample data. */
  (DATA === '' ? describe.skip : describe)('in somebody’s first minute', () => {
    const ends: (() => unknown)[] = [];
    let sim: GithubSim;
    let glaciers: Glaciers;

    beforeAll(async () => {
      ends.push(await volumeTurn());
      await takeDataAway(lab, HUB);
      ends.push(
        () => takeDataAway(lab, HUB),
        () => removeNamespaces(lab, HUB),
      );
      sim = await startGithubSim(GITHUB, FileServer.HOST);
      ends.push(() => sim.close());
      const served = join(folder.path, 'served');
      const image = `${lab.registry}/${REPOSITORY}/oggm@${built.digest ?? ''}`;
      glaciers = await prepareGlaciers(docker, image, served);
      const server = new FileServer(DATA_PORT, (path) =>
        readFile(join(served, path)).catch(() => undefined),
      );
      await mkdir(join(root, 'data'));
      await writeFile(
        join(root, 'data/alps.yaml'),
        setOf(glaciers, `http://${FileServer.HOST}:${DATA_PORT}/`),
      );
      await lockSet(root, 'alps');
      await edit(
        root,
        'clusters/lab.yaml',
        'local-path}}',
        'local-path}, data: {class: local-path}}',
      );
      await edit(root, `environments/${HUB}.yaml`, 'home: ', 'data: [alps]\nhome: ');
      await commitAll(root, 'a data set');
      run = await deploy(root, lab, env);
      expect([run.code, await filled(lab), run.output]).toEqual([
        0,
        'Complete',
        expect.any(String),
      ]);
      server.close();
      const door = await openDoor(lab, HUB, PORT);
      ends.push(() => door.close());
    }, 1_500_000);
    afterAll(async () => {
      for (const end of ends.reverse()) await end();
    }, 240_000);

    test('its health check has read the set, or says that it is being filled', () => {
      expect(run.json.health.find(({ check }) => check === 'data')).toMatchObject({
        ok: true,
        detail: expect.stringMatching(/^alps: (?:[0-9]+ bytes read|still being filled)$/u),
      });
    });

    test('two people at once see their first glacier, without the internet', async () => {
      const people = ['alice', 'bob'].map((name) => ({ name, user: sim.state.addUser(name) }));
      await letIn(
        lab,
        HUB,
        Object.fromEntries(people.map(({ name, user }) => [user.id, { name, groups: [] }])),
      );
      const arrive = async ({
        name,
        user,
      }: (typeof people)[number]): Promise<() => Promise<void>> => {
        const window = await Chromium.start(join(folder.path, `browser-${name}`));
        ends.push(() => window.close());
        const person = new Person(window, `http://127.0.0.1:${PORT}`, name);
        await person.open('/hub/login?next=%2Fhub%2Fhome');
        sim.state.atBrowser = user;
        const began = performance.now();
        const seconds = (): number => (performance.now() - began) / 1000;
        await window.click('main a.btn-primary');
        const signedIn = seconds();
        return async () => {
          await person.start();
          const started = seconds();
          ends.push(await shutOut(lab, HUB, name));
          const level = name === 'alice' ? '3' : '5';
          const printed = await person.compute(await firstCell(level, glaciers));
          const glacier = JSON.parse(printed.trim().split('\n').at(-1) ?? '') as FirstGlacier;
          const steps = { 'signed in': signedIn, server: started, 'first glacier': seconds() };
          const text = Object.entries(steps).map(([step, at]) => `${step} ${at.toFixed(1)} s`);
          process.stderr.write(`  ▸ ${name}, from level ${level}: ${text.join(', ')}\n`);
          expect(glacier).toMatchObject({ linked: true, downloaded: false });
          expect(glacier.cache).toMatch(/^\/data\/oggm\/views\//u);
          expect(glacier.after).toBeLessThan(glacier.before);
          expect(steps['first glacier']).toBeLessThan(MINUTE);
        };
      };
      // The simulated GitHub has one person before its browser at a time.
      const waiting: (() => Promise<void>)[] = [];
      for (const one of people) waiting.push(await arrive(one));
      await Promise.all(waiting.map((go) => go()));
    }, 390_000);
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
