import { describe, expect, test } from '@jest/globals';
import { holdReason, isSettled, parseState, stateObject } from '../../../src/core/hub/state.ts';
import type { ReleaseState } from '../../../src/core/hub/state.ts';
import { at, objectOf, textAt } from '../../../src/core/json.ts';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import type { Release } from '../../../src/core/unit.ts';
import { aState } from '../../support/states.ts';

const NOW = Date.UTC(2026, 10, 24, 12);
const AT = '2026-11-24T11:00:00Z';
const release: Release = {
  v: 1,
  unit: { kind: 'hub', cluster: 'lab', name: 'h' },
  namespace: 'h',
  charts: [],
  values: {},
  images: [],
  secrets: [],
};
const least = aState({ last: { at: AT, outcome: 'done', reason: '' } });
const full: ReleaseState = {
  ...least,
  healthy: { digest: 'd', revision: 3, since: AT, release },
  quarantined: { digest: 'e', reason: 'it crashed', at: AT },
  copy: 'before-3.sqlite',
  hold: { until: AT, reason: '/try' },
  removing: { id: 'r', homes: 2 },
  infrastructure: 1,
};
const textOf = (state: ReleaseState): string => textAt(stateObject('h', state), '/data/state.json');

describe('the state of a hub', () => {
  test('is a ConfigMap of its namespace, found by its label', () => {
    const { data, ...rest } = stateObject('h', least);
    expect(rest).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'glaciocloud-release',
        namespace: 'h',
        labels: { 'app.kubernetes.io/managed-by': 'glaciocloud', 'glaciocloud.org/state': 'hub' },
      },
    });
    expect(Object.keys(data as JsonObject)).toEqual(['state.json']);
  });

  test.each([least, full])('is read as it was written', (state) => {
    expect(parseState(textOf(state))).toEqual({
      kind: 'read',
      value: JSON.parse(JSON.stringify(state)) as Json,
    });
  });

  test.each(['', '{', '[]', 'null', '"text"'])('is not %j', (text) => {
    expect(parseState(text)).toEqual({ kind: 'unreadable', reason: 'it is no JSON object' });
  });

  test.each<[string, string]>([
    ['{"v": 2}', 'format 2'],
    ['{"v": 0}', 'format 0'],
    ['{"v": "<!-- 1 -->"}', 'another format'],
    ['{"v": null}', 'another format'],
  ])('in %s is of another version', (text, format) => {
    expect(parseState(text)).toEqual({
      kind: 'other-version',
      reason: `it is of ${format}, which this version of glaciocloud does not know`,
    });
  });

  /** The full state with something else at a pointer; undefined takes away what stands there. */
  const damaged = (path: string, value: Json | undefined): string => {
    const state = objectOf(textOf(full)) ?? {};
    const cut = path.lastIndexOf('/');
    const parent = at(state, path.slice(0, cut)) as JsonObject;
    if (value === undefined) Reflect.deleteProperty(parent, path.slice(cut + 1));
    else parent[path.slice(cut + 1)] = value;
    return JSON.stringify(state);
  };
  const unreadable = (path: string): unknown => ({
    kind: 'unreadable',
    reason: `its field ${path} is missing or is something else`,
  });

  const needed = [
    '/wanted',
    '/healthy/digest',
    '/healthy/revision',
    '/healthy/since',
    '/healthy/release',
    '/healthy/release/unit',
    '/healthy/release/unit/kind',
    '/healthy/release/unit/name',
    '/healthy/release/namespace',
    '/healthy/release/charts',
    '/healthy/release/values',
    '/healthy/release/images',
    '/healthy/release/secrets',
    '/quarantined/digest',
    '/quarantined/reason',
    '/quarantined/at',
    '/hold/until',
    '/hold/reason',
    '/removing/id',
    '/removing/homes',
    '/infrastructure',
    '/last',
    '/last/at',
    '/last/outcome',
    '/last/reason',
  ];
  test.each(needed)('needs %s, where what it lies in is there', (path) => {
    expect(parseState(damaged(path, undefined))).toEqual(unreadable(path));
    expect(parseState(damaged(path, true))).toEqual(unreadable(path));
  });

  const optional = ['/healthy', '/quarantined', '/copy', '/hold', '/removing'];
  test.each(optional)('may be without %s, but not with something else there', (path) => {
    expect(parseState(damaged(path, undefined)).kind).toBe('read');
    expect(parseState(damaged(path, null))).toEqual(unreadable(path));
    expect(parseState(damaged(path, 1))).toEqual(unreadable(path));
  });

  test.each(['/healthy/revision', '/removing/homes', '/infrastructure'])(
    'counts at %s from 0 in whole numbers',
    (path) => {
      expect(parseState(damaged(path, 0)).kind).toBe('read');
      expect(parseState(damaged(path, -1))).toEqual(unreadable(path));
      expect(parseState(damaged(path, 1.5))).toEqual(unreadable(path));
      expect(parseState(damaged(path, '1'))).toEqual(unreadable(path));
    },
  );
});

describe('a hold', () => {
  const held: ReleaseState = { ...least, hold: { until: '2026-11-24T12:00:00Z', reason: '/try' } };
  test.each([
    [NOW - 1, 'held until 2026-11-24T12:00:00Z: /try'],
    [NOW, undefined],
    [NOW + 1, undefined],
  ])('until 12:00 at %i', (now, expected) => {
    expect(holdReason(held, now)).toBe(expected);
  });

  test('is not there without one, or without a state', () => {
    expect([holdReason(least, 0), holdReason(undefined, 0)]).toEqual([undefined, undefined]);
  });
});

describe('a hub is settled', () => {
  const settled: ReleaseState = {
    ...least,
    healthy: { digest: 'd', revision: 3, since: AT, release },
  };
  test.each<[string, ReleaseState | undefined, boolean]>([
    ['that runs what is wanted', settled, true],
    ['that was never healthy', least, false],
    [
      'that runs something else',
      { ...settled, healthy: { ...settled.healthy!, digest: 'e' } },
      false,
    ],
    ['of which something else was asked last', { ...settled, wanted: 'e' }, false],
    [
      'whose last change did not end well',
      { ...settled, last: { ...settled.last, outcome: 'failed' } },
      false,
    ],
    ['whose removal has begun', { ...settled, removing: { id: 'x', homes: 0 } }, false],
    ['whose other digest is in quarantine', { ...settled, quarantined: full.quarantined }, true],
    ['that nobody knows', undefined, false],
  ])('%s', (_what, state, expected) => {
    expect(isSettled(state, 'd')).toBe(expected);
  });
});
