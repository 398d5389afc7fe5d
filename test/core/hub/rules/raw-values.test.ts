import { describe, expect, test } from '@jest/globals';
import { saidOfHub } from '../../../support/written.ts';

const inValues = (id: string, values: object) => saidOfHub(id, { values });
const roles = (id: string, loadRoles: object) => inValues(id, { hub: { loadRoles } });

describe('network-open', () => {
  test.each([
    ['singleuser', { singleuser: { networkPolicy: { enabled: false } } }],
    ['hub', { hub: { networkPolicy: { enabled: false } } }],
    ['proxy', { proxy: { chp: { networkPolicy: { enabled: false } } } }],
  ])('the policy of %s', (_what, values) => {
    expect(inValues('network-open', values)).toEqual([
      ['false', 'the network policy is off', 'remove it'],
    ]);
    const on = JSON.parse(JSON.stringify(values).replace('false', 'true')) as object;
    expect(inValues('network-open', on)).toEqual([]);
  });

  test.each(['cloudMetadataServer', 'nonPrivateIPs', 'privateIPs'])('%s', (rule) => {
    const allow = (value: boolean) =>
      inValues('network-open', {
        singleuser: { networkPolicy: { egressAllowRules: { [rule]: value } } },
      });
    expect(allow(true)).toEqual([
      [
        'true',
        'user servers could reach inside',
        'remove it; open one address with networkPolicy.egress instead',
      ],
    ]);
    expect(allow(false)).toEqual([]);
  });
});

describe('network-open, by rules of one’s own', () => {
  const said = (path: readonly string[], rule: object) => {
    const values = path.reduceRight<object>((inner, key) => ({ [key]: inner }), [rule]);
    return inValues('network-open', values).map(([, message]) => message);
  };
  const egress = ['singleuser', 'networkPolicy', 'egress'];
  const all = 'servers would reach everything inside';

  test.each([
    [{}, [all]],
    [{ ports: [{ port: 443 }] }, [all]],
    [{ to: [] }, [all]],
    [{ to: [{}] }, [all]],
    [{ to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }, [all]],
    [{ to: [{ ipBlock: { cidr: '::/0' } }] }, [all]],
    [{ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } }] }, [all]],
    [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }, [all]],
    [{ to: [{ ipBlock: { cidr: '160.0.0.0/3' } }] }, [all]],
    [{ to: [{ ipBlock: { cidr: '169.254.169.254/32' } }] }, [all]],
    [{ to: [{ ipBlock: { cidr: '100.100.0.0/16' } }] }, [all]],
    [{ to: [{ ipBlock: { cidr: '169.254.0.0/16', except: ['169.254.160.0/19'] } }] }, [all]],
    [{ to: [{ ipBlock: { cidr: '169.254.20.0/24' } }] }, []],
    [{ to: [{ ipBlock: { cidr: '8.0.0.0/8' } }] }, []],
    [{ to: [{ ipBlock: { cidr: 'no network' } }] }, []],
    [{ to: [{ ipBlock: {} }] }, []],
    [{ to: [{ ipBlock: { cidr: '10.1.2.3/32' } }] }, []],
    [{ to: [{ podSelector: { matchLabels: { app: 'dask' } } }] }, []],
  ])('servers reach: %j', (rule, expected) => {
    expect(said(egress, rule)).toEqual(expected);
  });

  test.each([
    ['singleuser', ['singleuser', 'networkPolicy', 'ingress']],
    ['hub', ['hub', 'networkPolicy', 'ingress']],
    ['proxy', ['proxy', 'chp', 'networkPolicy', 'ingress']],
  ])('who reaches %s', (_what, path) => {
    expect(said(path, {})).toEqual(['everybody in the cluster would reach it']);
    expect(said(path, { from: [{ podSelector: { matchLabels: { app: 'prometheus' } } }] })).toEqual(
      [],
    );
  });
});

describe('user-sharing', () => {
  test.each([
    'shares',
    'shares!user',
    'read:shares',
    'admin:shares',
    'list:shares',
    'groups:shares',
    'users:shares!server',
    'read:users:shares',
    'read:groups:shares',
  ])('%s', (scope) => {
    expect(roles('user-sharing', { user: { scopes: ['self', scope] } })).toEqual([
      [scope, `the scope "${scope}" lets users share servers`, 'remove it'],
    ]);
  });

  test.each(['self', 'access:servers', 'sharesx', 'myshares', 'read:users', 'servers:shares'])(
    '%s',
    (scope) => {
      expect(roles('user-sharing', { user: { scopes: [scope] } })).toEqual([]);
    },
  );

  test('roles that are no mapping', () => {
    expect(inValues('user-sharing', { hub: { loadRoles: ['shares'] } })).toEqual([]);
  });
});

describe('role-scopes', () => {
  const rules = (name: string, place: string) => [
    [
      place,
      `the role "${name}" could become anybody`,
      'give the narrow scopes that it needs, such as list:users or read:groups',
    ],
  ];

  test.each([
    'admin',
    'admin:users',
    'admin:groups',
    'admin:auth_state',
    'admin:users!group=course',
    'users',
    'users!group=course',
    'tokens',
    'tokens!group=course',
    'groups',
    'groups!group=course',
  ])('%s', (scope) => {
    expect(roles('role-scopes', { staff: { scopes: ['list:users', scope] } })).toEqual(
      rules('staff', scope),
    );
  });

  test.each([
    'admin:servers',
    'admin:server_state',
    'servers',
    'access:servers',
    'delete:users',
    'shutdown',
    'proxy',
  ])('%s reaches everybody', (scope) => {
    expect(roles('role-scopes', { staff: { scopes: ['list:users', scope] } })).toEqual([
      [
        scope,
        `the role "staff" reaches everybody: ${scope}`,
        `name whom it is for: ${scope}!group=…`,
      ],
    ]);
  });

  test.each([
    'admin-ui',
    'tokens!user',
    'access:servers!server',
    'list:users',
    'list:users!group=course',
    'admin:servers!group=course',
    'access:servers!group=course',
    'servers!user',
    'xadmin',
    'administrate',
    'read:admin',
    'read:users',
  ])('%s', (scope) => {
    expect(roles('role-scopes', { staff: { scopes: [scope] } })).toEqual([]);
  });

  test.each([
    'admin:users!user=ada',
    'tokens!user=ada',
    'servers!user=ada',
    'access:servers!server=ada/',
  ])('%s acts for another person', (scope) => {
    expect(roles('role-scopes', { staff: { scopes: [scope] } })).toEqual([
      [
        scope,
        `the role "staff" acts for somebody else: ${scope}`,
        'remove it; staff is given a group: !group=…',
      ],
    ]);
  });

  test.each(['user', 'server'])('everybody has the role %s', (name) => {
    const scope = 'access:servers!group=course';
    expect(roles('role-scopes', { [name]: { scopes: ['self', scope] } })).toEqual([
      [
        scope,
        `everybody has the role "${name}", and it reaches others: ${scope}`,
        'give it to a role of its own, with groups: for whom it is',
      ],
    ]);
  });

  test.each([
    ['admin', 'who has the role "admin" could become anybody'],
    ['glaciocloud-health', '"glaciocloud-health" is a role of the platform'],
  ])('the name that the chart takes: %s', (name, message) => {
    const found = roles('role-scopes', { helpers: { name, scopes: ['list:users'] } });
    expect(found.map(([, said]) => said)).toEqual([message]);
  });

  test('the first such scope of each role; not the role that proves the hub healthy', () => {
    expect(
      roles('role-scopes', {
        'glaciocloud-health': { scopes: ['admin:users'] },
        one: { scopes: ['admin:servers', 'admin'] },
        two: { scopes: ['admin-ui', 'tokens'] },
      }),
    ).toEqual([
      [
        'admin:servers',
        'the role "one" reaches everybody: admin:servers',
        'name whom it is for: admin:servers!group=…',
      ],
      ...rules('two', 'tokens'),
    ]);
  });

  test('what is no role', () => {
    expect(
      roles('role-scopes', { a: 'admin', b: { scopes: 'admin' }, c: { scopes: [1] } }),
    ).toEqual([]);
    expect(inValues('role-scopes', { hub: { loadRoles: [{ scopes: ['admin'] }] } })).toEqual([]);
  });
});

describe('values-memory', () => {
  const refused = (written: string, hint: string) => [
    [written, `"${written}" is not understood by JupyterHub`, hint],
  ];

  test.each([
    ['guarantee', { singleuser: { memory: { guarantee: '4Gi' } } }],
    ['limit', { singleuser: { memory: { limit: '4Gi' } } }],
    ['mem_limit', { hub: { config: { KubeSpawner: { mem_limit: '4Gi' } } } }],
    ['mem_guarantee', { hub: { config: { Spawner: { mem_guarantee: '4Gi' } } } }],
  ])('%s', (_what, values) => {
    expect(inValues('values-memory', values)).toEqual(refused('4Gi', 'write 4G (1024-based)'));
    const right = JSON.parse(JSON.stringify(values).replace('4Gi', '4G')) as object;
    expect(inValues('values-memory', right)).toEqual([]);
  });

  test.each([
    ['16Gi', 'write 16G (1024-based)'],
    ['512Mi', 'write 512M (1024-based)'],
    ['lots', 'write a number with K, M, G or T, such as 4G (1024-based)'],
  ])('%s', (limit, hint) => {
    expect(inValues('values-memory', { singleuser: { memory: { limit } } })).toEqual(
      refused(limit, hint),
    );
  });

  test('a number of bytes', () => {
    expect(inValues('values-memory', { singleuser: { memory: { limit: 4e9 } } })).toEqual([]);
  });
});

describe('memory-limit', () => {
  const memory = (written: object, defaults?: object) =>
    saidOfHub(
      'memory-limit',
      { values: { singleuser: { memory: written } } },
      defaults && { defaults: { singleuser: { memory: { limit: '8G' } } } },
    );
  const missing = [['4G', 'memory is guaranteed without a limit', 'use sizes: with memory:']];

  test('a guarantee wants a limit', () => {
    expect(memory({ guarantee: '4G' })).toEqual(missing);
    expect(memory({ guarantee: '4G', limit: null })).toEqual(missing);
    expect(memory({ guarantee: '4G', limit: '4G' })).toEqual([]);
    expect(memory({ limit: '4G' })).toEqual([]);
    expect(memory({})).toEqual([]);
  });

  test('the chart’s limit counts', () => {
    expect(memory({ guarantee: '4G' }, {})).toEqual([]);
  });
});

describe('values-cpu', () => {
  test.each([
    ['500m', 'write 0.5'],
    ['1500m', 'write 1.5'],
    ['two', 'write a number without quotes'],
    ['x500m', 'write a number without quotes'],
    ['500mm', 'write a number without quotes'],
  ])('%s', (written, hint) => {
    for (const key of ['guarantee', 'limit']) {
      expect(inValues('values-cpu', { singleuser: { cpu: { [key]: written } } })).toEqual([
        [written, `"${written}" is not a number of cores`, hint],
      ]);
    }
  });

  test('a number', () => {
    expect(inValues('values-cpu', { singleuser: { cpu: { guarantee: 0.5, limit: 2 } } })).toEqual(
      [],
    );
  });
});

test('null-value: each of them, in the file’s own values only', () => {
  const said = [
    'null means one thing to Helm 3 and another to Helm 4',
    'write the value that you want',
  ];
  expect(
    inValues('null-value', { hub: { a: null, b: [1, null], c: 'null', d: 0, e: '' } }),
  ).toEqual([
    ['null', ...said],
    ['null', ...said],
  ]);
  expect(saidOfHub('null-value', {}, { defaults: { hub: { a: null } } })).toEqual([]);
});

test('config-section: names of classes begin with a capital', () => {
  const config = (section: string) =>
    inValues('config-section', { hub: { config: { [section]: { a: 1 } } } });
  expect(config('jupyterHub')).toEqual([
    [
      'a: 1',
      '"jupyterHub" is not the name of a class',
      'sections begin with a capital, such as JupyterHub',
    ],
  ]);
  expect(config('_JupyterHub')).toHaveLength(1);
  expect(config('JupyterHub')).toEqual([]);
});

describe('braces', () => {
  const env = (value: unknown) =>
    inValues('braces', { singleuser: { extraEnv: { A: 'plain', B: value } } });

  test.each(['x{', 'x}y', 'a{name}b', '{ username }', '{{x}'])('%s', (value) => {
    expect(env(value)).toEqual([
      [
        expect.stringContaining(value),
        'a single brace breaks every server start',
        'write {{ and }}, or use env:',
      ],
    ]);
  });

  test.each([
    'x',
    '{{x}}',
    'a{username}b',
    'a{userid}b',
    'a{servername}b',
    'a{unescaped_username}b',
    'a{user_server}b{username}',
    '{{{username}',
    's3://scratch/{escaped_username}',
    '{pod_name}.{namespace}',
    '{pvc_name}-{hubnamespace}',
    { valueFrom: { configMapKeyRef: { name: 'a', key: '{username}' } } },
  ])('%j', (value) => {
    expect(env(value)).toEqual([]);
  });

  test.each([
    { initContainers: [{ name: 'course', command: ['sh', '-c', "awk '{print $1}'"] }] },
    { extraContainers: [{ name: 'side', args: ["awk '{print $1}'"] }] },
    { extraPodConfig: { hostname: "awk '{print $1}'" } },
    { extraLabels: { a: "awk '{print $1}'" } },
    { extraAnnotations: { a: "awk '{print $1}'" } },
    { storage: { extraVolumes: [{ name: "awk '{print $1}'" }] } },
    { storage: { extraVolumeMounts: { a: { subPath: "awk '{print $1}'" } } } },
    { storage: { extraLabels: { a: "awk '{print $1}'" } } },
    { storage: { dynamic: { pvcNameTemplate: "awk '{print $1}'" } } },
    { extraEnv: [{ name: 'A', value: "awk '{print $1}'" }] },
  ])('wherever KubeSpawner expands text: %j', (singleuser) => {
    const [found, ...more] = inValues('braces', { singleuser });
    expect(found?.[1]).toBe('a single brace breaks every server start');
    expect(found?.[0]).toContain("awk '{print $1}'");
    expect(more).toEqual([]);
  });

  test.each([
    ['KubeSpawner', 'extra_labels'],
    ['KubeSpawner', 'working_dir'],
    ['KubeSpawner', 'storage_selector'],
    ['Spawner', 'environment'],
  ])('and in settings of %s: %s', (section, trait) => {
    const values = { hub: { config: { [section]: { [trait]: { a: '{x}' } } } } };
    expect(inValues('braces', values).map(([written]) => written)).toEqual(["'{x}'"]);
    const other = { hub: { config: { JupyterHub: { [trait]: { a: '{x}' } } } } };
    expect(inValues('braces', other)).toEqual([]);
  });

  test('what nobody expands, and env: of the platform', () => {
    expect(inValues('braces', { singleuser: { cmd: ['{'] } })).toEqual([]);
    expect(saidOfHub('braces', { env: { A: '{' } })).toEqual([]);
  });
});
