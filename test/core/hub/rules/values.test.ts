import { describe, expect, test } from '@jest/globals';
import { RULES } from '../../../../src/core/check/rules.ts';
import { saidOfHub } from '../../../support/written.ts';

/** Values that hold one thing at `path`, written with dots. */
function holding(path: string, value: unknown): Record<string, unknown> {
  return path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Record<
    string,
    unknown
  >;
}

interface Case {
  id: string;
  path: string;
  refused: [value: unknown, message: string, hint: string][];
  accepted: unknown[];
}

const CASES: Case[] = [
  {
    id: 'authenticator',
    path: 'hub.config.JupyterHub.authenticator_class',
    refused: [
      [
        'dummy',
        'the authenticator "dummy" goes round the access files',
        'remove it; access: says who may enter',
      ],
    ],
    accepted: ['glaciocloud_hub.AccessFileAuthenticator'],
  },
  {
    id: 'allow-all',
    path: 'hub.config.Authenticator.allow_all',
    refused: [
      [true, '"allow_all" lets anybody in', 'remove it; access: says who may enter'],
      ['false', '"allow_all" lets anybody in', 'remove it; access: says who may enter'],
    ],
    accepted: [false],
  },
  {
    id: 'allow-existing-users',
    path: 'hub.config.GitHubOAuthenticator.allow_existing_users',
    refused: [[true, 'people who were removed could come back', 'remove it']],
    accepted: [false],
  },
  ...[
    'allowed_users',
    'admin_users',
    'allowed_organizations',
    'allowed_groups',
    'admin_groups',
    'allowed_scopes',
    'blocked_users',
  ].map((name): Case => ({
    id: 'allow-list',
    path: `hub.config.GitHubOAuthenticator.${name}`,
    refused: [
      [['ada'], 'people are listed in raw values', 'write them below access:'],
      [{ a: 'b' }, 'people are listed in raw values', 'write them below access:'],
      ['ada', 'people are listed in raw values', 'write them below access:'],
      [true, 'people are listed in raw values', 'write them below access:'],
    ],
    accepted: [[], {}, '', false, null],
  })),
  {
    id: 'auth-refresh',
    path: 'hub.config.Authenticator.auth_refresh_age',
    refused: [0, 0.9, 301, '60'].map((value): [unknown, string, string] => [
      value,
      `${typeof value === 'string' ? `"${value}"` : value} keeps people in after their access has ended`,
      'remove it; the platform uses 1',
    ]),
    accepted: [1, 2, 299, 300],
  },
  {
    id: 'delete-pvc',
    path: 'hub.config.KubeSpawner.delete_pvc',
    refused: [
      [
        true,
        'homes would be deleted together with users',
        'remove it; removing homes is a reviewed step',
      ],
    ],
    accepted: [false],
  },
  {
    id: 'failure-limit',
    path: 'hub.consecutiveFailureLimit',
    refused: [
      [
        5,
        'after 5 failed starts the hub restarts itself, and any user can cause them',
        'remove it; the platform uses 0',
      ],
      [
        1,
        'after 1 failed starts the hub restarts itself, and any user can cause them',
        'remove it; the platform uses 0',
      ],
    ],
    accepted: [0],
  },
  {
    id: 'max-age',
    path: 'cull.maxAge',
    refused: [604_799, 1, '700000'].map((value): [unknown, string, string] => [
      value,
      `servers are stopped after ${JSON.stringify(value)} s even while they compute`,
      'remove it, or write at least 604800',
    ]),
    accepted: [0, 604_800, 700_000],
  },
  {
    id: 'cull-users',
    path: 'cull.users',
    refused: [[true, 'idle users would be deleted', 'remove it']],
    accepted: [false],
  },
  {
    id: 'uid',
    path: 'singleuser.uid',
    refused: [
      [0, 'servers would run as root', "remove it; the platform's uid is 1100"],
      [1000, 'servers would run as uid 1000, and homes belong to 1100', 'remove it'],
      ['1100', 'servers would run as uid "1100", and homes belong to 1100', 'remove it'],
    ],
    accepted: [1100],
  },
  {
    id: 'service-account',
    path: 'singleuser.serviceAccountName',
    refused: [['deployer', 'user servers would get a token of the cluster', 'remove it']],
    accepted: ['', null],
  },
  {
    id: 'privilege-escalation',
    path: 'singleuser.allowPrivilegeEscalation',
    refused: [
      [
        true,
        'users could become root inside their server',
        'remove it; packages for everybody belong into the image',
      ],
    ],
    accepted: [false],
  },
  {
    id: 'load-balancer',
    path: 'proxy.service.type',
    refused: ['LoadBalancer', 'NodePort'].map((value): [unknown, string, string] => [
      value,
      `"${value}" opens the hub without a certificate`,
      'remove it; the cluster’s ingress: is the entry',
    ]),
    accepted: ['ClusterIP'],
  },
  {
    id: 'debug',
    path: 'debug.enabled',
    refused: [[true, 'debug output holds tokens', 'remove it when you are done']],
    accepted: [false],
  },
  {
    id: 'profile-list',
    path: 'singleuser.profileList',
    refused: [
      [
        [{ display_name: 'any' }],
        'profiles in raw values are not looked at',
        'use images: and sizes:',
      ],
    ],
    accepted: [[]],
  },
  {
    // 128 MiB and 2 for each of 40 servers.
    id: 'proxy-memory',
    path: 'proxy.chp.resources.limits.memory',
    refused: ['207Mi', '128Mi', '218103807', 'much', 218_103_808].map(
      (value): [unknown, string, string] => [
        value,
        `${JSON.stringify(value)} are too little for 40 servers`,
        'remove it; the platform uses 208Mi',
      ],
    ),
    accepted: ['208Mi', '1Gi', '218103808'],
  },
];

/** The place of a scalar is its text; of a list or mapping, its first entry. */
function place(value: unknown): unknown {
  if (typeof value === 'object') return expect.stringMatching(/^(- |a: )/u);
  return expect.stringContaining(typeof value === 'string' ? value : JSON.stringify(value));
}

describe.each(CASES)('$id: $path', ({ id, path, refused, accepted }) => {
  test.each(refused)('%j is refused', (value, message, hint) => {
    expect(saidOfHub(id, { values: holding(path, value) })).toEqual([
      [place(value), message, hint],
    ]);
  });

  test.each(accepted.map((value) => [value]))('%j is accepted', (value) => {
    expect(saidOfHub(id, { values: holding(path, value) })).toEqual([]);
  });
});

test('a trait is found in every section, and nowhere else', () => {
  const config = {
    Spawner: { delete_pvc: true },
    Other: { delete_pvc: false },
    KubeSpawner: { delete_pvc: true },
    text: 'delete_pvc',
  };
  expect(saidOfHub('delete-pvc', { values: { hub: { config } } })).toHaveLength(2);
  expect(saidOfHub('delete-pvc', { values: { hub: { delete_pvc: true } } })).toEqual([]);
});

test('the chart’s own defaults are looked at, where they are at hand', () => {
  const defaults = { debug: { enabled: true }, hub: { config: { Dummy: { allow_all: true } } } };
  expect(saidOfHub('debug', {}, { defaults }).map(([, message]) => message)).toEqual([
    'debug output holds tokens',
  ]);
  expect(saidOfHub('allow-all', {}, { defaults }).map(([, message]) => message)).toEqual([
    '"allow_all" lets anybody in',
  ]);
});

test('all of them are errors about values', () => {
  const ids = new Set(CASES.map(({ id }) => id));
  const rules = RULES.filter(({ id }) => ids.has(id));
  expect(rules).toHaveLength(ids.size);
  expect(rules.filter(({ severity, on }) => severity !== 'error' || on !== 'values')).toEqual([]);
});
