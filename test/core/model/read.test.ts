import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { nearest } from '../../../src/core/model/nearest.ts';
import { SCHEMAS, readDoc } from '../../../src/core/model/read.ts';
import type { Kind } from '../../../src/core/model/types.ts';
import { readSource } from '../../../src/core/source.ts';

const BASE = join(import.meta.dirname, '../rules/_base');
const HUB = readFileSync(join(BASE, 'environments/hub.yaml'), 'utf8');
const CLUSTER = readFileSync(join(BASE, 'clusters/main.yaml'), 'utf8');

/** A finding as tables write it: line:column, rule, message, hint. */
type Said = [place: string, rule: string, message: string, hint: string];

function said(kind: Kind, text: string): Said[] {
  const { doc, findings } = readDoc(kind, 'x', readSource('x.yaml', text));
  expect(doc === undefined).toBe(findings.length > 0);
  return findings.map(({ at, rule, severity, message, hint }) => {
    expect([at.file, severity]).toEqual(['x.yaml', 'error']);
    return [`${at.line}:${at.column}`, rule, message, hint];
  });
}

/** The text with one passage replaced. */
function edited(text: string, from: string, to: string): string {
  if (text.split(from).length !== 2) throw new Error(`"${from}" does not stand there once`);
  return text.replace(from, to);
}

const NAME_HINT =
  'use lower-case letters, digits and single hyphens, at most 32, starting with a letter';

describe('what is wrong in a file of a hub', () => {
  test.each<[from: string, to: string, ...Said[]]>([
    [
      'title: Hub',
      'titel: Hub',
      ['1:1', 'unknown-key', 'the key "titel" is not known here', 'did you mean "title"?'],
    ],
    [
      'title: Hub',
      'title: Hub\nsomething-else: 1',
      [
        '2:1',
        'unknown-key',
        'the key "something-else" is not known here',
        'known keys: kind, title, url, hosts, cluster, wave, images, sizes, home, scratch, shm, mounts, workdir, data, waitForData, env, mirrors, sessions, access, secrets, certificate, dask, probe, spawn, capacity, budget, shared, quota, backup, adopt, values, notSecret',
      ],
    ],
    [
      'home: {size: 20Gi}',
      'home: {size: 20Gi, si/ze: 1}',
      ['8:20', 'unknown-key', 'the key "si/ze" is not known here', 'did you mean "size"?'],
    ],
    [
      'home: {size: 20Gi}',
      'home: {other: 1}',
      ['8:1', 'missing-key', '"home" has no "size"', 'add "size:"'],
      [
        '8:8',
        'unknown-key',
        'the key "other" is not known here',
        'known keys: size, class, claim, path',
      ],
    ],
    [
      'capacity:\n  maxServers: 40\n',
      '',
      ['1:1', 'missing-key', 'the file has no "capacity"', 'add "capacity:"'],
    ],
    [
      'home: {size: 20Gi}',
      'home: {}',
      ['8:1', 'missing-key', '"home" has no "size"', 'add "size:"'],
    ],
    [
      '  github-client-id: {use: login}',
      '  github-client-id: {use: login, for: servers}',
      ['14:3', 'missing-key', '"github-client-id" has no "env"', 'add "env:"'],
    ],
    [
      'sessions: {idle: 1h}',
      'sessions: {keepBusy: {warn: []}}',
      ['9:12', 'missing-key', '"keepBusy" has no "max"', 'add "max:"'],
    ],
    [
      'title: Hub',
      'title: Hub\nkind: hubb',
      [
        '2:7',
        'schema',
        '"hubb" is not one of the choices',
        'did you mean "hub"? choose "hub", "binder"',
      ],
    ],
    [
      'title: Hub',
      'title: Hub\nkind: something',
      ['2:7', 'schema', '"something" is not one of the choices', 'choose "hub", "binder"'],
    ],
    [
      'title: Hub',
      'title: Hub\nkind: 3',
      ['2:7', 'schema', '3 is not one of the choices', 'choose "hub", "binder"'],
    ],
    [
      'images: [science]',
      'images: science',
      [
        '5:9',
        'schema',
        '"science" stands where a list belongs',
        'start each entry with "- ", or write [a, b]',
      ],
    ],
    [
      'images: [science]',
      'images: []',
      [
        '5:9',
        'schema',
        '[] must NOT have fewer than 1 items',
        'it is: Images that users choose from, by name of their folder; the first that everybody may have is the default.',
      ],
    ],
    [
      'images: [science]',
      'images: [science, 2]',
      ['5:19', 'schema', '2 stands where text or a mapping belongs', 'write "2" in quotes'],
    ],
    [
      'home: {size: 20Gi}',
      'home: 20Gi',
      [
        '8:7',
        'schema',
        '"20Gi" stands where a mapping belongs',
        'write "key: value" lines below it',
      ],
    ],
    [
      'home: {size: 20Gi}',
      'home:',
      [
        '8:1',
        'schema',
        'nothing stands where a mapping belongs',
        'write "key: value" lines below it',
      ],
    ],
    [
      'maxServers: 40',
      'maxServers: "40"',
      [
        '17:15',
        'schema',
        '"40" stands where a whole number belongs',
        'write a whole number, without quotes',
      ],
    ],
    [
      'maxServers: 40',
      'maxServers: 0',
      ['17:15', 'schema', '0 must be >= 1', 'it is: Most servers at once.'],
    ],
    [
      'capacity:',
      'budget: {monthly: "3", currency: euro}\ncapacity:',
      ['16:19', 'schema', '"3" stands where a number belongs', 'write a number, without quotes'],
      ['16:34', 'schema', '"euro" does not have the right form', 'it is: ISO 4217 code.'],
    ],
    [
      'capacity:',
      'env: {A: 1, "B C": x, D: [1], E: true}\ncapacity:',
      [
        '16:13',
        'name',
        '"B C" cannot be the name of an environment variable',
        'use letters, digits and underscores',
      ],
      ['16:10', 'schema', '1 stands where text belongs', 'write "1" in quotes'],
      ['16:26', 'schema', '[1] stands where text belongs', 'write text, without quotes'],
      ['16:34', 'schema', 'true stands where text belongs', 'write "true" in quotes'],
    ],
    [
      'default: true',
      'default: "yes"',
      ['7:40', 'schema', '"yes" stands where true or false belongs', 'write true'],
    ],
    ['small:', 'Small/x:', ['7:3', 'name', '"Small/x" cannot be a name', NAME_HINT]],
  ])('%s → %s', (from, to, ...expected) => {
    expect(said('environment', edited(HUB, from, to))).toEqual(expected);
  });
});

test.each<[kind: Kind, text: string, ...Said[]]>([
  [
    'environment',
    '',
    [
      '1:1',
      'schema',
      'the file is empty',
      'it holds title, url, cluster, wave, images, sizes, home, access, capacity',
    ],
  ],
  [
    'environment',
    'a: [\n',
    ['1:4', 'yaml', '"[" is opened here and not closed', 'write "]" where it ends'],
  ],
  [
    'platform',
    edited(readFileSync(join(BASE, 'platform.yaml'), 'utf8'), 'glaciocloud: 1', 'glaciocloud: 2'),
    ['1:14', 'schema', '2 is not what belongs here', 'write 1'],
  ],
  [
    'cluster',
    edited(CLUSTER, 'issuer: letsencrypt', 'issuer: 3, email: x'),
    ['5:33', 'schema', '3 stands where text or null belongs', 'write "3" in quotes'],
    ['5:43', 'schema', '"x" does not have the right form', 'write it like "hubs@example.org"'],
  ],
  [
    'cluster',
    edited(CLUSTER, 'provider: gke', 'provider: GKE'),
    [
      '2:11',
      'schema',
      '"GKE" is not one of the choices',
      'did you mean "gke"? choose "digitalocean", "gke", "aks", "eks", "ovh", "k3s", "existing"',
    ],
  ],
  [
    'member',
    'id: x\ntier: a\nuntil: 2027-01-01\n',
    [
      '1:5',
      'github-id',
      '"x" is not a GitHub id',
      'write the numeric id; api.github.com/users/<login> shows it',
    ],
  ],
  [
    'cohort',
    'title: Class\nleads: [1, 1]\ntier: a\nfrom: 2027-01-01\nuntil: 2027-02-01\ncapacity: 5\n',
    [
      '2:8',
      'schema',
      '[1,1] must NOT have duplicate items (items ## 0 and 1 are identical)',
      'it is: Who answers for the cohort.',
    ],
  ],
])('%s %j', (kind, text, ...expected) => {
  expect(said(kind, text)).toEqual(expected);
});

test('pools of a cluster: with their defaults, and one that is misspelt', () => {
  const read = (nodes: string) => {
    const text = `title: Main
provider: gke
kubernetes: "1.35"
storage: {homes: {class: standard}}
ingress: {class: nginx}
nodes: ${nodes}
`;
    return readDoc('cluster', 'main', readSource('clusters/main.yaml', text));
  };
  const machine = '{cpu: 8, memory: 64Gi, max: 4}';
  const defaults = { startTime: '0s', selector: {}, taints: [], priceClass: 'on-demand' };
  const pool = { cpu: 8, memory: '64Gi', max: 4, ...defaults };
  expect(read(`{user: ${machine}, gpu: ${machine}}`).doc?.data.nodes).toEqual({
    user: pool,
    gpu: pool,
  });
  const faults = (nodes: string) =>
    read(nodes).findings.map(({ rule, at: { line, column }, message, hint }) => [
      `${line}:${column} ${rule}`,
      message,
      hint,
    ]);
  expect(faults(`{usr: ${machine}}`)).toEqual([
    ['6:9 unknown-key', 'the key "usr" stands here, and "user" is missing', 'did you mean "user"?'],
  ]);
  expect(faults(`{gpu: ${machine}}`)).toEqual([
    ['6:1 missing-key', '"nodes" has no "user"', 'add "user:"'],
  ]);
  expect(faults(`{user: {cpu: 8, memory: 64Gi, max: 4, selector: {pool: true}}}`)).toEqual([
    ['6:63 schema', 'true stands where text belongs', 'write "true" in quotes'],
  ]);
});

test('a file that is right: with its defaults, and where things stand', () => {
  const source = readSource('environments/hub.yaml', HUB);
  const { doc, findings } = readDoc('environment', 'hub', source);
  expect(findings).toEqual([]);
  expect(doc?.name).toBe('hub');
  expect(doc?.file).toBe('environments/hub.yaml');
  expect(doc?.data).toEqual({
    kind: 'hub',
    notSecret: [],
    title: 'Hub',
    url: 'https://hub.example.org',
    hosts: [],
    cluster: 'main',
    wave: 'production',
    images: [{ name: 'science', for: ['all'] }],
    sizes: { small: { cpu: 2, memory: '4G', default: true, for: ['all'], nodes: 'user' } },
    home: { size: '20Gi' },
    sessions: { idle: '1h' },
    access: { allow: ['team:example/users'], admins: ['team:example/admins'], staff: {} },
    secrets: {
      'github-client-id': { use: 'login', for: 'hub' },
      'github-client-secret': { use: 'login', for: 'hub' },
    },
    capacity: { maxServers: 40, placeholders: 0, events: [] },
    workdir: 'home',
    mounts: [],
    waitForData: false,
    data: [],
    env: {},
    values: {},
  });
  expect(doc?.at('/home/size')).toEqual({ file: 'environments/hub.yaml', line: 8, column: 14 });
  expect(doc?.keyAt('/home/size')).toEqual({ file: 'environments/hub.yaml', line: 8, column: 8 });
  expect([doc?.has('/home/size'), doc?.has('/data')]).toEqual([true, false]);
  expect(source.data).not.toHaveProperty('data');
});

test('each kind has a schema of its own, which says what file it is for', () => {
  expect(
    Object.fromEntries(Object.entries(SCHEMAS).map(([kind, { title }]) => [kind, title])),
  ).toEqual({
    announcement: 'announcements/<name>.md',
    platform: 'platform.yaml',
    cluster: 'clusters/<name>.yaml',
    environment: 'environments/<hub>.yaml',
    image: 'images/<image>/image.yaml',
    'image-lock': 'images/<image>/image.lock.yaml',
    data: 'data/<set>.yaml',
    'data-lock': 'data/<set>.lock.yaml',
    'access-removals': 'access/removals.yaml',
    approvers: 'access/approvers.yaml',
    member: 'access/members/<id>.yaml',
    cohort: 'access/cohorts/<slug>.yaml',
  });
});

test.each([
  ['mian', ['main', 'other'], 'main'],
  ['MAIN', ['main'], 'main'],
  ['main', ['Main'], 'Main'],
  ['ab', ['abcd'], 'abcd'],
  ['ab', ['abcde'], undefined],
  ['abcdefghi', ['abcdefghijkl'], 'abcdefghijkl'],
  ['abcdefgh', ['abcdefghijkl'], 'abcdefghijkl'],
  ['abcdefg', ['abcdefghijkl'], undefined],
  ['name', ['wave'], undefined],
  ['nave', ['wave'], 'wave'],
  ['main', [], undefined],
])('the word nearest to %j in %j is %j', (word, known, expected) => {
  expect(nearest(word, known)).toBe(expected);
});
