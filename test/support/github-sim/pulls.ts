import { BODY_LIMIT, Refusal, found, text, userBody } from './call.ts';
import type { Handler } from './call.ts';
import type { Body } from './contract.ts';
import { changed, issueOf } from './issues.ts';
import type { OperationId } from './operations.ts';
import { objectId } from './state.ts';
import type { Issue, Repository } from './state.ts';

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

const treeOf = (repository: Repository, commit: string): Map<string, string> => {
  const object = repository.objects.get(commit);
  const tree = object?.type === 'commit' ? repository.objects.get(object.tree) : undefined;
  if (tree?.type !== 'tree') throw new Refusal(404, 'Not Found');
  return tree.entries;
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

/** Pull requests, and what they change. */
export const PULLS: Readonly<Partial<Record<OperationId, Handler>>> = {
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
  'pulls/merge': {
    needs: ['contents'],
    handle: (call) => ({ status: 200, body: mergePull(call.repository, issueOf(call), call.body) }),
  },
};
