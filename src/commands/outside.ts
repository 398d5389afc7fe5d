import { TITLES, hubIssue } from '../core/issues.ts';
import { addressSign, heartbeatLabels, heartbeatSign, hubApi } from '../core/watch/outside.ts';
import type { Sign } from '../core/watch/outside.ts';
import { hasErrors } from '../core/finding.ts';
import type { Json } from '../core/json.ts';
import type { Doc, EnvironmentFile, Platform } from '../core/model/types.ts';
import { seconds } from '../core/model/quantities.ts';
import { code, inMarkdown, link, terminal } from '../core/escape.ts';
import { askAddress } from '../edges/address.ts';
import type { Markdown, Terminal } from '../core/escape.ts';
import type { Report } from '../edges/report.ts';
import { UsageError } from '../failure.ts';
import { gatherPlatform } from '../gather/platform.ts';
import { SCHEMA_VERSION, outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import type { Clock, Forge } from '../ports.ts';

type Watched = Pick<Forge, 'issueTexts' | 'openIssue' | 'closeIssue'>;

export interface OutsideInputs {
  root: string;
  hubs: readonly string[];
  now: number;
  clock: Pick<Clock, 'sleep'>;
  /** GitHub and the address of the run, in GitHub Actions. */
  actions: { github: Watched; run: string | undefined } | undefined;
}

interface Seen {
  hub: string;
  url: string;
  address: Sign;
  heartbeat: Sign;
}

const ATTEMPTS = 3;
/** Between two attempts at an address. */
const PAUSE_MS = 5000;

/**
 * Hubs as the internet sees them, and whether their probes still speak. In GitHub Actions a tracking issue for each hub
 * says it; elsewhere exit 1.
 */
export async function outside(inputs: OutsideInputs, report: Report): Promise<Outcome> {
  const { platform, findings } = await gatherPlatform(inputs.root);
  if (!platform || hasErrors(findings)) return refused(findings);
  const unknown = inputs.hubs.find((name) => !platform.environments.has(name));
  if (unknown !== undefined)
    throw new UsageError(
      `there is no hub "${unknown}"`,
      `hubs: ${[...platform.environments.keys()].join(', ')}`,
    );
  const hubs = [...platform.environments.values()].filter(
    ({ name }) => inputs.hubs.length === 0 || inputs.hubs.includes(name),
  );
  const seen = await Promise.all(hubs.map((hub) => look(hub, platform, inputs)));
  if (inputs.actions) await track(inputs.actions, seen, report);
  const failed = seen.some((one) => problemsOf(one).length > 0);
  return outcome({
    exit: failed && !inputs.actions ? 1 : 0,
    text: seen.map(seenText).join(''),
    json: {
      schema_version: SCHEMA_VERSION,
      hubs: seen.map(({ hub, url, address, heartbeat }): Json => ({
        hub,
        url,
        address: { ...address },
        heartbeat: { ...heartbeat },
      })),
    },
  });
}

async function look(
  hub: Doc<EnvironmentFile>,
  platform: Platform,
  inputs: OutsideInputs,
): Promise<Seen> {
  const bare = platform.clusters.get(hub.data.cluster)?.data.ingress.class === 'none';
  const address: Sign = bare
    ? { kind: 'unchecked', text: 'its cluster has no public entry' }
    : await addressOf(hub, inputs);
  return { hub: hub.name, url: hub.data.url, address, heartbeat: await heartbeatOf(hub, inputs) };
}

/** The first good answer counts: a hub that restarts is away for some seconds. */
async function addressOf(
  { data: { url } }: Doc<EnvironmentFile>,
  { now, clock }: OutsideInputs,
): Promise<Sign> {
  for (let attempt = 1; ; attempt += 1) {
    const sign = addressSign(await askAddress(hubApi(url)), now);
    if (sign.kind !== 'problem' || attempt === ATTEMPTS) return sign;
    await clock.sleep(PAUSE_MS);
  }
}

async function heartbeatOf(
  { name, data: { probe } }: Doc<EnvironmentFile>,
  { actions, now }: OutsideInputs,
): Promise<Sign> {
  if (!probe) return { kind: 'unchecked', text: 'no probe: in its file' };
  if (!actions) return { kind: 'unchecked', text: 'the probe is heard in GitHub Actions only' };
  const texts = await actions.github.issueTexts(heartbeatLabels(name));
  const signs = texts.map((text) => heartbeatSign(text, seconds(probe.api), now));
  const well = signs.find(({ kind }) => kind === 'well');
  return well ?? signs[0] ?? heartbeatSign(undefined, seconds(probe.api), now);
}

/** The tracking issue of each hub, by labels of its own; what was not checked leaves it as it is. */
async function track(
  { github, run }: NonNullable<OutsideInputs['actions']>,
  seen: readonly Seen[],
  report: Report,
): Promise<void> {
  for (const one of seen) {
    const labels = hubIssue('outside', one.hub);
    const problems = problemsOf(one);
    if (problems.length > 0) {
      const title = `${one.hub}: ${TITLES.outside}`;
      const issue = await github.openIssue(labels, title, issueBody(one, run).text);
      report.progress(`${one.hub}: told in issue ${issue}`);
    } else if (one.address.kind === 'well' || one.heartbeat.kind === 'well')
      await github.closeIssue(
        labels,
        inMarkdown`${one.hub} is well again, seen from outside.`.text,
      );
  }
}

function issueBody(one: Seen, run: string | undefined): Markdown {
  const list = problemsOf(one).map((text) => inMarkdown`- ${text}\n`);
  const theRun = run === undefined ? inMarkdown`` : inMarkdown`${link('The run', run)}. `;
  const logs = `kubectl logs deploy/glaciocloud-probe --namespace ${one.hub}-probe`;
  const first = inMarkdown`Seen from the internet, ${code(one.hub)} (${link(one.url, one.url)}) is not well:`;
  const silent = inMarkdown`A probe that is silent says that it, its cluster or its token has gone: ${code(logs)}.`;
  return inMarkdown`${first}\n\n${list}\n${theRun}${silent} This issue closes itself.\n`;
}

function problemsOf({ url, address, heartbeat }: Seen): string[] {
  return [
    ...(address.kind === 'problem' ? [`${url}: ${address.text}`] : []),
    ...(heartbeat.kind === 'problem' ? [heartbeat.text] : []),
  ];
}

function seenText(one: Seen): string {
  const marks = { well: '✓', problem: '✗', unchecked: '–' } as const;
  const sign = (what: string, { kind, text }: Sign): Terminal =>
    terminal`  ${marks[kind]} ${what}: ${kind === 'unchecked' ? 'not checked, ' : ''}${text}\n`;
  return terminal`${one.hub}\n${sign(one.url, one.address)}${sign('probe', one.heartbeat)}`.text;
}
