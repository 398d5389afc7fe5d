import { Refusal, found, userBody } from './call.ts';
import type { Answer, Call, Handler } from './call.ts';
import type { Body } from './contract.ts';
import type { OperationId } from './operations.ts';
import type { Environment } from './state.ts';

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

/** A repository, its environments, rules, secrets and permissions. */
export const SETTINGS: Readonly<Partial<Record<OperationId, Handler>>> = {
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
};
