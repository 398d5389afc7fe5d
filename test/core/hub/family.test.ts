import { describe, expect, test } from '@jest/globals';
import { hubFamily } from '../../../src/core/hub/family.ts';
import type { HubStep } from '../../../src/core/hub/step.ts';
import { aChange, aDiff, hubUnit, presentHub, wantedHub } from '../../support/shown.ts';

describe('hubs', () => {
  test('change by their digest, and by nothing else', () => {
    const cluster = { ...wantedHub('c', '1'), unit: { ...hubUnit('c'), kind: 'cluster' as const } };
    const decision = hubFamily.decide({
      wanted: [wantedHub('a', '1'), cluster, wantedHub('b', '2'), wantedHub('new', '3')],
      present: [presentHub('a', '1'), presentHub('b', 'old'), presentHub('gone', '9')],
    });
    expect(decision.changes.map(({ to, from }) => [to.unit.name, from?.digest])).toEqual([
      ['b', 'old'],
      ['new', undefined],
    ]);
    expect(decision.changes.map((change) => hubFamily.idOf(change))).toEqual(['b', 'new']);
    expect(decision.unchanged).toEqual([
      { id: 'a', title: 'a', noun: 'hub', json: { kind: 'hub', cluster: 'c', name: 'a' } },
    ]);
    expect(decision.orphans).toEqual([]);
  });

  const upgrade = (more: Partial<HubStep> = {}): HubStep => ({
    from: presentHub('h', 'old'),
    to: wantedHub('h', 'new'),
    diff: aDiff({
      added: [{ apiVersion: 'v1', kind: 'A', namespace: '', name: 'came' }],
      removed: [{ apiVersion: 'v1', kind: 'B', namespace: '', name: 'gone' }],
      changed: [
        aChange(),
        aChange({
          kind: 'renamed',
          object: { apiVersion: 'v1', kind: 'C', namespace: '', name: 'r' },
        }),
        aChange({ kind: 'added' }),
        aChange({ kind: 'removed' }),
      ],
    }),
    why: [
      { kind: 'value', path: '/jupyterhub/a', from: 1, to: 2 },
      { kind: 'secret', name: 's', change: 'added' },
    ],
    effects: [
      { kind: 'image', name: 'i', from: '1', to: '2' },
      { kind: 'hub-restart', seconds: 10 },
    ],
    ...more,
  });

  test('that change are shown with all that changes', () => {
    const step = upgrade();
    expect(hubFamily.show(step)).toEqual({
      family: 'hub',
      marker: '~',
      hubs: ['h'],
      id: 'h',
      title: 'h',
      noun: 'hub',
      wave: 'production',
      order: 2,
      risk: 5,
      reasons: [
        { code: 'value', text: 'a 1 → 2' },
        { code: 'secret', text: 'secret s added' },
      ],
      summary: 'a 1 → 2 · secret s added',
      effects: [
        { code: 'image', text: 'new servers get the new i; running ones stay', risk: 2 },
        {
          code: 'hub-restart',
          text: 'hub restarts once, about 10 s without login; servers stay',
          risk: 5,
        },
      ],
      touched: [{ noun: 'image', name: 'i' }],
      diff: step.diff,
      detail: 'changes',
      shape: expect.stringMatching(/^[0-9a-f]{40}$/u),
      identity: ['upgrade', 'h', 'old', 'new'],
      reviewed: { name: 'h', digest: 'new' },
      json: {
        kind: 'upgrade',
        unit: { kind: 'hub', cluster: 'c', name: 'h' },
        wave: 'production',
        from: 'old',
        to: 'new',
        restartsHub: true,
        why: ['a 1 → 2', 'secret s added'],
        effects: [
          'new servers get the new i; running ones stay',
          'hub restarts once, about 10 s without login; servers stay',
        ],
        diff: { added: ['A/came'], removed: ['B/gone'], changed: ['ConfigMap/notices', 'C/r'] },
      },
    });
  });

  test('that come are shown by their names', () => {
    const step = upgrade({
      from: undefined,
      effects: [{ kind: 'new-hub', url: 'u' }],
      why: [{ kind: 'new' }],
    });
    expect(hubFamily.show(step)).toMatchObject({
      marker: '+',
      detail: 'names',
      identity: ['install', 'h', null, 'new'],
      json: { kind: 'install', from: null, to: 'new', restartsHub: false, why: ['new'] },
    });
  });

  test('that are taken over are none that come', () => {
    const step = upgrade({
      from: undefined,
      effects: [{ kind: 'adopts', release: 'h', namespace: 'h', url: 'u' }],
      why: [{ kind: 'adopts' }],
    });
    expect(hubFamily.show(step)).toMatchObject({
      marker: '→',
      summary: 'taken over',
      detail: 'names',
      json: { kind: 'takeover', from: null, to: 'new', restartsHub: true, why: ['taken over'] },
    });
  });

  test('have one shape where they make one change in one wave', () => {
    const shape = (step: HubStep): string => hubFamily.show(step).shape;
    const other = { from: presentHub('g', 'x'), to: wantedHub('g', 'y') };
    const moved = { ...wantedHub('h', 'new'), wave: 'staging' };
    expect(shape(upgrade(other))).toBe(shape(upgrade()));
    for (const step of [
      upgrade({ to: moved }),
      upgrade({ diff: aDiff({ shape: 'another' }) }),
      upgrade({ why: [] }),
      upgrade({ effects: [] }),
      upgrade({ from: undefined }),
    ])
      expect(shape(step)).not.toBe(shape(upgrade()));
    expect(shape(upgrade({ ...other, from: undefined }))).not.toBe(
      shape(upgrade({ from: undefined })),
    );
  });
});
