import { describe, expect, test } from '@jest/globals';
import { isLocalHost } from '../../../../src/core/hub/rules/environment.ts';
import { HUB, said, saidOfHub } from '../../../support/written.ts';

const MAIN = 'clusters/main.yaml';
const size = (changes: object): object => ({ cpu: 2, memory: '4G', default: true, ...changes });

describe('hosts that nobody outside can reach', () => {
  test.each([
    'localhost',
    '127.0.0.1',
    '127.9.88.1',
    '10.0.0.1',
    '10.255.1.22',
    '192.168.0.1',
    '172.16.0.1',
    '172.19.0.1',
    '172.20.3.4',
    '172.29.0.1',
    '172.30.0.1',
    '172.31.255.1',
  ])('%s is one', (host) => {
    expect(isLocalHost(host)).toBe(true);
  });
  test.each([
    'localhost.example.org',
    'mylocalhost',
    '127.0.0.1.example.org',
    'x127.0.0.1',
    '10.0.0.1.nip.io',
    '110.0.0.1',
    '192.168.0.1.nip.io',
    '1192.168.0.1',
    '192.169.0.1',
    '172.15.0.1',
    '172.32.0.1',
    '172.16.0.1.nip.io',
    '8.8.8.8',
    '',
  ])('"%s" is none', (host) => {
    expect(isLocalHost(host)).toBe(false);
  });
});

describe('address', () => {
  const behind = (entry: string, url: string) =>
    said('address', {
      [MAIN]: { ingress: { class: entry } },
      [HUB]: { url },
    });
  const NOT_HTTPS = 'the address is not https';

  test.each([
    [
      'https://u@hub.example.org',
      'the address holds credentials',
      'remove them, and change the password',
    ],
    [
      'https://@hub.example.org',
      'the address holds credentials',
      'remove them, and change the password',
    ],
    ['http://hub.example.org', NOT_HTTPS, 'write https://hub.example.org'],
    ['http://127.0.0.1', NOT_HTTPS, 'write https://127.0.0.1'],
    ['https://hub.example.org/hub', 'the address has a path', 'a hub has a host name of its own'],
    ['https://hub.example.org//', 'the address has a path', 'a hub has a host name of its own'],
    ['https://hub.example.org:8443', 'the address has a port, 8443', 'the entry listens on 443'],
    ['https://hub.example.org:443/', 'the address has a port, 443', 'the entry listens on 443'],
    ['https://:80', 'this is not an address', 'write https:// and a host name'],
    ['https://hub.example.org:http', 'this is not an address', 'write https:// and a host name'],
  ])('behind an entry %s', (url, message, hint) => {
    expect(behind('nginx', url)).toEqual([[url, message, hint]]);
  });

  test.each(['https://hub.example.org', 'https://hub.example.org/'])(
    'behind an entry %s is right',
    (url) => {
      expect(behind('nginx', url)).toEqual([]);
    },
  );

  test.each([
    ['http://hub.example.org', NOT_HTTPS, 'http is for loopback and private addresses only'],
    ['http://127.0.0.1:8000/hub', 'the address has a path', 'a hub has a host name of its own'],
  ])('without an entry %s', (url, message, hint) => {
    expect(behind('none', url)).toEqual([[url, message, hint]]);
  });

  test.each(['http://127.0.0.1:8000', 'http://192.168.1.7/', 'https://hub.example.org:8443'])(
    'without an entry %s is right',
    (url) => {
      expect(behind('none', url)).toEqual([]);
    },
  );
});

describe('one-default', () => {
  const sizes = (written: object) => saidOfHub('one-default', { sizes: written });

  test('the second default is the mistake, and a third is not named', () => {
    expect(sizes({ a: size({}), b: size({ default: false }), c: size({}), d: size({}) })).toEqual([
      ['true', '"c" is a second default', 'mark one size'],
    ]);
  });

  test('the default must be open to all', () => {
    expect(
      sizes({ a: size({ default: false }), b: size({ for: ['team:example/staff'] }) }),
    ).toEqual([
      [
        '- team:example/staff',
        'the default size "b" is not open to all',
        'leave "for" out, or make another size the default',
      ],
    ]);
  });

  test('the first counts where none is marked', () => {
    const some = { cpu: 2, memory: '4G', for: ['tier:researcher'] };
    expect(sizes({ a: some, b: { cpu: 2, memory: '4G' } })).toEqual([
      [
        '- tier:researcher',
        'the default size "a" is not open to all',
        'leave "for" out, or make another size the default',
      ],
    ]);
    expect(sizes({ a: { cpu: 2, memory: '4G' }, b: some })).toEqual([]);
  });

  test('others may be for some; "all" among others is all', () => {
    expect(
      sizes({
        a: size({ for: ['tier:researcher', 'all'] }),
        b: size({ default: false, for: ['user:1'] }),
      }),
    ).toEqual([]);
  });
});

describe('size-fits-node', () => {
  const on = (node: object, written: object) =>
    said('size-fits-node', {
      [MAIN]: { nodes: { user: { cpu: 8, memory: '64Gi', max: 4, startTime: '240s', ...node } } },
      [HUB]: { sizes: written },
    });

  test.each([
    ['58G', '64Gi', 57],
    ['57.7G', '64Gi', 57],
    ['10G', '11Gi', 9],
  ])('%s are too much for a node of %s', (memory, node, free) => {
    expect(on({ memory: node }, { a: size({ memory }) })).toEqual([
      [
        memory,
        `${memory} do not fit on a node with ${node}, of which ${free}G are free`,
        `write at most ${free}G, or take larger nodes`,
      ],
    ]);
  });

  test.each([
    ['57.6G', '64Gi'],
    ['9G', '10Gi'],
  ])('%s fit on a node of %s', (memory, node) => {
    expect(on({ memory: node }, { a: size({ memory }) })).toEqual([]);
  });

  test('cores: as many as the node has, and no more', () => {
    expect(on({ cpu: 4 }, { a: size({ cpu: 4 }), b: size({ default: false, cpu: 4.5 }) })).toEqual([
      ['4.5', '4.5 cores do not fit on a node with 4', 'write at most 4'],
    ]);
  });

  test('of two mistakes in one size memory is named; each size is looked at', () => {
    expect(
      on({}, { a: size({ cpu: 9, memory: '70G' }), b: size({ default: false, cpu: 16 }) }).map(
        ([place]) => place,
      ),
    ).toEqual(['70G', '16']);
  });
});

describe('capacity', () => {
  // Of 64 GiB 90 % are free: 57.6 GiB a node.
  const seats = (maxServers: number, sizes: object, max = 4) =>
    said('capacity', {
      [MAIN]: { nodes: { user: { cpu: 8, memory: '64Gi', max, startTime: '240s' } } },
      [HUB]: { sizes, capacity: { maxServers } },
    });
  const fits = (count: number, maxServers: number) => [
    [
      String(maxServers),
      `${maxServers} servers of the default size do not fit; the nodes take ${count}`,
      `write at most ${count}, a smaller default size, or more nodes`,
    ],
  ];

  test('at the limit and one above it', () => {
    expect(seats(57, { a: size({}) })).toEqual([]);
    expect(seats(58, { a: size({}) })).toEqual(fits(57, 58));
    expect(seats(15, { a: size({}) }, 1)).toEqual(fits(14, 15));
  });

  test('the default size counts, not the first', () => {
    const large = { cpu: 2, memory: '32G' };
    expect(seats(57, { b: large, a: size({}) })).toEqual([]);
    expect(seats(8, { b: large, a: size({ default: false }) })).toEqual(fits(7, 8));
  });
});

describe('small-home', () => {
  test.each(['4Gi', '5G', '5119Mi'])('%s is too small', (written) => {
    expect(saidOfHub('small-home', { home: { size: written } })).toEqual([
      [
        written,
        `${written} fill up on the first day`,
        'write at least 5Gi; 10Gi and more is better',
      ],
    ]);
  });
  test.each(['5Gi', '5120Mi', '6G'])('%s is enough', (written) => {
    expect(saidOfHub('small-home', { home: { size: written } })).toEqual([]);
  });
});

describe('short-idle', () => {
  test.each(['9m', '599s'])('%s is too short', (idle) => {
    expect(saidOfHub('short-idle', { sessions: { idle } })).toEqual([
      [idle, `${idle} without activity is too short`, 'write at least 10m; hours are usual'],
    ]);
  });
  test.each(['10m', '600s', '1h', '1d'])('%s is long enough', (idle) => {
    expect(saidOfHub('short-idle', { sessions: { idle } })).toEqual([]);
  });
});

describe('busy-warn', () => {
  const of = (max: string, warn: string[]) =>
    saidOfHub('busy-warn', { sessions: { keepBusy: { max, warn } } });
  test('a warning as long as the longest run, or longer, is told at its place', () => {
    expect(of('2h', ['1h', '120m', '1d'])).toEqual(
      ['120m', '1d'].map((ahead) => [
        ahead,
        `a warning ${ahead} ahead of a stop is there at once: runs are kept for 2h`,
        'write times shorter than max, such as [2h, 15m]',
      ]),
    );
  });
  test('shorter ones, none, and hubs without keepBusy are fine', () => {
    expect(of('24h', ['2h', '15m'])).toEqual([]);
    expect(of('24h', [])).toEqual([]);
    expect(saidOfHub('busy-warn', {})).toEqual([]);
  });
});

describe('login-secrets', () => {
  test.each([
    [['github-client-id'], 'github-client-secret'],
    [['github-client-secret'], 'github-client-id'],
    [['other'], 'github-client-id'],
  ])('with %j', (names, missing) => {
    const secrets = Object.fromEntries(names.map((name) => [name, { use: 'login' }]));
    expect(saidOfHub('login-secrets', { secrets })).toEqual([
      [
        'secrets:',
        `the secret ${missing} is not declared`,
        `add "${missing}: {use: OAuth application of this hub}" below secrets:`,
      ],
    ]);
  });

  test('with both', () => {
    expect(saidOfHub('login-secrets', {})).toEqual([]);
  });
});
