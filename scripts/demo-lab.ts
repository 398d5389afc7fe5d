import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { labInfo, up } from '../test/lab/lab.ts';
import { browse, findBrowser, letIn, openDoor } from '../test/lab/door.ts';
import { writePlatform } from '../test/lab/platform.ts';
import { removeNamespaces } from '../test/lab/support.ts';
import type { DeployJson } from '../test/lab/support.ts';
import { startGithubSim } from '../test/support/github-sim/server.ts';
import type { GithubSim } from '../test/support/github-sim/server.ts';
import type { Issue, Repository } from '../test/support/github-sim/state.ts';
import { BUNDLE, DOUBLE, ROOT, commitAll, edit, git, temporary } from '../test/support/sample.ts';
import { runAction } from '../test/support/workflow.ts';
import { unpackedTool } from '../src/edges/tools.ts';

const say = (text: string): boolean => process.stdout.write(`${text}\n`);
const progress = (text: string): boolean => process.stderr.write(`· ${text}\n`);
const HUB = 'demo';
const PORT = 18080;
const ADDRESS = `http://127.0.0.1:${PORT}`;
const SCREENSHOT = join(ROOT, '.cache/demo/hub.png');

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
    if (findBrowser() !== undefined) {
      const researcher = sim.state.addUser('ice-researcher');
      await letIn(lab, HUB, {
        [researcher.id]: { name: 'ice-researcher', groups: ['team:example/users'] },
      });
      sim.state.atBrowser = researcher;
      progress('a researcher logs in with Chromium, through the simulated GitHub');
      await browse(join(folder.path, 'browser'), `${ADDRESS}/hub/oauth_login?next=%2Fhub%2Fhome`);
      await mkdir(join(SCREENSHOT, '..'), { recursive: true });
      const page = await browse(join(folder.path, 'browser'), `${ADDRESS}/hub/home`, [
        `--screenshot=${SCREENSHOT}`,
        '--window-size=1000,640',
      ]);
      say(
        `Logged in as ice-researcher: ${page.includes('ice-researcher') ? 'yes' : 'no'}; what they see: .cache/demo/hub.png (${(await readFile(SCREENSHOT)).length} bytes)`,
      );
    } else {
      say('There is no chromium on the PATH: the login is left out.');
    }

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

interface Stage {
  root: string;
  sim: GithubSim;
  repository: Repository;
  files: string;
  env: Record<string, string>;
}

interface Merged {
  pull: Issue;
  result: DeployJson;
}

/** A branch, a pull request, its merge, and the deployment as the action runs it. */
async function merge(
  { root, sim, repository, files, env }: Stage,
  branch: string,
  title: string,
  change: (files: string) => Promise<void>,
): Promise<Merged> {
  const base = await git(root, 'rev-parse', 'main');
  await git(root, 'checkout', '-q', '-b', branch);
  await change(root);
  const head = await commitAll(root, title);
  await git(root, 'checkout', '-q', 'main');
  await git(root, 'merge', '-q', '--no-ff', '-m', title, branch);
  const mergeSha = await git(root, 'rev-parse', 'main');
  const pull = sim.state.addPull(repository, {
    title,
    user: repository.owner,
    head: { ref: branch, sha: head },
    base: { ref: 'main', sha: base },
    mergeSha,
  });
  if (pull.pull) pull.pull.merged = true;
  pull.state = 'closed';
  repository.refs.set('refs/heads/main', mergeSha);
  say(`Pull request ${pull.number}, merged: ${title}`);
  const onOutput = (text: string): void =>
    text
      .split('\n')
      .filter((line) => line.startsWith(`${HUB}: `) || line.startsWith('⚠'))
      .forEach((line) => progress(line));
  const run = await runAction(
    { workspace: root, bundle: BUNDLE, event: {}, env, onOutput },
    join(files, `run-${branch}`),
    { command: 'deploy', cluster: 'lab', 'charts-from': DOUBLE },
  );
  const result = run.outputs['result'];
  if (result === undefined) throw new Error(run.log);
  return { pull, result: JSON.parse(result) as DeployJson };
}

function report({ result: { steps, health } }: Merged): void {
  for (const { unit, outcome, seconds, reason } of steps) {
    const phases = Object.entries(seconds).map(([phase, time]) => `${phase} ${time.toFixed(1)} s`);
    say(
      `\n${unit.name}: ${outcome} (${phases.join(', ')})${reason === '' ? '' : `\n  ${reason}`}\n`,
    );
  }
  const width = (pick: (line: (typeof health)[number]) => string): number =>
    Math.max(...health.map((line) => pick(line).length));
  const [check, image] = [width((line) => line.check), width((line) => line.image ?? '')];
  for (const line of health)
    say(
      `  ${line.ok ? '✓' : '✗'} ${line.check.padEnd(check)}  ${(line.image ?? '').padEnd(image)}  ${line.seconds.toFixed(1).padStart(5)} s  ${line.detail}`,
    );
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

function heading(text: string): void {
  say(`\n${'─'.repeat(78)}\n${text}\n${'─'.repeat(78)}`);
}

function indented(text: string): string {
  return text.trim().replaceAll(/^/gmu, '  │ ');
}
