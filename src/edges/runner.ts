import { context } from '@actions/github';
import { at, objectsIn, textAt } from '../core/json.ts';
import { UsageError } from '../failure.ts';
import type { CheckRun } from '../ports.ts';
import type { GithubSettings } from './github/client.ts';

/** What the runner of GitHub Actions tells by its environment. */
export function githubSettings(): GithubSettings {
  const token = process.env['GITHUB_TOKEN'] ?? '';
  if ((process.env['GITHUB_REPOSITORY'] ?? '') === '')
    throw new UsageError('GITHUB_REPOSITORY is not set', 'this command runs in GitHub Actions');
  if (token === '')
    throw new UsageError(
      'GITHUB_TOKEN is not set',
      'pass it to the step: `env: {GITHUB_TOKEN: ${{ github.token }}}`',
    );
  return { api: context.apiUrl, token, ...context.repo };
}

/** To read teams no repository is needed, only a token that may read members. */
export function directorySettings(): GithubSettings {
  const token = process.env['MEMBERS_TOKEN'] || (process.env['GITHUB_TOKEN'] ?? '');
  if (token === '')
    throw new UsageError(
      'hubs name teams, and GITHUB_TOKEN is not set',
      'set it to a token that may read members, or give --directory FILE',
    );
  return { api: context.apiUrl, token, owner: '', repo: '' };
}

/** Whether nobody but the organisation can read this run’s log: a repository that does not say so is public. */
export function isPrivateRun(): boolean {
  return at(context.payload, '/repository/private') === true;
}

/** The branch that this run is for. */
export function runBranch(): string {
  return process.env['GITHUB_REF_NAME'] ?? 'main';
}

/** The page of this run, for links. */
export function runAddress(): string | undefined {
  return Number.isNaN(context.runId) ? undefined : addressOf(context.runId);
}

function addressOf(run: number): string {
  const { owner, repo } = context.repo;
  return `${context.serverUrl}/${owner}/${repo}/actions/runs/${run}`;
}

/** The id of this run. */
export function runId(): number | undefined {
  return Number.isNaN(context.runId) ? undefined : context.runId;
}

/** What a label on an issue asks for. */
export interface Order {
  label: string;
  /** From the issue's label `hub:NAME`. */
  hub: string | undefined;
  issue: number;
  login: string;
}

/** The label in an `issues` event of type `labeled`. */
export function labelOrder(): Order {
  const names = objectsIn(at(context.payload, '/issue/labels')).map((label) =>
    textAt(label, '/name'),
  );
  const hub = names.find((name) => name.startsWith('hub:'))?.slice('hub:'.length);
  const issue = at(context.payload, '/issue/number');
  const label = textAt(context.payload, '/label/name');
  const login = textAt(context.payload, '/sender/login');
  if (typeof issue !== 'number' || label === '' || login === '')
    throw new UsageError(
      'this is not an event of a label on an issue',
      'use it in a workflow that runs on `issues: {types: [labeled]}`',
    );
  return { label, hub, issue, login };
}

/** Whether this run follows a schedule, or something that somebody did. */
export function startedBy(): 'clock' | 'change' {
  return process.env['GITHUB_EVENT_NAME'] === 'schedule' ? 'clock' : 'change';
}

/** The issue, and the new comment, that an event is about. Whatever else it says is asked anew. */
export function requestEvent(): { issue: number; comment: number | undefined } {
  const name = process.env['GITHUB_EVENT_NAME'] ?? '';
  const kind = `${name} ${textAt(context.payload, '/action')}`;
  const issue = numberAt('/issue/number');
  const comment = numberAt('/comment/id');
  const isKnown = ['issues opened', 'issues edited', 'issue_comment created'].includes(kind);
  if (!isKnown || issue === undefined || (name === 'issue_comment') !== (comment !== undefined))
    throw new UsageError(
      'this is no event of an issue that was opened or edited, or of a new comment',
      'use it in a workflow that runs on `issues: {types: [opened, edited]}` and `issue_comment: {types: [created]}`',
    );
  return { issue, comment };
}

function numberAt(path: string): number | undefined {
  const found = at(context.payload, path);
  return typeof found === 'number' && Number.isSafeInteger(found) && found > 0 ? found : undefined;
}

/** A repository beside this one, with a token of its own. */
export function accessRepository(repository: string): GithubSettings {
  const token = process.env['ACCESS_TOKEN'] ?? '';
  const [owner = '', repo = ''] = repository.split('/');
  if (token === '')
    throw new UsageError(
      `people’s files are in ${repository}, and ACCESS_TOKEN is not set`,
      'set it to a token that may write contents and pull requests there, and nothing else',
    );
  return { api: context.apiUrl, token, owner, repo };
}

/** `/try SHA` on a pull request. The text comes from whoever wrote it. */
export interface TryRequest {
  pull: number;
  login: string;
  commit: string | undefined;
}

export function tryRequest(): TryRequest {
  const pull = at(context.payload, '/issue/number');
  const login = textAt(context.payload, '/comment/user/login');
  const onPull = at(context.payload, '/issue/pull_request') !== undefined;
  if (typeof pull !== 'number' || !onPull || login === '')
    throw new UsageError(
      'this is not a comment on a pull request',
      'use it in a workflow that runs on `issue_comment`',
    );
  const body = textAt(context.payload, '/comment/body');
  return { pull, login, commit: /^\/try ([0-9a-f]{40})\s*$/u.exec(body)?.[1] };
}

/**
 * The check run in a `workflow_run` event. The event is GitHub's, but its names come from whoever opened the pull
 * request.
 */
export function checkRun(): CheckRun {
  const word = (path: string): string => textAt(context.payload, path);
  const run = {
    headOwner: word('/workflow_run/head_repository/owner/login'),
    headBranch: word('/workflow_run/head_branch'),
    headSha: word('/workflow_run/head_sha'),
  };
  if (!/^[0-9a-f]{40}$/u.test(run.headSha) || run.headBranch === '' || run.headOwner === '')
    throw new UsageError(
      'this is not a workflow_run event of a pull request',
      'use it in a workflow that runs on `workflow_run`',
    );
  return run;
}

/** The run that a `workflow_run` event follows: its id and its page. */
export function followedRun(): { id: number; address: string } {
  const id = at(context.payload, '/workflow_run/id');
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 1)
    throw new UsageError(
      'this is not a workflow_run event',
      'use it in a workflow that runs on `workflow_run`',
    );
  return { id, address: addressOf(id) };
}
