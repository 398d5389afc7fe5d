import type { Forge } from '../../ports.ts';
import type { BuildArtifacts } from '../../ports/build-artifacts.ts';
import type { OwnPulls } from '../../ports/own-pulls.ts';
import type { Upstream } from '../../ports/upstream.ts';
import type { WorkflowStarts, WorkflowSwitch } from '../../ports/workflow-starts.ts';
import { GithubArtifacts } from './artifacts.ts';
import { GithubClient } from './client.ts';
import type { GithubSettings, Second } from './client.ts';
import { GithubEnvironments } from './environments.ts';
import { GithubIssues } from './issues.ts';
import { GithubOwnPulls } from './own-pulls.ts';
import { GithubPulls } from './pulls.ts';
import { GithubRecord } from './record.ts';
import { GithubUpstream } from './upstream.ts';
import { GithubWorkflowStarts } from './workflow-starts.ts';

/** GitHub as the platform uses it: each call is named for what it is for. */
export function githubForge(
  settings: GithubSettings,
  second: Second = 1000,
): Forge & OwnPulls & WorkflowStarts & WorkflowSwitch & BuildArtifacts & Upstream {
  const client = new GithubClient(settings, second);
  const pulls = new GithubPulls(client);
  const own = new GithubOwnPulls(client);
  const issues = new GithubIssues(client);
  const artifacts = new GithubArtifacts(client);
  const environments = new GithubEnvironments(client);
  const record = new GithubRecord(client);
  const upstream = new GithubUpstream(client);
  const starts = new GithubWorkflowStarts(client);
  return {
    pullRequestOf: (run) => pulls.pullRequestOf(run),
    mergedPull: (commit) => pulls.mergedPull(commit),
    headOf: (pull) => pulls.headOf(pull),
    stickyComment: (pull, marker, body) => pulls.stickyComment(pull, marker, body),
    propose: (proposal) => own.propose(proposal),
    withdraw: (branch, why) => own.withdraw(branch, why),
    merge: (pull, head) => own.merge(pull, head),
    startWorkflow: (file, branch) => starts.startWorkflow(file, branch),
    runWorkflow: (file, inputs) => starts.runWorkflow(file, inputs),
    switchWorkflow: (file, to) => starts.switchWorkflow(file, to),
    reviewedFile: (artifact, file) => artifacts.reviewedFile(artifact, file),
    filesOfRun: (run, names, file) => artifacts.filesOfRun(run, names, file),
    commitsBetween: (range) => upstream.commitsBetween(range),
    mayWrite: (login) => pulls.mayWrite(login),
    openIssue: (labels, title, body) => issues.openIssue(labels, title, body),
    closeIssue: (labels, why) => issues.closeIssue(labels, why),
    issueTexts: (labels) => issues.issueTexts(labels),
    branchHead: (branch) => record.branchHead(branch),
    commitFiles: (branch, files, message) => record.commitFiles(branch, files, message),
    deployment: (status) => record.deployment(status),
    environment: (name) => environments.environment(name),
    isApprovedIn: (run, environment) => environments.isApprovedIn(run, environment),
  };
}
