import { describe, expect, test } from '@jest/globals';
import { HUB, said, saidOfHub } from '../../../support/written.ts';
import type { Said, Written } from '../../../support/written.ts';

const KEPT = 'it is kept for later';
const IMAGE = 'images/science/image.yaml';
const CLUSTER = 'clusters/main.yaml';

/** Tiers of the base are left out, so that each field is seen alone. */
const alone = (changes: Written): Said[] =>
  said('not-yet', { ...changes, 'platform.yaml': { tiers: {}, ...changes['platform.yaml'] } });

describe('a field of a hub', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['dask', { dask: { maxWorkers: 4, worker: { cpu: 1, memory: '2G' } } }, KEPT],
    ['shared', { shared: { a: 1 } }, KEPT],
    ['quota', { quota: { a: 1 } }, KEPT],
    ['backup', { backup: { a: 1 } }, KEPT],
    [
      'budget',
      { budget: { monthly: 100, currency: 'EUR' } },
      'it is kept for later: watch the bill of the provider',
    ],
  ])('%s', (name, keys, hint) => {
    expect(alone({ [HUB]: keys })).toEqual([[`${name}:`, `"${name}" does nothing yet`, hint]]);
  });

  test('hours of classes, wherever one has them', () => {
    const span = { from: '2026-12-01T08:00Z', until: '2026-12-02T18:00Z', users: 3 };
    const events = [
      { name: 'One', ...span },
      { name: 'Two', ...span, hours: '08:00-10:00' },
    ];
    expect(alone({ [HUB]: { capacity: { maxServers: 40, events } } })).toEqual([
      [
        'hours: 08:00-10:00',
        '"hours" does nothing yet',
        'it is kept for later: the class counts for its whole time',
      ],
    ]);
  });

  test('kind: binder', () => {
    expect(alone({ [HUB]: { kind: 'binder' } })).toEqual([
      ['binder', 'binder hubs are not rendered yet', 'use kind: hub'],
    ]);
  });

  test('that does something', () => {
    expect(alone({ [HUB]: { kind: 'hub', data: [], scratch: { size: '10Gi' } } })).toEqual([]);
  });
});

describe('a field of another file', () => {
  const ingress = { class: 'nginx', issuer: 'letsencrypt' };
  const chart = { version: '1.2.3', repository: 'https://charts.example.org/' };

  test.each<[string, Written, Said[]]>([
    [
      'of a cluster',
      {
        [CLUSTER]: {
          ingress: { ...ingress, email: 'a@example.org' },
        },
      },
      [
        [
          `${CLUSTER} email: a@example.org`,
          '"email" does nothing yet',
          'give it to the issuer of certificates in the cluster',
        ],
      ],
    ],
    [
      'of an image, not',
      {
        [IMAGE]: {
          tests: { oggm: 'full', notebooks: ['a.ipynb'] },
          size: { max: '4Gi' },
          rebuild: 'nightly',
        },
      },
      [],
    ],
    [
      'of the platform, mirrors',
      {
        'platform.yaml': {
          mirrors: {
            pypi: 'https://mirror.example.org/simple',
            github: 'https://mirror.example.org/github',
            conda: 'https://mirror.example.org/conda',
            apt: 'https://mirror.example.org/apt',
            images: 'mirror.example.org',
          },
        },
      },
      [
        ['platform.yaml conda: https://mirror.example.org/conda', '"conda" does nothing yet', KEPT],
        ['platform.yaml apt: https://mirror.example.org/apt', '"apt" does nothing yet', KEPT],
        ['platform.yaml images: mirror.example.org', '"images" does nothing yet', KEPT],
      ],
    ],
    [
      'of the platform',
      {
        'platform.yaml': {
          access: { repository: 'example/access', ref: 'main' },
          charts: { jupyterhub: chart, 'dask-gateway': chart },
        },
      },
      [
        [
          'platform.yaml ref: main',
          '"ref" does nothing yet',
          'check that branch out yourself, and name the folder with --people',
        ],
        ['platform.yaml dask-gateway:', '"dask-gateway" does nothing yet', KEPT],
      ],
    ],
  ])('%s', (_what, changes, expected) => {
    expect(alone(changes)).toEqual(expected);
  });
});

test('access is read by `access`', () => {
  const tiers = { researcher: { until: '1d' } };
  expect(
    alone({
      'platform.yaml': { tiers, access: { repository: 'example/access' } },
      'access/members/7.yaml': { id: 7, tier: 'researcher', until: '2026-11-25' },
    }),
  ).toEqual([]);
});

test('values-overridden: what others read is left alone', () => {
  const values = {
    singleuser: { image: { pullPolicy: 'Always' }, extraResource: { limits: { gpu: '1' } } },
    hub: { config: { KubeSpawner: { start_timeout: 900 } }, image: { name: 'x', tag: '1' } },
  };
  expect(saidOfHub('values-overridden', { values })).toEqual([]);
});
