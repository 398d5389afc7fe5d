import { join } from 'node:path';
import { labInfo, up } from '../test/lab/lab.ts';
import { openDoor } from '../test/lab/door.ts';
import { openToRequests, writePlatform } from '../test/lab/platform.ts';
import { removeNamespaces } from '../test/lab/support.ts';
import { startGithubSim } from '../test/support/github-sim/server.ts';
import type { Issue, Repository } from '../test/support/github-sim/state.ts';
import { commitAll, edit, git, temporary } from '../test/support/sample.ts';
import { unpackedTool } from '../src/edges/tools.ts';
import { demoAccess } from './demo-lab-access.ts';
import { rollOutImage } from './demo-lab-image.ts';
import { HUB, heading, indented, merge, progress, report, say } from './demo-lab-steps.ts';
import type { Stage } from './demo-lab-steps.ts';

const PORT = 18080;
const ADDRESS = `http://127.0.0.1:${PORT}`;

/**
 * Merged pull requests on a real Kubernetes: a hub, a login, a bad image, and the way back. GitHub
 * is simulated; the chart is our small one.
 */
export async function demoInLab(keep: boolean): Promise<void> {
  if (!(await labInfo()))
    progress('bringing the lab up (the first time it is built: 10 to 15 minutes)');
  const lab = (await labInfo()) ?? (await up());
  const folder = await temporary();
  await removeNamespaces(lab, HUB);
  const sim = await startGithubSim(18998, '10.200.0.1');
  let door: { close: () => void } | undefined;
  try {
    const root = join(folder.path, 'hubs');
    const { env } = await writePlatform(root, lab, { [HUB]: { port: PORT, github: 18998 } });
    await git(root, 'init', '-q', '-b', 'main');
    await openToRequests(root, HUB, { researcher: '180d' });
    await commitAll(root, 'A platform');
    const repository = sim.state.addRepository(sim.state.addUser('example'), 'hubs');
    repository.environments.set('lab', { branches: [{ name: 'main' }], reviewers: undefined });
    sim.state.addToken('bot', sim.state.addUser('github-actions[bot]', 'Bot'), [
      'contents',
      'issues',
      'pull-requests',
      'deployments',
    ]);
    const stage: Stage = {
      root,
      sim,
      repository,
      files: folder.path,
      env: {
        ...env,
        KUBECONFIG: lab.kubeconfig,
        GITHUB_API_URL: sim.url,
        GITHUB_REPOSITORY: 'example/hubs',
        GITHUB_SERVER_URL: 'https://github.com',
        GITHUB_RUN_ID: '1',
        GITHUB_REF_NAME: 'main',
        GITHUB_TOKEN: 'bot',
        GLACIOCLOUD_HELM: unpackedTool('helm'),
        GLACIOCLOUD_KUBECTL: unpackedTool('kubectl'),
      },
    };

    heading('A pull request with a hub is merged');
    report(
      await merge(stage, 'first', 'The first hub', (files) =>
        edit(files, `environments/${HUB}.yaml`, `title: ${HUB}`, 'title: Demo hub'),
      ),
    );
    door = await openDoor(lab, HUB, PORT);
    say(`\nThe hub answers at ${ADDRESS}: ${await answer()}`);
    await demoAccess(stage, lab, ADDRESS);

    heading('A pull request with an image whose OGGM is broken is merged');
    const bad = await merge(stage, 'bad', 'A newer image', (files) =>
      edit(files, `environments/${HUB}.yaml`, 'images: [oggm]', 'images: [oggm-broken]'),
    );
    report(bad);
    say(
      `\nComment on the merged pull request:\n${indented(bad.pull.comments.at(-1)?.body ?? 'none')}`,
    );
    const issue = tracking(repository);
    say(
      `\nTracking issue, ${issue?.state ?? 'none'}: ${issue?.title ?? ''}\n${indented(issue?.body ?? '')}`,
    );
    say(`\nThe hub at ${ADDRESS} meanwhile: ${await answer()}`);

    heading('The revert is merged');
    report(
      await merge(stage, 'revert', 'Back to the image before', (files) =>
        edit(files, `environments/${HUB}.yaml`, 'images: [oggm-broken]', 'images: [oggm]'),
      ),
    );
    say(
      `\nTracking issue, ${tracking(repository)?.state ?? 'none'}: ${tracking(repository)?.comments.at(-1)?.body ?? ''}`,
    );
    await rollOutImage(stage, lab);
    if (keep || process.stdout.isTTY) {
      say(`\nThe hub runs on at ${ADDRESS}. Ctrl-C ends the demo${keep ? '' : ' and removes it'}.`);
      await new Promise<void>((resolve) => process.once('SIGINT', () => resolve()));
    }
  } finally {
    door?.close();
    await sim.close();
    if (!keep) await removeNamespaces(lab, HUB);
    await folder.remove();
  }
}

async function answer(): Promise<string> {
  const response = await fetch(`${ADDRESS}/hub/api/`).catch((error: unknown) => String(error));
  return typeof response === 'string'
    ? response
    : `${response.status} ${(await response.text()).trim()}`;
}

function tracking(repository: Repository): Issue | undefined {
  return [...repository.issues.values()].find(({ labels }) => labels.includes(`hub:${HUB}`));
}
