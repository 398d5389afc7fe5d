import type { ShownStep, ShownUnit } from '../../src/core/plan/family.ts';
import type { Plan } from '../../src/core/plan/plan.ts';
import type { Diff, ObjectChange } from '../../src/core/plan/types.ts';
import type { PlanFrame } from '../../src/core/show/frame.ts';
import type { PresentRelease, Release, Unit, WantedRelease } from '../../src/core/unit.ts';

/** Small values of the types that plans are made of; each test names only what it is about. */
export function hubUnit(name: string, cluster = 'c'): Unit {
  return { kind: 'hub', cluster, name };
}

export function aRelease(more: Partial<Release> = {}): Release {
  return {
    v: 1,
    unit: hubUnit('h'),
    namespace: 'h',
    charts: [],
    values: {},
    images: [],
    secrets: [],
    ...more,
  };
}

export function wantedHub(name: string, digest: string, release = aRelease()): WantedRelease {
  const unit = hubUnit(name);
  return { unit, wave: 'production', order: 2, release: { ...release, unit }, digest };
}

export function presentHub(name: string, digest: string, release = aRelease()): PresentRelease {
  const unit = hubUnit(name);
  return { unit, digest, release: { ...release, unit }, status: undefined };
}

export function aDiff(more: Partial<Diff> = {}): Diff {
  return {
    added: [],
    removed: [],
    changed: [],
    checksumOnly: [],
    plus: 0,
    minus: 0,
    shape: 'shape',
    ...more,
  };
}

export function aChange(more: Partial<ObjectChange> = {}): ObjectChange {
  return {
    kind: 'changed',
    object: { apiVersion: 'v1', kind: 'ConfigMap', namespace: '', name: 'notices' },
    before: undefined,
    fields: [],
    lines: ['- a: 1', '+ a: 2'],
    plus: 1,
    minus: 1,
    ...more,
  };
}

export function aStep(more: Partial<ShownStep> = {}): ShownStep {
  return {
    family: 'hub',
    marker: '~',
    id: 'h',
    title: 'h',
    noun: 'hub',
    hubs: [],
    wave: 'production',
    order: 2,
    risk: 3,
    reasons: [{ code: 'value', text: 'a 1 → 2' }],
    summary: 'a 1 → 2',
    effects: [{ code: 'idle', text: 'idle servers stop', risk: 3 }],
    touched: [],
    diff: aDiff({ changed: [aChange()], plus: 1, minus: 1 }),
    detail: 'changes',
    shape: 's',
    identity: ['h'],
    reviewed: { name: 'h', digest: 'abcdef0123456789' },
    json: { kind: 'upgrade' },
    ...more,
  };
}

export function aUnit(title: string, noun = 'hub'): ShownUnit {
  return { id: title, title, noun, json: { kind: noun, name: title } };
}

export function aPlan(more: Partial<Plan> = {}): Plan {
  return {
    digest: '0123456789abcdef0123',
    steps: [],
    unchanged: [],
    orphans: [],
    findings: [],
    charts: [],
    ...more,
  };
}

export const NO_FRAME: PlanFrame = {
  head: undefined,
  base: undefined,
  full: undefined,
  call: 'glaciocloud',
};
