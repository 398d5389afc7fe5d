import { promisesOf } from '../../core/hub/promises.ts';
import { loadCheckObjects } from '../../core/hub/throw-away.ts';
import { objectOf, textAt } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import { lastWords } from '../../core/refusals/words.ts';
import { runThrowAway } from '../throw-away.ts';
import { Faulty } from '../types.ts';
import type { ApplyWorld, HubTask } from '../types.ts';

const NAME = 'glaciocloud-load-check';
const UNLOADED = 'the new configuration cannot be loaded';
const SCRIPTS = ['load_check.py', 'load_promises.py'];

/** Loads the new hub's configuration in a throw-away pod and holds it against the promises, before anybody meets it. */
export async function loadCheck(
  { to }: HubTask,
  objects: readonly JsonObject[],
  world: ApplyWorld,
): Promise<void> {
  const { namespace } = to.release;
  const pod = loadCheckObjects(objects, {
    namespace,
    name: NAME,
    scripts: await scriptsOf(world),
    promises: promisesOf(to.release, objects),
  });
  const { ok, log } = await runThrowAway(
    { name: NAME, namespace, objects: pod, what: UNLOADED },
    world,
  );
  if (!ok) throw new Faulty(loadError(log), 'product');
}

async function scriptsOf({ script }: ApplyWorld): Promise<Record<string, string>> {
  const texts = SCRIPTS.map(async (name): Promise<[string, string]> => [name, await script(name)]);
  return Object.fromEntries(await Promise.all(texts));
}

/** Where and why, as the script's last line says it; the end of its log where it says nothing. */
function loadError(log: string): string {
  const lines = log.trim().split('\n');
  const told = objectOf(lines.at(-1) ?? '');
  if (!told) return `${UNLOADED}: ${lastWords('the log of the check', log)}`;
  if (textAt(told, '/stage') === 'promises')
    return `the new configuration breaks a promise: ${textAt(told, '/error')}`.slice(0, 600);
  const bad = lines.find((line) => line.includes('Bad config encountered'));
  const why = bad?.replace(/^.*Bad config encountered[^:]*: ?/u, '') ?? textAt(told, '/error');
  return `${UNLOADED}: ${`${textAt(told, '/stage')}: ${why}`.slice(0, 600)}`;
}
