import { describe, expect, test } from '@jest/globals';
import { recordFamily } from '../../../src/core/record/family.ts';
import type { WantedRelease } from '../../../src/core/unit.ts';

const unit = { kind: 'hub', cluster: 'main', name: 'alps' } as const;
const wanted: WantedRelease = {
  unit,
  wave: 'production',
  order: 2,
  digest: 'd',
  release: { v: 1, unit, namespace: 'alps', charts: [], values: {}, images: [], secrets: [] },
};

describe('a unit whose record cannot be read', () => {
  const unreadable = [
    { unit: { ...unit, cluster: '' }, why: 'it is broken; mend it' },
    { unit: { kind: 'cluster', cluster: 'lab', name: 'lab' }, why: 'it is newer' },
  ] as const;
  const { changes, unchanged, orphans } = recordFamily.decide({ wanted: [wanted], unreadable });

  test('is what the files want, where a file names it', () => {
    expect([unchanged, orphans, changes.map((one) => recordFamily.idOf(one))]).toEqual([
      [],
      [],
      ['alps', 'clusters/lab'],
    ]);
    expect(changes).toEqual([
      { unit, wave: 'production', order: 2, why: 'it is broken; mend it' },
      { unit: unreadable[1].unit, wave: '', order: 0, why: 'it is newer' },
    ]);
  });

  test('is shown as what nobody can say anything about, before all others', () => {
    const [hub, cluster] = changes.map((one) =>
      recordFamily.show(recordFamily.explain(one, undefined)),
    );
    expect(hub).toMatchObject({
      family: 'record',
      marker: '~',
      id: 'alps',
      wave: 'production',
      order: 2,
      risk: 11,
      effects: [
        { code: 'unknown', text: 'nobody can say, because it is broken; mend it', risk: 11 },
      ],
      reasons: [{ code: 'unreadable', text: 'what runs is not known' }],
      summary: 'what runs is not known',
      reviewed: undefined,
      identity: ['blocked', 'alps', 'it is broken; mend it'],
      json: { kind: 'blocked', wave: 'production', restartsHub: false },
    });
    expect(cluster?.json['wave']).toBeNull();
    expect(cluster?.shape).not.toBe(hub?.shape);
  });
});
