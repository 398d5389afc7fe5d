import { describe, expect, test } from '@jest/globals';
import { clusterFamily } from '../../../src/core/cluster/family.ts';
import { clusterObjects } from '../../../src/core/cluster/objects.ts';
import { clusterRelease } from '../../../src/core/cluster/release.ts';
import type { PresentRelease } from '../../../src/core/unit.ts';
import { aChange, aDiff, wantedHub } from '../../support/shown.ts';

const present = (digest: string): PresentRelease => ({
  ...clusterRelease('c'),
  digest,
  status: undefined,
});

describe('what the hubs of a cluster share', () => {
  test('is another release where an object is another one', () => {
    const objects = clusterObjects();
    expect(clusterRelease('c', objects).digest).toBe(clusterRelease('c').digest);
    const changed = objects.map((one) => (one['value'] === -10 ? { ...one, value: -11 } : one));
    expect(clusterRelease('c', changed).digest).not.toBe(clusterRelease('c').digest);
    expect(clusterRelease('c', objects.slice(1)).digest).not.toBe(clusterRelease('c').digest);
    expect(clusterRelease('d').digest).not.toBe(clusterRelease('c').digest);
  });

  test('belongs before all waves, into a namespace of its own', () => {
    expect(clusterRelease('c')).toMatchObject({
      unit: { kind: 'cluster', cluster: 'c', name: 'c' },
      wave: 'clusters',
      order: 0,
      release: { namespace: 'glaciocloud-system', charts: [], images: [], secrets: [] },
    });
  });

  test('is a namespace and the priority of seats kept warm', () => {
    expect(clusterObjects()).toEqual([
      {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: {
          name: 'glaciocloud-system',
          labels: {
            'app.kubernetes.io/managed-by': 'glaciocloud',
            'pod-security.kubernetes.io/enforce': 'restricted',
          },
        },
      },
      {
        apiVersion: 'scheduling.k8s.io/v1',
        kind: 'PriorityClass',
        metadata: {
          name: 'glaciocloud-placeholder',
          labels: { 'app.kubernetes.io/managed-by': 'glaciocloud' },
        },
        value: -10,
        globalDefault: false,
        preemptionPolicy: 'Never',
        description: 'Seats kept warm: gives way to any user server.',
      },
    ]);
  });

  test('changes by its digest; hubs are no matter of it', () => {
    const to = clusterRelease('c');
    const decide = (digest: string) =>
      clusterFamily.decide({ wanted: [wantedHub('h', '1'), to], present: [present(digest)] });
    expect(decide(to.digest)).toEqual({
      changes: [],
      unchanged: [
        {
          id: 'clusters/c',
          title: 'cluster c',
          noun: 'cluster',
          json: { kind: 'cluster', cluster: 'c', name: 'c' },
        },
      ],
      orphans: [],
    });
    expect(decide('old').changes).toEqual([{ from: present('old'), to }]);
    expect(decide('old').changes.map((change) => clusterFamily.idOf(change))).toEqual([
      'clusters/c',
    ]);
  });

  test('is shown with what changes', () => {
    const to = clusterRelease('c');
    const diff = aDiff({ changed: [aChange()] });
    const shown = clusterFamily.show(clusterFamily.explain({ from: present('old'), to }, diff));
    expect(shown).toEqual({
      family: 'cluster',
      marker: '~',
      hubs: [],
      id: 'clusters/c',
      title: 'cluster c',
      noun: 'cluster',
      wave: 'clusters',
      order: 0,
      risk: 0,
      reasons: [{ code: 'objects', text: 'what its hubs share' }],
      summary: 'what its hubs share',
      effects: [{ code: 'none', text: 'nothing', risk: 0 }],
      touched: [],
      diff,
      detail: 'changes',
      shape: shown.shape,
      identity: ['upgrade', 'clusters/c', 'old', to.digest],
      reviewed: undefined,
      json: {
        kind: 'upgrade',
        unit: { kind: 'cluster', cluster: 'c', name: 'c' },
        wave: 'clusters',
        from: 'old',
        to: to.digest,
        restartsHub: false,
        why: ['what its hubs share'],
        effects: ['nothing'],
        diff: { added: [], removed: [], changed: ['ConfigMap/notices'] },
      },
    });
    expect(clusterFamily.show({ from: undefined, to, diff })).toMatchObject({
      marker: '+',
      detail: 'names',
      reasons: [{ code: 'new', text: 'new' }],
      identity: ['install', 'clusters/c', null, to.digest],
      json: { kind: 'install', from: null, why: ['new'] },
    });
  });

  test('has one shape for one change in several clusters, none for new ones', () => {
    const shape = (name: string, from: PresentRelease | undefined, what = 's'): string =>
      clusterFamily.show({ from, to: clusterRelease(name), diff: aDiff({ shape: what }) }).shape;
    expect(shape('c', present('1'))).toBe(shape('d', present('2')));
    expect(shape('c', present('1'))).not.toBe(shape('c', present('1'), 'another'));
    expect(shape('c', undefined)).not.toBe(shape('d', undefined));
  });

  test('that was not rendered is a mistake of ours', () => {
    expect(() =>
      clusterFamily.explain({ from: undefined, to: clusterRelease('c') }, undefined),
    ).toThrow('clusters/c was decided and not rendered');
  });
});
