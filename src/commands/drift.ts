import { ORDERS, TITLES, hubIssue } from '../core/issues.ts';
import { statesOnly } from '../core/hub/state-text.ts';
import type { States } from '../core/hub/state.ts';
import { readStates } from '../apply/cluster.ts';
import { driftOf, foreignManagers } from '../core/watch/drift.ts';
import { driftText } from '../core/watch/drift-text.ts';
import type { HubDrift } from '../core/watch/drift-text.ts';
import { code, fenced, inMarkdown, short, terminal } from '../core/escape.ts';
import { merge, textAt } from '../core/json.ts';
import { append } from '../core/lists.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { byIdentity, documentsIn, identity, parseObject } from '../core/manifests.ts';
import { withTemporaryFolder } from '../edges/files.ts';
import { HelmReleases } from '../edges/helm-releases.ts';
import { findHelm } from '../edges/helm.ts';
import { Kube } from '../edges/kube.ts';
import type { Report } from '../edges/report.ts';
import { Failure } from '../failure.ts';
import type { CHANGES } from '../outcome.ts';
import { SCHEMA_VERSION, outcome } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import type { Forge } from '../ports.ts';

type Tracker = Pick<Forge, 'openIssue' | 'closeIssue'>;

/** Where the result is shown: to who asked, or in a workflow, whose log everybody reads. */
export type Audience =
  | { kind: 'who-asked'; whenDrifted: DriftCode }
  | { kind: 'everybody'; github: Tracker | undefined };

/** How the command ends where there is drift: with 4 where `--exit-code` asks. */
type DriftCode = 1 | typeof CHANGES;

/**
 * What somebody changed behind our back: live objects against the manifest that Helm stored. Changes nothing. Exit 1
 * where there is drift, or 4 where `--exit-code` asks.
 */
export async function drift(
  kubeconfig: string,
  hubs: readonly string[],
  audience: Audience,
  report: Report,
): Promise<Outcome> {
  const kube = new Kube(kubeconfig);
  const { known, unreadable } = statesOnly(await readStates(kube), hubs);
  const { found, failed } = await driftIn(kubeconfig, known);
  const unseen = new Map([...unreadable, ...failed]);
  const github = audience.kind === 'everybody' ? audience.github : undefined;
  if (github) await tellDrift(github, found, report);
  return driftOutcome(found, unseen, audience);
}

/** What somebody changed in these hubs of a cluster. */
export function driftIn(kubeconfig: string, known: States['known']): Promise<Looked> {
  const kube = new Kube(kubeconfig);
  return withTemporaryFolder(async (scratch) => {
    const releases = new HelmReleases(await findHelm(), kubeconfig, scratch);
    return lookAtEach(known, (hub) => hubDrift(kube, releases, hub));
  });
}

/** What is printed, and how the command ends. `unseen` says of a hub why nobody could look at it. */
export function driftOutcome(
  found: readonly HubDrift[],
  unseen: ReadonlyMap<string, string>,
  audience: Audience,
): Outcome {
  const drifted = found.some((one) => one.drift.length > 0);
  const text = found.map((one) => driftText(one, audience.kind)).join('');
  return outcome({
    exit: driftExit(drifted, unseen.size > 0, audience),
    text: text + [...unseen].map(unreadableText).join(''),
    json: {
      schema_version: SCHEMA_VERSION,
      hubs: found.map(driftJson),
      unreadable: Object.fromEntries(unseen),
    },
  });
}

/** What was found in each hub, and why one could not be looked at. */
export interface Looked {
  found: HubDrift[];
  failed: Map<string, string>;
}

/** Every hub that has ever been healthy. One that cannot be looked at keeps no other from being looked at. */
export async function lookAtEach(
  known: States['known'],
  look: (hub: string) => Promise<HubDrift>,
): Promise<Looked> {
  const found: HubDrift[] = [];
  const failed = new Map<string, string>();
  for (const [hub, { healthy }] of known) {
    if (healthy === undefined) continue;
    try {
      found.push(await look(hub));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      failed.set(hub, `${error.message}; ${error.hint}`);
    }
  }
  return { found, failed };
}

/** On GitHub an issue says what has drifted: a red run every night would say no more. None says what nobody sees. */
export function driftExit(drifted: boolean, unseen: boolean, audience: Audience): 0 | DriftCode {
  if (unseen) return 1;
  if (!drifted) return 0;
  if (audience.kind === 'who-asked') return audience.whenDrifted;
  return audience.github === undefined ? 1 : 0;
}

export function unreadableText([hub, why]: readonly [string, string]): string {
  return terminal`${hub}: not looked at: ${why}\n`.text;
}

/** One tracking issue for each hub, closed when it is as deployed again. */
export async function tellDrift(
  github: Tracker,
  found: readonly HubDrift[],
  report: Pick<Report, 'progress'>,
): Promise<void> {
  for (const one of found) {
    const labels = hubIssue('drift', one.hub);
    if (one.drift.length === 0)
      await github.closeIssue(labels, inMarkdown`${one.hub} is as deployed again.`.text);
    else {
      const title = `${one.hub}: ${TITLES.drift}`;
      const issue = await github.openIssue(labels, title, driftIssue(one));
      report.progress(`${one.hub}: drift is told in issue ${issue}`);
    }
  }
}

function driftIssue(one: HubDrift): string {
  const lines = short(driftText(one, 'everybody'), 20_000).split('\n');
  const rest =
    `Put what is right into the files, or give this issue the label \`${ORDERS.again}\`: ` +
    'what is merged is applied once more. The next night closes it.\n';
  const command = code(`glaciocloud drift ${one.hub} --kubeconfig FILE`);
  const values = inMarkdown`Values are left out where everybody reads: ${command} shows them.\n`;
  const found = fenced('', lines).text;
  const what = 'Somebody, or something, changed what GlacioCloud deployed:';
  return `${what}\n\n${found}\n\n${rest}${values.text}`;
}

async function hubDrift(kube: Kube, releases: HelmReleases, hub: string): Promise<HubDrift> {
  const stored = documentsIn(await releases.manifest(hub, hub)).map(parseObject);
  const live = byIdentity(await kube.liveOf(stored, hub), hub);
  const there = stored.filter((one) => live.has(identity(one, hub)));
  const applied = byIdentity(
    await kube.wouldApply(
      there.map((one) => merge(one, helmMetadata(hub))),
      hub,
    ),
    hub,
  );
  const result: HubDrift = { hub, drift: [], foreign: [] };
  for (const object of stored) {
    const name = `${textAt(object, '/kind')} ${textAt(object, '/metadata/name')}`;
    const found = live.get(identity(object, hub));
    const one = driftOf(name, found, applied.get(identity(object, hub)) ?? object);
    if (one) result.drift.push(one);
    if (found) append(result.foreign, foreignManagers(name, found));
  }
  return result;
}

/** What Helm adds to every object of a release; the stored manifest is without it. */
function helmMetadata(release: string): JsonObject {
  return {
    metadata: {
      annotations: {
        'meta.helm.sh/release-name': release,
        'meta.helm.sh/release-namespace': release,
      },
      labels: { 'app.kubernetes.io/managed-by': 'Helm' },
    },
  };
}

function driftJson({ hub, drift: all, foreign }: HubDrift): Json {
  return {
    hub,
    drift: all.map(({ object, kind, fields }) => ({
      object,
      kind,
      fields: fields.map(({ path }) => path),
    })),
    foreign: foreign.map(({ object, manager, time }) => ({ object, manager, time })),
  };
}
