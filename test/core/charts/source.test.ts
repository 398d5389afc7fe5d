import { describe, expect, test } from '@jest/globals';
import { chartSource, isAnother } from '../../../src/core/charts/source.ts';
import type { Reviewed } from '../../../src/core/charts/source.ts';
import type { ChartSettings, PlatformFile } from '../../../src/core/model/types.ts';

const MAIN: ChartSettings = {
  version: '4.4.0',
  repository: 'https://charts.example.org/hub/',
  sha256: null,
};
const of = (changes: Partial<ChartSettings>, allowPrivate?: boolean): PlatformFile['charts'] => ({
  jupyterhub: { ...MAIN, ...changes },
  ...(allowPrivate === undefined ? {} : { allowPrivate }),
});
const main = (charts: PlatformFile['charts']): Reviewed => ({ kind: 'main', charts });

describe('beside what the default branch says', () => {
  test.each<[string, Partial<ChartSettings>]>([
    ['the same', {}],
    ['no slash', { repository: 'https://charts.example.org/hub' }],
    ['a pin', { sha256: 'a' }],
    ['another version with a pin', { version: '4.5.0', sha256: 'a' }],
  ])('%s is fetched', (_what, changes) => {
    expect(chartSource('jupyterhub', of(changes), main(of({})))).toEqual({
      kind: 'as-written',
      settings: { ...MAIN, ...changes },
      privateToo: false,
    });
  });

  test('the slash may be missing there, too', () => {
    const repository = 'https://charts.example.org/hub';
    expect(chartSource('jupyterhub', of({}), main(of({ repository }))).kind).toBe('as-written');
  });

  test.each<[string, Partial<ChartSettings>]>([
    ['alone', { repository: 'https://evil.example.org/' }],
    ['with a pin', { repository: 'https://evil.example.org/', sha256: 'a' }],
    ['below the right one', { repository: 'https://charts.example.org/hub/other/' }],
    ['without https', { repository: 'http://charts.example.org/hub/' }],
    ['with another version', { repository: 'https://evil.example.org/', version: '4.5.0' }],
  ])('another repository, %s, is not', (_what, changes) => {
    const reviewed = of({ sha256: 'b' });
    expect(chartSource('jupyterhub', of(changes, true), main(reviewed))).toEqual({
      kind: 'as-reviewed',
      settings: reviewed.jupyterhub,
      privateToo: false,
      field: 'repository',
      why: 'jupyterhub is not fetched from there: the default branch names another repository',
      hint: 'look at the other chart with --charts-from on your own machine, and change the repository in a pull request of its own',
    });
  });

  test('another version without a pin is not', () => {
    expect(chartSource('jupyterhub', of({ version: '4.5.0' }), main(of({}, true)))).toEqual({
      kind: 'as-reviewed',
      settings: MAIN,
      privateToo: true,
      field: 'version',
      why: 'jupyterhub 4.5.0 is not fetched: the default branch names 4.4.0, and no sha256 says what must be in another one',
      hint: 'write the SHA-256 of its archive beside it, as sha256:',
    });
  });

  test('a mirror is one only if the default branch says so', () => {
    const privateToo = (file: boolean | undefined, reviewed: boolean | undefined) =>
      chartSource('jupyterhub', of({}, file), main(of({}, reviewed))).privateToo;
    expect(privateToo(true, undefined)).toBe(false);
    expect(privateToo(true, false)).toBe(false);
    expect(privateToo(false, true)).toBe(true);
    expect(privateToo(undefined, true)).toBe(true);
  });
});

test('without a default branch the file is somebody’s own wish', () => {
  expect(chartSource('jupyterhub', of({}, true), { kind: 'own' })).toEqual({
    kind: 'as-written',
    settings: MAIN,
    privateToo: true,
  });
  expect(chartSource('jupyterhub', of({}), { kind: 'own' }).privateToo).toBe(false);
});

test('a proposal to a platform without charts gets no mirror', () => {
  expect(chartSource('jupyterhub', of({}, true), { kind: 'none' })).toEqual({
    kind: 'as-written',
    settings: MAIN,
    privateToo: false,
  });
});

test('a chart is another one if its version runs only with other contents', () => {
  const chart = { name: 'jupyterhub', version: '4.4.0', digest: 'a' };
  expect(isAnother(chart, [])).toBe(false);
  expect(isAnother(chart, [chart])).toBe(false);
  expect(isAnother(chart, [{ ...chart, digest: 'b' }])).toBe(true);
  expect(isAnother(chart, [{ ...chart, digest: 'b' }, chart])).toBe(false);
  expect(isAnother(chart, [{ ...chart, digest: 'b', version: '4.3.0' }])).toBe(false);
  expect(isAnother(chart, [{ ...chart, digest: 'b', name: 'oggm-hub' }])).toBe(false);
});
