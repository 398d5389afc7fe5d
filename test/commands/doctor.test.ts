import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { doctorPorts } from '../../src/compose.ts';
import { git, temporary } from '../support/sample.ts';

let folder: Awaited<ReturnType<typeof temporary>>;
const before = { ...process.env };
beforeEach(async () => {
  folder = await temporary();
  for (const name of ['GITHUB_TOKEN', 'GH_TOKEN', 'GITHUB_REPOSITORY', 'GITHUB_API_URL'])
    process.env[name] = '';
});
afterEach(async () => {
  process.env = { ...before };
  await folder.remove();
});

describe('what doctor can ask', () => {
  test.each([undefined, ''])(
    'is neither GitHub nor a cluster where nothing is set (%j)',
    async (kubeconfig) => {
      const { github, cluster } = await doctorPorts(folder.path, kubeconfig);
      expect(github).toEqual({
        kind: 'not-asked',
        why: 'there is no token',
        set: 'export GITHUB_TOKEN="$(gh auth token)" # of an administrator of the repository',
      });
      expect(cluster).toEqual({
        kind: 'not-asked',
        why: 'no kubeconfig is named',
        set: 'export KUBECONFIG=FILE # or glaciocloud doctor --kubeconfig FILE',
      });
    },
  );

  test('is no repository where none is known', async () => {
    process.env['GITHUB_TOKEN'] = 't';
    expect((await doctorPorts(folder.path, undefined)).github).toEqual({
      kind: 'not-asked',
      why: 'this folder’s remote `origin` is no repository on github.com',
      set: 'export GITHUB_REPOSITORY=OWNER/REPO',
    });
  });

  test('is the repository of the clone, and the cluster of the kubeconfig', async () => {
    process.env['GITHUB_TOKEN'] = 't';
    await git(folder.path, 'init', '-q');
    await git(folder.path, 'remote', 'add', 'origin', 'https://github.com/example/hubs.git');
    const { github, cluster } = await doctorPorts(folder.path, '/the/file');
    expect(github).toMatchObject({ kind: 'answered', value: { repository: 'example/hubs' } });
    expect(cluster.kind).toBe('answered');
  });
});
