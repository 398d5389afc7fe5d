import { ORDERS, TITLES, hubIssue } from '../core/issues.ts';
import { code, hex, inMarkdown, link, short } from '../core/escape.ts';
import type { Markdown } from '../core/escape.ts';
import { RECORD_FILES, unitId } from '../core/unit.ts';
import type { WantedRelease } from '../core/unit.ts';
import { Failure } from '../failure.ts';
import type { Forge } from '../ports.ts';
import type { HealthLine, UnitResult } from './types.ts';

/** What telling needs of GitHub. */
export type Told = Pick<
  Forge,
  'commitFiles' | 'openIssue' | 'closeIssue' | 'stickyComment' | 'deployment'
>;

/**
 * What people read on GitHub about a deployment. A part that GitHub refuses is reported and leaves the rest
 * alone: the hub runs either way.
 */
export interface Story {
  commit: string;
  /** The merged pull request that asked for it. */
  pull: number | undefined;
  run: string | undefined;
  environment: string;
  record: (to: WantedRelease) => Promise<ReadonlyMap<string, string>>;
  progress: (text: string) => void;
}

/**
 * Record on the branch `deployed`, status of the deployment, and the hub's one tracking issue: opened by a failure,
 * closed by recovery.
 */
export async function tellGithub(
  github: Told,
  results: readonly UnitResult[],
  wanted: readonly WantedRelease[],
  story: Story,
): Promise<void> {
  const telling: Telling = { github, story };
  for (const result of results) {
    if (result.kind === 'remove') await tellRemoval(telling, result);
    const to = wanted.find(({ unit }) => unitId(unit) === result.id);
    if (!to || result.kind === 'none') continue; // nothing was tried, so there is nothing new to tell
    if (result.outcome === 'done') await tellDone(telling, to);
    else await attempt(story, 'tracking issue', () => tellFailure(telling, result, to));
    await attempt(story, 'deployment', () =>
      github.deployment({
        commit: story.commit,
        environment: `${story.environment}/${result.unit.name}`,
        state: result.outcome === 'done' ? 'success' : 'failure',
        description: result.reason || headline(result),
        url: hubAddress(to),
        run: story.run,
      }),
    );
  }
}

interface Telling {
  github: Told;
  story: Story;
}

/** A part that GitHub refuses is reported. */
async function attempt(
  { progress }: Story,
  what: string,
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    progress(`${what}: ${error.message}`);
  }
}

async function tellDone({ github, story }: Telling, to: WantedRelease): Promise<void> {
  const hub = to.unit.name;
  const digest = to.digest.slice(0, 7);
  await attempt(story, 'record', async () =>
    github.commitFiles(
      'deployed',
      await story.record(to),
      `${hub} runs ${digest}, from ${story.commit.slice(0, 7)}`,
    ),
  );
  await attempt(story, 'tracking issue', () =>
    github.closeIssue(
      labelsOf(hub),
      inMarkdown`${hub} runs again what is merged (${hex(digest)}).`.text,
    ),
  );
}

async function tellFailure(
  { github, story }: Telling,
  result: UnitResult,
  to: WantedRelease,
): Promise<void> {
  const hub = result.unit.name;
  const title = `${hub}: ${headline(result)}`;
  const issue = await github.openIssue(labelsOf(hub), title, issueBody(result, to, story));
  if (story.pull === undefined) return;
  const marker = deployMarker(hub);
  const why = short(result.reason, 500);
  const more = inMarkdown`More in #${issue}, which closes itself when the hub runs what is merged.`;
  const body = inMarkdown`**${title}.** ${why}\n\n${more}\n`.text;
  await github.stickyComment(story.pull, marker, `${marker}\n${body}`);
}

async function tellRemoval({ github, story }: Telling, result: UnitResult): Promise<void> {
  const { unit, outcome, reason } = result;
  if (outcome !== 'done') {
    const why = short(reason, 1000);
    const again = inMarkdown`The removal that \`platform.yaml\` asks for is not finished; each run tries again.`;
    const body = inMarkdown`**${why}**\n\n${again}${theRun(story.run)} This issue closes itself.\n`
      .text;
    await attempt(story, 'tracking issue', () =>
      github.openIssue(labelsOf(unit.name), `${unit.name}: ${TITLES.removal}`, body),
    );
    return;
  }
  const gone = new Map(RECORD_FILES.map((name) => [`${result.id}/${name}`, null] as const));
  await attempt(story, 'record', () =>
    github.commitFiles('deployed', gone, `${unit.name} is removed`),
  );
  await attempt(story, 'tracking issue', () =>
    github.closeIssue(labelsOf(unit.name), inMarkdown`${reason}`.text),
  );
}

/** One comment for each hub on the pull request that did not reach it, however often it is tried. */
const deployMarker = (hub: string): string => `<!-- glaciocloud deploy ${hub} -->`;

export function labelsOf(hub: string): string[] {
  return hubIssue('deployment', hub);
}

function headline({ outcome }: UnitResult): string {
  const words = {
    done: 'runs what is merged',
    failed: TITLES.failed,
    'rolled-back': TITLES.rolledBack,
    blocked: TITLES.blocked,
    waiting: 'waiting',
  } as const;
  return words[outcome];
}

function hubAddress({ release }: WantedRelease): string {
  const { glaciocloud } = release.values as { glaciocloud?: { hub?: { url?: string } } };
  return glaciocloud?.hub?.url ?? '';
}

function issueBody(result: UnitResult, to: WantedRelease, { commit, run }: Story): string {
  const old =
    result.outcome === 'rolled-back'
      ? 'The last healthy revision runs again.'
      : 'What ran before still runs.';
  const digest = hex(to.digest.slice(0, 7));
  const wanted = inMarkdown`Wanted: ${digest}, from ${hex(commit.slice(0, 7))}.`;
  const retry = code(`glaciocloud deploy --retry ${result.unit.name} --reason TEXT`);
  const again = inMarkdown`It is tried again when something changes, with the label ${code(ORDERS.retry)} on this issue, or with ${retry}. This issue closes itself when the hub runs what is merged.`;
  const why = short(result.reason, 1000);
  const table = healthTable(result.health);
  return inMarkdown`**${why}**\n\n${old} ${wanted}${theRun(run)}\n${table}\n${again}\n`.text;
}

function theRun(run: string | undefined): Markdown {
  return run === undefined ? inMarkdown`` : inMarkdown` ${link('The run', run)}.`;
}

function healthTable(lines: readonly HealthLine[]): Markdown {
  if (lines.length === 0) return inMarkdown``;
  const rows = lines.map(({ ok, check, image, seconds, detail }) => {
    const more = short(detail, 300);
    return inMarkdown`| ${ok ? '✓' : '✗'} | ${check} | ${image ?? ''} | ${seconds.toFixed(1)} s | ${more} |\n`;
  });
  return inMarkdown`\n| | check | image | | |\n|---|---|---|---|---|\n${rows}`;
}
