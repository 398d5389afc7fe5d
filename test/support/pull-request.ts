import { cp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { exec } from '../../src/edges/exec.ts';
import { startGithubSim } from './github-sim/server.ts';
import type { GithubSim } from './github-sim/server.ts';
import type { Issue } from './github-sim/state.ts';
import { BUNDLE, CLI, ROOT, commitAll, copyPlatform, git } from './sample.ts';
import { runWorkflow } from './workflow.ts';
import type { StepResult, WorkflowRun } from './workflow.ts';

/** A copy of the platform in git with a branch `deployed`, on a simulated GitHub. */
export interface Stage {
  folder: string;
  sim: GithubSim;
  main: string;
  env: Record<string, string>;
}

export async function stage(
  folder: string,
  charts: string | undefined,
  helm: string,
  copy: (to: string) => Promise<void> = copyPlatform,
): Promise<Stage> {
  const origin = join(folder, 'origin');
  await copy(origin);
  await git(origin, 'init', '-q', '-b', 'main');
  const main = await commitAll(origin, 'The platform as it runs');
  const env: Record<string, string> = {
    GLACIOCLOUD_HELM: helm,
    GLACIOCLOUD_CACHE: join(folder, 'cache'),
    ...(charts === undefined ? {} : { 'INPUT_CHARTS-FROM': charts }),
  };
  const record = join(folder, 'record');
  const rendered = await exec(
    process.execPath,
    [
      CLI,
      'render',
      '--all',
      '--root',
      origin,
      '--out',
      record,
      ...(charts === undefined ? [] : ['--charts-from', charts]),
    ],
    { env },
  );
  if (rendered.code !== 0) throw new Error(rendered.stdout + rendered.stderr);
  for (const unit of [
    ...(await readdir(record)).filter((name) => name !== 'clusters'),
    ...(await readdir(join(record, 'clusters'))).map((name) => `clusters/${name}`),
  ]) {
    await writeFile(
      join(record, unit, 'status.json'),
      JSON.stringify({ at: '2026-11-21T09:14:00Z', commit: main }),
    );
  }
  await git(record, 'init', '-q', '-b', 'deployed');
  await commitAll(record, 'What runs');
  await git(origin, 'fetch', '-q', record, 'deployed:refs/remotes/origin/deployed');
  const sim = await startGithubSim();
  const owner = sim.state.addUser('example');
  sim.state.addRepository(owner, 'hubs');
  const bot = sim.state.addUser('github-actions[bot]', 'Bot');
  sim.state.addToken('check-token', bot, []);
  sim.state.addToken('plan-token', bot, ['pull-requests']);
  return {
    folder,
    sim,
    main,
    env: {
      ...env,
      GITHUB_API_URL: sim.url,
      GITHUB_REPOSITORY: 'example/hubs',
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_RUN_ID: '1',
    },
  };
}

export interface PullRequestRun {
  pull: Issue;
  check: StepResult[];
  plan: StepResult[];
  /** The plan as a page, as the job's artifact would hold it. */
  page: string;
}

/** Opens a pull request and runs the check and plan workflows for it, step by step as their files say. */
export async function openPullRequest(
  { folder, sim, main, env }: Stage,
  branch: string,
  title: string,
  change: (folder: string) => Promise<void>,
): Promise<PullRequestRun> {
  const origin = join(folder, 'origin');
  await git(origin, 'checkout', '-q', '-B', branch, main);
  await change(origin);
  const head = await commitAll(origin, title);
  await git(origin, 'checkout', '-q', 'main');
  const repository = [...sim.state.repositories.values()][0];
  if (!repository) throw new Error('the stage has no repository');
  const pull = sim.state.addPull(repository, {
    title,
    user: repository.owner,
    head: { ref: branch, sha: head },
    base: { ref: 'main', sha: main },
    mergeSha: head,
  });
  const workspace = join(folder, `workspace-${branch}`);
  const check = await runWorkflow(workflow('check.yml'), {
    workspace,
    bundle: BUNDLE,
    event: { pull_request: { number: pull.number } },
    env: { ...env, GITHUB_TOKEN: 'check-token' },
    checkout: checkout(origin, workspace, head),
  });
  await rm(workspace, { recursive: true, force: true });
  const event = followed(pull);
  const plan = await runWorkflow(workflow('plan.yml'), {
    workspace,
    bundle: BUNDLE,
    event,
    env: { ...env, GITHUB_TOKEN: 'plan-token' },
    checkout: checkout(origin, workspace, 'main'),
  });
  return { pull, check, plan, page: join(workspace, 'plan.html') };
}

/** Runs the workflow that tells what became of a pull request's images: `built` is what its run has left, by image. */
export async function commentOnImages(
  { folder, sim, env }: Stage,
  pull: Issue,
  built: ReadonlyMap<string, string>,
): Promise<string> {
  const [repository] = sim.state.repositories.values();
  if (!repository) throw new Error('the stage has no repository');
  const branch = pull.pull?.head.ref ?? '';
  for (const [image, text] of built)
    repository.artifacts.push({
      id: sim.state.nextId(),
      name: `image-${image}`,
      run: {
        id: RUN,
        event: 'pull_request',
        path: '.github/workflows/image.yml',
        branch,
        headRepository: repository.id,
      },
      expired: false,
      zip: zipSync({ 'image.json': strToU8(text) }),
    });
  const workspace = join(folder, `workspace-${branch}-images`);
  const before = pull.comments.length;
  const steps = await runWorkflow(workflow('image-comment.yml'), {
    workspace,
    bundle: BUNDLE,
    event: followed(pull),
    env: { ...env, GITHUB_TOKEN: 'plan-token' },
    checkout: checkout(join(folder, 'origin'), workspace, 'main'),
  });
  const made = pull.comments[before]?.body;
  if (made === undefined) throw new Error(`no comment: ${steps.map(({ log }) => log).join('\n')}`);
  return made;
}

const RUN = 7;

const workflow = (name: string): string => join(ROOT, '.github/workflows', name);

/** The event of a workflow that follows the run of a pull request. */
function followed({ pull }: Issue): object {
  return {
    workflow_run: {
      id: RUN,
      event: 'pull_request',
      head_sha: pull?.head.sha,
      head_branch: pull?.head.ref,
      head_repository: { owner: { login: 'example' } },
    },
  };
}

/** Stands in for actions/checkout: a copy of the whole repository, or of a commit's files in a folder of the workspace. */
function checkout(origin: string, workspace: string, whole: string) {
  return async ({ ref, path }: Parameters<WorkflowRun['checkout']>[0]): Promise<void> => {
    const target = path === undefined ? workspace : join(workspace, path);
    await cp(origin, target, { recursive: true });
    await git(target, 'checkout', '-q', '-f', ref ?? whole);
    if (path !== undefined) await rm(join(target, '.git'), { recursive: true });
  };
}
