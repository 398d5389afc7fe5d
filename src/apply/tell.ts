import { escapeMarkdown } from '../core/show/findings.ts';
import { unitId } from '../core/unit.ts';
import type { WantedRelease } from '../core/unit.ts';
import { RECORD_FILES } from '../edges/deployed.ts';
import { Failure } from '../failure.ts';
import type { Forge } from '../ports.ts';
import type { UnitResult } from './types.ts';

/** What telling needs of GitHub. */
export type Told = Pick<
  Forge,
  'commitFiles' | 'openIssue' | 'closeIssue' | 'stickyComment' | 'deployment'
>;

/** What people read on GitHub about a deployment. A part that GitHub refuses is reported and leaves the rest alone: the hub runs either way. */
export interface Story {
  commit: string;
  /** The merged pull request that asked for it. */
  pull: number | undefined;
  run: string | undefined;
  environment: string;
  record: (to: WantedRelease) => Promise<ReadonlyMap<string, string>>;
  progress: (text: string) => void;
}

/** Record on the branch `deployed`, status of the deployment, and the hub's one tracking issue: opened by a failure, closed by recovery. */
export async function tellGithub(
  github: Told,
  results: readonly UnitResult[],
  wanted: readonly WantedRelease[],
  story: Story,
): Promise<void> {
  const attempt = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      story.progress(`${what}: ${error.message}`);
    }
  };
  for (const result of results) {
    if (result.kind === 'remove') await tellRemoval(github, result, story, attempt);
    const to = wanted.find(({ unit }) => unitId(unit) === unitId(result.unit));
    if (!to || result.kind === 'none') continue; // nothing was tried, so there is nothing new to tell
    const hub = result.unit.name;
    const url = hubAddress(to);
    if (result.outcome === 'done') {
      await attempt('record', async () =>
        github.commitFiles(
          'deployed',
          await story.record(to),
          `${hub} runs ${to.digest.slice(0, 7)}, from ${story.commit.slice(0, 7)}`,
        ),
      );
      await attempt('tracking issue', () =>
        github.closeIssue(
          labelsOf(hub),
          `${hub} runs again what is merged (${to.digest.slice(0, 7)}).`,
        ),
      );
    } else {
      await attempt('tracking issue', async () => {
        const issue = await github.openIssue(
          labelsOf(hub),
          `${hub}: ${headline(result)}`,
          issueBody(result, to, story),
        );
        if (story.pull !== undefined)
          await github.stickyComment(
            story.pull,
            deployMarker(hub),
            `${deployMarker(hub)}\n**${hub}: ${headline(result)}.** ${escapeMarkdown(result.reason.slice(0, 500))}\n\nMore in #${issue}, which closes itself when the hub runs what is merged.\n`,
          );
      });
    }
    await attempt('deployment', () =>
      github.deployment({
        commit: story.commit,
        environment: `${story.environment}/${hub}`,
        state: result.outcome === 'done' ? 'success' : 'failure',
        description: result.reason || headline(result),
        url,
        run: story.run,
      }),
    );
  }
}

async function tellRemoval(
  github: Told,
  { unit, outcome, reason }: UnitResult,
  { run }: Story,
  attempt: (what: string, work: () => Promise<unknown>) => Promise<void>,
): Promise<void> {
  if (outcome !== 'done') {
    const body = `**${escapeMarkdown(reason.slice(0, 1000))}**\n\nThe removal that \`platform.yaml\` asks for is not finished; each run tries again.${run === undefined ? '' : ` [The run](${run}).`} This issue closes itself.\n`;
    await attempt('tracking issue', () =>
      github.openIssue(labelsOf(unit.name), `${unit.name}: the removal is held`, body),
    );
    return;
  }
  const gone = new Map(RECORD_FILES.map((name) => [`${unitId(unit)}/${name}`, null] as const));
  await attempt('record', () => github.commitFiles('deployed', gone, `${unit.name} is removed`));
  await attempt('tracking issue', () => github.closeIssue(labelsOf(unit.name), reason));
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
  const checks = result.health.map(
    ({ check, image, ok, seconds, detail }) =>
      `| ${ok ? '✓' : '✗'} | ${escapeMarkdown(check)} | ${image ?? ''} | ${seconds.toFixed(1)} s | ${escapeMarkdown(detail.slice(0, 300))} |\n`,
  );
  const table =
    checks.length === 0
      ? ''
      : `\n| | check | image | | |\n|---|---|---|---|---|\n${checks.join('')}`;
  const old =
    result.outcome === 'rolled-back'
      ? 'The last healthy revision runs again.'
      : 'What ran before still runs.';
  return `**${escapeMarkdown(result.reason.slice(0, 1000))}**\n\n${old} Wanted: ${to.digest.slice(0, 7)}, from ${commit.slice(0, 7)}.${run === undefined ? '' : ` [The run](${run}).`}\n${table}\nIt is tried again when something changes, with the label \`glaciocloud:retry\` on this issue, or with \`glaciocloud deploy --retry ${result.unit.name} --reason TEXT\`. This issue closes itself when the hub runs what is merged.\n`;
}
