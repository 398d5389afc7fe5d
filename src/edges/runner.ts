import { readFile } from 'node:fs/promises';
import type { CheckRun } from '../commands/review.ts';
import { isObject, at } from '../core/json.ts';
import type { Json } from '../core/json.ts';
import { UsageError } from '../failure.ts';
import type { GithubSettings } from './github.ts';

/** What the runner of GitHub Actions tells by environment and event file. */
export function githubSettings(): GithubSettings {
  const [owner, repo] = (process.env['GITHUB_REPOSITORY'] ?? '').split('/');
  const token = process.env['GITHUB_TOKEN'] ?? '';
  if (owner === undefined || owner === '' || repo === undefined) throw new UsageError('GITHUB_REPOSITORY is not set', 'this command runs in GitHub Actions');
  if (token === '') throw new UsageError('GITHUB_TOKEN is not set', 'pass it to the step: `env: {GITHUB_TOKEN: ${{ github.token }}}`');
  return { api: process.env['GITHUB_API_URL'] ?? 'https://api.github.com', token, owner, repo };
}

/** The page of this run, for links. */
export function runAddress(): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = process.env;
  return server === undefined || repository === undefined || run === undefined ? undefined : `${server}/${repository}/actions/runs/${run}`;
}

/** The check run in a `workflow_run` event. The event is GitHub's, but its names come from whoever opened the pull request. */
export async function checkRun(): Promise<CheckRun> {
  const path = process.env['GITHUB_EVENT_PATH'] ?? '';
  const event = JSON.parse(await readFile(path, 'utf8').catch(() => '{}')) as Json;
  const word = (pointer: string): string => {
    const value = isObject(event) ? at(event, pointer) : undefined;
    return typeof value === 'string' ? value : '';
  };
  const run = { headOwner: word('/workflow_run/head_repository/owner/login'), headBranch: word('/workflow_run/head_branch'), headSha: word('/workflow_run/head_sha') };
  if (!/^[0-9a-f]{40}$/u.test(run.headSha) || run.headBranch === '' || run.headOwner === '') throw new UsageError('this is not a workflow_run event of a pull request', 'use it in a workflow that runs on `workflow_run`');
  return run;
}
