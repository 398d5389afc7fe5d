import { describe, expect, test } from '@jest/globals';
import type { PresentHub, StepKind } from '../../../src/core/access/plan.ts';
import { readPresent } from '../../../src/core/access/present.ts';
import { owedAfter, owedIn, runText } from '../../../src/core/access/secret.ts';
import { objectOf } from '../../../src/core/json.ts';
import { entry, presentHub } from '../../support/access-facts.ts';

describe('what a run writes of itself', () => {
  const note = { at: '2026-11-24T12:00:00.000Z', plan: 'x' };

  test('names whom it owes the end, and reads them again', () => {
    expect(runText({ ...note, owed: [] })).toBe(
      '{"at":"2026-11-24T12:00:00.000Z","plan":"x","v":1}\n',
    );
    const text = runText({ ...note, owed: ['ada', 'bob'] });
    expect(owedIn(objectOf(text))).toEqual(new Set(['ada', 'bob']));
  });

  test.each([[undefined], [null], [{}], [{ owed: 'ada' }], [{ owed: {} }]])(
    '%j owes nobody',
    (run) => {
      expect(owedIn(run)).toEqual(new Set());
    },
  );

  test('what is no name does not count', () => {
    expect(owedIn({ owed: ['ada', 7, null] })).toEqual(new Set(['ada']));
  });

  test('is a part of what is there in a hub', () => {
    expect(readPresent({ run: { owed: ['ada'] } }).owed).toEqual(new Set(['ada']));
  });
});

describe('who is owed the end after a plan', () => {
  const step = (kind: StepKind, name: string) =>
    ({
      kind,
      hub: 'science',
      id: '7',
      name,
      why: '',
      until: undefined,
      before: undefined,
    }) as const;
  const hub = (
    present: Partial<PresentHub>,
    kinds: [StepKind, string][],
    inside: string[] = [],
  ) => ({
    hub: 'science',
    present: { ...presentHub({}), ...present },
    entries: new Map(inside.map((name): [string, ReturnType<typeof entry>] => [name, entry(name)])),
    steps: kinds.map(([kind, name]) => step(kind, name)),
    held: [],
  });
  const users = [{ name: 'ada', servers: [], tokens: 0 }];
  const owed = new Set(['eva', 'ada']);

  test('are all whom it takes out, by name', () => {
    const plan = hub({}, [
      ['revoke', 'bob'],
      ['expire', 'ada'],
      ['grant', 'gus'],
      ['change', 'lea'],
    ]);
    expect(owedAfter(plan)).toEqual(['ada', 'bob']);
  });

  test('are those of earlier ones whom the hub still knows', () => {
    expect(owedAfter(hub({ owed, users }, []))).toEqual(['ada']);
  });

  test('are all of these while the hub does not say whom it knows', () => {
    expect(owedAfter(hub({ owed, users: [], isSilent: true }, []))).toEqual(['ada', 'eva']);
  });

  test('is nobody who is in the file', () => {
    expect(owedAfter(hub({ owed, users }, [['revoke', 'bob']], ['ada', 'bob']))).toEqual([]);
  });

  test('is each once', () => {
    expect(owedAfter(hub({ owed, users }, [['revoke', 'ada']]))).toEqual(['ada']);
  });
});
