import type { AccessWorld, HubAccessResult, Stuck } from '../apply/access/apply.ts';
import {
  absentJson,
  absentText,
  namelessText,
  planJson,
  planText,
  unreadJson,
  unreadText,
} from '../core/access/text.ts';
import type { UnreadHub } from '../core/access/present.ts';
import type { AccessPlan } from '../core/access/decide.ts';
import type { Detail } from '../core/access/text.ts';
import { terminal } from '../core/escape.ts';
import type { Terminal } from '../core/escape.ts';
import type { Finding } from '../core/finding.ts';
import { hasErrors } from '../core/finding.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { findingsJson, findingsText } from '../core/show/findings.ts';
import type { ExitCode } from '../failure.ts';
import type { AuditWorld } from '../flow/access-audit.ts';
import { announce, makeTrue, planAccess } from '../flow/access.ts';
import type { AccessInputs, AccessSources, PlannedAccess } from '../flow/access.ts';
import { SCHEMA_VERSION, outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';

const UNAUDITED = 'the audit is not written: the next run writes what is missing\n';

/** Who would come into which hub, and who out of it, and why; 3 where a hub is left out. Changes nothing. */
export async function accessPlan(inputs: AccessInputs, sources: AccessSources): Promise<Outcome> {
  const planned = await planAccess(inputs, sources);
  return planned.kind === 'refused' ? refused(planned.findings) : planOutcome(planned, inputs);
}

/** Lets in whom the files let in, and puts out everybody else; 3 where a hub is left out or somebody not seen to be. */
export async function accessApply(
  inputs: AccessInputs,
  sources: AccessSources,
  world: AccessWorld & AuditWorld,
): Promise<Outcome> {
  const planned = await planAccess(inputs, sources);
  if (planned.kind === 'refused') return refused(planned.findings);
  const unannounced = await announce(planned, world);
  const { plan, results: made, audited } = await makeTrue(planned, world);
  const results = made.map((one) => ({ ...one, reason: shownReason(one, plan, inputs.detail) }));
  const said = planOutcome({ ...planned, plan }, inputs);
  const isOwed = made.some(({ reason, stuck }) => reason !== undefined || stuck.length > 0);
  return {
    ...said,
    exit: isOwed || unannounced.length > 0 || !audited ? 3 : said.exit,
    text: [
      said.text,
      resultsText(results, inputs.detail),
      unannouncedText(unannounced),
      audited ? '' : UNAUDITED,
    ].join(''),
    json: {
      ...said.json,
      results: results.map((one) => resultJson(one, inputs.detail)),
      unannounced,
      audited,
    },
  };
}

function planOutcome(
  { plan, findings, unread, absent, requests }: PlannedAccess,
  { detail }: AccessInputs,
): Omit<Outcome, 'json'> & { json: JsonObject } {
  const shown = detail === 'everybody' ? findings : [];
  const steps = plan.hubs.reduce((sum, hub) => sum + hub.steps.length, 0);
  const json = {
    schema_version: SCHEMA_VERSION,
    ...planJson(plan, detail),
    findings: findingsJson(shown),
    unread: unreadJson(unread),
    absent: absentJson(absent),
    requests,
  };
  const said = outcome({
    exit: exitOf(findings, unread),
    text: `${planText(plan, detail)}${absentText(absent)}${unreadText(unread)}${mistakes(findings, detail)}`,
    findings: shown,
    outputs: { digest: plan.digest, has_changes: String(steps > 0) },
  });
  return { ...said, json };
}

/** A plan that is not whole is told before mistakes of people's files, which hold up nobody else. */
function exitOf(findings: readonly Finding[], unread: readonly UnreadHub[]): ExitCode {
  if (unread.length > 0) return 3;
  return hasErrors(findings) ? 2 : 0;
}

/** A file bears an id in its name: where anybody may read along, mistakes are counted. */
function mistakes(findings: readonly Finding[], detail: Detail): string {
  if (findings.length === 0) return '';
  if (detail === 'everybody') return findingsText(findings);
  const count = findings.filter(({ severity }) => severity === 'error').length;
  return count === 0
    ? ''
    : `⚠ ${count} mistakes in people’s files: by hand, access plan shows them\n`;
}

function shownReason(
  { hub, reason }: HubAccessResult,
  { hubs }: AccessPlan,
  detail: Detail,
): string | undefined {
  const planned = hubs.find((one) => one.hub === hub);
  if (reason === undefined || !planned || detail === 'everybody') return reason;
  return namelessText(reason, planned);
}

function resultsText(results: readonly HubAccessResult[], detail: Detail): string {
  const lines = results.flatMap(({ hub, loaded, seconds, reason, stuck }) => {
    if (loaded === undefined) return [];
    const head = loaded
      ? terminal`${hub}: the hub has read it after ${(seconds.loaded ?? 0).toFixed(1)} s\n`
      : terminal`${hub}: the hub has not been seen to read it\n`;
    const why = reason === undefined ? [] : [terminal`${hub}: ${reason}\n`];
    return [head, ...why, ...stuckText(hub, stuck, detail)];
  });
  return terminal`${lines}`.text;
}

function unannouncedText(hubs: readonly string[]): string {
  const lines = hubs.map((hub) => terminal`${hub}: its notices could not be written\n`);
  return terminal`${lines}`.text;
}

function stuckText(hub: string, stuck: readonly Stuck[], detail: Detail): Terminal[] {
  if (stuck.length === 0) return [];
  if (detail === 'counts') return [terminal`${hub}: ${stuck.length} not seen to be out\n`];
  return stuck.map(({ id, name, reason }) => terminal`  ✗ ${id ?? '?'} ${name}: ${reason}\n`);
}

function resultJson(result: HubAccessResult, detail: Detail): Json {
  const { hub, loaded, seconds, reason, stuck } = result;
  const { write = null, loaded: read = null, out = null } = seconds;
  const named = stuck.map(({ id, reason }): Json => {
    return { id: id === undefined ? null : Number(id), reason };
  });
  return {
    hub,
    loaded: loaded ?? null,
    seconds: { write, loaded: read, out },
    reason: reason ?? null,
    stuck: detail === 'everybody' ? named : stuck.map(() => ({ id: null, reason: '' })),
  };
}
