import { firstAccess } from '../core/deploy/door.ts';
import { loadCheckObjects } from '../core/deploy/load-check.ts';
import { rolloutVerdict } from '../core/deploy/rollout.ts';
import { STATE_NAME } from '../core/deploy/state.ts';
import type { ReleaseState } from '../core/deploy/state.ts';
import { at, canonical, isObject, merge } from '../core/json.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { parseObject, splitDocuments } from '../core/render/manifests.ts';
import { SECRETS_NAME } from '../core/values/login.ts';
import { placeholders } from '../core/values/placeholders.ts';
import { template } from '../edges/helm.ts';
import { keyedDigest, readSecrets } from '../edges/sops.ts';
import { messageOf } from '../failure.ts';
import { digestKey } from './cluster.ts';
import { generatedValues } from './generated.ts';
import { cleanUp, proveHealthy } from './health.ts';
import type { HealthRun } from './health.ts';
import { Faulty } from './types.ts';
import type { ApplyWorld, HubTask, Seconds, UnitResult } from './types.ts';

const ROLLOUT_SECONDS = 300;
/** Rounds of failing infrastructure before a hub counts as blocked. */
const INFRASTRUCTURE_ROUNDS = 3;
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** One hub, from what runs to what is wanted: preflight → load check → upgrade → rollout → health → record; back again if it fails. */
export async function applyHub(task: HubTask, world: ApplyWorld): Promise<UnitResult> {
  const { to, state } = task;
  const seconds: Seconds = { preflight: 0, upgrade: 0, rollout: 0, health: 0 };
  const health: HealthRun = { lines: [], rest: undefined };
  const kind = state?.healthy ? 'upgrade' : 'install';
  const timed = async <T>(phase: keyof Seconds, work: () => Promise<T>): Promise<T> => {
    const began = performance.now();
    try {
      return await work();
    } finally {
      seconds[phase] += Math.round(performance.now() - began) / 1000;
    }
  };
  const say = (text: string): void => world.progress(to.unit, text);
  let applied = false;
  try {
    const secrets = await timed('preflight', async () => {
      const named = await prepareNamespace(task, world);
      await recoverPending(to.unit.name, to.release.namespace, world, say);
      if (restartsHub(task)) {
        say('loading the new configuration in a throw-away pod');
        await loadCheck(task, named, world);
      }
      return named;
    });
    await saveState(task, world, { last: { at: world.now().toISOString(), outcome: 'started', reason: '' } });
    await timed('upgrade', async () => {
      if (kind === 'upgrade') await copyDatabase(task, world, say);
      say('applying with Helm');
      applied = true;
      await world.releases.upgrade({ release: to.unit.name, namespace: to.release.namespace, chart: world.chart, values: [to.release.values, secrets.values], digest: to.digest, scratch: world.scratch });
    });
    await timed('rollout', () => watchRollout(to.release.namespace, world, say));
    await timed('health', () => proveHealthy(task, world, health));
    const revision = (await world.releases.last(to.unit.name, to.release.namespace))?.revision ?? 0;
    const at = world.now().toISOString();
    await saveState(task, world, { quarantined: undefined, infrastructure: 0, healthy: { digest: to.digest, revision, since: at, release: to.release }, last: { at, outcome: 'done', reason: '' } });
    return { unit: to.unit, kind, outcome: 'done', reason: '', seconds, health: health.lines };
  } catch (error) {
    if (!(error instanceof Faulty)) throw error;
    say(`✗ ${error.message}`);
    return afterFailure(task, world, error, { kind, seconds, health, applied, timed });
  }
}

interface FailureContext extends Pick<UnitResult, 'kind' | 'seconds'> {
  health: HealthRun;
  applied: boolean;
  timed: <T>(phase: keyof Seconds, work: () => Promise<T>) => Promise<T>;
}

/** Back to the last healthy revision, and a note of what must not be tried again. */
async function afterFailure(task: HubTask, world: ApplyWorld, error: Faulty, { kind, seconds, health, applied, timed }: FailureContext): Promise<UnitResult> {
  const { to, state } = task;
  const at = world.now().toISOString();
  const quarantined = error.fault === 'product' ? { digest: to.digest, reason: error.message, at } : state?.quarantined;
  const rounds = error.fault === 'infrastructure' ? (state?.infrastructure ?? 0) + 1 : 0;
  let outcome: UnitResult['outcome'] = rounds >= INFRASTRUCTURE_ROUNDS ? 'blocked' : 'failed';
  if (applied && state?.healthy) {
    world.progress(to.unit, `rolling back to revision ${state.healthy.revision}`);
    const { revision } = state.healthy;
    await timed('upgrade', () => world.releases.rollback(to.unit.name, to.release.namespace, revision));
    await timed('rollout', () => watchRollout(to.release.namespace, world, (text) => world.progress(to.unit, text)));
    outcome = 'rolled-back';
  }
  let healthy = state?.healthy;
  if (healthy && outcome === 'rolled-back') healthy = { ...healthy, revision: (await world.releases.last(to.unit.name, to.release.namespace))?.revision ?? 0 };
  await saveState(task, world, { healthy, quarantined, infrastructure: rounds, last: { at, outcome, reason: error.message } });
  await cleanUp(task, health, world);
  return { unit: to.unit, kind, outcome, reason: error.message, seconds, health: health.lines };
}

/** What is not named stays as it was. */
async function saveState({ to, state: old }: HubTask, { kube }: ApplyWorld, change: Partial<ReleaseState> & Pick<ReleaseState, 'last'>): Promise<void> {
  const state: ReleaseState = { v: 1, wanted: to.digest, healthy: old?.healthy, quarantined: old?.quarantined, infrastructure: old?.infrastructure ?? 0, ...change };
  await kube.apply([
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: STATE_NAME, namespace: to.release.namespace, labels: { 'app.kubernetes.io/managed-by': 'glaciocloud', 'glaciocloud.org/state': 'hub' } }, data: { 'state.json': JSON.stringify(state) } },
  ]);
}

/** A change of chart, or of anything below `jupyterhub:`, starts a new hub pod; anything else does not. */
function restartsHub({ to, state }: HubTask): boolean {
  const old = state?.healthy?.release;
  const part = (release: { values: JsonObject; charts: unknown; secrets: string[] }): string => canonical([release.values['jupyterhub'] ?? null, release.charts as Json, release.secrets]);
  return old === undefined || part(old) !== part(to.release);
}

interface NamedSecrets {
  name: string | undefined;
  /** The second values file: names that only deployment knows. */
  values: JsonObject;
}

/** Namespace, the door's file and the supplied secrets: what the chart expects to be there. */
async function prepareNamespace({ hub, to }: HubTask, world: ApplyWorld): Promise<NamedSecrets> {
  const { namespace } = to.release;
  const labels = { 'app.kubernetes.io/managed-by': 'glaciocloud' };
  const secrets = await readSecrets(world.root, hub.name, to.release.secrets);
  await world.kube.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } }]);
  if (!(await world.kube.get('secret', 'hub-access', namespace))) {
    await world.kube.apply([{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'hub-access', namespace, labels }, stringData: { 'access.json': JSON.stringify(firstAccess(hub.data)) } }]);
  }
  const generated = await generatedValues(namespace, to.release.values['jupyterhub'] as JsonObject, world.kube);
  if (secrets.size === 0) return { name: undefined, values: generated };
  const name = `${SECRETS_NAME}-${keyedDigest(await digestKey(world.kube), secrets).slice(0, 8)}`;
  if (!(await world.kube.get('secret', name, namespace))) {
    await world.kube.apply([{ apiVersion: 'v1', kind: 'Secret', immutable: true, metadata: { name, namespace, labels: { ...labels, 'glaciocloud.org/secrets': 'hub' } }, stringData: Object.fromEntries(secrets) }]);
    await dropOldSecrets(namespace, name, world);
  }
  const env = at(to.release.values, '/jupyterhub/hub/extraEnv');
  const extraEnv = Object.fromEntries(Object.entries(isObject(env) ? env : {}).flatMap(([variable, value]) => {
    const key = isObject(value) ? at(value, '/valueFrom/secretKeyRef/key') : undefined;
    return key === undefined ? [] : [[variable, { valueFrom: { secretKeyRef: { name, key } } }]];
  }));
  return { name, values: merge(generated, { jupyterhub: { hub: { extraEnv } } }) };
}

/** The last three stay, so that a rollback finds the right one. */
async function dropOldSecrets(namespace: string, current: string, { kube }: ApplyWorld): Promise<void> {
  const time = (one: JsonObject): string => JSON.stringify(at(one, '/metadata/creationTimestamp'));
  const all = (await kube.list('secrets', { namespace, selector: 'glaciocloud.org/secrets=hub' })).sort((a, b) => (time(a) < time(b) ? 1 : -1));
  for (const old of all.slice(3)) {
    const name = at(old, '/metadata/name');
    if (typeof name === 'string' && name !== current) await kube.delete('secret', name, namespace);
  }
}

/** A Helm that was killed leaves a record that blocks every later one. What it applied stays; only the record goes. */
async function recoverPending(release: string, namespace: string, { kube, releases }: ApplyWorld, say: (text: string) => void): Promise<void> {
  const last = await releases.last(release, namespace);
  if (last === undefined || !last.status.startsWith('pending-')) return;
  say(`revision ${last.revision} was left ${last.status}: dropping its record and going on`);
  await kube.delete('secret', `sh.helm.release.v1.${release}.v${last.revision}`, namespace);
}

async function loadCheck({ to, kubernetes }: HubTask, secrets: NamedSecrets, world: ApplyWorld): Promise<void> {
  const { namespace, values } = to.release;
  const name = 'glaciocloud-load-check';
  const rendered = await template(world.helm, { release: to.unit.name, namespace, chart: world.chart, kubernetes, values, placeholders: placeholders(values['jupyterhub'] as JsonObject), scratch: world.scratch });
  const objects = splitDocuments(rendered).filter((text) => /^kind:/mu.test(text)).map(parseObject).map((object) => withSecretName(object, secrets.name));
  await world.kube.deleteBy('pods,secrets,configmaps', `glaciocloud.org/load-check=${name}`, namespace);
  await world.kube.apply(loadCheckObjects(objects, namespace, name, await world.script('load_check.py')));
  try {
    const verdict = await finished(name, namespace, world);
    if (verdict !== undefined) throw verdict;
  } finally {
    await world.kube.deleteBy('pods,secrets,configmaps', `glaciocloud.org/load-check=${name}`, namespace);
  }
}

function withSecretName(object: JsonObject, name: string | undefined): JsonObject {
  return name === undefined ? object : (JSON.parse(JSON.stringify(object).replaceAll(`"name":"${SECRETS_NAME}"`, `"name":"${name}"`)) as JsonObject);
}

async function finished(name: string, namespace: string, world: ApplyWorld): Promise<Faulty | undefined> {
  for (let tries = 0; tries < 240; tries += 1) {
    const pod = await world.kube.get('pod', name, namespace);
    const phase = pod === undefined ? '' : at(pod, '/status/phase');
    if (phase === 'Succeeded') return undefined;
    const verdict = pod === undefined ? undefined : rolloutVerdict([], [pod], world.now().getTime());
    if (verdict?.kind === 'failed') return new Faulty(`the new configuration cannot be loaded: ${verdict.reason}`, verdict.fault);
    if (phase === 'Failed') return new Faulty(`the new configuration cannot be loaded: ${await loadError(name, namespace, world)}`, 'product');
    await sleep(250);
  }
  return new Faulty('the new configuration cannot be loaded: the throw-away pod did not end', 'infrastructure');
}

async function loadError(name: string, namespace: string, { kube }: ApplyWorld): Promise<string> {
  const lines = (await kube.logs(name, namespace)).trim().split('\n');
  try {
    const result = JSON.parse(lines.at(-1) ?? '') as { stage: string; error: string };
    const bad = lines.find((line) => line.includes('Bad config encountered'));
    return `${result.stage}: ${bad?.replace(/^.*Bad config encountered[^:]*: ?/u, '') ?? result.error}`.slice(0, 600);
  } catch {
    return lines.slice(-5).join(' ').slice(0, 600);
  }
}

async function copyDatabase({ to }: HubTask, world: ApplyWorld, say: (text: string) => void): Promise<void> {
  const lines: string[] = [];
  const { code, stderr } = await world.kube.python(to.release.namespace, await world.script('db_copy.py'), [], (line) => lines.push(line), 60_000).catch((error: unknown) => ({ code: 1, stderr: messageOf(error) }));
  // A hub that is down has nothing to copy; its database stays where it is.
  say(code === 0 ? `the hub’s database is copied: ${lines.at(-1)?.slice(0, 80) ?? ''}` : `no copy of the hub’s database: ${stderr.trim().slice(-120)}`);
}

async function watchRollout(namespace: string, { kube, now }: ApplyWorld, say: (text: string) => void): Promise<void> {
  let said = '';
  const end = now().getTime() + ROLLOUT_SECONDS * 1000;
  while (now().getTime() < end) {
    const objects = await kube.list('deployments,pods', { namespace, selector: 'app=jupyterhub,component in (hub,proxy)' });
    const verdict = rolloutVerdict(objects.filter((one) => one['kind'] === 'Deployment'), objects.filter((one) => one['kind'] === 'Pod'), now().getTime());
    if (verdict.kind === 'done') return;
    if (verdict.kind === 'failed') throw new Faulty(verdict.reason, verdict.fault);
    if (verdict.for !== said) say(`waiting for ${verdict.for}`);
    said = verdict.for;
    await sleep(500);
  }
  throw new Faulty(`not ready after ${ROLLOUT_SECONDS} s: ${said}`, 'product');
}
