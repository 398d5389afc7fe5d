import { chmod, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { at, textAt } from '../../src/core/json.ts';
import { exec } from '../../src/edges/exec.ts';
import { Kube } from '../../src/edges/kube.ts';
import type { DockerPlace } from '../images/docker.ts';
import { ROOT } from '../support/sample.ts';
import type { Lab } from './lab.ts';

/** What make_prepro.py says of the glaciers that it has prepared. */
export interface Glaciers {
  base_url: string;
  rgi_id: string;
  border: number;
  /** Bytes by path, below the server’s root. */
  files: Record<string, number>;
}

/** What read_view.py prints. */
export interface FirstGlacier {
  before: number;
  after: number;
  cache: string;
  linked: boolean;
  downloaded: boolean;
}

/** Prepared by OGGM itself, in the image and from the samples that it bakes, without a network. */
export async function prepareGlaciers(
  { env }: DockerPlace,
  image: string,
  folder: string,
): Promise<Glaciers> {
  await mkdir(folder);
  await chmod(folder, 0o777);
  const mounts = [`${folder}:/out`, `${join(ROOT, 'test/data')}:/code:ro`];
  const script = ['python3', '-B', '/code/make_prepro.py', '/out'];
  const volumes = mounts.flatMap((mount) => ['--volume', mount]);
  const { code, stdout, stderr } = await exec(
    env['GLACIOCLOUD_DOCKER'] ?? '',
    ['run', '--rm', '--network', 'none', ...volumes, image, ...script],
    { env, timeoutMs: 300_000 },
  );
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Glaciers;
}

/** A set of all of them, which a server of this machine has in the place of OGGM's. */
export function setOf({ base_url: base, files }: Glaciers, mirror: string): string {
  const { origin } = new URL(base);
  const urls = Object.keys(files).map((path) => `${origin}/${path}`);
  const mirrors = { [`${origin}/`]: [mirror] };
  return JSON.stringify({ title: 'Hintereisferner', files: urls, size: '1Gi', mirrors });
}

/** A notebook's first cell: a glacier of this level from the view, and its next fifty years. */
export async function firstCell(level: string, glaciers: Glaciers): Promise<string> {
  const { base_url: base, rgi_id: id, border } = glaciers;
  const script = await readFile(join(ROOT, 'test/data/read_view.py'), 'utf8');
  const argv = JSON.stringify(['', level, base, id, `${border}`]);
  return `import sys; sys.argv = ${argv}\n${script}`;
}

/** Nothing of somebody's server leaves the cluster any more, whatever policies allow; until the returned call. */
export async function shutOut(
  { kubeconfig }: Lab,
  hub: string,
  user: string,
): Promise<() => Promise<unknown>> {
  const selector = 'component=singleuser-server';
  const pods = await new Kube(kubeconfig).list('pods', { namespace: hub, selector });
  const pod = pods.find(
    (one) => at(one, '/metadata/annotations/hub.jupyter.org~1username') === user,
  );
  const rule = [`${textAt(pod, '/status/podIP')}/32`, '!', '-d', '10.0.0.0/8', '-j', 'REJECT'];
  const call = (what: string): Promise<{ code: number; stderr: string }> =>
    exec('iptables', ['-w', what, 'FORWARD', '-s', ...rule]);
  const { code, stderr } = await call('-I');
  if (code !== 0) throw new Error(stderr);
  return () => call('-D');
}
