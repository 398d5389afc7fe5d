import { BODY_LIMIT, Refusal, found, text, userBody } from './call.ts';
import type { Answer, Call, Handler } from './call.ts';
import { CONTENTS } from './contents.ts';
import type { Body } from './contract.ts';
import { ORGANIZATIONS } from './organizations.ts';
import type { OperationId } from './operations.ts';
import { REACTIONS } from './reactions.ts';
import { objectId } from './state.ts';
import type {
  Artifact,
  Comment,
  Deployment,
  Environment,
  Issue,
  Permission,
  Repository,
  Run,
  User,
} from './state.ts';

const issueOf = ({ repository, parameters }: Call): Issue =>
  found(repository.issues.get(Number(parameters['issue_number'] ?? parameters['pull_number'])));
/** Issues and pull requests are changed by the same fields. */
function changed(call: Call): Issue {
  const { state, title, body } = call.body;
  const issue = issueOf(call);
  if (state !== undefined) issue.state = state === 'closed' ? 'closed' : 'open';
  if (title !== undefined) issue.title = text(title);
  if (body !== undefined) issue.body = text(body, BODY_LIMIT);
  return issue;
}
const association = (user: User): Body => ({
  author_association: user.association ?? 'NONE',
});
const commentBody = ({ id, user, body, created_at, updated_at }: Comment): Body => ({
  id,
  user: userBody(user),
  ...association(user),
  body,
  created_at,
  updated_at,
});

function issueBody(issue: Issue): Body {
  return {
    number: issue.number,
    title: issue.title,
    body: issue.body,
    state: issue.state,
    user: userBody(issue.user),
    ...association(issue.user),
    labels: issue.labels.map((name) => ({ name })),
    comments: issue.comments.length,
    locked: issue.locked === true,
    ...(issue.created_at === undefined ? {} : { created_at: issue.created_at }),
    ...(issue.pull ? { pull_request: {} } : {}),
  };
}

/** A fork is another repository. */
function headRepo(home: Repository, { owner, repo }: NonNullable<Issue['pull']>['head']): Body {
  const isHome = repo === `${home.owner.login}/${home.name}`;
  return { id: isHome ? home.id : home.id + 1, owner: userBody(owner), full_name: repo };
}

function pullBody(repository: Repository, issue: Issue): Body {
  const pull = found(issue.pull);
  const repo = {
    id: repository.id,
    name: repository.name,
    full_name: `${repository.owner.login}/${repository.name}`,
    owner: userBody(repository.owner),
  };
  return {
    number: issue.number,
    title: issue.title,
    body: issue.body,
    state: issue.state,
    user: userBody(issue.user),
    merged: pull.merged,
    html_url: `https://github.invalid/${repo.full_name}/pull/${issue.number}`,
    merge_commit_sha: pull.mergeSha,
    head: {
      ref: pull.head.ref,
      sha: repository.refs.get(`refs/heads/${pull.head.ref}`) ?? pull.head.sha,
      label: `${pull.head.owner.login}:${pull.head.ref}`,
      user: userBody(pull.head.owner),
      repo: { ...repo, ...headRepo(repository, pull.head) },
    },
    base: {
      ref: pull.base.ref,
      sha: pull.base.sha,
      label: `${repository.owner.login}:${pull.base.ref}`,
      user: userBody(repository.owner),
      repo,
    },
  };
}

function findComment(repository: Repository, id: number): { issue: Issue; comment: Comment } {
  for (const issue of repository.issues.values()) {
    const comment = issue.comments.find((one) => one.id === id);
    if (comment) return { issue, comment };
  }
  throw new Refusal(404, 'Not Found');
}

const refBody = (ref: string, sha: string): Body => ({ ref, object: { sha, type: 'commit' } });
const deploymentBody = ({ id, sha, ref, task, environment }: Deployment): Body => ({
  id,
  sha,
  ref,
  task,
  environment,
  payload: {},
});

function isAncestor(repository: Repository, old: string, fresh: string): boolean {
  const seen = [fresh];
  for (let sha = seen.pop(); sha !== undefined; sha = seen.pop()) {
    if (sha === old) return true;
    const object = repository.objects.get(sha);
    if (object?.type === 'commit') seen.push(...object.parents);
  }
  return false;
}

/** What `head` leads to and `base` does not, the oldest first. */
function commitsBetween(repository: Repository, base: string, head: string): string[] {
  const commits: string[] = [];
  const seen = [head];
  for (let sha = seen.pop(); sha !== undefined; sha = seen.pop()) {
    if (commits.includes(sha) || isAncestor(repository, sha, base)) continue;
    commits.push(sha);
    const object = repository.objects.get(sha);
    if (object?.type === 'commit') seen.push(...object.parents);
  }
  return commits.reverse();
}

const TALK: readonly Permission[] = ['issues', 'pull-requests'];

const runBody = ({ id, event, path, branch, headRepository }: Run, home: Repository): Body => ({
  id,
  event,
  path,
  head_branch: branch,
  repository: { id: home.id },
  head_repository: { id: headRepository },
});

function artifactBody({ id, name, run, expired, zip }: Artifact, home: Repository): Body {
  return {
    id,
    name,
    expired,
    size_in_bytes: zip.length,
    workflow_run: {
      id: run.id,
      repository_id: home.id,
      head_repository_id: run.headRepository,
      head_branch: run.branch,
    },
  };
}

function environmentBody(name: string, { branches, reviewers }: Environment): Body {
  const rule = { id: 1, node_id: 'rule' };
  return {
    name,
    protection_rules: [
      { ...rule, type: 'wait_timer', wait_timer: 0 },
      ...(branches === undefined ? [] : [{ ...rule, type: 'branch_policy' }]),
      ...(reviewers === undefined
        ? []
        : [
            {
              ...rule,
              type: 'required_reviewers',
              prevent_self_review: false,
              reviewers: reviewers.map((one) => ({ type: 'User', reviewer: userBody(one) })),
            },
          ]),
    ],
    deployment_branch_policy:
      branches === undefined
        ? null
        : {
            protected_branches: branches === 'protected',
            custom_branch_policies: branches !== 'protected',
          },
  };
}

function environmentOf({ repository, parameters }: Call): Environment {
  return found(repository.environments.get(parameters['environment_name'] ?? ''));
}

const dated = { created_at: '2026-11-24T08:00:00Z', updated_at: '2026-11-24T08:00:00Z' };

function secretNames(names: readonly string[]): Answer {
  const secrets = names.map((name) => ({ name, ...dated }));
  return { status: 200, body: { total_count: secrets.length, secrets } };
}

function variableNames(names: readonly string[]): Answer {
  const variables = names.map((name) => ({ name, value: 'a value', ...dated }));
  return { status: 200, body: { total_count: variables.length, variables } };
}

export const HANDLERS: Readonly<Partial<Record<OperationId, Handler>>> = {
  ...CONTENTS,
  ...ORGANIZATIONS,
  ...REACTIONS,
  'repos/get': {
    handle: ({ repository }) => ({
      status: 200,
      body: {
        id: repository.id,
        name: repository.name,
        full_name: `${repository.owner.login}/${repository.name}`,
        owner: userBody(repository.owner),
        default_branch: 'main',
        private: repository.private,
      },
    }),
  },
  'actions/list-artifacts-for-repo': {
    handle: ({ repository, query }) => {
      const artifacts = repository.artifacts
        .filter(({ name }) => [null, name].includes(query.get('name')))
        .map((one) => artifactBody(one, repository));
      return { status: 200, body: { total_count: artifacts.length, artifacts } };
    },
  },
  'actions/list-workflow-run-artifacts': {
    handle: ({ repository, parameters }) => {
      const artifacts = repository.artifacts
        .filter(({ run }) => run.id === Number(parameters['run_id']))
        .map((one) => artifactBody(one, repository));
      return { status: 200, body: { total_count: artifacts.length, artifacts } };
    },
  },
  'actions/get-workflow-run': {
    handle: ({ repository, parameters }) => {
      const runs = repository.artifacts.map(({ run }) => run);
      const run = found(runs.find(({ id }) => id === Number(parameters['run_id'])));
      return { status: 200, body: runBody(run, repository) };
    },
  },
  'actions/download-artifact': {
    handle: ({ repository, parameters }) => {
      const id = Number(parameters['artifact_id']);
      const artifact = found(repository.artifacts.find((one) => one.id === id));
      if (artifact.expired) throw new Refusal(410, 'Artifact has expired');
      return { status: 302, location: `/blobs/${id}` };
    },
  },
  'repos/get-environment': {
    handle: ({ repository, parameters }) => {
      const name = parameters['environment_name'] ?? '';
      return { status: 200, body: environmentBody(name, found(repository.environments.get(name))) };
    },
  },
  'repos/list-deployment-branch-policies': {
    handle: ({ repository, parameters }) => {
      const { branches } = found(repository.environments.get(parameters['environment_name'] ?? ''));
      if (branches === undefined || branches === 'protected') throw new Refusal(404, 'Not Found');
      const policies = branches.map(({ name, type }, index) => ({
        id: index + 1,
        name,
        ...(type === undefined ? {} : { type }),
      }));
      return { status: 200, body: { total_count: policies.length, branch_policies: policies } };
    },
  },
  'actions/list-environment-secrets': {
    needs: ['settings'],
    handle: (call) => secretNames(environmentOf(call).secrets ?? []),
  },
  'actions/list-environment-variables': {
    needs: ['settings'],
    handle: (call) => variableNames(environmentOf(call).variables ?? []),
  },
  'actions/list-repo-secrets': {
    needs: ['settings'],
    handle: ({ repository }) => secretNames(repository.secrets),
  },
  'actions/list-repo-variables': {
    needs: ['settings'],
    handle: ({ repository }) => variableNames(repository.variables),
  },
  'actions/get-github-actions-permissions-repository': {
    needs: ['settings'],
    handle: ({ repository: { actions } }) => ({
      status: 200,
      body: {
        enabled: actions.enabled,
        // GitHub leaves it out where nothing may run.
        ...(actions.enabled ? { allowed_actions: actions.allowed } : {}),
        sha_pinning_required: false,
      },
    }),
  },
  'actions/get-github-actions-default-workflow-permissions-repository': {
    needs: ['settings'],
    handle: ({ repository: { actions } }) => ({
      status: 200,
      body: {
        default_workflow_permissions: 'read',
        can_approve_pull_request_reviews: actions.mayOpenPulls,
      },
    }),
  },
  'issues/list-labels-for-repo': {
    handle: ({ repository }) => ({
      status: 200,
      body: repository.labels.map((name) => ({ name })),
    }),
  },
  'repos/get-branch-rules': {
    handle: ({ repository, parameters }) => ({
      status: 200,
      body: (repository.rules.get(parameters['branch'] ?? '') ?? []).map((rule) => ({
        ...(typeof rule === 'string' ? { type: rule } : rule),
        ruleset_source_type: 'Repository',
        ruleset_source: `${repository.owner.login}/${repository.name}`,
        ruleset_id: 1,
      })),
    }),
  },
  'repos/compare-commits-with-basehead': {
    handle: ({ repository, parameters, query }) => {
      const [base = '', head = ''] = (parameters['basehead'] ?? '').split('...');
      for (const sha of [base, head]) found(repository.objects.get(sha));
      const ahead = commitsBetween(repository, base, head);
      const behind = commitsBetween(repository, head, base);
      const size = Number(query.get('per_page') ?? 250);
      const commits = ahead.slice(0, size).map((sha) => {
        const object = repository.objects.get(sha);
        return { sha, commit: { message: object?.type === 'commit' ? object.message : '' } };
      });
      const counts = { ahead_by: ahead.length, behind_by: behind.length };
      const status = behind.length === 0 ? 'ahead' : 'behind';
      const body = { status, ...counts, total_commits: ahead.length, commits };
      return { status: 200, body };
    },
  },
  'actions/create-workflow-dispatch': {
    needs: ['actions'],
    handle: ({ repository, parameters, body }) => {
      const [workflow, ref] = [parameters['workflow_id'] ?? '', text(body['ref'])];
      if (!repository.workflows.includes(workflow)) throw new Refusal(404, 'Not Found');
      if (!repository.refs.has(`refs/heads/${ref}`))
        throw new Refusal(422, `No ref found for: ${ref}`);
      repository.dispatches.push({ workflow, ref });
      return { status: 204 };
    },
  },
  'actions/get-reviews-for-run': {
    handle: ({ repository, parameters }) => ({
      status: 200,
      body: repository.approvals
        .filter(({ run }) => run === Number(parameters['run_id']))
        .map(({ environment, state, user }) => ({
          environments: [{ id: 1, name: environment }],
          state,
          user: userBody(user),
          comment: '',
        })),
    }),
  },
  'repos/get-collaborator-permission-level': {
    handle: ({ state, repository, parameters }) => {
      const user = found(
        [...state.users.values()].find(({ login }) => login === parameters['username']),
      );
      const permission =
        user.id === repository.owner.id ? 'admin' : (repository.permissions.get(user.id) ?? 'read');
      return { status: 200, body: { permission, role_name: permission, user: userBody(user) } };
    },
  },
  'pulls/list': {
    handle: ({ repository, query }) => {
      const head = query.get('head');
      const state = query.get('state') ?? 'open';
      const pulls = [...repository.issues.values()].filter(
        ({ pull, state: is }) =>
          pull &&
          (state === 'all' || is === state) &&
          (head === null || `${pull.head.owner.login}:${pull.head.ref}` === head),
      );
      return { status: 200, body: pulls.map((issue) => pullBody(repository, issue)) };
    },
  },
  'repos/list-pull-requests-associated-with-commit': {
    handle: ({ repository, parameters }) => {
      const sha = parameters['commit_sha'];
      const pulls = [...repository.issues.values()].filter(
        ({ pull }) => pull && (pull.head.sha === sha || (pull.merged && pull.mergeSha === sha)),
      );
      return {
        status: 200,
        body: pulls.map((issue) => ({
          ...pullBody(repository, issue),
          merged_at: issue.pull?.merged === true ? '2026-11-24T12:00:00Z' : null,
        })),
      };
    },
  },
  'pulls/get': {
    handle: (call) => ({ status: 200, body: pullBody(call.repository, issueOf(call)) }),
  },
  'pulls/create': {
    needs: ['pull-requests'],
    handle: ({ state, token, repository, body }) => {
      if (!repository.actions.mayOpenPulls && token.user.type === 'Bot')
        throw new Refusal(
          403,
          'GitHub Actions is not permitted to create or approve pull requests.',
        );
      const [head, base] = [text(body['head']), text(body['base'])];
      const sha = repository.refs.get(`refs/heads/${head}`);
      if (sha === undefined) throw new Refusal(422, 'Validation Failed: head is invalid');
      const pull = state.addPull(repository, {
        title: text(body['title']),
        user: token.user,
        head: { ref: head, sha },
        base: { ref: base, sha: repository.refs.get(`refs/heads/${base}`) ?? '' },
        mergeSha: '',
      });
      pull.body = text(body['body'], BODY_LIMIT);
      return { status: 201, body: pullBody(repository, pull) };
    },
  },
  'pulls/update': {
    needs: ['pull-requests'],
    handle: (call) => ({ status: 200, body: pullBody(call.repository, changed(call)) }),
  },
  'pulls/list-files': {
    handle: (call) => ({ status: 200, body: changedFiles(call.repository, issueOf(call)) }),
  },
  'issues/lock': {
    needs: ['issues'],
    handle: (call) => {
      issueOf(call).locked = true;
      return { status: 204 };
    },
  },
  'users/get-by-id': {
    handle: ({ state, parameters }) => {
      const user = found(state.users.get(Number(parameters['account_id'])));
      return { status: 200, body: { ...userBody(user), created_at: user.created_at } };
    },
  },
  'pulls/merge': {
    needs: ['contents'],
    handle: (call) => ({ status: 200, body: mergePull(call.repository, issueOf(call), call.body) }),
  },
  'issues/list-for-repo': {
    handle: ({ repository, query }) => {
      const labels = (query.get('labels') ?? '').split(',').filter(Boolean);
      const state = query.get('state') ?? 'open';
      return {
        status: 200,
        body: [...repository.issues.values()]
          .filter(
            (issue) =>
              (state === 'all' || issue.state === state) &&
              labels.every((label) => issue.labels.includes(label)) &&
              [null, issue.user.login].includes(query.get('creator')),
          )
          .sort((a, b) => b.number - a.number)
          .map(issueBody),
      };
    },
  },
  'issues/create': {
    handle: ({ state, token, repository, body }) => {
      // Anyone may open an issue; labels of those without write access are dropped without a word.
      const labels =
        token.write.includes('issues') && Array.isArray(body['labels'])
          ? body['labels'].map(String)
          : [];
      const issue: Issue = {
        created_at: state.now(),
        number: repository.issues.size + 1,
        title: text(body['title']),
        body: text(body['body'], BODY_LIMIT),
        state: 'open',
        user: token.user,
        labels,
        comments: [],
        pull: undefined,
      };
      repository.issues.set(issue.number, issue);
      state.nextId();
      return { status: 201, body: issueBody(issue) };
    },
  },
  'issues/get': { handle: (call) => ({ status: 200, body: issueBody(issueOf(call)) }) },
  'issues/update': {
    needs: ['issues'],
    handle: (call) => ({ status: 200, body: issueBody(changed(call)) }),
  },
  'issues/list-comments': {
    handle: (call) => ({ status: 200, body: issueOf(call).comments.map(commentBody) }),
  },
  'issues/create-comment': {
    needs: TALK,
    handle: (call) => {
      const at = call.state.now();
      const comment: Comment = {
        id: call.state.nextId(),
        user: call.token.user,
        body: text(call.body['body'], BODY_LIMIT),
        created_at: at,
        updated_at: at,
      };
      issueOf(call).comments.push(comment);
      return { status: 201, body: commentBody(comment) };
    },
  },
  'issues/get-comment': {
    handle: ({ repository, parameters }) => ({
      status: 200,
      body: commentBody(findComment(repository, Number(parameters['comment_id'])).comment),
    }),
  },
  'issues/update-comment': {
    needs: TALK,
    handle: ({ state, repository, parameters, body }) => {
      const { comment } = findComment(repository, Number(parameters['comment_id']));
      comment.body = text(body['body'], BODY_LIMIT);
      comment.updated_at = state.now();
      return { status: 200, body: commentBody(comment) };
    },
  },
  'issues/delete-comment': {
    needs: TALK,
    handle: ({ repository, parameters }) => {
      const { issue, comment } = findComment(repository, Number(parameters['comment_id']));
      issue.comments.splice(issue.comments.indexOf(comment), 1);
      return { status: 204 };
    },
  },
  'issues/add-labels': {
    needs: TALK,
    handle: (call) => {
      const issue = issueOf(call);
      const given = Array.isArray(call.body['labels']) ? call.body['labels'].map(String) : [];
      issue.labels = [...new Set([...issue.labels, ...given])];
      return { status: 200, body: issue.labels.map((name) => ({ name })) };
    },
  },
  'issues/remove-label': {
    needs: TALK,
    handle: (call) => {
      const issue = issueOf(call);
      if (!issue.labels.includes(call.parameters['name'] ?? ''))
        throw new Refusal(404, 'Label does not exist');
      issue.labels = issue.labels.filter((name) => name !== call.parameters['name']);
      return { status: 200, body: issue.labels.map((name) => ({ name })) };
    },
  },
  'issues/unlock': {
    needs: TALK,
    handle: (call) => {
      issueOf(call).locked = false;
      return { status: 204 };
    },
  },
  'issues/list-labels-on-issue': {
    handle: (call) => ({ status: 200, body: issueOf(call).labels.map((name) => ({ name })) }),
  },
  'issues/create-label': {
    needs: TALK,
    handle: ({ repository, body }) => {
      const name = text(body['name']);
      if (repository.labels.some((one) => one.toLowerCase() === name.toLowerCase()))
        throw new Refusal(422, 'Validation Failed');
      repository.labels.push(name);
      return { status: 201, body: { name } };
    },
  },
  'git/get-ref': {
    handle: ({ repository, parameters }) => ({
      status: 200,
      body: refBody(
        `refs/${parameters['ref'] ?? ''}`,
        found(repository.refs.get(`refs/${parameters['ref'] ?? ''}`)),
      ),
    }),
  },
  'git/create-ref': {
    needs: ['contents'],
    handle: ({ repository, body }) => {
      const ref = text(body['ref']);
      if (repository.refs.has(ref)) throw new Refusal(422, 'Reference already exists');
      if (!repository.objects.has(text(body['sha'])))
        throw new Refusal(422, 'Object does not exist');
      repository.refs.set(ref, text(body['sha']));
      return { status: 201, body: refBody(ref, text(body['sha'])) };
    },
  },
  'git/update-ref': {
    needs: ['contents'],
    handle: ({ repository, parameters, body }) => {
      const ref = `refs/${parameters['ref'] ?? ''}`;
      const old = found(repository.refs.get(ref));
      if (body['force'] !== true && !isAncestor(repository, old, text(body['sha'])))
        throw new Refusal(422, 'Update is not a fast forward');
      repository.refs.set(ref, text(body['sha']));
      return { status: 200, body: refBody(ref, text(body['sha'])) };
    },
  },
  'git/get-commit': {
    handle: ({ repository, parameters }) => {
      const commit = found(repository.objects.get(parameters['commit_sha'] ?? ''));
      if (commit.type !== 'commit') throw new Refusal(404, 'Not Found');
      return {
        status: 200,
        body: {
          sha: parameters['commit_sha'],
          message: commit.message,
          committer: { date: commit.date },
          tree: { sha: commit.tree },
          parents: commit.parents.map((sha) => ({ sha })),
        },
      };
    },
  },
  'git/create-blob': {
    needs: ['contents'],
    handle: ({ repository, body }) => {
      const content = Buffer.from(
        text(body['content']),
        body['encoding'] === 'base64' ? 'base64' : 'utf8',
      );
      const sha = objectId('blob', content);
      repository.objects.set(sha, { type: 'blob', content });
      return { status: 201, body: { sha, url: 'https://api.github.invalid/blob' } };
    },
  },
  'git/get-blob': {
    handle: ({ repository, parameters }) => {
      const blob = found(repository.objects.get(parameters['file_sha'] ?? ''));
      if (blob.type !== 'blob') throw new Refusal(404, 'Not Found');
      return {
        status: 200,
        body: {
          sha: parameters['file_sha'],
          content: blob.content.toString('base64'),
          encoding: 'base64',
          size: blob.content.length,
        },
      };
    },
  },
  'git/create-tree': {
    needs: ['contents'],
    handle: ({ repository, body }) => {
      const base = repository.objects.get(text(body['base_tree']));
      const entries = new Map(base?.type === 'tree' ? base.entries : []);
      for (const item of body['tree'] as {
        path: string;
        sha?: string | null;
        content?: string;
      }[]) {
        if (item.sha === null) {
          if (!entries.delete(item.path)) throw new Refusal(422, 'GitRPC::BadObjectState');
        } else if (item.sha !== undefined) entries.set(item.path, item.sha);
        else {
          const sha = objectId('blob', item.content ?? '');
          repository.objects.set(sha, { type: 'blob', content: Buffer.from(item.content ?? '') });
          entries.set(item.path, sha);
        }
      }
      const sha = objectId('tree', JSON.stringify([...entries]));
      repository.objects.set(sha, { type: 'tree', entries });
      return { status: 201, body: { sha, tree: treeBody(entries), truncated: false } };
    },
  },
  'git/get-tree': {
    handle: ({ repository, parameters }) => {
      const object = found(repository.objects.get(parameters['tree_sha'] ?? ''));
      const tree = object.type === 'commit' ? found(repository.objects.get(object.tree)) : object;
      if (tree.type !== 'tree') throw new Refusal(404, 'Not Found');
      return {
        status: 200,
        body: { sha: parameters['tree_sha'], tree: treeBody(tree.entries), truncated: false },
      };
    },
  },
  'git/create-commit': {
    needs: ['contents'],
    handle: ({ state, repository, body }) => {
      const parents = (body['parents'] as string[] | undefined) ?? [];
      const sha = objectId('commit', JSON.stringify([body['tree'], parents, body['message']]));
      repository.objects.set(sha, {
        type: 'commit',
        tree: text(body['tree']),
        parents,
        message: text(body['message']),
        date:
          repository.objects.get(sha)?.type === 'commit' ? dateOf(repository, sha) : state.now(),
      });
      return {
        status: 201,
        body: {
          sha,
          message: text(body['message']),
          tree: { sha: text(body['tree']) },
          parents: parents.map((one) => ({ sha: one })),
        },
      };
    },
  },
  'repos/list-deployments': {
    handle: ({ repository, query }) => ({
      status: 200,
      body: repository.deployments
        .filter(({ environment }) => [null, environment].includes(query.get('environment')))
        .map(deploymentBody),
    }),
  },
  'repos/create-deployment': {
    needs: ['deployments'],
    handle: ({ state, repository, body }) => {
      // With auto_merge left on GitHub may merge branches on its own; with contexts required it refuses.
      if (body['auto_merge'] !== false || !Array.isArray(body['required_contexts']))
        throw new Refusal(409, 'Conflict: commit statuses or merge needed');
      const deployment: Deployment = {
        id: state.nextId(),
        sha: text(body['ref']),
        ref: text(body['ref']),
        task: text(body['task']),
        environment: text(body['environment']),
        statuses: [],
      };
      repository.deployments.unshift(deployment);
      return { status: 201, body: deploymentBody(deployment) };
    },
  },
  'repos/list-deployment-statuses': {
    handle: ({ repository, parameters }) => ({
      status: 200,
      body: found(
        repository.deployments.find(({ id }) => id === Number(parameters['deployment_id'])),
      ).statuses,
    }),
  },
  'repos/create-deployment-status': {
    needs: ['deployments'],
    handle: ({ state, repository, parameters, body }) => {
      const deployment = found(
        repository.deployments.find(({ id }) => id === Number(parameters['deployment_id'])),
      );
      const description = text(body['description']);
      if (description.length > 140)
        throw new Refusal(422, 'description is too long (maximum is 140 characters)');
      const status = {
        id: state.nextId(),
        state: text(body['state']),
        description,
        environment_url: text(body['environment_url']),
        log_url: text(body['log_url']),
      };
      deployment.statuses.unshift(status);
      return { status: 201, body: status };
    },
  },
  'checks/create': {
    needs: ['checks'],
    handle: (call) => ({ status: 201, body: check(call, call.state.nextId()) }),
  },
  'checks/update': {
    needs: ['checks'],
    handle: (call) => ({ status: 200, body: check(call, Number(call.parameters['check_run_id'])) }),
  },
  'users/get-authenticated': {
    handle: ({ token }) => ({ status: 200, body: userBody(token.user) }),
  },
  'users/get-by-username': {
    handle: ({ state, parameters }) => ({
      status: 200,
      body: userBody(
        found(
          [...state.users.values()].find(
            ({ login }) => login.toLowerCase() === parameters['username']?.toLowerCase(),
          ),
        ),
      ),
    }),
  },
};

const treeOf = (repository: Repository, commit: string): Map<string, string> => {
  const object = repository.objects.get(commit);
  const tree = object?.type === 'commit' ? repository.objects.get(object.tree) : undefined;
  if (tree?.type !== 'tree') throw new Refusal(404, 'Not Found');
  return tree.entries;
};

const dateOf = (repository: Repository, sha: string): string => {
  const commit = repository.objects.get(sha);
  return (commit?.type === 'commit' ? commit.date : undefined) ?? '2026-11-24T08:00:00Z';
};

/** What a pull request changes, against the commit below its head. */
function changedFiles(repository: Repository, issue: Issue): Body[] {
  const pull = found(issue.pull);
  const head = repository.refs.get(`refs/heads/${pull.head.ref}`) ?? pull.head.sha;
  const commit = repository.objects.get(head);
  const [parent = ''] = commit?.type === 'commit' ? commit.parents : [];
  const [before, after] = [treeOf(repository, parent), treeOf(repository, head)];
  const paths = [...new Set([...before.keys(), ...after.keys()])];
  return paths.flatMap((filename) => {
    const [old, fresh] = [before.get(filename), after.get(filename)];
    if (old === fresh) return [];
    const kept = fresh === undefined ? 'removed' : 'modified';
    return [{ filename, sha: fresh ?? old, status: old === undefined ? 'added' : kept }];
  });
}

/** What a pull request changes goes upon its base branch, if nobody has changed the same there. */
export function mergePull(repository: Repository, issue: Issue, body: Body): Body {
  const pull = found(issue.pull);
  const head = repository.refs.get(`refs/heads/${pull.head.ref}`) ?? pull.head.sha;
  if (body['sha'] !== undefined && body['sha'] !== head)
    throw new Refusal(409, 'Head branch was modified. Review and try the merge again.');
  const commit = repository.objects.get(head);
  const [parent = ''] = commit?.type === 'commit' ? commit.parents : [];
  const ref = `refs/heads/${pull.base.ref}`;
  const base = found(repository.refs.get(ref));
  const [before, after] = [treeOf(repository, parent), treeOf(repository, head)];
  const entries = new Map(treeOf(repository, base));
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    const wanted = after.get(path);
    if (wanted === before.get(path)) continue;
    if (entries.get(path) !== before.get(path))
      throw new Refusal(405, 'Pull Request is not mergeable');
    if (wanted === undefined) entries.delete(path);
    else entries.set(path, wanted);
  }
  const tree = objectId('tree', JSON.stringify([...entries]));
  repository.objects.set(tree, { type: 'tree', entries });
  const said = text(body['commit_message']);
  const message = said === '' ? issue.title : `${issue.title}\n\n${said}`;
  const sha = objectId('commit', JSON.stringify([tree, base, message]));
  repository.objects.set(sha, { type: 'commit', tree, parents: [base], message });
  repository.refs.set(ref, sha);
  issue.state = 'closed';
  Object.assign(pull, { merged: true, mergeSha: sha });
  return { sha, merged: true, message: 'Pull Request successfully merged' };
}

function treeBody(entries: ReadonlyMap<string, string>): Body[] {
  return [...entries].map(([path, sha]) => ({ path, sha, mode: '100644', type: 'blob' }));
}

function check({ repository, body }: Call, id: number): Body {
  const output = (body['output'] ?? {}) as { annotations?: unknown[] };
  const annotations = output.annotations ?? [];
  if (annotations.length > 50) throw new Refusal(422, 'No more than 50 annotations a request');
  const old = repository.checks.get(id);
  const merged = {
    ...old,
    ...body,
    id,
    annotations: [...(old?.annotations ?? []), ...annotations],
  };
  repository.checks.set(id, merged);
  return {
    id,
    name: text(merged['name' as never]),
    head_sha: text(merged['head_sha' as never]),
    status: text(merged['status' as never]) || 'queued',
  };
}
