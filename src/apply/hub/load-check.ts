import { loadCheckObjects } from '../../core/hub/throw-away.ts';
import { objectOf, textAt } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import { runThrowAway } from '../throw-away.ts';
import { Faulty } from '../types.ts';
import type { ApplyWorld, HubTask } from '../types.ts';

const NAME = 'glaciocloud-load-check';

/** Loads the new hub's configuration in a throw-away pod, while the old hub runs. */
export async function loadCheck(
  { to }: HubTask,
  objects: readonly JsonObject[],
  world: ApplyWorld,
): Promise<void> {
  const { namespace } = to.release;
  const what = 'the new configuration cannot be loaded';
  const script = await world.script('load_check.py');
  const pod = loadCheckObjects(objects, namespace, NAME, script);
  const { ok, log } = await runThrowAway({ name: NAME, namespace, objects: pod, what }, world);
  if (!ok) throw new Faulty(`${what}: ${loadError(log)}`, 'product');
}

/** Where and why, as the script's last line says it; the end of its log where it says nothing. */
function loadError(log: string): string {
  const lines = log.trim().split('\n');
  const told = objectOf(lines.at(-1) ?? '');
  if (!told) return lines.slice(-5).join(' ').slice(0, 600);
  const bad = lines.find((line) => line.includes('Bad config encountered'));
  const why = bad?.replace(/^.*Bad config encountered[^:]*: ?/u, '') ?? textAt(told, '/error');
  return `${textAt(told, '/stage')}: ${why}`.slice(0, 600);
}
