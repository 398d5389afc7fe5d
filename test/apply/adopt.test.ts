import { describe, expect, test } from '@jest/globals';
import { applyHub, bringBack } from '../../src/apply/hub/hub.ts';
import type { UnitResult } from '../../src/apply/types.ts';
import { merge, objectOf, textAt } from '../../src/core/json.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { Failure } from '../../src/failure.ts';
import { Bench, WELL } from '../support/apply-bench.ts';
import type { Edit } from '../support/apply-bench.ts';
import { Killed } from '../support/outside.ts';
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

/** A hub of others in the namespace `one`, with somebody's home. */
function withTheirs(bench: Bench, ...more: JsonObject[]): void {
  bench.kube.add(namespace(), homeOf('anna'));
  const secret: JsonObject = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'hub' },
    data: Object.fromEntries(
      Object.entries({
        'hub.config.JupyterHub.cookie_secret': 'their-cookies',
        'hub.config.CryptKeeper.keys': 'their-key;their-older-key',
        'hub.config.ConfigurableHTTPProxy.auth_token': 'their-token',
      }).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
    ),
  };
  const objects = objectsOf('one').filter(({ kind }) => kind !== 'Secret');
  bench.releases.installByOthers('one', 'one', [...objects, secret, ...more]);
  bench.theirs.line = {
    version: '5.2.0',
    users: [
      { name: 'anna', since: '2020-01-01T00:00:00Z' },
      { name: 'ben', since: null },
    ],
  };
}
const ADOPT: Edit = ['environments/one.yaml', 'capacity:', 'adopt: {release: one}\ncapacity:'];
const nameOf = (object: JsonObject | undefined): string => textAt(object, '/metadata/uid');
const adopted = (bench: Bench): JsonObject | undefined => {
  const text = textAt(bench.kube.peek('Secret', 'hub-access', 'one'), '/data/adopted.json');
  return objectOf(Buffer.from(text, 'base64').toString('utf8'));
};

describe('a Helm release that is taken over', () => {
  test('keeps its claims, and what its chart had made up', async () => {
    const bench = new Bench(ADOPT);
    withTheirs(bench);
    const database = nameOf(bench.kube.peek('PersistentVolumeClaim', 'hub-db-dir', 'one'));
    expect(await apply(bench)).toMatchObject({ kind: 'upgrade', outcome: 'done', reason: '' });
    expect(bench.outside.calls.some((call) => call.startsWith('python: one before-'))).toBe(true);
    const kept = bench.kube.peek('Secret', 'hub-generated', 'one');
    const text = Buffer.from(textAt(kept, '/data/values.json'), 'base64').toString('utf8');
    expect(objectOf(text)).toMatchObject({
      jupyterhub: {
        hub: {
          cookieSecret: 'their-cookies',
          config: { CryptKeeper: { keys: ['their-key;their-older-key'] } },
        },
        proxy: { secretToken: 'their-token' },
      },
    });
    expect(nameOf(bench.kube.peek('PersistentVolumeClaim', 'hub-db-dir', 'one'))).toBe(database);
    expect(bench.kube.names('PersistentVolumeClaim')).toContain(
      'PersistentVolumeClaim one/claim-anna',
    );
    expect(bench.state('one')).toMatchObject({
      last: { outcome: 'done' },
      healthy: { revision: 2 },
    });
    expect(bench.state('one')?.adopting).toBeUndefined();
  });

  test('leaves names that are taken, each with the earliest time that is known', async () => {
    const bench = new Bench(ADOPT);
    withTheirs(bench);
    await apply(bench);
    expect(adopted(bench)).toEqual({
      v: 1,
      until: expect.any(String) as unknown,
      names: { anna: '2020-01-01T00:00:00Z', ben: '' },
      claims: { anna: 'claim-anna' },
    });
  });

  test('is refused where its JupyterHub is newer: Helm changes nothing', async () => {
    const bench = new Bench(ADOPT);
    withTheirs(bench);
    bench.schema = { line: { version: '6.0.0', schema: 'c' } };
    const log = '{"ok": true, "version": "5.5.0", "schemas": ["b", "a"]}';
    bench.pods = { 'glaciocloud-load-check': { phase: 'Succeeded', log } };
    expect(await apply(bench)).toMatchObject({
      outcome: 'failed',
      code: 'product',
      reason: expect.stringMatching(/is that of JupyterHub 6\.0\.0/u) as unknown,
    });
    expect(bench.releases.kept('one', 'one')).toHaveLength(1);
    expect(bench.outside.calls.some((call) => call.startsWith('python: one before-'))).toBe(false);
    bench.pods = {
      'glaciocloud-load-check': { phase: 'Succeeded', log: log.replace('"b"', '"c", "b"') },
    };
    bench.change(ADOPT, ['environments/one.yaml', 'idle: 1h', 'idle: 2h']);
    expect(await apply(bench)).toMatchObject({ outcome: 'done' });
  });

  test('comes back where the change fails, and is taken over by a change that works', async () => {
    const bench = new Bench(ADOPT);
    withTheirs(bench);
    const their = bench.kube.peek('ConfigMap', 'hub', 'one')?.['data'];
    const [, start] = WELL;
    bench.health = { lines: [{ ...start, ok: false, class: 'product' }], code: 1 };
    expect(await apply(bench)).toMatchObject({ outcome: 'rolled-back' });
    expect(bench.kube.peek('ConfigMap', 'hub', 'one')?.['data']).toEqual(their);
    expect(bench.state('one')).toMatchObject({ adopting: { release: 'one', revision: 3 } });
    expect((await bench.releases.list('one'))[0]).toMatchObject({ revision: 3, ours: false });
    bench.health = { lines: WELL };
    expect(await apply(bench)).toMatchObject({ outcome: 'done' });
    expect(bench.state('one')).toMatchObject({ healthy: { revision: 4 } });
  });

  test('comes back where a run was killed and nothing may be applied now', async () => {
    const bench = new Bench(ADOPT);
    withTheirs(bench);
    const their = bench.kube.peek('ConfigMap', 'hub', 'one')?.['data'];
    bench.releases.badEnd = () => ({ after: 'objects', message: undefined });
    await apply(bench);
    bench.releases.badEnd = () => undefined;
    expect(bench.state('one')).toMatchObject({ last: { outcome: 'started' } });
    expect(await bringBack(bench.task('one'), bench.world)).toBeUndefined();
    expect(bench.state('one')).toMatchObject({
      adopting: { release: 'one' },
      last: { outcome: 'rolled-back' },
    });
    expect(bench.kube.peek('ConfigMap', 'hub', 'one')?.['data']).toEqual(their);
  });

  test.each(['before', 'after'] as const)(
    'is brought to the same end where a run was killed %s any of its calls',
    async (when) => {
      const counted = new Bench(ADOPT);
      withTheirs(counted);
      await apply(counted);
      const all = counted.outside.calls.length;
      expect(all).toBeGreaterThan(30);
      for (let call = 1; call <= all; call += 1) {
        const bench = new Bench(ADOPT);
        withTheirs(bench);
        bench.outside.killAt(call, when);
        await expect(apply(bench)).rejects.toThrow(Killed);
        bench.outside.revive();
        const { outcome } = await apply(bench);
        const { healthy, adopting, copy } = bench.state('one') ?? {};
        expect([call, outcome, healthy?.digest, adopting, copy]).toEqual([
          call,
          'done',
          bench.wanted('one').digest,
          undefined,
          undefined,
        ]);
        const kept = bench.kube.peek('Secret', 'hub-generated', 'one');
        const text = Buffer.from(textAt(kept, '/data/values.json'), 'base64').toString('utf8');
        expect([call, text]).toEqual([call, expect.stringContaining('their-cookies')]);
        expect(Object.keys(adopted(bench)?.['names'] as JsonObject)).toEqual(['anna', 'ben']);
      }
    },
  );

  test('is not begun where something would be lost, or is no part of a hub', async () => {
    const bench = new Bench(ADOPT);
    const made = (kind: string, name: string): JsonObject => ({
      apiVersion: kind === 'StatefulSet' ? 'apps/v1' : 'v1',
      kind,
      metadata: { name },
      spec: {},
    });
    withTheirs(bench, made('PersistentVolumeClaim', 'shared'), made('StatefulSet', 'prometheus'));
    const { outcome, code, reason } = await apply(bench);
    expect([outcome, code]).toEqual(['failed', 'infrastructure']);
    expect(reason).toMatch(
      /PersistentVolumeClaim shared is what data.*kubectl annotate persistentvolumeclaim shared --namespace one helm.sh\/resource-policy=keep.*StatefulSet prometheus is no part of JupyterHub/u,
    );
    expect(bench.kube.names('Secret')).not.toContain('Secret one/hub-generated');
  });

  test('has to run and to be deployed, and to be there', async () => {
    const silent = new Bench(ADOPT);
    withTheirs(silent);
    silent.theirs.code = 1;
    expect((await failureOf(apply(silent))) as Failure).toMatchObject({
      message: expect.stringMatching(
        /does not answer.*kubectl says “it is down”; nothing was changed/u,
      ) as unknown,
    });
    const none = new Bench(ADOPT);
    expect(await refused(none)).toMatch('there is no Helm release one in the namespace one');
    const other = new Bench([ADOPT[0], ADOPT[1], 'adopt: {release: jhub}\ncapacity:']);
    other.kube.add(namespace());
    other.releases.installByOthers('jhub', 'one', objectsOf('jhub'));
    expect(await refused(other)).toMatch(
      'only a Helm release named as the hub (one) can be taken over as it is',
    );
  });
});

test('what a release has left is inherited: homes, and names that are taken', async () => {
  const bench = new Bench(ADOPT);
  bench.kube.add(namespace(), homeOf('anna'));
  expect(await apply(bench)).toMatchObject({ kind: 'install', outcome: 'done' });
  expect(Object.keys(adopted(bench)?.['names'] as JsonObject)).toEqual(['anna']);
});
