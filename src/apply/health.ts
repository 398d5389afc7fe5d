import { sha256Hex } from '../core/digest.ts';
import { at } from '../core/json.ts';
import { slug } from '../core/model/units.ts';
import { MACHINES } from '../core/deploy/door.ts';
import { defaultSize } from '../core/values/profiles.ts';
import { messageOf } from '../failure.ts';
import { Faulty } from './types.ts';
import type { ApplyWorld, HealthLine, HubTask } from './types.ts';

const START_SECONDS = 300;

/** Hub and proxy answer, and every image that is new here starts on a fresh and on an existing home, with a kernel that knows OGGM. */
export async function proveHealthy(task: HubTask, world: ApplyWorld, lines: HealthLine[]): Promise<void> {
  const { to, state, hub, platform } = task;
  const known = new Set(state?.healthy?.release.images.map(({ reference }) => reference));
  const fresh = to.release.images.filter(({ reference }) => !known.has(reference));
  const size = defaultSize(hub.data.sizes);
  const [user] = MACHINES;
  const checks = fresh.map(({ name }) => {
    const oggm = platform.images.get(name)?.data.oggm;
    return { user, profile: slug(name), size, image: name, oggm: oggm !== undefined, version: oggm?.version ?? null };
  });
  await dropHomes(to.release.namespace, user, world);
  world.progress(to.unit, checks.length === 0 ? 'asking hub and proxy' : `asking hub and proxy, and starting ${checks.map(({ image }) => image).join(', ')}`);
  const onLine = (text: string): void => {
    const line = parseLine(text);
    if (!line) return;
    lines.push(line);
    world.progress(to.unit, `${line.ok ? '✓' : '✗'} ${line.check}${line.image === null ? '' : ` of ${line.image}`} ${line.seconds.toFixed(1)} s  ${line.detail}`);
  };
  const script = await world.script('health_check.py');
  const profiles = await refreshMenu(to.release.namespace, world);
  const job = JSON.stringify({ profiles, checks, timeout: START_SECONDS });
  const result = await world.kube
    .python(to.release.namespace, script, [job], onLine, (checks.length * 2 * START_SECONDS + 120) * 1000)
    .catch((error: unknown) => ({ code: 1, stderr: messageOf(error) }));
  await dropHomes(to.release.namespace, user, world);
  const bad = lines.find(({ ok }) => !ok);
  if (bad) throw new Faulty(`${bad.check}${bad.image === null ? '' : ` of ${bad.image}`}: ${bad.detail}`, bad.class ?? 'product');
  if (result.code !== 0) throw new Faulty(`the health check ended with code ${result.code}: ${result.stderr.trim().slice(-300)}`, 'infrastructure');
}

/** Makes the kubelet refresh the hub's mounted files at once, and says which menu the hub should read then. */
async function refreshMenu(namespace: string, { kube, now }: ApplyWorld): Promise<string> {
  await kube.annotate('pods', 'app=jupyterhub,component=hub', namespace, `glaciocloud.org/touch=${now().getTime()}`);
  const menu = at((await kube.get('configmap', 'hub-profiles', namespace)) ?? {}, '/data/profiles.json');
  return sha256Hex(typeof menu === 'string' ? menu : '');
}

function parseLine(text: string): HealthLine | undefined {
  try {
    // Written by health_check.py of the same version.
    return text.startsWith('{') ? (JSON.parse(text) as HealthLine) : undefined;
  } catch {
    return undefined;
  }
}

/** Homes of throw-away users, and of nobody else. */
async function dropHomes(namespace: string, user: string, { kube }: ApplyWorld): Promise<void> {
  for (const claim of await kube.list('persistentvolumeclaims', { namespace, selector: 'component=singleuser-storage' })) {
    const name = at(claim, '/metadata/name');
    if (at(claim, '/metadata/annotations/hub.jupyter.org~1username') === user && typeof name === 'string') await kube.delete('persistentvolumeclaim', name, namespace);
  }
}
