import { describe, expect, test } from '@jest/globals';
import { readStates } from '../../src/apply/cluster.ts';
import { stateObject } from '../../src/core/hub/state.ts';
import type { ReleaseState } from '../../src/core/hub/state.ts';
import type { JsonObject } from '../../src/core/json.ts';

const state: ReleaseState = {
  v: 1,
  wanted: 'd',
  healthy: undefined,
  quarantined: undefined,
  copy: undefined,
  hold: undefined,
  removing: undefined,
  infrastructure: 0,
  last: { at: '2026-11-24T12:00:00Z', outcome: 'failed', reason: 'x' },
};
const configMap = (namespace: string, text: string): JsonObject => ({
  metadata: { namespace },
  data: { 'state.json': text },
});
/** A double of the cluster that has these ConfigMaps, and nothing else. */
const read = (...found: JsonObject[]): ReturnType<typeof readStates> =>
  readStates({ list: () => Promise.resolve(found) } as unknown as Parameters<typeof readStates>[0]);

describe('what the cluster knows of hubs', () => {
  test('is read by namespace', async () => {
    const states = await read(stateObject('a', state), stateObject('b', { ...state, copy: 'c' }));
    expect([...states].map(([name, { copy }]) => [name, copy])).toEqual([
      ['a', undefined],
      ['b', 'c'],
    ]);
  });

  test('is nothing where another version wrote it, or nobody', async () => {
    const states = await read(configMap('a', '{"v": 2}'), { metadata: { namespace: 'b' } });
    expect([...states]).toEqual([]);
  });

  test.each([
    ['{', 'it is no JSON object'],
    ['{"v": 1}', 'its field /wanted is missing or is something else'],
  ])('is not guessed where it is damaged: %s', async (text, reason) => {
    await expect(read(stateObject('b', state), configMap('a', text))).rejects.toMatchObject({
      message: `the state of the hub in a cannot be read: ${reason}`,
      hint: 'look at it: kubectl get configmap glaciocloud-release --namespace a --output yaml',
    });
  });
});
