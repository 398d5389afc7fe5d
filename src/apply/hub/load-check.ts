import { changesHubImage } from '../../core/hub/changes.ts';
import { promisesOf } from '../../core/hub/promises.ts';
import { newHub, runningHub, schemaStep } from '../../core/hub/schema.ts';
import { loadCheckObjects } from '../../core/hub/throw-away.ts';
import { lastObject, objectOf, textAt } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import { lastWords } from '../../core/refusals/words.ts';
import { Failure } from '../../failure.ts';
import { runThrowAway } from '../throw-away.ts';
import { Faulty } from '../types.ts';
import type { ApplyWorld, HubTask } from '../types.ts';

const NAME = 'glaciocloud-load-check';
const UNLOADED = 'the new configuration cannot be loaded';
const LOOK_MS = 60_000;
const SCRIPTS = ['load_check.py', 'load_promises.py'];

/** Loads the new hub's configuration in a throw-away pod and holds it against the promises, before anybody meets it. */
export async function loadCheck(
  task: HubTask,
  objects: readonly JsonObject[],
  world: ApplyWorld,
): Promise<void> {
  const { to } = task;
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
  await compareSchemas(task, objectOf(lastLine(log)), world);
}

/** Before another JupyterHub meets the database. A hub that does not answer is asked nothing: it may be down. */
async function compareSchemas(
  { to, state, adopting }: HubTask,
  loaded: JsonObject | undefined,
  world: ApplyWorld,
): Promise<void> {
  const wanted = newHub(loaded);
  const isNew = state?.healthy ? changesHubImage(state.healthy.release, to.release) : adopting;
  if (!wanted || !isNew) return;
  const lines: string[] = [];
  const request = { script: await world.script('hub_schema.py'), args: [], timeoutMs: LOOK_MS };
  const { code } = await world.kube
    .python(to.release.namespace, { ...request, onLine: (line) => lines.push(line) })
    .catch((error: unknown) => {
      if (!(error instanceof Failure)) throw error;
      return { code: -1 };
    });
  const runs = code === 0 ? runningHub(lastObject(lines)) : undefined;
  if (!runs) return;
  const step = schemaStep(runs, wanted);
  if (step.kind === 'refused') throw new Faulty(step.reason, 'product');
  if (step.kind === 'upgraded') world.progress(to.unit, step.text);
}

function lastLine(log: string): string {
  return log.trim().split('\n').at(-1) ?? '';
}

async function scriptsOf({ script }: ApplyWorld): Promise<Record<string, string>> {
  const texts = SCRIPTS.map(async (name): Promise<[string, string]> => [name, await script(name)]);
  return Object.fromEntries(await Promise.all(texts));
}

/** Where and why, as the script's last line says it; the end of its log where it says nothing. */
function loadError(log: string): string {
  const lines = log.trim().split('\n');
  const told = objectOf(lastLine(log));
  if (!told) return `${UNLOADED}: ${lastWords('the log of the check', log)}`;
  if (textAt(told, '/stage') === 'promises')
    return `the new configuration breaks a promise: ${textAt(told, '/error')}`.slice(0, 600);
  const bad = lines.find((line) => line.includes('Bad config encountered'));
  const why = bad?.replace(/^.*Bad config encountered[^:]*: ?/u, '') ?? textAt(told, '/error');
  return `${UNLOADED}: ${`${textAt(told, '/stage')}: ${why}`.slice(0, 600)}`;
}
