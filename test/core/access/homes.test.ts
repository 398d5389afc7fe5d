import { describe, expect, test } from '@jest/globals';
import { claimOf, homesJson, homesOf, homesText } from '../../../src/core/access/homes.ts';
import type { HomeFacts } from '../../../src/core/access/homes.ts';
import { NOON, entry, presentHub } from '../../support/access-facts.ts';
import { auditLine } from '../../support/audit.ts';

const home = (name: string, size = '20Gi') => ({ claim: `claim-${name}`, name, size });
const out = (subject: string, at: string) =>
  auditLine({ subject, at, kind: 'revoke', after: null });

const facts = (more: Partial<HomeFacts> = {}): HomeFacts => ({
  hub: 'science',
  homes: [home('ada'), home('bob'), home('eva', '1Gi')],
  present: presentHub({ '7': entry('ada') }, [{ name: 'bob', servers: [], tokens: 0 }]),
  book: new Map([['9', { name: 'eva', claims: {} }]]),
  lines: [auditLine({ subject: '9' }), out('9', '2026-11-22T12:00:00.000Z')],
  ...more,
});
const GONE = { ...home('eva', '1Gi'), id: '9', since: '2026-11-22T12:00:00.000Z' };

describe('a claim', () => {
  const object = (more: object) => ({ metadata: { name: 'claim-ada' }, ...more });
  test.each([
    [{ spec: { resources: { requests: { storage: '10Gi' } } } }, '10Gi'],
    [
      {
        spec: { resources: { requests: { storage: '10Gi' } } },
        status: { capacity: { storage: '20Gi' } },
      },
      '20Gi',
    ],
    [{}, ''],
  ])('%j has its size', (more, size) => {
    expect(claimOf(object(more), 'ada')).toEqual({ claim: 'claim-ada', name: 'ada', size });
  });
});

describe('homes of people gone', () => {
  test('are of whom neither the file nor the hub knows', () => {
    expect(homesOf(facts())).toEqual({ hub: 'science', homes: facts().homes, gone: [GONE] });
  });

  test('are never those of machines', () => {
    expect(homesOf(facts({ homes: [home('probe_0')] })).gone).toEqual([]);
  });

  test.each<[string, HomeFacts['lines'], string | undefined]>([
    [
      'their last end',
      [out('9', '2026-11-01T00:00:00Z'), out('9', '2026-11-02T00:00:00Z')],
      '2026-11-02T00:00:00Z',
    ],
    [
      'nothing where they came back since',
      [out('9', '2026-11-01T00:00:00Z'), auditLine({ subject: '9' })],
      undefined,
    ],
    ['nothing of another hub', [{ ...out('9', '2026-11-01T00:00:00Z'), hub: 'school' }], undefined],
    ['nothing of others', [out('8', '2026-11-01T00:00:00Z')], undefined],
    ['nothing where nothing is written', [], undefined],
  ])('say since when by %s', (_what, lines, since) => {
    expect(homesOf(facts({ lines })).gone).toEqual([{ ...GONE, since }]);
  });

  test('whose owner nobody can name have no age', () => {
    expect(homesOf(facts({ book: new Map() })).gone).toEqual([
      { ...GONE, id: undefined, since: undefined },
    ]);
  });

  test('come in order: those of unknown age, then the longest gone', () => {
    const names = ['a', 'b', 'c', 'd'];
    const book = new Map(names.map((name, index) => [String(index), { name, claims: {} }]));
    const lines = [out('0', '2026-11-02'), out('1', '2026-11-01')];
    const { gone } = homesOf(
      facts({ homes: names.map((name) => home(name)), book, lines, present: presentHub({}) }),
    );
    expect(gone.map(({ name }) => name)).toEqual(['c', 'd', 'b', 'a']);
  });
});

describe('as text', () => {
  const hubs = [homesOf(facts()), homesOf(facts({ hub: 'empty', homes: [home('ada')] }))];
  test('everything is said at a terminal', () => {
    expect(homesText(hubs, NOON, 'everybody')).toBe(
      'science: 1 of 3 homes are of people gone, 1 GiB\n' +
        '  claim-eva  1Gi  gone since 2026-11-22, 2 days  9 eva\n' +
        'empty: 0 of 1 homes are of people gone, 0 GiB\n',
    );
  });

  test('one day is one, and what is not known is said', () => {
    const one = homesOf(facts({ lines: [out('9', '2026-11-23T12:00:00.000Z')] }));
    expect(homesText([one], NOON, 'everybody')).toContain('gone since 2026-11-23, 1 day  9 eva');
    const unknown = homesOf(facts({ book: new Map() }));
    expect(homesText([unknown], NOON, 'everybody')).toContain(
      '1Gi  gone, not written down since when  ? eva',
    );
  });

  test('numbers only are said where anybody may read along', () => {
    expect(homesText(hubs, NOON, 'counts')).toBe(
      'science: 1 of 3 homes are of people gone, 1 GiB\nempty: 0 of 1 homes are of people gone, 0 GiB\n',
    );
    const counts = { homes: 3, gone: 1, bytes: 1024 ** 3 };
    expect(homesJson(hubs.slice(0, 1), 'counts')).toEqual([{ hub: 'science', counts, gone: [] }]);
    expect(homesJson(hubs.slice(0, 1), 'everybody')).toEqual([
      { hub: 'science', counts, gone: [GONE] },
    ]);
  });

  test('a size that nobody understands counts as none', () => {
    const odd = homesOf(facts({ homes: [home('eva', 'much'), home('lea', '3Gi')] }));
    expect(homesText([odd], NOON, 'counts')).toBe(
      'science: 2 of 2 homes are of people gone, 3 GiB\n',
    );
  });
});
