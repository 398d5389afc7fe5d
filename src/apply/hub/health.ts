import { setTimeout as sleep } from 'node:timers/promises';
import { MACHINES } from '../../core/access/door.ts';
import { sha256Hex } from '../../core/digest.ts';
import { defaultSize } from '../../core/hub/values/profiles.ts';
import { at, objectOf, textAt } from '../../core/json.ts';
import { slug } from '../../core/model/quantities.ts';
import type { Unit } from '../../core/unit.ts';
import { addressSign } from '../../core/watch/outside.ts';
import type { Sign } from '../../core/watch/outside.ts';
import { askAddress, hubApi } from '../../edges/address.ts';
import { messageOf } from '../../failure.ts';
import { Faulty } from '../types.ts';
import type { ApplyWorld, HealthLine, HubTask } from '../types.ts';

const START_SECONDS = 300;
/** Until a public address has to answer. Source: cert-manager and Let's Encrypt take one to two minutes for a new name. */
const NEW_ENTRY_SECONDS = 300;
const ENTRY_SECONDS = 60;
const ENTRY_LOOK_MS = 2000;
const [DEPLOY_USER] = MACHINES;

/** What a health check has said so far, and the check itself where it still cleans up behind itself. */
export interface HealthRun {
  lines: HealthLine[];
  rest: Promise<unknown> | undefined;
}

/** Hub and proxy answer, and every image that is new here starts on a fresh and on an existing home, with a kernel that knows OGGM. */
export async function proveHealthy(
  task: HubTask,
  world: ApplyWorld,
  run: HealthRun,
): Promise<void> {
  const { to, state, hub, platform } = task;
  const known = new Set(state?.healthy?.release.images.map(({ reference }) => reference));
  const fresh = to.release.images.filter(({ reference }) => !known.has(reference));
  const size = defaultSize(hub.data.sizes);
  const checks = fresh.map(({ name }) => {
    const oggm = platform.images.get(name)?.data.oggm;
    return {
      user: DEPLOY_USER,
      profile: slug(name),
      size,
      image: name,
      oggm: oggm !== undefined,
      version: oggm?.version ?? null,
    };
  });
  await dropOwned(
    'persistentvolumeclaim',
    'component=singleuser-storage',
    to.release.namespace,
    world,
  );
  world.progress(
    to.unit,
    checks.length === 0
      ? 'asking hub and proxy'
      : `asking hub and proxy, and starting ${checks.map(({ image }) => image).join(', ')}`,
  );
  const job = JSON.stringify({
    profiles: await refreshMenu(to.release.namespace, world),
    checks,
    oggmCheck: await world.script('oggm_check.py'),
    timeout: START_SECONDS,
  });
  const script = await world.script('health_check.py');
  const failed = await new Promise<HealthLine | undefined>((resolve, reject) => {
    const onLine = (text: string): void => {
      const line = parseLine(text);
      if (!line) return;
      run.lines.push(line);
      say(to.unit, line, world);
      // The first failure decides. A start that is still pending is never cancelled, so the check may take minutes to clean up.
      if (!line.ok) resolve(line);
    };
    const ended = world.kube.python(
      to.release.namespace,
      script,
      [job],
      onLine,
      (checks.length * 2 * START_SECONDS + 600) * 1000,
    );
    run.rest = ended.catch((error: unknown) => messageOf(error));
    ended.then(({ code, stderr }) => {
      if (code === 0) resolve(run.lines.find(({ ok }) => !ok));
      else
        reject(
          new Faulty(
            `the health check ended with code ${code}: ${stderr.trim().slice(-300)}`,
            'infrastructure',
          ),
        );
    }, reject);
  });
  if (failed)
    throw new Faulty(
      `${failed.check}${failed.image === null ? '' : ` of ${failed.image}`}: ${failed.detail}`,
      failed.class ?? 'product',
    );
  run.rest = undefined;
  await dropOwned(
    'persistentvolumeclaim',
    'component=singleuser-storage',
    to.release.namespace,
    world,
  );
  await provePublic(task, world, run);
}

/** The hub as people reach it. */
async function provePublic(task: HubTask, world: ApplyWorld, run: HealthRun): Promise<void> {
  const began = world.now().getTime();
  const sign = await publicSign(task, world);
  const ok = sign.kind !== 'problem';
  const line: HealthLine = {
    check: 'public address',
    image: null,
    ok,
    seconds: (world.now().getTime() - began) / 1000,
    detail: sign.text,
    class: ok ? null : 'infrastructure',
  };
  run.lines.push(line);
  say(task.to.unit, line, world);
  if (!ok) throw new Faulty(`${task.hub.data.url}: ${sign.text}`, 'infrastructure');
}

/** Name, entry and certificate. Those of a new hub may take minutes until they are there. */
async function publicSign(
  {
    to,
    state,
    hub: {
      data: { url },
    },
  }: HubTask,
  { cluster, now, progress }: ApplyWorld,
): Promise<Sign> {
  if (cluster.data.ingress.class === 'none')
    return {
      kind: 'unchecked',
      text: `not checked: the cluster ${cluster.name} has no public entry`,
    };
  const end = now().getTime() + (state?.healthy ? ENTRY_SECONDS : NEW_ENTRY_SECONDS) * 1000;
  let said = '';
  for (;;) {
    const sign = addressSign(await askAddress(hubApi(url)), now().getTime(), 0);
    if (sign.kind !== 'problem' || now().getTime() > end) return sign;
    if (sign.text !== said) progress(to.unit, `waiting for ${url}: ${sign.text}`);
    said = sign.text;
    await sleep(ENTRY_LOOK_MS);
  }
}

function say(
  unit: Unit,
  { ok, check, image, seconds, detail }: HealthLine,
  { progress }: ApplyWorld,
): void {
  progress(
    unit,
    `${ok ? '✓' : '✗'} ${check}${image === null ? '' : ` of ${image}`} ${seconds.toFixed(1)} s  ${detail}`,
  );
}

/** After a failure, when the old state runs again: waits until the check has cleaned up, then takes what a restarted hub forgot. */
export async function cleanUp({ to }: HubTask, run: HealthRun, world: ApplyWorld): Promise<void> {
  if (run.rest === undefined) return;
  world.progress(to.unit, 'waiting until the throw-away user is gone');
  await run.rest;
  await dropOwned('pod', 'component=singleuser-server', to.release.namespace, world);
  await dropOwned(
    'persistentvolumeclaim',
    'component=singleuser-storage',
    to.release.namespace,
    world,
  );
}

/** Makes the kubelet refresh the hub's mounted files at once, and says which menu the hub should read then. */
async function refreshMenu(namespace: string, { kube, now }: ApplyWorld): Promise<string> {
  await kube.annotate(
    'pods',
    'app=jupyterhub,component=hub',
    namespace,
    `glaciocloud.org/touch=${now().getTime()}`,
  );
  return sha256Hex(
    textAt(await kube.get('configmap', 'hub-profiles', namespace), '/data/profiles.json'),
  );
}

/** A line of health_check.py of the same version. */
function parseLine(text: string): HealthLine | undefined {
  return objectOf(text) as HealthLine | undefined;
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
