import { join } from 'node:path';
import type { DeployJson } from '../test/lab/support.ts';
import type { GithubSim } from '../test/support/github-sim/server.ts';
import type { Issue, Repository } from '../test/support/github-sim/state.ts';
import { BUNDLE, DOUBLE, commitAll, git } from '../test/support/sample.ts';
import { runAction } from '../test/support/workflow.ts';

/* Steps of the demo in the lab. */
export const HUB = 'demo';
export const say = (text: string): boolean => process.stdout.write(`${text}\n`);
export const progress = (text: string): boolean => process.stderr.write(`· ${text}\n`);

export interface Stage {
  root: string;
  sim: GithubSim;
  repository: Repository;
  files: string;
  env: Record<string, string>;
}

export interface Merged {
  pull: Issue;
  result: DeployJson;
}

/** A branch, a pull request, its merge, and the deployment as the action runs it. */
export async function merge(
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

export function report({ result: { steps, health } }: Merged): void {
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

export function heading(text: string): void {
  say(`\n${'─'.repeat(78)}\n${text}\n${'─'.repeat(78)}`);
}

export function indented(text: string): string {
  return text.trim().replaceAll(/^/gmu, '  │ ');
}
