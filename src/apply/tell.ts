import { escapeMarkdown } from '../core/show/findings.ts';
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
    github.closeIssue(labelsOf(hub), `${hub} runs again what is merged (${digest}).`),
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
  const why = escapeMarkdown(result.reason.slice(0, 500));
  await github.stickyComment(
    story.pull,
    marker,
    `${marker}\n**${title}.** ${why}\n\nMore in #${issue}, which closes itself when the hub runs what is merged.\n`,
  );
}

async function tellRemoval({ github, story }: Telling, result: UnitResult): Promise<void> {
  const { unit, outcome, reason } = result;
  if (outcome !== 'done') {
    const why = escapeMarkdown(reason.slice(0, 1000));
    const run = story.run === undefined ? '' : ` [The run](${story.run}).`;
    const again =
      'The removal that `platform.yaml` asks for is not finished; each run tries again.';
    const body = `**${why}**\n\n${again}${run} This issue closes itself.\n`;
    await attempt(story, 'tracking issue', () =>
      github.openIssue(labelsOf(unit.name), `${unit.name}: the removal is held`, body),
    );
    return;
  }
  const gone = new Map(RECORD_FILES.map((name) => [`${result.id}/${name}`, null] as const));
  await attempt(story, 'record', () =>
    github.commitFiles('deployed', gone, `${unit.name} is removed`),
  );
  await attempt(story, 'tracking issue', () => github.closeIssue(labelsOf(unit.name), reason));
}

/** One comment for each hub on the pull request that did not reach it, however often it is tried. */
const deployMarker = (hub: string): string => `<!-- glaciocloud deploy ${hub} -->`;

export function labelsOf(hub: string): string[] {
  return ['glaciocloud', `hub:${hub}`];
}

function headline({ outcome }: UnitResult): string {
  const words = {
    done: 'runs what is merged',
    failed: 'the change did not reach the hub',
    'rolled-back': 'the change was rolled back',
    blocked: 'the change is held',
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
  const wanted = `Wanted: ${to.digest.slice(0, 7)}, from ${commit.slice(0, 7)}.`;
  const link = run === undefined ? '' : ` [The run](${run}).`;
  const again = [
    'It is tried again when something changes, with the label `glaciocloud:retry` on this issue,',
    `or with \`glaciocloud deploy --retry ${result.unit.name} --reason TEXT\`.`,
    'This issue closes itself when the hub runs what is merged.',
  ].join(' ');
  const why = escapeMarkdown(result.reason.slice(0, 1000));
  return `**${why}**\n\n${old} ${wanted}${link}\n${healthTable(result.health)}\n${again}\n`;
}

function healthTable(lines: readonly HealthLine[]): string {
  if (lines.length === 0) return '';
  const rows = lines.map(({ ok, check, image, seconds, detail }) => {
    const cells = [
      ok ? '✓' : '✗',
      escapeMarkdown(check),
      image ?? '',
      `${seconds.toFixed(1)} s`,
      escapeMarkdown(detail.slice(0, 300)),
    ];
    return `| ${cells.join(' | ')} |\n`;
  });
  return `\n| | check | image | | |\n|---|---|---|---|---|\n${rows.join('')}`;
}
