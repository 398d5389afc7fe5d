import type { Inputs } from './arguments.ts';
import { accessApply, accessPlan } from './commands/access.ts';
import { accessClass } from './commands/access-class.ts';
import { accessErase } from './commands/access-erase.ts';
import { accessForms } from './commands/access-forms.ts';
import { accessHistory } from './commands/access-history.ts';
import { accessHomes } from './commands/access-homes.ts';
import { accessImport } from './commands/access-import.ts';
import { accessNotices } from './commands/access-notices.ts';
import { accessRequest } from './commands/access-request.ts';
import { accessSources, accessWorld, loginsOnGithub } from './compose.ts';
import { homeSources, requestWorld, teamsOnGithub } from './compose.ts';
import type { AccessPlace } from './compose.ts';
import type { Detail } from './core/access/text.ts';
import { kubeconfigOf, timeOf } from './dispatch-inputs.ts';
import { gitAudit } from './edges/audit.ts';
import { gitErasure } from './edges/erasure.ts';
import { isInActions } from './edges/in-actions.ts';
import { directoryFile } from './edges/directory-file.ts';
import { machineRandom } from './edges/machine.ts';
import type { Report } from './edges/report.ts';
import { UsageError } from './failure.ts';
import type { AccessInputs } from './flow/access.ts';
import type { Outcome } from './outcome.ts';

type Run = (inputs: Inputs, report: Report) => Promise<Outcome>;

/** One entry for each word behind `access`. */
const VERBS: ReadonlyMap<string, Run> = new Map([
  ['plan', runPlan],
  ['apply', runApply],
  ['history', runHistory],
  ['request', runRequest],
  ['class', runClass],
  ['import', runImport],
  ['homes', runHomes],
  ['erase', runErase],
  ['notices', runNotices],
  ['forms', ({ root }) => accessForms(root)],
]);

/** `access VERB …`. */
export async function runAccess(inputs: Inputs, report: Report): Promise<Outcome> {
  const [verb = ''] = inputs.target;
  const run = VERBS.get(verb);
  if (run) return run(inputs, report);
  const known = [...VERBS.keys()];
  const hint = `write access ${known.slice(0, -1).join(', ')} or ${known.at(-1) ?? ''}`;
  throw new UsageError(`access knows no "${verb}"`, hint);
}

/** A plan needs no cluster. */
const LOOK =
  'to see who would come into empty hubs, give --present with an empty folder, and --directory FILE where teams are named';

async function runPlan(inputs: Inputs): Promise<Outcome> {
  return accessPlan(await askedOf(inputs), accessSources(placeOf(inputs, LOOK)));
}

async function runApply(inputs: Inputs, report: Report): Promise<Outcome> {
  if (inputs.present !== undefined)
    throw new UsageError('access apply compares with the cluster itself');
  const place = placeOf(inputs);
  const run = isInActions() ? (await import('./edges/runner.ts')).runId() : undefined;
  const world = await accessWorld(place, run, (text) => report.progress(text));
  return accessApply(await askedOf(inputs), accessSources(place), world);
}

async function askedOf({ root, people, at, target }: Inputs): Promise<AccessInputs> {
  return { root, people, hubs: target.slice(1), now: timeOf(at), detail: await detailOfRun() };
}

function placeOf(inputs: Inputs, instead?: string): AccessPlace {
  const { root, people, present, directory } = inputs;
  const kubeconfig = present === undefined ? kubeconfigOf(inputs, instead) : undefined;
  return { root, people, present, directory, kubeconfig };
}

async function runHistory({ root, people, target }: Inputs): Promise<Outcome> {
  await confirmUnseen();
  return accessHistory({ root, people, asked: target.slice(1) }, gitAudit(people ?? root));
}

async function runRequest({ root, people, directory, at }: Inputs): Promise<Outcome> {
  const { requestEvent } = await import('./edges/runner.ts');
  const asked = { root, people, event: requestEvent(), now: timeOf(at) };
  return accessRequest(asked, await requestWorld(directory));
}

async function runClass({ root, people, logins, target, at }: Inputs): Promise<Outcome> {
  const detail = await detailOfRun();
  const asked = { root, people, slug: target[1], logins, now: timeOf(at), detail };
  return accessClass(asked, loginsOnGithub);
}

async function runImport(inputs: Inputs): Promise<Outcome> {
  await confirmUnseen();
  const { root, people, from, tier, until, directory } = inputs;
  const asked = { root, people, from, tier, until, now: timeOf(inputs.at) };
  const teams = directory === undefined ? teamsOnGithub : directoryFile(directory);
  return accessImport(asked, { accounts: loginsOnGithub, directory: teams });
}

async function runHomes(inputs: Inputs): Promise<Outcome> {
  if (inputs.present !== undefined)
    throw new UsageError('access homes looks into the cluster itself');
  return accessHomes(await askedOf(inputs), homeSources(placeOf(inputs)));
}

async function runErase({ root, people, target }: Inputs): Promise<Outcome> {
  await confirmUnseen();
  const asked = { root, people, asked: target.slice(1) };
  return accessErase(asked, gitErasure(people ?? root), machineRandom);
}

async function runNotices({ root, people, directory, at }: Inputs): Promise<Outcome> {
  const { desk } = await requestWorld(directory);
  return accessNotices({ root, people, now: timeOf(at) }, desk);
}

/** For what speaks of people one by one. */
async function confirmUnseen(): Promise<void> {
  if ((await detailOfRun()) === 'counts')
    throw new UsageError('anybody may read the log of this run', 'run it at a terminal');
}

/** Where anybody may read along, numbers only. */
async function detailOfRun(): Promise<Detail> {
  if (!isInActions()) return 'everybody';
  const { isPrivateRun } = await import('./edges/runner.ts');
  return isPrivateRun() ? 'everybody' : 'counts';
}
