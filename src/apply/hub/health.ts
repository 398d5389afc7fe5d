import { sha256Hex } from '../../core/digest.ts';
import type { FaultClass } from '../../core/hub/causes.ts';
import { at, objectOf, textAt } from '../../core/json.ts';
import type { Json } from '../../core/json.ts';
import { scriptRefusal } from '../../core/refusals/words.ts';
import type { Unit } from '../../core/unit.ts';
import { addressSign, hubApi } from '../../core/watch/outside.ts';
import type { Sign } from '../../core/watch/outside.ts';
import { messageOf } from '../../failure.ts';
import type { PythonRequest } from '../../ports.ts';
import { touchHub } from '../touch.ts';
import { Faulty } from '../types.ts';
import type { ApplyWorld, HealthLine, HubTask } from '../types.ts';
import { DEPLOY_USER, checksOf } from './health-checks.ts';

const START_SECONDS = 300;
/** For everything that starts no server. */
const HUB_CHECK_SECONDS = 600;
/** Until a public address has to answer. Source: cert-manager and Let's Encrypt take 1-2 minutes for a new name. */
const NEW_ENTRY_SECONDS = 300;
const ENTRY_SECONDS = 60;
const ENTRY_LOOK_MS = 2000;

/** What a health check has said so far, and the check itself where it still cleans up behind itself. */
export interface HealthRun {
  lines: HealthLine[];
  rest: Promise<unknown> | undefined;
}

/**
 * Hub and proxy answer, and every image that is new here starts on a fresh and on an existing home, with a
 * kernel that knows OGGM and reads the hub's input data.
 */
export async function proveHealthy(
  task: HubTask,
  world: ApplyWorld,
  run: HealthRun,
): Promise<void> {
  const { namespace } = task.to.release;
  const checks = checksOf(task);
  const images = checks.map(({ image }) => image).join(', ');
  await dropHomes(namespace, world);
  world.progress(
    task.to.unit,
    images === '' ? 'asking hub and proxy' : `asking hub and proxy, and starting ${images}`,
  );
  const job = JSON.stringify({
    profiles: await refreshMenu(namespace, world),
    checks,
    oggmCheck: await world.script('oggm_check.py'),
    dataCheck: await world.script('view_check.py'),
    timeout: START_SECONDS,
  });
  const failed = await firstFailure(task, run, world, {
    script: await world.script('health_check.py'),
    args: [job],
    timeoutMs: (checks.length * 2 * START_SECONDS + HUB_CHECK_SECONDS) * 1000,
  });
  if (failed) {
    const what = failed.image === null ? failed.check : `${failed.check} of ${failed.image}`;
    throw new Faulty(`${what}: ${failed.detail}`, failed.class ?? 'product');
  }
  run.rest = undefined;
  await dropHomes(namespace, world);
  await provePublic(task, world, run);
}

/**
 * The first failure decides, and comes as soon as it is seen: a start that is still pending is never cancelled,
 * so the
 * check may take minutes to clean up behind itself.
 */
function firstFailure(
  { to }: HubTask,
  run: HealthRun,
  world: ApplyWorld,
  request: Omit<PythonRequest, 'onLine'>,
): Promise<HealthLine | undefined> {
  return new Promise((resolve, reject) => {
    const onLine = (text: string): void => {
      const line = parseLine(text);
      if (!line) return;
      run.lines.push(line);
      say(to.unit, line, world);
      if (!line.ok) resolve(line);
    };
    const ended = world.kube.python(to.release.namespace, { ...request, onLine });
    run.rest = ended.catch((error: unknown) => messageOf(error));
    ended.then(({ code, stderr }) => {
      if (code === 0 && run.lines.length > 0) resolve(undefined);
      else reject(new Faulty(endedText(code, stderr), 'infrastructure'));
    }, reject);
  });
}

function endedText(code: number, stderr: string): string {
  return code === 0
    ? 'the health check ended without a word'
    : `the health check ended with code ${code}: ${scriptRefusal(stderr).text}`;
}

/** The hub as people reach it. */
async function provePublic(task: HubTask, world: ApplyWorld, run: HealthRun): Promise<void> {
  const began = world.clock.elapsed();
  const sign = await publicSign(task, world);
  const ok = sign.kind !== 'problem';
  const line: HealthLine = {
    check: 'public address',
    image: null,
    ok,
    seconds: (world.clock.elapsed() - began) / 1000,
    detail: sign.text,
    class: ok ? null : 'infrastructure',
  };
  run.lines.push(line);
  say(task.to.unit, line, world);
  if (!ok) throw new Faulty(`${task.hub.data.url}: ${sign.text}`, 'infrastructure');
}

/** Name, entry and certificate. Those of a new hub may take minutes until they are there. */
async function publicSign({ to, state, hub }: HubTask, world: ApplyWorld): Promise<Sign> {
  const { cluster, clock, internet, progress } = world;
  const { url } = hub.data;
  if (cluster.data.ingress.class === 'none')
    return {
      kind: 'unchecked',
      text: `not checked: the cluster ${cluster.name} has no public entry`,
    };
  const patience = state?.healthy ? ENTRY_SECONDS : NEW_ENTRY_SECONDS;
  const end = clock.elapsed() + patience * 1000;
  let said = '';
  for (;;) {
    const sign = addressSign(await internet.ask(hubApi(url)), clock.now().getTime(), 0);
    if (sign.kind !== 'problem' || clock.elapsed() > end) return sign;
    if (sign.text !== said) progress(to.unit, `waiting for ${url}: ${sign.text}`);
    said = sign.text;
    await clock.sleep(ENTRY_LOOK_MS);
  }
}

function say(unit: Unit, line: HealthLine, { progress }: ApplyWorld): void {
  const { ok, check, image, seconds, detail } = line;
  const what = image === null ? check : `${check} of ${image}`;
  progress(unit, `${ok ? '✓' : '✗'} ${what} ${seconds.toFixed(1)} s  ${detail}`);
}

/**
 * After a failure, when the old state runs again: waits until the check has cleaned up, then takes what a
 * restarted hub
 * forgot.
 */
export async function cleanUp({ to }: HubTask, run: HealthRun, world: ApplyWorld): Promise<void> {
  if (run.rest === undefined) return;
  world.progress(to.unit, 'waiting until the throw-away user is gone');
  await run.rest;
  await dropOwned('pod', 'component=singleuser-server', to.release.namespace, world);
  await dropHomes(to.release.namespace, world);
}

/** Makes the kubelet refresh the hub's mounted files at once, and says which menu the hub should read then. */
async function refreshMenu(namespace: string, world: ApplyWorld): Promise<string> {
  await touchHub(namespace, world);
  return sha256Hex(
    textAt(await world.kube.get('configmap', 'hub-profiles', namespace), '/data/profiles.json'),
  );
}

/** A line of health_check.py; undefined for whatever else is printed in the hub's pod. */
export function parseLine(text: string): HealthLine | undefined {
  const { check, image, ok, seconds, detail, class: fault } = objectOf(text) ?? {};
  if (typeof check !== 'string' || typeof ok !== 'boolean' || typeof detail !== 'string')
    return undefined;
  if (typeof seconds !== 'number' || (typeof image !== 'string' && image !== null))
    return undefined;
  return { check, image, ok, seconds, detail, class: faultOf(fault) };
}

function faultOf(word: Json | undefined): FaultClass | null {
  return word === 'product' || word === 'infrastructure' ? word : null;
}

function dropHomes(namespace: string, world: ApplyWorld): Promise<void> {
  return dropOwned('persistentvolumeclaim', 'component=singleuser-storage', namespace, world);
}

/** Objects of the throw-away user, and of nobody else. */
async function dropOwned(
  kind: string,
  selector: string,
  namespace: string,
  { kube }: ApplyWorld,
): Promise<void> {
  for (const one of await kube.list(kind, { namespace, selector })) {
    const name = at(one, '/metadata/name');
    if (
      typeof name === 'string' &&
      at(one, '/metadata/annotations/hub.jupyter.org~1username') === DEPLOY_USER
    )
      await kube.delete(kind, name, namespace);
  }
}
