import { expect, test } from '@jest/globals';
import { Failure } from '../../src/failure.ts';
import { startForMerge, startForPull } from '../../src/flow/workflow-starts.ts';

/** A double of GitHub that starts all but some workflows. */
const github = (refuses: readonly string[], started: string[]) => ({
  startWorkflow: (file: string, branch: string | undefined): Promise<void> => {
    if (refuses.includes(file))
      return Promise.reject(new Failure(`no ${file}`, { hint: 'ask somebody' }));
    started.push(`${file} ${branch ?? 'by default'}`);
    return Promise.resolve();
  },
});

test('a pull request is checked, a merge is deployed', async () => {
  const started: string[] = [];
  expect(await startForPull(github([], started), 'topic')).toBe('');
  expect(await startForMerge(github([], started))).toBe('');
  expect(started).toEqual(['check.yml topic', 'image.yml topic', 'deploy.yml by default']);
});

test('what is refused keeps nothing else back, and is said', async () => {
  const started: string[] = [];
  expect(await startForPull(github(['check.yml'], started), 'topic')).toBe(
    ', check.yml not started: no check.yml (ask somebody)',
  );
  expect(started).toEqual(['image.yml topic']);
});

test('a mistake of ours is not hidden', async () => {
  const broken = { startWorkflow: () => Promise.reject(new TypeError('a mistake')) };
  await expect(startForMerge(broken)).rejects.toThrow(new TypeError('a mistake'));
});
