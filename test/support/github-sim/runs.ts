import { Refusal, found, text, userBody } from './call.ts';
import type { Answer, Call, Handler } from './call.ts';
import type { Body } from './contract.ts';
import type { OperationId } from './operations.ts';
import type { Artifact, Deployment, Repository, Run } from './state.ts';

const isJson = (value: unknown): value is Body => typeof value === 'object' && value !== null;

function switched(
  { workflows, disabled }: Repository,
  { workflow_id: workflow = '' }: Call['parameters'],
  how: 'add' | 'delete',
): Answer {
  if (!workflows.includes(workflow)) throw new Refusal(404, 'Not Found');
  disabled[how](workflow);
  return { status: 204 };
}

const deploymentBody = ({ id, sha, ref, task, environment }: Deployment): Body => ({
  id,
  sha,
  ref,
  task,
  environment,
  payload: {},
});

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

/** Runs of workflows, what they uploaded and said, deployments and checks. */
export const RUNS: Readonly<Partial<Record<OperationId, Handler>>> = {
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
  'actions/create-workflow-dispatch': {
    needs: ['actions'],
    handle: ({ repository, parameters, body }) => {
      const [workflow, ref] = [parameters['workflow_id'] ?? '', text(body['ref'])];
      if (!repository.workflows.includes(workflow)) throw new Refusal(404, 'Not Found');
      if (!repository.refs.has(`refs/heads/${ref}`))
        throw new Refusal(422, `No ref found for: ${ref}`);
      if (repository.disabled.has(workflow))
        throw new Refusal(422, 'Cannot trigger a workflow_dispatch on a disabled workflow');
      const inputs = isJson(body['inputs']) ? { inputs: body['inputs'] } : {};
      repository.dispatches.push({ workflow, ref, ...inputs });
      return { status: 204 };
    },
  },
  'actions/enable-workflow': {
    needs: ['actions'],
    handle: ({ repository, parameters }) => switched(repository, parameters, 'delete'),
  },
  'actions/disable-workflow': {
    needs: ['actions'],
    handle: ({ repository, parameters }) => switched(repository, parameters, 'add'),
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
};
