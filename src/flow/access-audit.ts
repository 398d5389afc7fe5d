import type { HubAccessResult } from '../apply/access/apply.ts';
import type { AccessPlan } from '../core/access/decide.ts';
import { effectsOf, knowledgeOf, knownOf } from '../core/access/audit/effects.ts';
import type { Effect, Knowledge, Made } from '../core/access/audit/effects.ts';
import type { AuditLine } from '../core/access/audit/line.ts';
import { filesBehind, originOf } from '../core/access/audit/origin.ts';
import type { Commit } from '../core/access/audit/origin.ts';
import { messageOf } from '../failure.ts';
import type { Clock } from '../ports.ts';
import type { AuditKeeper, FileHistory } from '../ports/access.ts';

/** What an audit is written with. */
export interface AuditWorld {
  clock: Clock;
  audit: AuditKeeper;
  history: FileHistory;
  /** The run of GitHub Actions. */
  run: number | undefined;
  progress: (text: string) => void;
}

/** What was made of it, hub by hub. */
export interface Applied {
  plan: AccessPlan;
  results: readonly HubAccessResult[];
}

/** Writes down what is not yet: one push at most. Says whether that is done; where it is not, the next run does it. */
export async function writeAudit(applied: Applied, world: AuditWorld): Promise<boolean> {
  try {
    const { lines } = await world.audit.read();
    const known = knowledgeOf(lines);
    const now = world.clock.now();
    const effects = applied.plan.hubs.flatMap((hub) => {
      const made = madeOf(applied.results.find((result) => result.hub === hub.hub));
      return effectsOf({ hub, made, known, now: now.getTime() });
    });
    const run = { at: now.toISOString(), run: world.run ?? null, plan: applied.plan.digest };
    const written: AuditLine[] = [];
    for (const effect of effects)
      written.push({ v: 1, ...run, ...effect, ...(await originIn(effect, known, world.history)) });
    await world.audit.append(written);
    return true;
  } catch (error) {
    world.progress(messageOf(error));
    return false;
  }
}

function madeOf(result: HubAccessResult | undefined): Made {
  if (!result || (result.loaded !== undefined && result.seconds.write === undefined))
    return { kind: 'unknown' };
  if (result.loaded === undefined) return { kind: 'nothing' };
  return { kind: 'written', stuck: new Set(result.stuck.map(({ name }) => name)) };
}

async function originIn(
  effect: Effect,
  known: Knowledge,
  history: FileHistory,
): Promise<ReturnType<typeof originOf>> {
  const commits: Commit[] = [];
  for (const file of filesBehind(effect)) {
    const commit = await history.newest(file);
    if (commit) commits.push(commit);
  }
  return originOf(commits, knownOf(known, effect).commits);
}
