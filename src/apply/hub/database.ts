import { lastObject, textAt } from '../../core/json.ts';
import { restoreObjects } from '../../core/hub/throw-away.ts';
import { parseObject, splitDocuments } from '../../core/manifests.ts';
import { lastWords, scriptRefusal } from '../../core/refusals/words.ts';
import { messageOf } from '../../failure.ts';
import { runThrowAway } from '../throw-away.ts';
import { Faulty } from '../types.ts';
import type { ApplyWorld, HubTask } from '../types.ts';

const RESTORE = 'glaciocloud-restore';
const LOOKS = 360;
const LOOK_MS = 250;

/**
 * A verified copy of the hub's database beside it, by name; undefined where there is nothing to copy: no file,
 * or a hub that is down.
 */
export async function copyDatabase(
  { to, adopting }: HubTask,
  world: ApplyWorld,
): Promise<string | undefined> {
  const lines: string[] = [];
  const name = `before-${to.digest.slice(0, 12)}`;
  const { code, why } = await world.kube
    .python(to.release.namespace, {
      script: await world.script('db_copy.py'),
      args: [name],
      onLine: (line) => lines.push(line),
      timeoutMs: 60_000,
    })
    .then(
      (ended) => ({ code: ended.code, why: scriptRefusal(ended.stderr).text }),
      (error: unknown) => ({ code: -1, why: messageOf(error) }),
    );
  const said = lastObject(lines);
  if (code === 1 && said !== undefined)
    throw new Faulty(
      `the hub’s database is damaged: ${textAt(said, '/integrity')}`,
      'infrastructure',
    );
  if (code !== 0 && adopting)
    throw new Faulty(
      `the database of the hub that is to be taken over cannot be copied: ${why}`,
      'infrastructure',
    );
  if (code !== 0) {
    world.progress(
      to.unit,
      `no copy of the hub’s database, because the hub does not answer: ${why}`,
    );
    return undefined;
  }
  if (typeof said?.['copied'] !== 'string') return undefined;
  world.progress(to.unit, `the hub’s database is copied and the copy verified`);
  return name;
}

/**
 * Puts the copy back, with the hub down and in the image of the revision that it belongs to. Only where the
 * schema is another
 * one than the copy's: what people did since then is in a database that the old hub can read.
 */
export async function restoreDatabase(
  { to }: HubTask,
  copy: string,
  revision: number,
  world: ApplyWorld,
): Promise<void> {
  const { namespace } = to.release;
  const stored = splitDocuments(
    await world.releases.manifest(to.unit.name, namespace, revision),
  ).filter((text) => /^kind: *Deployment *$/mu.test(text));
  world.progress(to.unit, 'stopping the hub to look at its database');
  if (await world.kube.get('deployment', 'hub', namespace))
    await world.kube.scale('hub', 0, namespace);
  const running = async (): Promise<boolean> =>
    (await world.kube.list('pods', { namespace, selector: 'app=jupyterhub,component=hub' }))
      .length > 0;
  for (let look = 0; await running(); look += 1) {
    if (look === LOOKS)
      throw new Faulty(
        'the hub does not stop, so that its database cannot be restored',
        'infrastructure',
      );
    await world.clock.sleep(LOOK_MS);
  }
  const objects = restoreObjects(stored.map(parseObject), {
    namespace,
    name: RESTORE,
    script: await world.script('db_restore.py'),
    args: [copy, '--if-changed'],
  });
  const { ok, log } = await runThrowAway(
    { name: RESTORE, namespace, objects, what: 'the hub’s database cannot be restored' },
    world,
  );
  if (!ok)
    throw new Faulty(
      `the hub’s database cannot be restored: ${lastWords('the script', log)}`,
      'infrastructure',
    );
  const said = lastObject(log.split('\n'));
  world.progress(
    to.unit,
    typeof said?.['restored'] === 'string'
      ? 'the hub’s database is what it was before the change; the newer one is kept beside it'
      : 'the hub’s database is of the same schema: it stays',
  );
}
