import { Refusal, found, text } from './call.ts';
import type { Call, Handler } from './call.ts';
import type { Body } from './contract.ts';
import type { OperationId } from './operations.ts';
import { objectId } from './state.ts';
import type { Repository } from './state.ts';

interface Place {
  repository: Repository;
  ref: string;
  entries: Map<string, string>;
  path: string;
}

/** The tree of a branch; a branch that is not there has none. */
function placeOf({ repository, parameters, query, body }: Call): Place {
  const named = text(body['branch']) || (query.get('branch') ?? query.get('ref') ?? 'main');
  const ref = `refs/heads/${named}`;
  const commit = repository.objects.get(found(repository.refs.get(ref)));
  const tree = commit?.type === 'commit' ? repository.objects.get(commit.tree) : undefined;
  const entries = new Map(tree?.type === 'tree' ? tree.entries : []);
  return { repository, ref, entries, path: parameters['path'] ?? '' };
}

/** The branch with other files, as one commit more. */
function committed({ repository, ref, entries }: Place, call: Call): string {
  const tree = objectId('tree', JSON.stringify([...entries]));
  repository.objects.set(tree, { type: 'tree', entries });
  const parents = [found(repository.refs.get(ref))];
  const message = text(call.body['message']);
  const date = call.state.now();
  const sha = objectId('commit', JSON.stringify([tree, parents, message, date]));
  repository.objects.set(sha, { type: 'commit', tree, parents, message, date });
  repository.refs.set(ref, sha);
  return sha;
}

/** Whoever changes a file says which one they have seen. */
function needSha(given: string, known: string, path: string): void {
  if (given === '') throw new Refusal(422, 'Invalid request. "sha" wasn\'t supplied.');
  if (given !== known) throw new Refusal(409, `${path} does not match ${given}`);
}

const name = (path: string): string => path.split('/').at(-1) ?? '';

/** Files of a branch, one at a time. */
export const CONTENTS: Readonly<Partial<Record<OperationId, Handler>>> = {
  'repos/get-content': {
    handle: (call) => {
      const { repository, entries, path } = placeOf(call);
      const sha = found(entries.get(path));
      const blob = repository.objects.get(sha);
      const content = blob?.type === 'blob' ? blob.content : Buffer.from('');
      return {
        status: 200,
        body: {
          type: 'file',
          name: name(path),
          path,
          sha,
          size: content.length,
          encoding: 'base64',
          content: content.toString('base64'),
        },
      };
    },
  },
  'repos/create-or-update-file-contents': {
    needs: ['contents'],
    handle: (call) => {
      const place = placeOf(call);
      const { repository, entries, path } = place;
      const known = entries.get(path);
      if (known !== undefined) needSha(text(call.body['sha']), known, path);
      const content = Buffer.from(text(call.body['content']), 'base64');
      const sha = objectId('blob', content);
      repository.objects.set(sha, { type: 'blob', content });
      entries.set(path, sha);
      const commit: Body = { sha: committed(place, call) };
      const file = { name: name(path), path, sha, size: content.length, type: 'file' };
      return { status: known === undefined ? 201 : 200, body: { content: file, commit } };
    },
  },
  'repos/delete-file': {
    needs: ['contents'],
    handle: (call) => {
      const place = placeOf(call);
      const { entries, path } = place;
      needSha(
        text(call.body['sha']) || (call.query.get('sha') ?? ''),
        found(entries.get(path)),
        path,
      );
      entries.delete(path);
      return { status: 200, body: { content: null, commit: { sha: committed(place, call) } } };
    },
  },
  'git/delete-ref': {
    needs: ['contents'],
    handle: ({ repository, parameters }) => {
      if (repository.refs.delete(`refs/${parameters['ref'] ?? ''}`)) return { status: 204 };
      throw new Refusal(422, 'Reference does not exist');
    },
  },
};
