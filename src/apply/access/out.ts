import { at, textAt } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import { scriptRefusal } from '../../core/refusals/words.ts';
import { messageOf } from '../../failure.ts';
import type { Cluster } from '../../ports.ts';
import { SERVERS, USERNAME, askHub } from './hub-people.ts';
import type { HubAccess } from './hub-people.ts';

/** A hub that has not answered for so long does not answer. */
const PATIENCE_SECONDS = 60;
/** For both halves of the script, and a kubectl that is slow. */
const SCRIPT_SECONDS = 2 * PATIENCE_SECONDS + 30;

/** What came of putting people out. */
export interface Out {
  /** Seconds until the hub had read its file; undefined where it was not seen to. */
  loaded: number | undefined;
  /** Why nobody could be put out; undefined where each was tried. */
  why: string | undefined;
  /** Who is still there, by name, and why. */
  left: ReadonlyMap<string, string>;
}

interface Leaving {
  /** Of access.json as it was written. */
  digest: string;
  names: readonly string[];
}

/** Nobody is touched before the hub has read the file; then each is put out, and only what the hub confirms counts. */
export async function putOut(
  world: HubAccess,
  hub: string,
  { digest, names }: Leaving,
): Promise<Out> {
  let loaded: number | undefined;
  let why: string | undefined = 'the hub does not answer';
  const left = new Map(names.map((name) => [name, 'the hub has said nothing of them']));
  const onObject = (line: JsonObject): void => {
    const detail = textAt(line, '/detail');
    if (line['loaded'] === true) {
      loaded = Number(at(line, '/seconds'));
      why = undefined;
    } else if (line['loaded'] === false) why = `the hub has not read its file: ${detail}`;
    else if (line['out'] === true) left.delete(textAt(line, '/name'));
    else left.set(textAt(line, '/name'), detail);
  };
  const job = { do: 'out', digest, names: [...names], timeout: PATIENCE_SECONDS };
  try {
    const ended = await askHub(world, hub, { job, seconds: SCRIPT_SECONDS, onObject });
    if (ended.code > 1) why = `the hub does not answer: ${scriptRefusal(ended.stderr).text}`;
  } catch (error) {
    why = `the hub does not answer: ${messageOf(error)}`;
  }
  return { loaded, why, left };
}

/** Servers of people by Kubernetes alone. Their homes are not touched. */
export async function endPods(
  kube: Cluster,
  hub: string,
  names: ReadonlySet<string>,
): Promise<void> {
  if (names.size === 0) return;
  for (const pod of await kube.list('pods', { namespace: hub, selector: SERVERS }))
    if (names.has(textAt(pod, USERNAME)))
      await kube.delete('pod', textAt(pod, '/metadata/name'), hub);
}
