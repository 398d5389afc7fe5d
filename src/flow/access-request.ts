import { withoutPeople } from '../core/access/findings.ts';
import { ANSWER_MARK, answerText, stateOf, underWayText } from '../core/access/request/answer.ts';
import { olderRequest } from '../core/access/request/body.ts';
import { isSettled } from '../core/access/request/brought.ts';
import type { Change } from '../core/access/request/change.ts';
import { decideRequest, isIdle } from '../core/access/request/decide.ts';
import { refusal } from '../core/access/request/decision.ts';
import type { Decision, Effect, Refusal } from '../core/access/request/decision.ts';
import type { RequestFacts, RequestState, ShownPull } from '../core/access/request/facts.ts';
import { isShown } from '../core/access/request/grant.ts';
import { commitMessage, inMarkdown } from '../core/escape.ts';
import type { Finding } from '../core/finding.ts';
import type { TeamLists } from '../core/access/teams.ts';
import type { Platform } from '../core/model/types.ts';
import { UsageError } from '../failure.ts';
import { gatherPlatform, gatherWithPeople, peopleFolder } from '../gather/platform.ts';
import type { Directory } from '../ports/access.ts';
import type { RequestDesk, RequestPulls } from '../ports/requests.ts';

/** What an event of GitHub is about; everything else of it is asked anew. */
export interface RequestEvent {
  issue: number;
  comment: number | undefined;
}

export interface RequestInputs {
  root: string;
  /** A checkout of the repository with people's files, where they are not here. */
  people: string | undefined;
  /** The commit that was checked out there. */
  base: string;
  event: RequestEvent;
  now: number;
}

export interface RequestWorld {
  desk: RequestDesk;
  /** The repository with people’s files: by its name, or this one. */
  pullsIn(repository: string | undefined): RequestPulls;
  directory: Directory;
}

/** What became of it. */
export interface RequestResult {
  state: RequestState | undefined;
  command: Decision['command'];
  refused: Refusal | undefined;
  pull: number | undefined;
}

export type Requesting =
  { kind: 'refused'; findings: Finding[] } | ({ kind: 'done' } & RequestResult);

/** An event with everything that it is carried out with. */
interface Place {
  inputs: RequestInputs;
  desk: RequestDesk;
  pulls: RequestPulls;
  facts: RequestFacts;
  /** Where `access/` is in the repository of the pull requests. */
  folder: string;
}

/** What an effect came to. */
interface Done {
  state: RequestState;
  refused: Refusal | undefined;
  pull: { number: number; url: string } | undefined;
}

const NOTHING_SEEN: RequestResult = {
  state: undefined,
  command: undefined,
  refused: undefined,
  pull: undefined,
};

/** Makes hubs follow the files. */
const APPLY = 'access.yml';

/** One event of an issue: gathered, decided, carried out, and told in our one comment. */
export async function requestAccess(
  inputs: RequestInputs,
  world: RequestWorld,
): Promise<Requesting> {
  const { root, people } = inputs;
  const reading =
    people === undefined ? await gatherPlatform(root) : await gatherWithPeople(root, people);
  const { platform } = reading;
  if (!platform) return { kind: 'refused', findings: withoutPeople(reading.findings) };
  const isElsewhere = platform.settings.data.access !== undefined;
  if (isElsewhere !== (people !== undefined))
    throw new UsageError(
      'people’s files are not where --people says',
      'give --people where platform.yaml has `access:`, and only there',
    );
  const seen = await look(inputs.event, world.desk);
  if (!seen) return { kind: 'done', ...NOTHING_SEEN };
  const folder = people === undefined ? 'access/' : await peopleFolder(people);
  const pulls = world.pullsIn(platform.settings.data.access?.repository);
  const place = { inputs, desk: world.desk, pulls, folder };
  const { lists } = await teamsOf(platform, world.directory);
  const files = { platform, sources: reading.sources, teams: lists };
  const facts = await gatherFacts(place, { ...seen, ...files });
  return { kind: 'done', ...(await carryOut({ ...place, facts })) };
}

/** Nobody is asked where no team decides. */
async function teamsOf(
  { approvers }: Platform,
  directory: Directory,
): Promise<{ lists: TeamLists }> {
  const teams = approvers?.data.teams ?? [];
  return teams.length === 0 ? { lists: new Map() } : directory.teams(teams);
}

/** Issue and comment as they are now; undefined where nothing can follow, so that talk costs two questions. */
async function look(
  event: RequestEvent,
  desk: RequestDesk,
): Promise<Pick<RequestFacts, 'issue' | 'comment'> | undefined> {
  const issue = await desk.issue(event.issue);
  if (!issue) return undefined;
  if (event.comment === undefined)
    return isIdle(issue, undefined) ? undefined : { issue, comment: undefined };
  const comment = await desk.comment(event.comment);
  return comment === undefined || isIdle(issue, comment) ? undefined : { issue, comment };
}

async function gatherFacts(
  { inputs, desk, pulls, folder }: Omit<Place, 'facts'>,
  given: Pick<RequestFacts, 'issue' | 'comment' | 'platform' | 'sources' | 'teams'>,
): Promise<RequestFacts> {
  const { issue } = given;
  const answer = await desk.answer(issue.number, ANSWER_MARK);
  const shown = await pulls.shown(branchOf(issue.number));
  const open = await desk.openOf(issue.author);
  const waiting = open.filter((one) => !isSettled({ ...given, now: inputs.now }, one));
  return {
    ...given,
    pull: shown && inAccess(shown, folder),
    older: olderRequest(issue, waiting),
    accountSince: await desk.accountSince(issue.author.id),
    said: answer === undefined ? undefined : stateOf(answer),
    now: inputs.now,
  };
}

function branchOf(issue: number): string {
  return `glaciocloud/request-${issue}`;
}

/** One of its own: what whoever asks withdraws or asks for anew leaves an end of access alone. */
function endingBranchOf(issue: number): string {
  return `${branchOf(issue)}-end`;
}

/** Files by the paths that a platform has them at. */
function inAccess(shown: ShownPull, folder: string): ShownPull {
  const files = [...shown.files].map(([path, text]): [string, string | null] => [
    path.startsWith(folder) ? `access/${path.slice(folder.length)}` : path,
    text,
  ]);
  return { ...shown, files: new Map(files) };
}

async function carryOut(place: Place): Promise<RequestResult> {
  const { facts, desk, inputs } = place;
  const decision = decideRequest(facts);
  const { state, command, refused, effect } = decision;
  if (state === undefined) return { state: facts.said, command, refused, pull: facts.pull?.number };
  const ends = 'ends' in effect && effect.ends;
  const waits = effect.kind === 'merge' && inputs.people === undefined;
  // Said first: a run that is cut off between the two is finished by the next.
  if (ends && !waits) await desk.keepAnswer(inputs.event.issue, ANSWER_MARK, underWayText(state));
  const done = await effected(place, state, effect);
  const told = { ...done, refused: done.refused ?? refused };
  await tell(place, decision, told);
  if (ends && done.refused === undefined && done.state === state)
    await desk.end(inputs.event.issue);
  return { state: told.state, command, refused: told.refused, pull: told.pull?.number };
}

async function tell({ inputs, desk }: Place, decision: Decision, done: Done): Promise<void> {
  const { state, refused, pull } = done;
  const text = answerText({ ...decision, refused }, state, { page: pull?.url });
  await desk.keepAnswer(inputs.event.issue, ANSWER_MARK, text);
}

async function effected(place: Place, state: RequestState, effect: Effect): Promise<Done> {
  const { facts, desk, pulls, inputs } = place;
  const branch = branchOf(inputs.event.issue);
  switch (effect.kind) {
    case 'none':
      return { state, refused: undefined, pull: facts.pull };
    case 'propose':
      return { state, refused: undefined, pull: await proposed(place, effect.change, branch) };
    case 'apply':
      await desk.start(APPLY);
      return { state, refused: undefined, pull: undefined };
    case 'withdraw':
      await pulls.withdraw(branch, inMarkdown`${effect.why}`.text);
      return { state, refused: undefined, pull: undefined };
    case 'merge':
      return merged(place, state, effect);
  }
}

async function proposed(
  { inputs, pulls, folder }: Place,
  change: Change,
  branch: string,
): Promise<ShownPull> {
  const { issue } = inputs.event;
  const path = `${folder}${change.path.slice('access/'.length)}`;
  const mark = `Access, request ${issue}: `;
  await pulls.propose({
    branch,
    base: inputs.base,
    mark,
    title: `${mark}${change.text === null ? 'takes away' : 'writes'} ${path}`,
    body: inMarkdown`Request ${issue} of the platform’s repository. What people write there decides; this page is only to look at.`
      .text,
    files: new Map([[path, change.text]]),
  });
  const shown = await pulls.shown(branch);
  if (!shown) throw new UsageError('the pull request was closed meanwhile', 'write /recheck');
  return inAccess(shown, folder);
}

/** Exactly this file with exactly these bytes, or nothing. Where people's files are here, a person merges. */
async function merged(
  place: Place,
  state: RequestState,
  { change, by }: Effect & { kind: 'merge' },
): Promise<Done> {
  const { facts, desk, pulls, inputs } = place;
  const pull = await proposed(place, change, await branchFor(place, state));
  if (!isShown(pull, change)) {
    const refused = refusal('changed', 'the pull request holds something else: look at it again');
    return { state: 'needs-review', refused, pull };
  }
  if (inputs.people === undefined) return { state: 'approved', refused: undefined, pull };
  const trailer = commitMessage(`Approved-by: ${by}`);
  const problem = await pulls.merge(pull.number, pull.head, trailer);
  if (problem !== undefined)
    return {
      state: facts.said ?? 'needs-review',
      refused: refusal('not-merged', problem),
      pull,
    };
  await desk.start(APPLY);
  return { state, refused: undefined, pull };
}

/** Where access ends, nothing that was asked for before is left to merge. */
async function branchFor({ inputs, pulls }: Place, state: RequestState): Promise<string> {
  const { issue } = inputs.event;
  if (state !== 'revoked') return branchOf(issue);
  await pulls.withdraw(branchOf(issue), inMarkdown`Access has ended.`.text);
  return endingBranchOf(issue);
}
