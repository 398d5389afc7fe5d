import { accessSecret } from '../../core/access/secret.ts';
import { ADOPTED, adoptedText, inheritedFrom } from '../../core/access/inherited.ts';
import { isHome, leavingOf, standingOf } from '../../core/hub/adoption.ts';
import { isHalfWay } from '../../core/hub/state.ts';
import { takeoverText } from '../../core/model/takeover.ts';
import { storedIn, straysOf } from '../../core/hub/way-back.ts';
import { at, lastObject, objectsIn, textAt } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import { scriptRefusal } from '../../core/refusals/words.ts';
import { Failure, KubeFailure } from '../../failure.ts';
import { Faulty } from '../types.ts';
import type { ApplyWorld, HubTask } from '../types.ts';
import { OF_OTHERS } from './others.ts';
import { USERNAME } from '../access/hub-people.ts';

const MANAGER = 'glaciocloud-adoption';
const LOOK_MS = 60_000;

/** Somebody whom the hub knew before it was taken over. */
interface Known {
  name: string;
  /** ISO time; empty where nobody knows. */
  since: string;
  /** Of their home, where they have one. */
  claim?: string;
}

/** What a task begins with that others have made; a run that was cut off is gone on with. */
export async function withStanding(task: HubTask, world: ApplyWorld): Promise<HubTask> {
  const { to, hub, state } = task;
  if (state?.healthy) return task;
  if (state?.adopting && isHalfWay(state)) return { ...task, adopting: state.adopting };
  const { namespace } = to.release;
  const [there, releases, objects] = await Promise.all([
    world.kube.get('namespace', namespace),
    world.releases.list(namespace),
    world.kube.list(OF_OTHERS, { namespace }),
  ]);
  const { adopt } = hub.data;
  const found = { hub: to.unit.name, adopt, namespace: there, releases, objects };
  const standing = standingOf(found);
  switch (standing.kind) {
    case 'free':
      return task;
    case 'refused':
      throw new Failure(standing.reason, { hint: 'look at it with kubectl and helm list' });
    case 'inherits':
      return { ...task, inherited: homesIn(objects) };
    case 'adopts': {
      const { release, revision } = standing;
      const inherited = [...homesIn(objects), ...(await usersOf(task, world))];
      return { ...task, adopting: { release, revision }, inherited };
    }
  }
}

function homesIn(objects: readonly JsonObject[]): Known[] {
  return objects.filter(isHome).flatMap((one) => {
    const name = textAt(one, USERNAME);
    const since = textAt(one, '/metadata/creationTimestamp');
    // Named servers have claims of their own.
    const isDefault = textAt(one, '/metadata/annotations/hub.jupyter.org~1servername') === '';
    const claim = isDefault ? { claim: textAt(one, '/metadata/name') } : {};
    return name === '' ? [] : [{ name, since, ...claim }];
  });
}

/** Whom the hub that runs there knows. It has to run: its database is copied before anything is changed. */
async function usersOf({ to }: HubTask, world: ApplyWorld): Promise<Known[]> {
  const lines: string[] = [];
  const { code, stderr } = await world.kube.python(to.release.namespace, {
    script: await world.script('adopt_look.py'),
    args: [],
    onLine: (line) => lines.push(line),
    timeoutMs: LOOK_MS,
  });
  const said = lastObject(lines);
  if (code !== 0 || said === undefined) {
    const why = scriptRefusal(stderr);
    throw new Failure(
      `the hub that is to be taken over does not answer, so that nobody can say whom it knows: ` +
        `${why.text}; nothing was changed`,
      { hint: why.cure === '' ? 'bring it up first' : why.cure },
    );
  }
  const { namespace } = to.release;
  const what = takeoverText({ release: to.unit.name, namespace });
  world.progress(to.unit, `${what}, a hub of JupyterHub ${textAt(said, '/version')}`);
  if (!Array.isArray(said['users']))
    world.progress(
      to.unit,
      '⚠ its database is no file: it is not copied, and names are those of homes',
    );
  return objectsIn(at(said, '/users')).map((one) => ({
    name: textAt(one, '/name'),
    since: textAt(one, '/since'),
  }));
}

/** What taking over would break, before anything is written: everything at once. */
export async function preflightAdoption(
  { to, adopting }: HubTask,
  objects: readonly JsonObject[],
  world: ApplyWorld,
): Promise<void> {
  if (!adopting) return;
  const { namespace } = to.release;
  const { kube, releases, progress } = world;
  const old = storedIn(await releases.manifest(adopting.release, namespace, adopting.revision));
  const strays = straysOf(
    old.map(({ object }) => object),
    objects,
    namespace,
  );
  const live = strays.length === 0 ? [] : await kube.liveOf(strays, namespace);
  const { faults, goes } = leavingOf(live, adopting.release);
  const refusal = await kube.wouldApply(objects, namespace).then(
    () => [],
    (error: unknown) => {
      if (!(error instanceof KubeFailure) || !error.invalid) throw error;
      return [`what is there cannot be changed: ${error.message}`];
    },
  );
  const all = [...faults, ...refusal];
  if (all.length > 0)
    throw new Faulty(
      `the Helm release ${adopting.release} is not taken over: ${all.join('; ')}`,
      'infrastructure',
    );
  if (goes.length > 0)
    progress(to.unit, `Helm takes away, because this chart has none: ${goes.join(', ')}`);
}

/** Names that are taken, and whose people may go on until somebody lets them in. */
export async function keepInherited(
  { to, inherited = [] }: HubTask,
  { kube, clock, progress }: ApplyWorld,
): Promise<void> {
  const names = inheritedFrom(inherited);
  const claims = inherited.flatMap(({ name, claim }): [string, string][] =>
    claim === undefined ? [] : [[name, claim]],
  );
  const text = adoptedText(names, Object.fromEntries(claims), clock.now().getTime());
  const encode = (one: string): string => Buffer.from(one).toString('base64');
  await kube.apply([accessSecret(to.release.namespace, { [ADOPTED]: text }, encode)], MANAGER);
  progress(
    to.unit,
    `${names.size} names of the hub before are taken: only whose they are get them`,
  );
}
