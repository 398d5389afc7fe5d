import { digestOf } from '../digest.ts';
import type { Finding } from '../finding.ts';
import { at, canonical, isObject } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { HUB_RESTART_SECONDS } from '../model/limits.ts';
import { compare } from '../plan/compare.ts';
import type { Diff } from '../plan/types.ts';
import { unitId } from '../unit.ts';
import type { ChartPin, PresentRelease, Release, WantedRelease } from '../unit.ts';
import type { Decision } from './decide.ts';
import { unitOf } from './step.ts';
import type { Effect, Plan, Reason, ReleaseStep } from './step.ts';

export interface ExplainInputs {
  decision: Decision;
  /** Deployed against new objects by unit id, for what changes. */
  diffs: ReadonlyMap<string, Diff>;
  findings: readonly Finding[];
  charts: readonly ChartPin[];
}

/** What changes, why, and what people notice. Pure: everything it needs comes in. */
export function explain({ decision, diffs, findings, charts }: ExplainInputs): Plan {
  const changed = decision.changed.flatMap(({ from, to }): ReleaseStep[] => {
    const diff = diffs.get(unitId(to.unit));
    return diff ? [changeStep(from, to, diff)] : [];
  });
  const steps = [...changed, ...decision.removals];
  return {
    digest: digestOf(steps.map(identity)),
    steps,
    unchanged: decision.unchanged,
    orphans: decision.orphans,
    findings: [...findings],
    charts: [...charts],
  };
}

function identity(step: ReleaseStep): Json {
  const id = unitId(unitOf(step));
  switch (step.kind) {
    case 'install':
      return [step.kind, id, null, step.to.digest];
    case 'upgrade':
      return [step.kind, id, step.from.digest, step.to.digest];
    case 'remove':
      return [step.kind, id, step.homes, step.database];
  }
}

function changeStep(from: PresentRelease | undefined, to: WantedRelease, diff: Diff): ReleaseStep {
  if (!from) {
    const url = scalarText(at(to.release.values, '/glaciocloud/hub/url'));
    const effects: Effect[] =
      to.unit.kind === 'hub' ? [{ kind: 'new-hub', url }] : [{ kind: 'none' }];
    return { kind: 'install', to, diff, effects, why: [{ kind: 'new' }] };
  }
  return {
    kind: 'upgrade',
    from,
    to,
    diff,
    effects: effectsOf(from.release, to.release, diff),
    why: reasonsOf(from.release, to.release),
  };
}

export function reasonsOf(from: Release, to: Release): Reason[] {
  const charts = pairs(from.charts, to.charts).filter(([, a, b]) => a?.digest !== b?.digest);
  const images = pairs(from.images, to.images).filter(([, a, b]) => a?.reference !== b?.reference);
  const secrets = pairs(
    from.secrets.map((name) => ({ name })),
    to.secrets.map((name) => ({ name })),
  ).filter(([, a, b]) => !a || !b);
  // An image shows as an image, not once more as a value of the profiles; Secret names in values follow from the declaration.
  const references = new Set(
    [...from.images, ...to.images].map(({ reference }) => canonical(reference)),
  );
  const isImage = (value: Json | undefined): boolean =>
    Array.isArray(value) ? value.every(isImage) : references.has(canonical(value ?? null));
  const values = compare(from.values, to.values).filter(
    (change) => !isImage(change.to) && !isImage(change.from),
  );
  return [
    ...charts.map(([name, a, b]): Reason => ({
      kind: 'chart',
      name,
      from: a?.version,
      to: b?.version,
    })),
    ...images.map(([name, a, b]): Reason => ({
      kind: 'image',
      name,
      from: a?.reference,
      to: b?.reference,
    })),
    ...secrets.map(([name, a]): Reason => ({
      kind: 'secret',
      name,
      change: a ? 'removed' : 'added',
    })),
    ...values.map(({ path, from: a, to: b }): Reason => ({ kind: 'value', path, from: a, to: b })),
  ];
}

function pairs<T extends { name: string }>(
  from: readonly T[],
  to: readonly T[],
): [string, T | undefined, T | undefined][] {
  const names = [...new Set([...from, ...to].map(({ name }) => name))];
  return names.map((name) => [
    name,
    from.find((one) => one.name === name),
    to.find((one) => one.name === name),
  ]);
}

/** From the worst for users to what only new servers see. */
export function effectsOf(from: Release, to: Release, diff: Diff): Effect[] {
  const text = (release: Release, path: string): string => scalarText(at(release.values, path));
  const effects: Effect[] = [];
  const lost = diff.removed.filter(({ kind }) => kind === 'PersistentVolumeClaim');
  for (const claim of lost) effects.push({ kind: 'data-loss', what: `volume claim ${claim.name}` });
  const url = '/glaciocloud/hub/url';
  if (text(from, url) !== text(to, url))
    effects.push({ kind: 'address', from: text(from, url), to: text(to, url) });
  if (restarts(diff, 'hub')) effects.push({ kind: 'hub-restart', seconds: HUB_RESTART_SECONDS });
  if (restarts(diff, 'proxy')) effects.push({ kind: 'proxy-restart' });
  for (const [name, a, b] of pairs(sizes(from), sizes(to))) {
    if (a?.text !== b?.text) effects.push({ kind: 'size', name, from: a?.text, to: b?.text });
  }
  for (const [name, a, b] of pairs(from.images, to.images)) {
    if (a?.reference !== b?.reference)
      effects.push({ kind: 'image', name, from: a?.reference, to: b?.reference });
  }
  const home = '/jupyterhub/singleuser/storage/capacity';
  if (text(from, home) !== text(to, home))
    effects.push({ kind: 'home-size', from: text(from, home), to: text(to, home) });
  const idle = '/jupyterhub/cull/timeout';
  if (text(from, idle) !== text(to, idle))
    effects.push({ kind: 'idle', from: text(from, idle), to: text(to, idle) });
  return effects.length > 0 ? effects : [{ kind: 'none' }];
}

/** A Deployment starts new pods when its pod template differs in anything, checksums included. */
function restarts(diff: Diff, name: string): boolean {
  const isIt = (ref: { kind: string; name: string }): boolean =>
    ref.kind === 'Deployment' && ref.name === name;
  return (
    diff.checksumOnly.some(isIt) ||
    diff.changed.some(
      ({ object, fields }) =>
        isIt(object) &&
        fields.some(({ path }) => path.startsWith('/spec/template') || path === '/spec'),
    )
  );
}

export function restartsHub(step: ReleaseStep): boolean {
  return step.kind === 'upgrade' && step.effects.some(({ kind }) => kind === 'hub-restart');
}

function sizes(release: Release): { name: string; text: string }[] {
  const list = at(release.values, '/glaciocloud/profiles/sizes');
  if (!Array.isArray(list)) return [];
  return list
    .filter((item): item is JsonObject => isObject(item))
    .map(({ slug, cpu, memory }) => ({
      name: scalarText(slug),
      text: `${scalarText(cpu)} CPU, ${scalarText(memory)}`,
    }));
}

function scalarText(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
