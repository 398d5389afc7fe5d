import { expect, test } from '@jest/globals';
import { KubeFailure } from '../../src/failure.ts';
import { FakeClock } from '../support/clock.ts';
import { ROWS } from '../support/cluster-calls.ts';
import { ClusterDouble } from '../support/cluster.ts';

/* The double of a cluster, held to the table that `test/lab/cluster-calls.test.ts` asks of a real one. */
test.each(ROWS.map((row) => [row.what, row] as const))('%s', async (_what, { ask, answer }) => {
  const kube = new ClusterDouble(new FakeClock());
  kube.add({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'table' } });
  const other = (object: Parameters<typeof kube.serverSideApply>[0]) => {
    try {
      kube.serverSideApply(object, 'somebody', false);
      return Promise.resolve('applied' as const);
    } catch (error) {
      if (!(error instanceof KubeFailure)) throw error;
      return Promise.resolve('conflict' as const);
    }
  };
  expect(await ask({ kube, namespace: 'table', other })).toEqual(answer);
});

test.each<[string, (kube: ClusterDouble) => Promise<unknown>]>([
  ['a kind', (kube) => kube.get('gateway', 'x', 'default')],
  ['a selector', (kube) => kube.list('pods', { selector: 'a!=b' })],
  ['a field selector', (kube) => kube.list('pods', { fields: 'status.phase=Running' })],
  [
    'how a list is merged',
    (kube) =>
      kube.apply([
        {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'x', namespace: 'default' },
          spec: { unheardOf: [{ a: 1 }] },
        },
      ]),
  ],
  [
    'an answer',
    (kube) =>
      kube.python('default', { script: '', args: [], onLine: () => undefined, timeoutMs: 1 }),
  ],
])('the double throws where it does not know %s', async (_what, ask) => {
  await expect(ask(new ClusterDouble(new FakeClock()))).rejects.toThrow(/^the double/u);
});
