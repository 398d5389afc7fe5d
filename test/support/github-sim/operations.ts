/** The operations of GitHub that the platform uses, by their ids in GitHub's OpenAPI description. Anything else is answered 501. */
export const OPERATIONS = [
  'repos/get', 'repos/get-collaborator-permission-level', 'repos/get-commit', 'repos/get-content',
  'repos/list-pull-requests-associated-with-commit', 'pulls/list', 'pulls/get', 'pulls/create', 'pulls/update', 'pulls/merge',
  'issues/list-for-repo', 'issues/create', 'issues/get', 'issues/update',
  'issues/list-comments', 'issues/create-comment', 'issues/get-comment', 'issues/update-comment', 'issues/delete-comment',
  'issues/add-labels', 'issues/remove-label',
  'git/get-ref', 'git/create-ref', 'git/update-ref', 'git/get-commit', 'git/create-commit', 'git/get-tree', 'git/create-tree', 'git/get-blob', 'git/create-blob',
  'repos/list-deployments', 'repos/create-deployment', 'repos/list-deployment-statuses', 'repos/create-deployment-status',
  'checks/create', 'checks/update', 'users/get-by-username', 'users/get-authenticated',
] as const;

export type OperationId = (typeof OPERATIONS)[number];
