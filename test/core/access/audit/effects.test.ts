import { describe, expect, test } from '@jest/globals';
import { effectsOf, knowledgeOf, knownOf } from '../../../../src/core/access/audit/effects.ts';
import type { Effect, Made } from '../../../../src/core/access/audit/effects.ts';
import type { AuditLine } from '../../../../src/core/access/audit/line.ts';
import type { HubPlan } from '../../../../src/core/access/decide.ts';
import type { Entry } from '../../../../src/core/access/entry.ts';
import type { AccessStep, PresentHub } from '../../../../src/core/access/plan.ts';
import { NOON, entry, presentHub } from '../../../support/access-facts.ts';
import { auditLine, held } from '../../../support/audit.ts';
import { fc } from '../../../support/property.ts';

const ADA = entry('ada', { groups: ['tier:researcher'], until: '2027-01-31' });
const LONGER = entry('ada', { groups: ['tier:researcher'], until: '2027-02-28' });
const written = (...stuck: string[]): Made => ({ kind: 'written', stuck: new Set(stuck) });
const NOTHING: Made = { kind: 'nothing' };
const UNKNOWN: Made = { kind: 'unknown' };

const step = (kind: AccessStep['kind'], before?: Entry, more: Partial<AccessStep> = {}) => ({
  kind,
  hub: 'science',
  id: '7',
  name: 'ada',
  why: `because of ${kind}`,
  until: undefined,
  before,
  ...more,
});

interface Scene {
  there?: Entry;
  steps?: AccessStep[];
  after?: Entry;
  made?: Made;
  known?: AuditLine[];
  present?: Partial<PresentHub>;
  held?: HubPlan['held'];
}

const hubOf = (scene: Scene): HubPlan => ({
  hub: 'science',
  steps: scene.steps ?? [],
  held: scene.held ?? [],
  present: { ...presentHub(scene.there ? { '7': scene.there } : {}), ...scene.present },
  entries: new Map(scene.after ? [['7', scene.after]] : []),
});

const effects = (scene: Scene): Effect[] =>
  effectsOf({
    hub: hubOf(scene),
    made: scene.made ?? written(),
    known: knowledgeOf(scene.known ?? []),
    now: NOON,
  });

/** In short: kind, until before and after, result. */
const short = (found: readonly Effect[]): unknown[] =>
  found.map(({ kind, before, after, result }) => [
    kind,
    before && before.until,
    after && after.until,
    result,
  ]);

const LET_IN = auditLine();
const STUCK = auditLine({ kind: 'revoke', before: held(), after: null, result: 'stuck' });
const OUT = auditLine({ kind: 'revoke', before: held(), after: null });
const [JAN, FEB] = ['2027-01-31', '2027-02-28'];

describe('what a run made', () => {
  test('is written with everything that it says', () => {
    expect(effects({ steps: [step('grant')], after: ADA })).toEqual([
      {
        hub: 'science',
        kind: 'grant',
        subject: '7',
        name: null,
        before: null,
        after: held(),
        why: 'because of grant',
        result: 'done',
      },
    ]);
  });

  test.each<[string, Scene, unknown[]]>([
    ['nothing was to do', { there: ADA, known: [LET_IN], made: NOTHING }, []],
    [
      'somebody’s end changes',
      { there: ADA, known: [LET_IN], steps: [step('change', ADA)], after: LONGER },
      [['change', JAN, FEB, 'done']],
    ],
    [
      'somebody goes',
      { there: ADA, known: [LET_IN], steps: [step('revoke', ADA)] },
      [['revoke', JAN, null, 'done']],
    ],
    [
      'somebody’s time is over',
      { there: ADA, known: [LET_IN], steps: [step('expire', ADA)] },
      [['expire', JAN, null, 'done']],
    ],
    [
      'somebody is not seen to be out',
      { there: ADA, known: [LET_IN], steps: [step('revoke', ADA)], made: written('ada') },
      [['revoke', JAN, null, 'stuck']],
    ],
    [
      'somebody else is not',
      { there: ADA, known: [LET_IN], steps: [step('revoke', ADA)], made: written('eva') },
      [['revoke', JAN, null, 'done']],
    ],
    [
      'they are not for the second time',
      { known: [STUCK], steps: [step('revoke')], made: written('ada') },
      [],
    ],
    [
      'they are at last',
      { known: [STUCK], steps: [step('revoke')] },
      [['revoke', null, null, 'done']],
    ],
    [
      'they came back, and are stuck again',
      { there: ADA, known: [STUCK, LET_IN], steps: [step('revoke', ADA)], made: written('ada') },
      [['revoke', JAN, null, 'stuck']],
    ],
    [
      'somebody comes back',
      { known: [LET_IN, OUT], steps: [step('grant')], after: ADA },
      [['grant', null, JAN, 'done']],
    ],
    [
      'they come back before anybody saw them out',
      { known: [STUCK], steps: [step('grant')], after: ADA },
      [['grant', null, JAN, 'done']],
    ],
    [
      'nobody knows how far it came',
      { there: ADA, known: [LET_IN], steps: [step('revoke', ADA)], made: UNKNOWN },
      [],
    ],
    ['nobody knows it of who comes', { steps: [step('grant')], after: ADA, made: UNKNOWN }, []],
  ])('where %s', (_what, scene, lines) => {
    expect(short(effects(scene))).toEqual(lines);
  });

  test('of whom nobody can say the id is written by name, and once', () => {
    const eva = step('revoke', undefined, { id: undefined, name: 'eva' });
    const [first] = effects({ steps: [eva], made: written('eva') });
    expect(first).toMatchObject({ subject: null, name: 'eva', before: null, result: 'stuck' });
    const known = [auditLine({ ...first })];
    expect(effects({ steps: [eva], known, made: written('eva') })).toEqual([]);
    expect(short(effects({ steps: [eva], known }))).toEqual([['revoke', null, null, 'done']]);
  });
});

describe('what an earlier run made and did not write', () => {
  test.each<[string, Scene, unknown[]]>([
    ['that somebody came', { there: ADA, made: NOTHING }, [['grant', null, JAN, 'found']]],
    [
      'that their end changed',
      { there: LONGER, known: [LET_IN], made: NOTHING },
      [['change', JAN, FEB, 'found']],
    ],
    ['that they went', { known: [LET_IN], made: NOTHING }, [['revoke', JAN, null, 'found']]],
    [
      'that their time was over',
      { known: [auditLine({ after: held({ until: '2026-11-23' }) })], made: NOTHING },
      [['expire', '2026-11-23', null, 'found']],
    ],
    [
      'but not on their last day',
      { known: [auditLine({ after: held({ until: '2026-11-24' }) })], made: NOTHING },
      [['revoke', '2026-11-24', null, 'found']],
    ],
    [
      'that they were seen out',
      { known: [STUCK], made: NOTHING },
      [['revoke', null, null, 'found']],
    ],
    ['and nothing of who is out', { known: [OUT], made: NOTHING }, []],
    [
      'that they came, before this run changes it',
      { there: ADA, steps: [step('change', ADA)], after: LONGER },
      [
        ['grant', null, JAN, 'found'],
        ['change', JAN, FEB, 'done'],
      ],
    ],
    [
      'that they went, before this run lets them in again',
      { known: [LET_IN], steps: [step('grant')], after: LONGER },
      [
        ['revoke', JAN, null, 'found'],
        ['grant', null, FEB, 'done'],
      ],
    ],
    [
      'is this run’s where it puts them out',
      { known: [LET_IN], steps: [step('revoke')] },
      [['revoke', JAN, null, 'done']],
    ],
    [
      'is an end where the time was over',
      { known: [auditLine({ after: held({ until: '2026-11-23' }) })], steps: [step('revoke')] },
      [['expire', '2026-11-23', null, 'done']],
    ],
    [
      'waits where this run failed midway',
      { known: [LET_IN], steps: [step('revoke')], made: UNKNOWN },
      [],
    ],
    [
      'is told of who is there all the same',
      { there: ADA, steps: [step('revoke', ADA)], made: UNKNOWN },
      [['grant', null, JAN, 'found']],
    ],
    [
      'waits where the hub does not answer',
      { known: [LET_IN], made: NOTHING, present: { isSilent: true } },
      [],
    ],
    [
      'waits for who was not seen out there',
      { known: [STUCK], made: NOTHING, present: { isSilent: true } },
      [],
    ],
    [
      'does not wait there for who came',
      { there: ADA, made: NOTHING, present: { isSilent: true } },
      [['grant', null, JAN, 'found']],
    ],
    [
      'waits for whom something holds in',
      {
        known: [LET_IN],
        made: NOTHING,
        held: [{ hub: 'science', id: '7', reason: 'protected', text: '' }],
      },
      [],
    ],
    [
      'and not for others',
      {
        known: [LET_IN],
        made: NOTHING,
        held: [{ hub: 'science', id: '8', reason: 'protected', text: '' }],
      },
      [['revoke', JAN, null, 'found']],
    ],
  ])('%s', (_what, scene, lines) => {
    expect(short(effects(scene))).toEqual(lines);
  });

  test('is of its hub alone', () => {
    const elsewhere = auditLine({ hub: 'school' });
    expect(short(effects({ there: ADA, made: NOTHING, known: [elsewhere] }))).toEqual([
      ['grant', null, JAN, 'found'],
    ]);
  });
});

test('commits that were named are remembered, person by person', () => {
  const known = knowledgeOf([
    auditLine({ commit: 'a' }),
    auditLine({ commit: 'b' }),
    auditLine({ commit: null }),
    auditLine({ commit: 'c', subject: '8' }),
  ]);
  expect(knownOf(known, auditLine())).toEqual({
    held: held(),
    owed: false,
    commits: new Set(['a', 'b']),
  });
  expect(knownOf(known, auditLine({ subject: '9' })).commits.size).toBe(0);
});

test('once written, nothing is left to write', () => {
  const entries = fc.option(fc.constantFrom(ADA, LONGER), { nil: undefined });
  const kinds = fc.constantFrom<Made>(NOTHING, UNKNOWN);
  const lines = fc.array(fc.constantFrom(LET_IN, STUCK, OUT));
  fc.assert(
    fc.property(entries, kinds, lines, (there, made, before) => {
      const scene = { made, ...(there ? { there } : {}) };
      const found = effects({ ...scene, known: before });
      const known = [...before, ...found.map((effect) => auditLine({ ...effect }))];
      expect(effects({ ...scene, known })).toEqual([]);
    }),
  );
});
