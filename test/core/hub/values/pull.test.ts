import { expect, test } from '@jest/globals';
import { pullPart } from '../../../../src/core/hub/values/pull.ts';
import { contextWith } from './context.ts';

test('images are pulled by what is supplied for it, and by nothing else', () => {
  const secrets = {
    'github-client-id': { use: 'login' },
    here: { use: 'images', for: 'pull' },
    there: { use: 'images', for: 'pull' },
  };
  expect(pullPart(contextWith({ secrets }))).toEqual({
    jupyterhub: { imagePullSecrets: [{ name: 'pull-secrets' }] },
    from: { '/imagePullSecrets': '/secrets/here' },
  });
  expect(pullPart(contextWith({}))).toEqual({});
});
