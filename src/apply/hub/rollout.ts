import { rolloutVerdict } from '../../core/hub/rollout.ts';
import { lastWords } from '../../core/refusals/words.ts';
import type { Cluster } from '../../ports.ts';
import { Faulty } from '../types.ts';
import type { ApplyWorld, HubTask } from '../types.ts';

const ROLLOUT_SECONDS = 300;
const LOOK_MS = 500;

/** Until hub and proxy are ready; says what it waits for, and ends early on what cannot heal. */
export async function watchRollout(
  { to }: HubTask,
  { kube, clock, progress }: ApplyWorld,
): Promise<void> {
  const { unit } = to;
  const { namespace } = to.release;
  let said = '';
  const end = clock.elapsed() + ROLLOUT_SECONDS * 1000;
  while (clock.elapsed() < end) {
    const objects = await kube.list('deployments,pods', {
      namespace,
      selector: 'app=jupyterhub,component in (hub,proxy)',
    });
    const verdict = rolloutVerdict(
      objects.filter((one) => one['kind'] === 'Deployment'),
      objects.filter((one) => one['kind'] === 'Pod'),
      clock.now().getTime(),
    );
    if (verdict.kind === 'done') return;
    if (verdict.kind === 'failed') {
      const why = await lastWordOf(verdict.crashed, namespace, kube);
      throw new Faulty(`${verdict.reason}${why === '' ? '' : `: ${why}`}`, verdict.fault);
    }
    if (verdict.for !== said) progress(unit, `waiting for ${verdict.for}`);
    said = verdict.for;
    await clock.sleep(LOOK_MS);
  }
  throw new Faulty(`not ready after ${ROLLOUT_SECONDS} s: ${said}`, 'product');
}

/** What a crashed pod said before it ended, or says now; empty where none crashed. */
async function lastWordOf(
  pod: string | undefined,
  namespace: string,
  kube: Cluster,
): Promise<string> {
  if (pod === undefined) return '';
  const before = lastWord(await kube.logs(pod, namespace, 'previous'));
  return before === '' ? lastWord(await kube.logs(pod, namespace)) : before;
}

/** The line of a log that most likely says why its process ended. */
function lastWord(log: string): string {
  const lines = log
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('unable to retrieve container logs'));
  const last = lines.findLast((line) => /error|exception|\[C |fatal/iu.test(line)) ?? lines.at(-1);
  return last === undefined ? '' : lastWords('its log', last);
}
