import { join } from 'node:path';
import type { ImageResult } from '../src/core/images/test-report.ts';
import { textAt } from '../src/core/json.ts';
import { Kube } from '../src/edges/kube.ts';
import type { Lab } from '../test/lab/lab.ts';
import { inHub } from '../test/lab/support.ts';
import { up } from '../test/images/docker.ts';
import type { DockerPlace } from '../test/images/docker.ts';
import { BUNDLE, DOUBLE, edit } from '../test/support/sample.ts';
import { runAction } from '../test/support/workflow.ts';
import { HUB, heading, merge, progress, report, say } from './demo-lab-steps.ts';
import type { Stage } from './demo-lab-steps.ts';

const IMAGE = 'oggm';
const WANTED = 'pip: ["tabulate==0.9.0"]';

/** An image that gets a package: built by the real repo2docker, tested, pushed to the lab's registry, and what a person starts. */
export async function rollOutImage(stage: Stage, lab: Lab): Promise<void> {
  heading('A pull request that adds a package to the image is merged');
  const edited = await merge(stage, 'tabulate', 'tabulate for everybody', async (files) => {
    // A place of this run's own: what an earlier one has pushed would not be built again.
    const place = `${lab.registry}/demo-${Date.now()}`;
    await edit(files, 'platform.yaml', `${lab.registry}/lab`, place);
    await edit(files, `images/${IMAGE}/image.yaml`, '\nfrom:', `\n${WANTED}\nfrom:`);
  });
  report(edited);
  say(
    `\nHubs that change now: ${edited.result.steps.length}. They get it once it is built and tested.`,
  );
  const docker = await dockerOrWhy();
  if (docker === undefined) return;
  let built: ImageResult;
  try {
    built = await build(stage, docker);
  } finally {
    await docker.down();
  }
  heading(`Its build is merged: candidate ${built.build ?? ''}`);
  report(await merge(stage, 'lock', `Image ${IMAGE}: candidate`, () => Promise.resolve()));
  await showStarted(lab, built);
}

async function dockerOrWhy(): Promise<DockerPlace | undefined> {
  progress('starting a Docker of its own, beside the lab');
  try {
    return await up();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    say(`There is no Docker here, so no image is built: ${why}`);
    return undefined;
  }
}

/** As the run on main does it; the lock is left in the working tree. */
async function build({ root, files, env }: Stage, docker: DockerPlace): Promise<ImageResult> {
  const machine = process.env as Record<string, string>;
  const onOutput = (text: string): void =>
    text
      .split('\n')
      .filter((line) => line.startsWith(`${IMAGE}: `))
      .forEach((line) => progress(line));
  const run = await runAction(
    {
      workspace: root,
      bundle: BUNDLE,
      event: {},
      env: { ...machine, ...env, ...docker.env },
      onOutput,
    },
    join(files, 'run-image'),
    { command: 'image', target: `build ${IMAGE}`, push: 'true', 'charts-from': DOUBLE },
  );
  const { images } = JSON.parse(run.outputs['result'] ?? '{}') as { images?: ImageResult[] };
  const built = images?.[0];
  if (run.code !== 0 || !built) throw new Error(run.log);
  const shown = run.log.slice(run.log.indexOf(`✓ ${IMAGE} `));
  say(`\nThe run on main builds, tests and pushes it:\n\n${shown.split('\n\n')[0] ?? ''}`);
  return built;
}

/** What a person's server says of its image, from inside and from outside. */
async function showStarted(lab: Lab, { digest }: ImageResult): Promise<void> {
  progress('a person starts a server and uses the package');
  const { kernel } = await inHub(lab, HUB, 'start', 'probe_1');
  const code = 'import oggm, tabulate; print(oggm.__version__, tabulate.__version__)';
  const { said } = await inHub(lab, HUB, 'set', 'probe_1', String(kernel), code);
  const selector = 'component=singleuser-server';
  const [pod] = await new Kube(lab.kubeconfig).list('pods', { namespace: HUB, selector });
  const runs = textAt(pod ?? {}, '/status/containerStatuses/0/imageID');
  await inHub(lab, HUB, 'stop', 'probe_1');
  say(`\nA person's server has oggm and tabulate ${String(said)}`);
  say(`Tested ${digest ?? ''}\nruns   ${runs.split('@')[1] ?? ''}`);
}
