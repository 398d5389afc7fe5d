import { expect, test } from '@jest/globals';
import { FakeClock } from '../support/clock.ts';
import { ClusterDouble } from '../support/cluster.ts';
import { HELM_ROWS, chartOfTable } from '../support/releases-calls.ts';
import { ReleasesDouble } from '../support/releases.ts';

function bench() {
  const kube = new ClusterDouble(new FakeClock());
  const releases = new ReleasesDouble(kube, chartOfTable);
  kube.add({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'table' } });
  const meddle = (word: string): Promise<void> => {
    const metadata = { name: 'word', namespace: 'table' };
    kube.serverSideApply(
      { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { word } },
      'somebody',
      true,
    );
    return Promise.resolve();
  };
  return { kube, releases, chart: '', namespace: 'table', meddle };
}

/* The double of Helm, held to the table that `test/lab/cluster-calls.test.ts` asks of Helm itself. */
test.each(HELM_ROWS.map((row) => [row.what, row] as const))(
  '%s',
  async (_what, { ask, answer }) => {
    expect(await ask(bench())).toEqual(answer);
  },
);

test('a Helm that is killed leaves a record that blocks the next', async () => {
  const { releases, kube } = bench();
  const request = { release: 'table', namespace: 'table', chart: '', values: [], digest: '' };
  releases.badEnd = () => ({ after: 'record', message: undefined });
  await expect(releases.upgrade(request)).rejects.toThrow('was killed by SIGKILL');
  expect(await releases.last('table', 'table')).toEqual({ revision: 1, status: 'pending-install' });
  releases.badEnd = () => undefined;
  await expect(releases.upgrade(request)).rejects.toThrow('another operation');
  expect(kube.names('ConfigMap')).toEqual([]);
});
