import { Refusal, found, text } from './call.ts';
import type { Handler } from './call.ts';
import type { Body } from './contract.ts';
import type { OperationId } from './operations.ts';
import { objectId } from './state.ts';
import type { Repository } from './state.ts';

const refBody = (ref: string, sha: string): Body => ({ ref, object: { sha, type: 'commit' } });

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

const dateOf = (repository: Repository, sha: string): string => {
  const commit = repository.objects.get(sha);
  return (commit?.type === 'commit' ? commit.date : undefined) ?? '2026-11-24T08:00:00Z';
};

function treeBody(entries: ReadonlyMap<string, string>): Body[] {
  return [...entries].map(([path, sha]) => ({ path, sha, mode: '100644', type: 'blob' }));
}

/** Branches, commits, trees and blobs. */
export const GIT: Readonly<Partial<Record<OperationId, Handler>>> = {
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
};
