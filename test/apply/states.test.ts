import { describe, expect, test } from '@jest/globals';
import { readStates } from '../../src/apply/cluster.ts';
import { stateObject } from '../../src/core/hub/state.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { aState } from '../support/states.ts';

const state = aState({ last: { at: '2026-11-24T12:00:00Z', outcome: 'failed', reason: 'x' } });
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
    expect([...states.known].map(([name, { copy }]) => [name, copy])).toEqual([
      ['a', undefined],
      ['b', 'c'],
    ]);
  });

  test.each([
    [
      '{',
      'it is no JSON object; look at it (kubectl get configmap glaciocloud-release --namespace a ' +
        '--output yaml) and put it right, or delete it: the hub is then deployed once more, and ' +
        'homes and database stay',
    ],
    [
      '{"v": 1}',
      'its field /wanted is missing or is something else; look at it (kubectl get configmap ' +
        'glaciocloud-release --namespace a --output yaml) and put it right, or delete it: the hub ' +
        'is then deployed once more, and homes and database stay',
    ],
    [
      '{"v": 2}',
      'it is of format 2, which this version of glaciocloud does not know; use the version that ' +
        'deployed it last',
    ],
  ])('is one hub’s matter where it is damaged or newer: %s', async (text, reason) => {
    const states = await read(stateObject('b', state), configMap('a', text));
    expect([...states.known.keys()]).toEqual(['b']);
    expect([...states.unreadable]).toEqual([['a', `its state cannot be read: ${reason}`]]);
  });

  test('is not as if absent where its text is gone', async () => {
    const { known, unreadable } = await read({ metadata: { namespace: 'b' } });
    expect([known.size, [...unreadable.keys()]]).toEqual([0, ['b']]);
  });
});
