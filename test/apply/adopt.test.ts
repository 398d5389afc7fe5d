import { describe, expect, test } from '@jest/globals';
import { applyHub } from '../../src/apply/hub/hub.ts';
import type { UnitResult } from '../../src/apply/types.ts';
import { merge } from '../../src/core/json.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { Failure } from '../../src/failure.ts';
import { Bench } from '../support/apply-bench.ts';
import { failureOf } from '../support/program.ts';
import { hubChart } from '../support/releases.ts';

/* What others have made where a hub is to be. */

const apply = (bench: Bench): Promise<UnitResult> => applyHub(bench.task('one'), bench.world);
const objectsOf = (release: string): JsonObject[] =>
  hubChart({}, { name: release, namespace: 'one' });
const namespace = (labels: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'one', labels },
});
const homeOf = (name: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: {
    name: `claim-${name}`,
    namespace: 'one',
    labels: { component: 'singleuser-storage' },
    annotations: { 'hub.jupyter.org/username': name },
  },
});

/** Refused, with nothing written: no state either, by which the next run would take it for ours. */
async function refused(bench: Bench): Promise<string> {
  const failure = (await failureOf(apply(bench))) as Failure;
  expect(bench.outside.calls.filter((call) => !/^(?:get|list):/u.test(call))).toEqual([]);
  return failure.message;
}

describe('what others have made is left alone', () => {
  const HOLDS = 'the namespace one holds what this platform has not made: ';

  test('a Helm release of the same name', async () => {
    const bench = new Bench();
    bench.kube.add(namespace());
    bench.releases.installByOthers('one', 'one', objectsOf('one'));
    expect(await refused(bench)).toMatch(`${HOLDS}the Helm release one (double-1.0.0); nothing`);
  });

  test('a hub of a Helm release of another name, and one of none', async () => {
    const bench = new Bench();
    bench.kube.add(namespace());
    bench.releases.installByOthers('jhub', 'one', objectsOf('jhub'));
    const made = 'Deployment hub, Deployment proxy, PersistentVolumeClaim hub-db-dir, made by';
    expect(await refused(bench)).toMatch(`${HOLDS}${made} the Helm release jhub; nothing`);

    const other = new Bench();
    other.kube.add(namespace({ 'app.kubernetes.io/managed-by': 'glaciocloud' }));
    for (const one of objectsOf('one').filter(({ kind }) => kind === 'Deployment'))
      other.kube.add(merge(one, { metadata: { namespace: 'one' } }));
    expect(await refused(other)).toMatch(
      `${HOLDS}Deployment hub, Deployment proxy, made by no Helm release; nothing`,
    );
  });

  test('homes that a hub has left', async () => {
    const bench = new Bench();
    bench.kube.add(namespace(), homeOf('anna'), homeOf('ben'));
    expect(await refused(bench)).toMatch(`${HOLDS}homes of people (2); nothing`);
  });
});

describe('what is no hub of others is no reason to stop', () => {
  test('homes that our own hub has left', async () => {
    const bench = new Bench();
    bench.kube.add(namespace({ 'app.kubernetes.io/managed-by': 'glaciocloud' }), homeOf('anna'));
    expect(await apply(bench)).toMatchObject({ outcome: 'done' });
  });

  test('claims and releases that are of no hub', async () => {
    const bench = new Bench();
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'exports' } };
    const claim = homeOf('x');
    claim['metadata'] = { name: 'shared', namespace: 'one' };
    bench.kube.add(namespace(), claim);
    bench.releases.installByOthers('nfs', 'one', [map]);
    expect(await apply(bench)).toMatchObject({ outcome: 'done' });
  });

  test('our own release, of which somebody has deleted the state', async () => {
    const bench = new Bench();
    await apply(bench);
    await bench.kube.delete('configmap', 'glaciocloud-release', 'one');
    expect(await apply(bench)).toMatchObject({ outcome: 'done' });
  });
});
