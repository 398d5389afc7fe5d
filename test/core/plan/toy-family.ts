import type { Family, ShownStep } from '../../../src/core/plan/family.ts';
import type { StepResult } from '../../../src/core/plan/result.ts';
import { diffManifests } from '../../../src/core/plan/diff.ts';
import type { Diff } from '../../../src/core/plan/types.ts';
import { digestOf } from '../../../src/core/digest.ts';
import { register } from '../../../src/flow/family.ts';
import type { RegisteredFamily } from '../../../src/flow/family.ts';

/** A double of a subject: jars with a number of sweets in each. Nothing in src knows it. */
export interface Jar {
  name: string;
  sweets: number;
}

interface JarChange {
  jar: Jar;
  before: number | undefined;
}

interface JarStep extends JarChange {
  diff: Diff;
}

interface JarFacts {
  wanted: readonly Jar[];
  present: ReadonlyMap<string, number>;
}

const toyFamily: Family<JarFacts, JarChange, JarStep> = {
  name: 'toy',
  decide: ({ wanted, present }) => ({
    changes: wanted
      .filter(({ name, sweets }) => present.get(name) !== sweets)
      .map((jar) => ({ jar, before: present.get(jar.name) })),
    unchanged: wanted
      .filter(({ name, sweets }) => present.get(name) === sweets)
      .map(({ name }) => jarUnit(name)),
    orphans: [...present.keys()]
      .filter((name) => !wanted.some((jar) => jar.name === name))
      .map(jarUnit),
  }),
  idOf: ({ jar }) => jar.name,
  explain: (change, diff) => {
    if (!diff) throw new Error('a jar is always rendered');
    return { ...change, diff };
  },
  show: showJar,
};

function jarUnit(name: string): ReturnType<typeof toyFamily.decide>['unchanged'][number] {
  return { id: `jars/${name}`, title: `jar ${name}`, noun: 'jar', json: { kind: 'jar', name } };
}

function showJar({ jar, before, diff }: JarStep): ShownStep {
  const reason = { code: 'sweets', text: `sweets ${before ?? 'none'} → ${jar.sweets}` };
  return {
    ...jarUnit(jar.name),
    family: 'toy',
    marker: before === undefined ? '+' : '~',
    wave: 'kitchen',
    order: 7,
    risk: 4,
    reasons: [reason],
    summary: reason.text,
    effects: [{ code: 'teeth', text: 'teeth hurt', risk: 4 }],
    hubs: [],
    touched: [{ noun: 'jar', name: jar.name }],
    diff,
    detail: 'changes',
    shape: digestOf([diff.shape]),
    identity: ['jar', jar.name, jar.sweets],
    reviewed: undefined,
    json: { kind: 'fill', jar: jar.name },
  };
}

function manifest({ name, sweets }: Jar): string {
  return `---\nkind: Jar\nmetadata:\n  name: ${name}\nspec:\n  sweets: ${sweets}\n`;
}

/** The registration: all that a family needs. A jar of more than 100 breaks when it is filled. */
export function toy(wanted: readonly Jar[], present: Map<string, number>): RegisteredFamily {
  return register(toyFamily, {
    gather: () => ({ wanted, present }),
    render: (changes) =>
      Promise.resolve({
        diffs: new Map(
          changes.map(({ jar, before }) => [
            jar.name,
            diffManifests(
              before === undefined ? '' : manifest({ name: jar.name, sweets: before }),
              manifest(jar),
            ),
          ]),
        ),
        findings: [],
      }),
    apply: ({ jar }): Promise<StepResult> => {
      if (jar.sweets > 100) return Promise.reject(new Error(`jar ${jar.name} breaks`));
      present.set(jar.name, jar.sweets);
      const id = `jars/${jar.name}`;
      return Promise.resolve({ id, outcome: 'done', code: 'deployed', reason: '', seconds: {} });
    },
  });
}
